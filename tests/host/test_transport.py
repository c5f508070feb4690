"""Exchanges with servers that behave, and with servers that do not."""

import socket
import struct
import time
import tracemalloc
import weakref
from collections.abc import Callable

import gevent
import pytest
from server import CHUNKED, Connection, Serve, Server, after_request, answering, chunk, ok
from urllib3.connection import HTTPConnection

from host.http import transport
from host.http.connect import Route, open_connection
from host.http.failure import Failure
from host.http.reach import Origin
from host.http.transport import Limits, Request

LIMITS = Limits(connect=5, head=5, idle=5, total=10, body=100_000)


def request(server: Server, **changed: object) -> Request:
    defaults = {"method": "GET", "url": server.url + "/path?a=1&b=%20", "headers": [], "body": None, "ca": None}
    return Request(**{**defaults, "limits": LIMITS, "allowed_origins": server.origins, **changed})


def failure_of(sent: Request) -> str:
    with pytest.raises(Failure) as failed:
        transport.exchange(sent)
    return failed.value.kind


def seen_by(serve: Serve, **changed: object) -> tuple[bytes, bytes]:
    seen: list[tuple[bytes, bytes]] = []

    def handle(connection: Connection) -> None:
        seen.append(connection.request() or (b"", b""))
        connection.send(ok(b"", "Connection: close"))

    server = serve(handle)
    transport.exchange(request(server, **changed))
    head, body = seen[0]
    return head.replace(server.url.removeprefix("http://").encode(), b"HOST"), body


def test_a_request_is_sent_as_the_module_wants_it(serve: Serve) -> None:
    headers = [("accept", "*/*"), ("X-Twice", "1"), ("X-Twice", "2"), ("Host", "evil.example"), ("Content-Length", "9")]
    body = [b"client ", memoryview(b"and own")]
    head, content = seen_by(serve, method="POST", headers=headers, body=body)
    assert head.split(b"\r\n") == [
        b"POST /path?a=1&b=%20 HTTP/1.1",
        b"Host: HOST",
        b"accept: */*",
        b"X-Twice: 1",
        b"X-Twice: 2",
        b"Content-Length: 14",
    ]
    assert content == b"client and own"


def test_a_request_without_a_body_says_nothing_of_one(serve: Serve) -> None:
    assert seen_by(serve) == (b"GET /path?a=1&b=%20 HTTP/1.1\r\nHost: HOST", b"")


def test_a_large_body_arrives_whole(serve: Serve) -> None:
    content = bytes(range(256)) * 40_000
    assert seen_by(serve, method="POST", body=[memoryview(content), b"", b"end"])[1] == content + b"end"


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (ok(b"length"), b"length"),
        (CHUNKED + chunk(b"two ") + chunk(b"chunks") + b"0\r\n\r\n", b"two chunks"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.0 200 OK\r\n\r\nold", b"old"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"after"), b"after"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok(b"after hints"), b"after hints"),
        (CHUNKED + b'5 ; a="b"\r\nblank\r\n0\r\n\r\n', b"blank"),
        (ok(b"\x1f\x8b not decoded", "Content-Encoding: br"), b"\x1f\x8b not decoded"),
    ],
)
def test_a_body_is_read_as_its_head_says(serve: Serve, content: bytes, body: bytes) -> None:
    assert transport.exchange(request(serve(after_request(content))))[1] == body


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    server = serve(answering(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"))
    response, _ = transport.exchange(request(server))
    assert (response.status, server.connections) == (302, 1)


ENDLESS_HEAD = b"HTTP/1.1 200 OK\r\n" + b"X-Filler: " + b"y" * 70_000 + b"\r\n\r\n"
MANY_HEADERS = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(101)) + b"\r\n"
LARGE_HEAD = b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1000) for n in range(99)) + b"\r\n"


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([b""], "broken"),
        ([b"HTTP/1.1 200 OK\r\nContent-Len"], "broken"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"], "broken"),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"], "broken"),
        ([CHUNKED + b"a\r\nhalf"], "broken"),
        ([CHUNKED + b"zz\r\nno number\r\n0\r\n\r\n"], "broken"),
        ([b"SSH-2.0-OpenSSH_9.6\r\n"], "malformed"),
        ([b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n"], "malformed"),
        ([b"HTTP/2.0 200 OK\r\n\r\n"], "malformed"),
        ([b"HTTP/1.1 2x0 OK\r\n\r\n"], "malformed"),
        ([b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"], "malformed"),
        ([b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"], "malformed"),
        ([ENDLESS_HEAD], "too_large"),
        ([MANY_HEADERS], "too_large"),
        ([LARGE_HEAD], "too_large"),
        ([ok(b"x" * 100_001)], "too_large"),
        ([CHUNKED + chunk(b"x" * 60_000) * 2 + b"0\r\n\r\n"], "too_large"),
    ],
)
def test_a_bad_response_has_its_kind_of_failure(serve: Serve, steps: list[bytes], kind: str) -> None:
    assert failure_of(request(serve(after_request(*steps)))) == kind


def drip(content: bytes) -> list[bytes | float]:
    return [step for byte in content for step in (bytes([byte]), 0.03)]


SHORT = Limits(connect=0.3, head=0.3, idle=0.3, total=0.6, body=1_000_000_000)


@pytest.mark.parametrize(
    ("steps", "passed"),
    [
        ([5.0], SHORT.head),
        (drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 200), SHORT.head),
        (drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 20), SHORT.head),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 5.0], SHORT.idle),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", *drip(b"y" * 200)], SHORT.total),
        ([CHUNKED, *drip(b"0" * 200)], SHORT.idle),
    ],
    ids=[
        "silent",
        "drips its head",
        "goes on with 100",
        "silent after its head",
        "drips its body",
        "drips a chunk size",
    ],
)
def test_no_limit_can_be_outlived_byte_by_byte(serve: Serve, steps: list[bytes | float], passed: float) -> None:
    server = serve(after_request(*steps))
    began = time.monotonic()
    assert failure_of(request(server, limits=SHORT)) == "timeout"
    assert passed - 0.01 <= time.monotonic() - began < passed + 0.5


def test_a_body_that_never_pauses_meets_its_limit(serve: Serve) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.send(b"y" * 1_000_000)

    began = time.monotonic()
    assert failure_of(request(serve(handle), limits=SHORT)) == "timeout"
    assert time.monotonic() - began < 3


def test_a_server_that_does_not_accept_is_a_timeout_of_the_connection() -> None:
    # RFC 5737: addresses that lead nowhere. Where the network says so at once, the failure is `connect` instead.
    url = "http://192.0.2.1/"
    sent = Request("GET", url, [], None, None, SHORT, frozenset({Origin.of(url)}))
    began = time.monotonic()
    assert failure_of(sent) in ("timeout", "connect")
    assert time.monotonic() - began < 1


def test_a_port_nobody_listens_on_fails_the_connection(serve: Serve) -> None:
    server = serve(after_request())
    server.stop()
    assert failure_of(request(server)) == "connect"


def test_a_server_without_tls_is_a_failure_of_tls(serve: Serve) -> None:
    def handle(connection: Connection) -> None:
        connection.socket.recv(1)
        connection.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = serve(handle)
    url = server.url.replace("http:", "https:")
    assert failure_of(request(server, url=url, allowed_origins=frozenset({Origin.of(url)}))) == "tls"


def test_an_early_response_is_read_although_the_request_was_not(serve: Serve) -> None:
    def handle(connection: Connection) -> None:
        connection.socket.recv(100)
        connection.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        gevent.sleep(0.2)

    sent = request(serve(handle), method="POST", body=[memoryview(bytes(30_000_000))])
    assert failure_or_status(sent) in ("413", "broken")  # TCP may reset the connection before the response is read.


def failure_or_status(sent: Request) -> str:
    try:
        return str(transport.exchange(sent)[0].status)
    except Failure as failure:
        return failure.kind


@pytest.mark.parametrize(
    ("gap", "connections"),
    [(0.0, 1), (1.0, 1), (1.6, 2), (2.5, 2)],
)
def test_a_connection_is_used_again_while_it_is_fresh(serve: Serve, gap: float, connections: int) -> None:
    server = serve(answering(ok(b"answer")))
    for _ in range(2):
        transport.exchange(request(server))
        gevent.sleep(gap)
    assert server.connections == connections


@pytest.mark.parametrize(("delay", "connections"), [(1.0, 1), (1.6, 2)])
def test_a_connection_may_have_been_idle_since_its_request_was_sent(
    serve: Serve, delay: float, connections: int
) -> None:
    def handle(connection: Connection) -> None:
        while connection.request():
            gevent.sleep(delay)  # To the gateway this is the same as a response that is there and read late.
            connection.send(ok(b"answer"))

    server = serve(handle)
    for _ in range(2):
        transport.exchange(request(server))
    assert server.connections == connections


def test_a_connection_that_the_server_has_closed_is_not_used_again(serve: Serve) -> None:
    received: list[bytes] = []

    def handle(connection: Connection) -> None:
        received.append((connection.request() or (b"",))[0])
        connection.send(ok(b"answer"))

    server = serve(handle)
    for _ in range(5):
        assert transport.exchange(request(server, method="POST", body=[b"{}"]))[1] == b"answer"
        gevent.sleep(0.01)
    assert len(received) == 5


def test_a_connection_that_was_given_up_before_its_first_request_is_opened_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(route: Route, seconds: float) -> HTTPConnection:
        connection = open_connection(route, seconds)
        gevent.sleep(0.05)  # While the process is busy with others.
        return connection

    def handle(connection: Connection) -> None:
        if connection.number > 1 and connection.request():
            connection.send(ok(b"answer"))

    monkeypatch.setattr(transport, "open_connection", slowly)
    server = serve(handle)
    assert transport.exchange(request(server))[1] == b"answer"
    assert server.connections == 2


@pytest.mark.parametrize(
    "parts",
    [
        [ok(b"a", "Connection: close")],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
        [CHUNKED + chunk(b"half")],
        [ok(b"a"), ok(b"smuggled")],
    ],
    ids=["asked to close", "not sent whole", "no last chunk", "followed by another response"],
)
def test_a_connection_that_may_be_out_of_step_is_not_used_again(serve: Serve, parts: list[bytes]) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        for part in parts if connection.number == 1 else [ok(b"own response")]:
            connection.send(part)
            gevent.sleep(0.01)
        connection.request()
        connection.send(ok(b"wrong connection"))

    server = serve(handle)
    failure_or_status(request(server, limits=SHORT))
    gevent.sleep(0.05)
    assert transport.exchange(request(server))[1] == b"own response"


def test_a_post_on_a_new_connection_does_not_go_out_twice(serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: Connection) -> None:
        seen.append((connection.request() or (b"",))[0])

    assert failure_of(request(serve(handle), method="POST", body=[b"{}"])) == "broken"
    gevent.sleep(0.05)
    assert len(seen) == 1


type Handle = Callable[[Connection], None]


def recycled(seen: list[bytes], *last: bytes | float, resets: bool = False) -> Handle:
    """The first connection serves one request and ends on the second, after sending `last`; others serve all."""

    def handle(connection: Connection) -> None:
        while requested := connection.request():
            seen.append(requested[0])
            if connection.number == 1 and len(seen) > 1:
                after_steps(connection, last)
                if resets:
                    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            connection.send(ok(b"answer"))

    return handle


def after_steps(connection: Connection, steps: tuple[bytes | float, ...]) -> None:
    for step in steps:
        connection.send(step) if isinstance(step, bytes) else gevent.sleep(step)


@pytest.mark.parametrize("resets", [False, True])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_that_a_kept_connection_did_not_answer_goes_out_once_more(
    serve: Serve, method: str, resets: bool
) -> None:
    seen: list[bytes] = []
    server = serve(recycled(seen, resets=resets))
    transport.exchange(request(server))
    response, _ = transport.exchange(request(server, method=method))
    assert (response.status, server.connections, len(seen)) == (200, 2, 3)
    assert seen[1] == seen[2]


@pytest.mark.parametrize(
    ("method", "body", "last"),
    [
        ("POST", [b"{}"], ()),
        ("POST", None, ()),
        ("PUT", [b"{}"], ()),
        ("DELETE", None, ()),
        ("OPTIONS", None, ()),
        ("GET", [b"{}"], ()),
        ("GET", [], ()),
        ("GET", None, (b"H",)),
        ("GET", None, (b"\r",)),
        ("GET", None, (b"HTTP/1.1 103 Early Hints\r\n\r\n",)),
        ("GET", None, (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",)),
        ("GET", None, (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",)),
    ],
)
@pytest.mark.parametrize("resets", [False, True])
def test_nothing_else_goes_out_twice(
    serve: Serve, method: str, body: list[bytes] | None, last: tuple[bytes, ...], resets: bool
) -> None:
    seen: list[bytes] = []
    server = serve(recycled(seen, *last, resets=resets))
    transport.exchange(request(server))
    assert failure_of(request(server, method=method, body=body)) == "broken"
    gevent.sleep(0.05)
    assert (server.connections, len(seen)) == (1, 2)


def test_a_get_on_a_new_connection_does_not_go_out_twice(serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: Connection) -> None:
        seen.append((connection.request() or (b"",))[0])

    assert failure_of(request(serve(handle))) == "broken"
    gevent.sleep(0.05)
    assert len(seen) == 1


def test_a_get_goes_out_twice_at_most(serve: Serve) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        if connection.number == 1:
            connection.send(ok(b"answer"))
            connection.request()

    server = serve(handle)
    transport.exchange(request(server))
    assert failure_of(request(server)) == "broken"
    assert server.connections == 2


@pytest.mark.parametrize("limit", ["head", "total"])
def test_both_attempts_share_one_time_limit(serve: Serve, limit: str) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        if connection.number == 1:
            connection.send(ok(b"answer"))
            connection.request()
            gevent.sleep(0.4)
        else:
            gevent.sleep(5)

    server = serve(handle)
    transport.exchange(request(server))
    began = time.monotonic()
    assert failure_of(request(server, limits=LIMITS._replace(**{limit: 0.6}))) == "timeout"
    assert 0.59 <= time.monotonic() - began < 0.9
    assert server.connections == 2


def test_the_body_of_a_request_is_let_go_when_it_is_sent(serve: Serve) -> None:
    """Also while the response is awaited, which takes minutes with some apps."""
    has_body: list[bool] = []

    class Content(bytearray):
        """Bytes that can be watched."""

    content = Content(1_000_000)
    watched = weakref.ref(content)

    def handle(connection: Connection) -> None:
        connection.request()
        gevent.sleep(0.05)
        has_body.append(watched() is not None)
        connection.send(ok(b"answer"))

    sent = request(serve(handle), method="POST", body=[memoryview(content), b"own"])
    del content
    assert transport.exchange(sent)[1] == b"answer"
    assert (has_body, sent.body) == ([False], [])


def test_a_large_body_is_not_copied_to_be_sent(serve: Serve) -> None:
    content = bytes(20_000_000)

    def handle(connection: Connection) -> None:
        while connection.socket.recv(65_536):
            pass

    server = serve(handle)
    tracemalloc.start()
    failure = failure_of(request(server, method="POST", body=[memoryview(content), b"own"], limits=SHORT))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert failure == "timeout"
    assert peak < 2_000_000


def test_idle_connections_are_closed_and_forgotten(serve: Serve) -> None:
    closed: list[int] = []

    def handle(connection: Connection) -> None:
        connection.request()
        connection.send(ok(b"answer"))
        closed.append(len(connection.socket.recv(1)))

    server = serve(handle)
    for sent in [gevent.spawn(transport.exchange, request(server)) for _ in range(5)]:
        sent.get(timeout=5)
    assert closed == []
    gevent.sleep(2.5)
    assert closed == [0] * 5
    assert transport._pool()._idle == {}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.2:{port}/", "https://127.0.0.1:{port}/", "http://93.184.216.34/", "ftp://127.0.0.1/", "x"]
)
def test_no_origin_is_reached_that_is_not_allowed(serve: Serve, url: str) -> None:
    server = serve(answering(ok(b"")))
    port = server.url.rpartition(":")[2]
    assert failure_of(request(server, url=url.format(port=port))) == "refused"
    assert server.connections == 0


def test_a_slow_server_does_not_hold_up_others(serve: Serve) -> None:
    slow, fast = serve(after_request(5.0)), serve(answering(ok(b"fast")))
    waiting = gevent.spawn(failure_of, request(slow, limits=SHORT))
    began = time.monotonic()
    assert transport.exchange(request(fast))[1] == b"fast"
    assert time.monotonic() - began < 0.2
    assert waiting.get(timeout=2) == "timeout"
