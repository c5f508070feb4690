"""The plugin's process: what the daemon starts as `python -m main`."""

import gc
import sys

from dify_plugin import DifyPluginEnv, Plugin  # It patches Python for gevent, so it stays before what it patches.

from host import limits
from host.sdk import replacements
from host.sdk.endpoint import instances
from host.wasm import module

# Only the serverless mode reads this: the seconds of silence after which the SDK gives a response up. The module's own
# limits are shorter.
SILENCE_SECONDS = 600

# Dify's own `plugin package` makes a package of the source tree and says nothing of the module that is not in it.
NO_MODULE = (
    "host/gateway.wasm is missing, so this package cannot run: it was made of the source without the module. "
    "Make it with `cargo xtask package`, or install one that was released."
)

replacements.apply()

plugin = Plugin(DifyPluginEnv(MAX_REQUEST_TIMEOUT=SILENCE_SECONDS, MAX_WORKER=limits.WORKERS))

if __name__ == "__main__":
    if not module.WASM.is_file():
        sys.exit(NO_MODULE)
    instances()  # Compiles the module before the first request has to wait for it.
    # What exists now stays until the end: to look through it for garbage again and again takes a twentieth of what a
    # request costs.
    gc.freeze()
    plugin.run()
