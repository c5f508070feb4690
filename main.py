"""The plugin's process: what the daemon starts as `python -m main`."""

from dify_plugin import DifyPluginEnv, Plugin  # It patches Python for gevent, so it stays the first import.

from host.endpoint import gateway

# Only the serverless mode reads this: how many seconds an answer may be silent before the SDK gives it up. The module's
# own limits are shorter.
SILENCE_SECONDS = 600

plugin = Plugin(DifyPluginEnv(MAX_REQUEST_TIMEOUT=SILENCE_SECONDS))

if __name__ == "__main__":
    gateway()  # Compiles the module before the first request has to wait for it.
    plugin.run()
