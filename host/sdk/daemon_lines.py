"""What the SDK writes to the daemon: a line for each message, in place of the SDK's writer (`response_writer.py`).

The SDK validates each message twice and writes it to standard output in two steps, each a system call that wakes the
daemon. A short response is two messages, so it would be four of them.
"""

import sys
from typing import Any

import gevent
from dify_plugin.core.entities.message import SessionMessage
from dify_plugin.core.server.__base.response_writer import ResponseWriter
from dify_plugin.core.server.__base.writer_entities import Event
from dify_plugin.core.server.stdio.response_writer import StdioResponseWriter
from pydantic import BaseModel

from host.wasm.heads import encoded

_GATHERED_BYTES = 64 * 1024
"""What a pipe holds: of more, the daemon could read the beginning while the rest is still gathered."""

_END = b"\n\n"
"""The blank line is the SDK's too."""


def put(
    self: ResponseWriter,
    event: Event,
    session_id: str | None = None,
    data: dict[str, Any] | BaseModel | None = None,
) -> None:
    """Writes a message as one line."""
    line = encoded({"event": event.value, "session_id": session_id, "data": _plain(data)})
    if event is Event.SESSION and isinstance(self, StdioResponseWriter):
        _output.write(line)
    else:
        self.write((line + _END).decode())


def _plain(data: dict[str, Any] | BaseModel | None) -> object:
    if isinstance(data, SessionMessage):
        return {"type": data.type.value, "data": data.data}
    return data.model_dump(mode="json") if isinstance(data, BaseModel) else data


class Output:
    """Standard output. What is written before the loop turns goes out together, for instance a short response.

    Bytes, as they are: as text a piece of a large body would be copied four times more.
    """

    def __init__(self) -> None:
        self._gathered: list[bytes] = []
        self._bytes = 0

    def write(self, line: bytes) -> None:
        """Writes `line` when the greenlets that are ready have run. To call this never switches greenlets."""
        if not self._gathered:
            gevent.get_hub().loop.run_callback(self.flush)
        self._gathered += (line, _END)
        self._bytes += len(line)
        if self._bytes > _GATHERED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Writes what was gathered now."""
        lines, self._gathered = self._gathered, []
        is_large, self._bytes = self._bytes > _GATHERED_BYTES, 0
        # To join what is large would copy it; to write the rest one by one would wake the daemon for each.
        for part in lines if is_large else (b"".join(lines),):
            _write(part)


def _write(part: bytes) -> None:
    output = sys.stdout.buffer
    left = memoryview(part)
    while left:  # It may be a raw file, which takes what the system takes at once.
        left = left[output.write(left) or 0 :]
    output.flush()


_output = Output()
