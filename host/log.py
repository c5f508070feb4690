"""Log lines in the form that the plugin daemon reads, written several at a time.

Each write to the SDK's standard output waits for a thread, and requests wait for it in turn. Lines therefore gather
for a moment and go out together. `emit` never switches greenlets.
"""

import atexit
import logging
import sys
from collections import deque

import gevent
from dify_plugin.config.logger_format import DifyPluginLoggerFormatter

LEVELS = (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR)
"""The module's levels, 0 to 3."""

_GATHERING_SECONDS = 0.1
_MOST_LINES = 10_000


class GatheringHandler(logging.Handler):
    """Writes to standard output; of more lines than it can hold it loses the oldest."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(DifyPluginLoggerFormatter())
        self._lines: deque[str] = deque(maxlen=_MOST_LINES)
        self._is_scheduled = False
        atexit.register(self._write)

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))
        if not self._is_scheduled:
            self._is_scheduled = True
            gevent.spawn_later(_GATHERING_SECONDS, self._write)

    def _write(self) -> None:
        self._is_scheduled = False
        lines = [*self._lines, ""]
        self._lines.clear()
        if len(lines) > 1:
            sys.stdout.write("\n".join(lines))
            sys.stdout.flush()


logger = logging.getLogger("oidc_gateway")
logger.setLevel(logging.DEBUG)
logger.propagate = False
logger.addHandler(GatheringHandler())
