"""Relay answers: what the SDK is given, how a body ends, and what is left behind."""

import gc
import json
import time
from collections.abc import Generator, Iterator

import gevent
import pytest
from server import CHUNKED, Connection, Serve, Server, after_request, answering, chunk, ok
from werkzeug import Response

from host.http import stream, transport
from host.http.transport import Limits
from host.sdk import response
from host.sdk.relay import pieces, relay
from host.wasm.calls import Call, CallFailed, Calls, Relay

LIMITS = {"connect": 2000, "head": 2000, "idle": 2000, "total": 4000}
SHORT = {"connect": 300, "head": 300, "idle": 300, "total": 600}
FRAMES = {"frames": True, "headers": [["Content-Type", "text/event-stream"]]}


def relayed(
    calls: Calls, server: Server, *, limits: dict | None = None, head: dict | None = None, **verdict: object
) -> Response:
    """Relays a request to `server`; the test module takes the request's body for its verdict."""
    order = {"method": "POST", "url": server.url, "headers": [], "pieces": None, "ca": None}
    usual = {"status": 200, "headers": [], "body": None, "frames": False, "context": "after"}
    content = json.dumps(usual | {"on_broken": "<broken>", "on_timeout": "<late>"} | verdict).encode()
    sent = order | {"limits": limits or LIMITS} | (head or {})
    call = Call("pass_on", json.dumps(sent).encode(), content, server.origins)
    decision = calls.decide(call)
    assert isinstance(decision, Relay)
    return relay(calls, call, decision, lambda: None)


def content_of(response: Response) -> list[bytes]:
    """The body as the SDK reads it: a list is one message, a generator one for each of its pieces."""
    assert isinstance(response.response, list | Generator)
    return list(response.response)


def settled(ends: list[str]) -> list[str]:
    gevent.sleep(0.02)
    return ends


def test_a_short_answer_is_one_message(calls: Calls, serve: Serve, ends: list[str]) -> None:
    response = relayed(calls, serve(answering(ok(b'{"answer":1}'))), status=201, headers=[["X-A", "b"]])
    assert (response.status_code, list(response.headers.items())) == (201, [("X-A", "b")])
    assert response.response == [b'{"answer":1}']
    assert settled(ends) == ["complete"]


def test_the_report_of_a_relay_says_where_the_time_went_and_when_the_first_event_came(
    calls: Calls, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict] = []
    monkeypatch.setattr("host.wasm.calls._log", lambda level, line: told.append(json.loads(line)))

    def slowly(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED)
        for event, pause in ((b"event: ping\n\n", 0.05), (b"data: 1\n\n", 0.05), (b"", 0.0)):
            connection.send(chunk(event))
            gevent.sleep(pause)

    content_of(relayed(calls, serve(slowly), **FRAMES))
    content_of(relayed(calls, serve(answering(ok(b"{}")))))
    short = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9\r\n\r\ndata: 1\n\n"
    content_of(relayed(calls, serve(answering(short)), **FRAMES))
    gevent.sleep(0.02)
    streamed, whole, at_once = told
    assert streamed["dify"] >= 100_000
    assert 40_000 <= streamed["first_event"] - streamed["gateway"] < streamed["dify"]
    assert (whole["first_event"], whole["dify"] > 0, whole["gateway"] > 0) == (None, True, True)
    assert at_once["first_event"] > at_once["gateway"]


def test_the_request_is_made_of_the_clients_bytes_and_the_modules_own(calls: Calls, serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: Connection) -> None:
        seen.append((connection.request() or (b"", b""))[1])
        connection.send(ok(b""))

    relayed(calls, serve(handle), head={"pieces": [[0, 10], [2], [10, 5], [1]]})
    assert seen == [b'{"status":' + b"OW" + b" 200," + b"N"]


@pytest.mark.parametrize("listed", [[[0, 7]], [[7, 0]], [[-1, 2]], [[0, -1]], [[4]], [[2], [2]], [[1, 9]]])
def test_a_piece_that_is_not_there_is_never_sent(listed: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="a piece from"):
        pieces(listed, b"client", b"own")


def test_a_body_of_no_pieces_is_an_empty_one() -> None:
    assert pieces([], b"client", b"own") == []


def test_the_modules_own_body_replaces_the_answer(calls: Calls, serve: Serve, ends: list[str]) -> None:
    server = serve(answering(ok(b"x" * 100_000)))
    assert content_of(relayed(calls, server, status=502, body="größer")) == ["größer".encode()]
    assert settled(ends) == ["complete"]


def test_without_an_answer_the_module_says_what_the_client_gets(calls: Calls, serve: Serve) -> None:
    server = serve(after_request())
    assert content_of(relayed(calls, server, status=502, body="no answer")) == [b"no answer"]


def test_events_are_passed_on_as_they_arrive(calls: Calls, serve: Serve, ends: list[str]) -> None:
    events = [b"data: %d\n\n" % number for number in range(3)]
    server = serve(after_request(CHUNKED, *(step for e in events for step in (chunk(e), 0.5)), b"0\r\n\r\n"))
    began = time.monotonic()
    response = relayed(calls, server, **FRAMES)
    assert isinstance(response.response, Generator)
    assert next(response.response) == events[0]
    assert time.monotonic() - began < 0.5
    assert list(response.response) == events[1:]
    assert settled(ends) == ["complete"]


def test_events_that_arrived_together_are_one_piece_of_whole_events(calls: Calls, serve: Serve) -> None:
    burst = [chunk(b"data: %d\n\n" % number) for number in range(50)]
    rest = chunk(b"lf\r\n\r\n") + b"0\r\n\r\n"
    server = serve(after_request(CHUNKED + b"".join(burst) + chunk(b"data: ha"), 0.1, rest))
    received = content_of(relayed(calls, server, **FRAMES))
    assert b"".join(received) == b"".join(b"data: %d\n\n" % n for n in range(50)) + b"data: half\r\n\r\n"
    assert len(received) <= 3
    assert all(piece.endswith((b"\n\n", b"\r\n\r\n")) for piece in received)


@pytest.mark.parametrize(
    ("steps", "limits", "body", "end"),
    [
        ([CHUNKED + chunk(b"data: 1\n\ndata: cu")], LIMITS, b"data: 1\n\n<broken>", "broken"),
        ([CHUNKED + chunk(b"data: 1\n\ndata: cu"), 9.0], SHORT, b"data: 1\n\n<late>", "timeout"),
        ([CHUNKED], LIMITS, b"<broken>", "broken"),
        ([CHUNKED + b"0\r\n\r\n"], LIMITS, b"", "complete"),
        ([CHUNKED + chunk(b"no end of line") + b"0\r\n\r\n"], LIMITS, b"no end of line", "complete"),
    ],
    ids=["broken in an event", "silent in an event", "broken before the first", "empty", "not ended"],
)
def test_a_stream_ends_with_whole_events(
    calls: Calls, serve: Serve, ends: list[str], steps: list, limits: dict, body: bytes, end: str
) -> None:
    received = content_of(relayed(calls, serve(after_request(*steps)), limits=limits, **FRAMES))
    assert received, "the daemon sends the head with the first piece only"
    assert b"".join(received) == body
    assert settled(ends) == [end]


def test_an_event_longer_than_a_piece_is_cut_and_ended_when_it_breaks_off(calls: Calls, serve: Serve) -> None:
    event = b"data: " + b"x" * (2 * stream.PIECE)
    received = content_of(relayed(calls, serve(after_request(CHUNKED + chunk(event))), **FRAMES))
    assert max(map(len, received)) <= stream.PIECE
    assert b"".join(received).endswith(b"x\n\n<broken>")


@pytest.mark.parametrize(
    ("steps", "limits", "body", "end"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"], LIMITS, b"half<broken>", "broken"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 9.0], SHORT, b"half<late>", "timeout"),
        ([CHUNKED + chunk(b"half")], LIMITS, b"half<broken>", "broken"),
        ([b"HTTP/1.1 200 OK\r\n\r\nall there is"], LIMITS, b"all there is", "complete"),
    ],
)
def test_another_body_ends_as_the_module_wants(
    calls: Calls, serve: Serve, ends: list[str], steps: list, limits: dict, body: bytes, end: str
) -> None:
    assert b"".join(content_of(relayed(calls, serve(after_request(*steps)), limits=limits))) == body
    assert settled(ends) == [end]


def test_a_stream_that_never_ends_is_cut_at_the_total_limit(calls: Calls, serve: Serve) -> None:
    server = serve(after_request(CHUNKED, *([chunk(b"data: 1\n\n"), 0.02] * 500)))
    began = time.monotonic()
    received = content_of(relayed(calls, server, limits=SHORT, **FRAMES))
    assert 0.55 < time.monotonic() - began < 1.5
    assert received[-1] == b"<late>"


def test_sixty_megabytes_fit_into_the_daemons_queue(calls: Calls, serve: Serve) -> None:
    block = bytes(range(256)) * 4096
    server = serve(after_request(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (60 * len(block)), *[block] * 60))
    received = content_of(relayed(calls, server, limits=LIMITS | {"total": 60_000}))
    assert b"".join(received) == block * 60
    assert len(received) <= 128
    assert max(map(len, received)) <= stream.PIECE


def test_a_reader_that_pauses_holds_the_server_back(calls: Calls, serve: Serve) -> None:
    sent = 0

    def handle(connection: Connection) -> None:
        nonlocal sent
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            connection.send(b"x" * 100_000)
            sent += 100_000

    response = relayed(calls, serve(handle), limits=LIMITS)
    next(response.response)
    gevent.sleep(0.5)
    assert sent < 20_000_000
    response.response.close()


def bodies_of(serve: Serve, count: int, body: bytes, *, ends: bool = True) -> list[stream.ReadAhead]:
    """Bodies that are read ahead and that nobody takes yet."""

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(body) if ends else len(body) + 1))
        connection.send(body)
        connection.request()

    server = serve(handle)
    limits = Limits.of(LIMITS)
    sent = [transport.Request("GET", server.url, [], None, None, limits, server.origins) for _ in range(count)]
    return [stream.ReadAhead(transport.send(request), limits) for request in sent]


def test_a_body_that_comes_byte_by_byte_is_held_in_few_objects(serve: Serve) -> None:
    server = serve(after_request(CHUNKED, *[chunk(b"x"), 0.002] * 100, b"0\r\n\r\n"))
    limits = Limits.of(LIMITS)
    request = transport.Request("GET", server.url, [], None, None, limits, server.origins)
    source = stream.ReadAhead(transport.send(request), limits)
    gevent.sleep(0.5)
    assert (source._bytes, len(source._arrived)) == (100, 1)
    assert b"".join(stream.growing_pieces(source)) == b"x" * 100


def test_what_is_read_ahead_is_bounded_for_each_body_and_for_all(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "READ_AHEAD_IN_ALL_BYTES", 4_000_000)
    gevent.sleep(0.05)  # The bodies of earlier tests are let go.
    body = bytes(range(256)) * 12_000
    sources = bodies_of(serve, 20, body)
    gevent.sleep(0.5)
    buffered = stream.ReadAhead.in_all
    assert 4_000_000 <= buffered <= 4_000_000 + 20 * (256 * 1024 + transport.READ_SIZE)
    assert max(source._bytes for source in sources) <= stream.PIECE + transport.READ_SIZE
    readers = [gevent.spawn(b"".join, stream.growing_pieces(source)) for source in sources]
    assert [reader.get(timeout=5) for reader in readers] == [body] * 20
    assert stream.ReadAhead.in_all == 0


def test_who_waits_for_a_large_piece_gets_a_smaller_one_when_there_is_no_room(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "READ_AHEAD_IN_ALL_BYTES", 0)
    monkeypatch.setattr(stream, "_PATIENCE_SECONDS", 3600.0)
    server = serve(after_request(b"HTTP/1.1 200 OK\r\n\r\n", *([bytes(100_000), 0.005] * 30)))
    limits = Limits.of(LIMITS)
    sent = transport.Request("GET", server.url, [], None, None, limits, server.origins)
    reader = gevent.spawn(list, stream.growing_pieces(stream.ReadAhead(transport.send(sent), limits)))
    received = reader.get(timeout=1)
    assert sum(map(len, received)) == 3_000_000
    assert len(received) < 20


@pytest.mark.parametrize("pause", [0.0, 0.2])
def test_a_body_that_is_given_up_holds_nothing(serve: Serve, pause: float) -> None:
    sources = [*bodies_of(serve, 5, bytes(500_000)), *bodies_of(serve, 5, bytes(500_000), ends=False)]
    gevent.sleep(pause)
    for source in sources:
        source.stop()
        source.stop()
    gevent.sleep(0.05)
    assert stream.ReadAhead.in_all == 0


@pytest.mark.parametrize("mark", [b"\n\n", b"\r\n\r\n", b"\r\r"])
@pytest.mark.parametrize("step", [1, 2, 3, 5])
def test_the_end_of_an_event_is_found_however_it_arrives(calls: Calls, serve: Serve, mark: bytes, step: int) -> None:
    content = b"data: 1" + mark + b"data: 2" + mark + b"data: cut"
    steps = [part for at in range(0, len(content), step) for part in (chunk(content[at : at + step]), 0.002)]
    received = content_of(relayed(calls, serve(after_request(CHUNKED, *steps)), **FRAMES))
    assert b"".join(received) == b"data: 1" + mark + b"data: 2" + mark + b"<broken>"


def test_a_stream_that_nobody_reads_on_is_released(calls: Calls, serve: Serve, ends: list[str]) -> None:
    gone: list[bool] = []

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED + chunk(b"data: 1\n\n"))
        gone.append(connection.socket.recv(1) == b"")

    response = relayed(calls, serve(handle), **FRAMES)
    assert next(response.response) == b"data: 1\n\n"
    response.response.close()
    gevent.sleep(0.05)
    assert gone == [True]
    assert ends == ["abandoned"]


def test_a_stream_that_was_never_begun_is_released_too(calls: Calls, serve: Serve, ends: list[str]) -> None:
    gone: list[bool] = []

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED + chunk(b"data: 1\n\n"))
        gone.append(connection.socket.recv(1) == b"")

    response = relayed(calls, serve(handle), **FRAMES)
    del response
    gc.collect()
    assert settled(ends) == ["abandoned"]
    assert gone == [True]


def test_a_fault_of_the_host_ends_the_stream_as_a_break_does(
    calls: Calls, serve: Serve, ends: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(source: stream.ReadAhead) -> Iterator[bytes]:
        yield source.take()
        raise RuntimeError("a fault")

    monkeypatch.setattr(stream, "whole_frames", failing)
    server = serve(after_request(CHUNKED + chunk(b"data: 1\n\n"), 9.0))
    assert content_of(relayed(calls, server, **FRAMES)) == [b"data: 1\n\n", b"<broken>"]
    assert settled(ends) == ["broken"]


def test_a_trap_on_the_head_costs_this_call_only(calls: Calls, serve: Serve) -> None:
    server = serve(answering(ok(b"")))
    order = {"method": "GET", "url": server.url, "headers": [], "pieces": None, "ca": None, "limits": LIMITS}
    call = Call("pass_on", json.dumps(order).encode(), b"Trap", server.origins)
    parked = gevent.spawn(calls.decide, Call("park", b"", b"with a timer", frozenset()))
    gevent.sleep(0.01)
    with pytest.raises(CallFailed, match="the module trapped on the head"):
        relay(calls, call, calls.decide(call), lambda: None)
    assert parked.get(timeout=1).body == b"released"


def test_a_relay_goes_on_when_its_instance_is_lost(calls: Calls, serve: Serve) -> None:
    server = serve(after_request(0.1, CHUNKED + chunk(b"data: 1\n\n"), 0.1, chunk(b"data: 2\n\n") + b"0\r\n\r\n"))
    under_way = gevent.spawn(relayed, calls, server, **FRAMES)
    for _ in range(3):
        gevent.sleep(0.04)
        with pytest.raises(CallFailed):
            calls.decide(Call("trap", b"", b"", frozenset()))
    assert content_of(under_way.get(timeout=1)) == [b"data: 1\n\n", b"data: 2\n\n"]


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ([("Vary", "Origin"), ("X", "1"), ("vary", "Cookie")], [("vary", "Origin, Cookie"), ("X", "1")]),
        ([("Set-Cookie", "a=1"), ("X", "1")], [("Set-Cookie", "a=1"), ("X", "1")]),
    ],
)
def test_a_name_has_one_value(headers: list, kept: list) -> None:
    assert list(response.one_value_each(headers).items()) == kept


def test_a_second_cookie_is_refused_and_not_lost() -> None:
    with pytest.raises(ValueError, match="two cookies"):
        response.whole(303, [("Set-Cookie", "a=1"), ("set-cookie", "b=2")], b"")


def test_a_long_answer_is_sent_in_pieces() -> None:
    body = bytes(3 * stream.PIECE + 1)
    received = content_of(response.whole(200, [], body))
    assert [len(piece) for piece in received] == [stream.PIECE] * 3 + [1]
