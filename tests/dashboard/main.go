// Loads a Grafana dashboard with Grafana's own SDK, and fails on a member that Grafana does not know.
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	content, err := os.ReadFile(os.Args[1])
	if err == nil {
		var loaded dashboard.Dashboard
		if err = loaded.UnmarshalJSONStrict(content); err == nil {
			err = loaded.Validate()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
