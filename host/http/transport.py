"""HTTP exchanges: one request, the head of its response, and the body piece by piece.

No redirect is followed, and only `exchange` decodes content. Every failure is a `Failure`.

A request is sent once. The one exception is RFC 9110 section 9.2.2: a GET or HEAD without a body, on a connection that
was kept from an earlier exchange and that ends before the first byte of a response, goes out again on a new connection.
"""

import functools
import os
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection

from host.http.connect import Route, open_connection
from host.http.content_coding import decoded
from host.http.failure import Failure, TimeLimit
from host.http.http1 import ResponseReader, request_head
from host.http.pools import Pool, is_closed_by_server
from host.http.reach import Origin

READ_SIZE = 128 * 1024

_JOINED = 64 * 1024
"""Bodies up to this size are sent together with the head."""

_IDEMPOTENT = frozenset({"GET", "HEAD"})

_CONNECTION_ENDED = (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)

_SET_HERE = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})

type Buffer = bytes | memoryview


class Limits(NamedTuple):
    """Seconds, and bytes of the response's body (only for exchanges that are read whole)."""

    connect: float
    head: float
    idle: float
    total: float
    body: int = 0

    @classmethod
    def of(cls, limits: dict[str, int]) -> Self:
        """Limits in the module's form, which is milliseconds."""
        connect, head, idle, total = (limits[name] / 1000 for name in ("connect", "head", "idle", "total"))
        return cls(connect, head, idle, total, limits.get("body", 0))


class Request(NamedTuple):
    """A request that the module wants sent.

    `body` is its content in order, or `None` for a request without content. The list is emptied while it is sent, so
    that nothing keeps the content while the response is awaited.
    """

    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: list[Buffer] | None
    ca: str | None
    limits: Limits
    allowed_origins: frozenset[Origin]
    must_be_public: bool = False
    """Whether somebody other than the administrator chose the address, so that only public addresses are allowed."""
    has_sent: Callable[[], None] | None = None
    """Called when the request has been sent."""

    def route(self) -> Route:
        """The way to its origin. Raises `Failure` if the call may not go there."""
        origin = Origin.of(self.url)
        if origin is None or not (origin in self.allowed_origins or self.must_be_public):
            raise Failure("refused")
        return Route.to(origin, public_only=self.must_be_public, ca=self.ca)

    @property
    def may_be_repeated(self) -> bool:
        """Whether it has no effect, so that a second copy would do no harm."""
        return self.method in _IDEMPOTENT and self.body is None


class Response:
    """The head of a response, and its body as it arrives. It must be closed."""

    def __init__(self, route: Route, connection: HTTPConnection, reader: ResponseReader, sent: float) -> None:
        self._route = route
        self._connection = connection
        self._reader = reader
        self._sent = sent
        self.status = reader.status
        self.headers = reader.headers
        self.length = reader.length
        self.began = time.monotonic()

    def read(self, seconds: float) -> bytes:
        """What has arrived of the body, after waiting at most `seconds` for it. Empty at the end of the body."""
        content = self._reader.take()
        if content or self._reader.is_complete:
            return content
        try:
            with TimeLimit(seconds):
                while not (content := self._reader.take()) and not self._reader.is_complete:
                    self._reader.feed(self._connection.sock.recv(READ_SIZE))
        except OSError:
            raise Failure("broken") from None
        return content

    def close(self) -> None:
        """Keeps the connection for another exchange if the body has been read to its end; otherwise closes it."""
        if self._reader.may_stay_open:
            self._reader.may_stay_open = False
            _pool().give(self._route, self._connection, self._sent)
        else:
            self._connection.close()


class _Unanswered(Failure):
    """The connection ended before the first byte of a response."""

    def __init__(self) -> None:
        super().__init__("broken")


def send(request: Request) -> Response:
    """Sends `request` and waits for the head of its response. Raises `Failure`."""
    route = request.route()
    kept = _pool().take(route)
    if kept is None:
        connection = _opened(route, request.limits.connect)
        with TimeLimit(request.limits.head):
            return _responded(connection, route, request)
    with TimeLimit(request.limits.head):
        try:
            return _responded(kept, route, request)
        except _Unanswered:
            if not request.may_be_repeated:
                raise
        return _responded(_opened(route, request.limits.connect), route, request)


def exchange(request: Request) -> tuple[Response, bytes]:
    """Sends `request` and reads its response whole, without its content codings. Raises `Failure`."""
    with TimeLimit(request.limits.total):
        response = send(request)
        try:
            body = _read_whole(response, request.limits)
        finally:
            response.close()
    response.headers, body = decoded(response.headers, body, request.limits.body)
    return response, body


def _opened(route: Route, seconds: float) -> HTTPConnection:
    """A new connection that the server has not given up yet.

    Dify closes a connection on which no request arrives for 2 s, the first request included, and a busy process can
    take that long to learn that the connection is open. Nothing was sent on it, so another one may be opened.
    """
    end = time.monotonic() + seconds
    connection = open_connection(route, seconds)
    if is_closed_by_server(connection):
        connection.close()
        connection = open_connection(route, end - time.monotonic())
    return connection


def _responded(connection: HTTPConnection, route: Route, request: Request) -> Response:
    """Sends `request` on `connection`, which is closed if that or the response's head fails."""
    reader = ResponseReader(request.method)
    try:
        _send(connection, route, request)
        sent = time.monotonic()
        while not reader.has_head:
            received = connection.sock.recv(READ_SIZE)
            if not received and not reader.has_begun:
                raise _Unanswered
            reader.feed(received)
        return Response(route, connection, reader, sent)
    except BaseException as error:
        connection.close()
        if isinstance(error, _CONNECTION_ENDED) and not reader.has_begun:
            raise _Unanswered from None
        if isinstance(error, OSError):
            raise Failure("broken") from None
        raise


def _read_whole(response: Response, limits: Limits) -> bytes:
    body = bytearray()
    while piece := response.read(limits.idle):
        body += piece
        if len(body) > limits.body:
            raise Failure("too_large")
    return bytes(body)


def _send(connection: HTTPConnection, route: Route, request: Request) -> None:
    headers = [("Host", route.origin.host_header)]
    headers += [(name, value) for name, value in request.headers if name.lower() not in _SET_HERE]
    if route.is_forwarded:
        headers += route.proxy_headers.items()
    pieces: list[Buffer] = [] if request.body is None else request.body
    length = sum(map(len, pieces))
    if request.body is not None:
        headers.append(("Content-Length", str(length)))
    head = request_head(request.method, _target(route, request.url), headers)
    if length <= _JOINED:
        pieces[:] = [b"".join((head, *pieces))]
    else:
        pieces.insert(0, head)
    try:
        while pieces:
            _send_all(connection.sock, pieces.pop(0))
    except BrokenPipeError:
        pieces.clear()  # A server may respond before it has read everything (413).
    if request.has_sent is not None:
        request.has_sent()


def _send_all(sock: socket.socket, piece: Buffer) -> None:
    """gevent's `sendall` first asks the system how much the socket takes at once, which is nearly always all of it."""
    sent = sock.send(piece)
    if sent < len(piece):
        sock.sendall(memoryview(piece)[sent:])


def _target(route: Route, url: str) -> str:
    """The request target (RFC 9112 section 3.2): path and query byte for byte as they are in the module's URL.

    A proxy is named the origin as it was checked here, because it might read the URL's own spelling differently.
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{route.origin.scheme}://{route.origin.host_header}{target}" if route.is_forwarded else target


@functools.cache
def _pool() -> Pool:
    return Pool()


# A socket must not be used by two processes.
os.register_at_fork(after_in_child=_pool.cache_clear)
