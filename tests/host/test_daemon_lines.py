"""What the SDK writes to the daemon is what its own writer would write, in fewer steps."""

import io
import json
from types import SimpleNamespace

import gevent
import pytest
from dify_plugin.core.entities.message import SessionMessage
from dify_plugin.core.server.__base.response_writer import ResponseWriter
from dify_plugin.core.server.__base.writer_entities import Event, StreamOutputMessage
from dify_plugin.core.server.stdio import response_writer
from dify_plugin.core.server.stdio.response_writer import StdioResponseWriter
from pydantic import BaseModel

from host.sdk import daemon_lines

HEAD = {"status": 200, "headers": {"x-name": 'é"\\\u2028'}, "result": "7b7d"}


class Written(ResponseWriter):
    """Keeps the texts that it is to write."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def write(self, data: str) -> None:
        self.texts.append(data)

    def done(self) -> None: ...


class Other(BaseModel):
    kind: Event = Event.LOG


@pytest.mark.parametrize(
    ("event", "session_id", "data"),
    [
        (Event.SESSION, "s-1", SessionMessage(type=SessionMessage.Type.STREAM, data=HEAD)),
        (Event.SESSION, "s-1", SessionMessage(type=SessionMessage.Type.END, data={})),
        (Event.SESSION, "s-1", SessionMessage(type=SessionMessage.Type.ERROR, data={"args": {"traceback": "a\nb"}})),
        (Event.HEARTBEAT, None, {}),
        (Event.ERROR, None, {"error": "e"}),
        (Event.LOG, None, Other()),
        (Event.LOG, None, None),
    ],
)
def test_a_message_is_the_line_of_the_sdk(event: Event, session_id: str | None, data: dict | BaseModel | None) -> None:
    plain = data.model_dump() if isinstance(data, BaseModel) else data
    theirs = StreamOutputMessage(event=event, session_id=session_id, data=plain).model_dump_json()
    writer = Written()
    daemon_lines.put(writer, event, session_id, data)
    (text,) = writer.texts
    assert text.endswith("}\n\n")
    assert json.loads(text) == json.loads(theirs)


class _Raw(io.RawIOBase):
    """A file that takes at most as many bytes at once."""

    def __init__(self, writes: list[bytes], at_once: int) -> None:
        self._writes = writes
        self._at_once = at_once

    def write(self, content: memoryview) -> int:
        taken = bytes(content[: self._at_once])
        self._writes.append(taken)
        return len(taken)

    def writable(self) -> bool:
        return True


@pytest.fixture
def at_once() -> int:
    return 1024 * 1024


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch, at_once: int) -> list[bytes]:
    writes: list[bytes] = []
    output = io.TextIOWrapper(_Raw(writes, at_once), encoding="utf-8")
    for written_by in (daemon_lines, response_writer):
        monkeypatch.setattr(written_by, "sys", SimpleNamespace(stdout=output))
    return writes


def test_what_is_written_in_one_turn_of_the_loop_goes_out_together_and_in_order(writes: list[bytes]) -> None:
    output = daemon_lines.Output()
    switched: list[bool] = []
    gevent.spawn(switched.append, True)
    output.write(b"a")
    output.write(b"b")
    assert (writes, switched) == ([], [])
    gevent.sleep(0)
    assert writes == [b"a\n\nb\n\n"]
    output.write(b"c")
    gevent.sleep(0)
    assert writes == [b"a\n\nb\n\n", b"c\n\n"]


def test_the_messages_of_a_response_are_gathered_and_a_heartbeat_is_not(writes: list[bytes]) -> None:
    writer = StdioResponseWriter()
    daemon_lines.put(writer, Event.SESSION, "s-1", {"type": "end", "data": {}})
    assert writes == []
    daemon_lines.put(writer, Event.HEARTBEAT, None, {})
    gevent.sleep(0)
    assert [json.loads(text)["event"] for text in writes] == ["heartbeat", "session"]


def test_much_does_not_wait_for_the_turn(writes: list[bytes]) -> None:
    output = daemon_lines.Output()
    output.write(b"a")
    output.write(b"b" * daemon_lines._GATHERED_BYTES)
    assert b"".join(writes) == b"a\n\n" + b"b" * daemon_lines._GATHERED_BYTES + b"\n\n"
    count = len(writes)
    gevent.sleep(0)
    assert len(writes) == count


@pytest.mark.parametrize("at_once", [1, 7, 65_536])
@pytest.mark.parametrize("length", [0, 100, 100_000])
def test_a_file_that_takes_a_part_of_a_line_gets_the_rest(writes: list[bytes], at_once: int, length: int) -> None:
    output = daemon_lines.Output()
    output.write(b"x" * length)
    gevent.sleep(0)
    assert b"".join(writes) == b"x" * length + b"\n\n"
