"""The plugin's process: what the daemon starts as `python -m main`."""

from dify_plugin import DifyPluginEnv, Plugin  # It patches Python for gevent, so it stays the first import.

from host import limits
from host.sdk import replacements
from host.sdk.endpoint import instances

# Only the serverless mode reads this: the seconds of silence after which the SDK gives a response up. The module's own
# limits are shorter.
SILENCE_SECONDS = 600

replacements.apply()

plugin = Plugin(DifyPluginEnv(MAX_REQUEST_TIMEOUT=SILENCE_SECONDS, MAX_WORKER=limits.WORKERS))

if __name__ == "__main__":
    instances()  # Compiles the module before the first request has to wait for it.
    plugin.run()
