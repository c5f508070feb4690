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

_GATHERED_CHARACTERS = 64 * 1024
"""What a pipe holds: of more, the daemon could read the beginning while the rest is still gathered."""


def put(
    self: ResponseWriter,
    event: Event,
    session_id: str | None = None,
    data: dict[str, Any] | BaseModel | None = None,
) -> None:
    """Writes a message as one line. The blank line after it is the SDK's too."""
    message = {"event": event.value, "session_id": session_id, "data": _plain(data)}
    line = encoded(message).decode() + "\n\n"
    if event is Event.SESSION and isinstance(self, StdioResponseWriter):
        _output.write(line)
    else:
        self.write(line)


def _plain(data: dict[str, Any] | BaseModel | None) -> object:
    if isinstance(data, SessionMessage):
        return {"type": data.type.value, "data": data.data}
    return data.model_dump(mode="json") if isinstance(data, BaseModel) else data


class Output:
    """Standard output. What is written before the loop turns goes out together, for instance a short response."""

    def __init__(self) -> None:
        self._gathered: list[str] = []
        self._characters = 0

    def write(self, text: str) -> None:
        """Writes `text` when the greenlets that are ready have run. To call this never switches greenlets."""
        if not self._gathered:
            gevent.get_hub().loop.run_callback(self.flush)
        self._gathered.append(text)
        self._characters += len(text)
        if self._characters > _GATHERED_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Writes what was gathered now."""
        if self._gathered:
            text = "".join(self._gathered)
            self._gathered.clear()
            self._characters = 0
            sys.stdout.write(text)
            sys.stdout.flush()


_output = Output()
