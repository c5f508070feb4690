"""Translations: when the client gets its first bytes, what the module is given of Dify's, and how each of them ends."""

import json
from collections.abc import Generator

import gevent
from server import CHUNKED, Connection, Serve, Server, chunk

from host.http.stream import PIECE
from host.sdk.translation import translate
from host.wasm.calls import Call, Calls, Translation

LIMITS = {"connect": 2000, "head": 2000, "idle": 2000, "total": 4000}
OPENING = b": working\n\n"


def translated(
    calls: Calls,
    server: Server,
    *,
    limits: dict | None = None,
    freed: list[bool] | None = None,
    refusal: str | None = None,
) -> Generator[bytes]:
    """The body of the client's response. The test module writes what it is given, and at the end `|last`."""
    request = {"method": "POST", "url": server.url, "headers": [], "pieces": [[3]], "ca": None}
    request["limits"] = limits or LIMITS
    head = {"status": 200, "headers": [["Content-Type", "text/event-stream"]], "opening": OPENING.decode()}
    call = Call("translated", json.dumps(head | {"request": request}).encode(), b"|last", server.origins)
    decision = calls.decide(call)
    assert isinstance(decision, Translation)
    count = [] if freed is None else freed
    response = translate(calls, call, decision, lambda: count.append(True), refusal)
    assert isinstance(response.response, Generator)
    return response.response


def sending(*pieces: bytes, pause: float = 0.05) -> object:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED)
        for piece in (*pieces, b""):
            connection.send(chunk(piece))
            gevent.sleep(pause)

    return handle


def test_the_client_gets_its_first_bytes_before_dify_is_asked(calls: Calls, serve: Serve) -> None:
    asked: list[bool] = []

    def handle(connection: Connection) -> None:
        asked.append(connection.request() is not None)

    body = translated(calls, serve(handle))
    assert next(body) == OPENING
    gevent.sleep(0.05)
    assert asked == []
    body.close()


def test_pieces_go_through_the_module_as_they_come_and_its_end_is_the_last(
    calls: Calls, serve: Serve, ends: list[str]
) -> None:
    freed: list[bool] = []
    body = translated(calls, serve(sending(b"one", b"two")), freed=freed)
    assert list(body) == [OPENING, b"began ", b"one", b"two", b"|last"]
    assert (ends, freed, calls.is_idle) == (["complete"], [True], True)


def test_nothing_is_read_after_the_module_has_what_it_needs(calls: Calls, serve: Serve, ends: list[str]) -> None:
    server = serve(sending(b"one", b"End", *[b"more"] * 200))
    assert list(translated(calls, server)) == [OPENING, b"began ", b"one", b"End", b"|last"]
    assert ends == ["complete"]


def test_however_dify_fails_the_module_writes_the_end(calls: Calls, serve: Serve, ends: list[str]) -> None:
    def cut(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED + chunk(b"one"))

    def silent(connection: Connection) -> None:
        connection.request()
        connection.send(CHUNKED + chunk(b"one"))
        gevent.sleep(2)

    short = {"connect": 300, "head": 300, "idle": 300, "total": 600}
    assert list(translated(calls, serve(cut))) == [OPENING, b"began ", b"one", b"|last"]
    assert list(translated(calls, serve(silent), limits=short)) == [OPENING, b"began ", b"one", b"|last"]
    gone = serve(cut)
    gone.stop()
    assert list(translated(calls, gone)) == [OPENING, b"began ", b"|last"]
    assert list(translated(calls, serve(cut), refusal="busy")) == [OPENING, b"began ", b"|last"]
    assert ends == ["broken", "timeout", "complete", "complete"]


def test_a_client_that_leaves_gives_back_what_its_call_took(calls: Calls, serve: Serve, ends: list[str]) -> None:
    freed: list[bool] = []
    for taken in range(4):
        body = translated(calls, serve(sending(b"one", b"two", pause=0.2)), freed=freed)
        for _ in range(taken):
            next(body)
        body.close()
        del body
    gevent.sleep(0.05)
    assert (ends, len(freed), calls.is_idle) == (["abandoned"] * 4, 4, True)


def test_a_trap_ends_its_call_and_the_next_one_works(calls: Calls, serve: Serve, ends: list[str]) -> None:
    assert list(translated(calls, serve(sending(b"one", b"Trap", b"two")))) == [OPENING, b"began ", b"one", b"|last"]
    assert list(translated(calls, serve(sending(b"one")))) == [OPENING, b"began ", b"one", b"|last"]
    assert (ends, calls.is_idle) == (["complete", "complete"], True)


def test_no_piece_is_longer_than_the_daemon_takes(calls: Calls, serve: Serve) -> None:
    pieces = list(translated(calls, serve(sending(b"x" * (3 * PIECE)))))
    assert sum(piece.count(b"x") for piece in pieces) == 3 * PIECE
    assert max(map(len, pieces)) <= PIECE
