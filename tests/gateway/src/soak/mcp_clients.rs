//! Runs that take longer than a call of an MCP client.

use harness::Algorithm;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use crate::{McpClient, Stage};

/// Longer than a call lasts, and than the minute after which SDKs give up.
const SECONDS: &str = "70";

/// Every SDK, with the time limits that it comes with, gets the result of a run of 70 s.
///
/// # Panics
/// One did not.
pub async fn mcp_clients() {
    let stage = Stage::of(AppKind::SlowWorkflow).await;
    let url = stage.public_url();
    stage.set_settings(&json!({"mcp": "on", "public_url": url}));
    let issuer = stage.issuer();
    let found = McpClient::carry_out_all(&McpClient::ALL, |client| {
        let claims = issuer.claims(&format!("{client:?}"));
        json!({
            "url": stage.at("/mcp"),
            "token": issuer.token(Algorithm::Es256, &claims),
            "calls": [{"tool": "slow_workflow", "arguments": {"secs": SECONDS}}],
        })
    })
    .await;
    for (client, report) in &found {
        let result = &report["results"][0];
        println!("{client:?}: {result}");
        assert_eq!(result["asked"], 1, "{client:?}: {report}");
        assert_eq!(result["isError"], false, "{client:?}: {report}");
        let structured: &Value = &result["structuredContent"];
        assert_eq!(structured["status"], "succeeded", "{client:?}: {report}");
    }
    stage.assert_unharmed();
}
