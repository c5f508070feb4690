"""Log lines in the form that the plugin daemon reads, written several at a time.

Standard output is the SDK's way to answer, and a write to it stops the whole process until the daemon has read. Lines
therefore gather for a moment and go out together. To add one never switches greenlets.
"""

import atexit
import json
import logging
import sys
import time
from collections import deque

import gevent

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
"""The module's levels, 0 to 3."""

_GATHERING_SECONDS = 0.1
_MOST_LINES = 10_000
_LONGEST = 32 * 1024


class Lines:
    """Lines on their way to standard output; of more than it can hold it loses the oldest."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque(maxlen=_MOST_LINES)
        self._is_scheduled = False
        atexit.register(self.flush)

    def add(self, level: str, message: str) -> None:
        """Writes `message` soon."""
        data = {"level": level, "message": message[:_LONGEST], "timestamp": time.time()}
        self._waiting.append(json.dumps({"event": "log", "data": data}))
        if not self._is_scheduled:
            self._is_scheduled = True
            gevent.spawn_later(_GATHERING_SECONDS, self.flush)

    def flush(self) -> None:
        """Writes what waits now."""
        self._is_scheduled = False
        # The SDK ends its lines in a write of their own: should this come between, the line is ended here.
        lines = ["", *self._waiting, ""]
        self._waiting.clear()
        if len(lines) > 2:
            sys.stdout.write("\n".join(lines))
            sys.stdout.flush()


class LinesHandler(logging.Handler):
    """What the host itself has to say, with tracebacks."""

    def emit(self, record: logging.LogRecord) -> None:
        lines.add(record.levelname, self.format(record))


lines = Lines()

logger = logging.getLogger("oidc_gateway")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(LinesHandler())
