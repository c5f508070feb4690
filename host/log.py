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

from host.limits import LOG_LINE_BYTES, LOG_LINES_BYTES

_SHOWN_CHARACTERS = 1000
_LONGEST_TRACEBACK = 16 * 1024

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
"""The module's levels, 0 to 3."""

_GATHERING_SECONDS = 0.1


class Lines:
    """Lines on their way to standard output. Where they are too many, the oldest are lost."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._bytes = 0
        self._is_scheduled = False
        atexit.register(self.flush)

    def add(self, level: str, message: str) -> None:
        """Writes `message` soon."""
        if len(message) > LOG_LINE_BYTES:  # Half a line of JSON would be none.
            message = json.dumps({"event": "line_too_long", "beginning": message[:_SHOWN_CHARACTERS]})
        text = json.dumps(message)
        line = f'{{"event": "log", "data": {{"level": "{level}", "message": {text}, "timestamp": {time.time()}}}}}'
        self._waiting.append(line)
        self._bytes += len(line)
        while self._bytes > LOG_LINES_BYTES:
            self._bytes -= len(self._waiting.popleft())
        if not self._is_scheduled:
            self._is_scheduled = True
            gevent.spawn_later(_GATHERING_SECONDS, self.flush)

    def flush(self) -> None:
        """Writes what waits now."""
        self._is_scheduled = False
        # The SDK ends its lines in a write of their own: should this come between, the line is ended here.
        lines = ["", *self._waiting, ""]
        self._waiting.clear()
        self._bytes = 0
        if len(lines) > 2:
            sys.stdout.write("\n".join(lines))
            sys.stdout.flush()


class LinesHandler(logging.Handler):
    """What the host itself has to say, with tracebacks: a line of JSON as the module's."""

    def emit(self, record: logging.LogRecord) -> None:
        line = {"event": "host", "message": record.getMessage()}
        if record.exc_info:
            line["traceback"] = logging.Formatter().formatException(record.exc_info)[-_LONGEST_TRACEBACK:]
        lines.add(record.levelname, json.dumps(line))


lines = Lines()

logger = logging.getLogger("oidc_gateway")
logger.setLevel(logging.INFO)
logger.propagate = False
logger.addHandler(LinesHandler())
