"""The plugin's process: what the daemon starts as `python -m main`."""

from dify_plugin import DifyPluginEnv, Plugin  # It patches Python for gevent, so it stays the first import.
from dify_plugin.core import plugin_executor
from werkzeug.routing import PathConverter

from host.sdk import daemon_request, standard_input
from host.sdk.endpoint import instances

# Only the serverless mode reads this: how many seconds an answer may be silent before the SDK gives it up. The module's
# own limits are shorter.
SILENCE_SECONDS = 600

# The SDK routes with werkzeug, whose `path` takes no line break, so that the catch-all would leave such a path to the
# SDK: an answer in plain text, without a request id. It must take whatever else there is.
PathConverter.regex = r"[^/][\s\S]*?"

# What the SDK cannot parse it answers before a route is looked for, with a traceback.
plugin_executor.deserialize_request = daemon_request.parsed

standard_input.read_without_threads()

plugin = Plugin(DifyPluginEnv(MAX_REQUEST_TIMEOUT=SILENCE_SECONDS))

if __name__ == "__main__":
    instances()  # Compiles the module before the first request has to wait for it.
    plugin.run()
