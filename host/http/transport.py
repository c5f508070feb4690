"""HTTP exchanges: one request sent once, its answer's head, and its body piece by piece.

Nothing is sent a second time, no redirect is followed and no content decoded. Every failure is a `Failure`.
"""

import contextlib
import functools
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from urllib3.connection import HTTPConnection

from host.http.connect import Route, open_connection
from host.http.failure import Failure, time_limit
from host.http.http1 import ResponseReader, request_head
from host.http.pools import Pool, is_closed_by_server
from host.http.reach import Origin

READ_SIZE = 256 * 1024

_JOINED = 64 * 1024
"""Bodies up to this size are sent in one piece."""

_SET_HERE = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect"})

type Buffer = bytes | memoryview


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, and bytes of the answer's body (only exchanges that are read whole have that limit)."""

    connect: float
    head: float
    idle: float
    total: float
    body: int = 0

    @classmethod
    def of(cls, limits: dict[str, int]) -> Self:
        """From milliseconds, as the module gives them."""
        seconds = {name: limits[name] / 1000 for name in ("connect", "head", "idle", "total")}
        return cls(**seconds, body=limits.get("body", 0))


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the module wants sent. `body` is nothing or the pieces of it, one after another."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: Sequence[Buffer] | None
    ca: str | None
    limits: Limits
    allowed_origins: frozenset[Origin]
    must_be_public: bool = False
    """Whether it goes where somebody else than the administrator says, and so to public addresses only."""

    def route(self) -> Route:
        """The way to its origin. Raises `Failure` when the call may not go there."""
        origin = Origin.of(self.url)
        if origin is None or not (origin in self.allowed_origins or self.must_be_public):
            raise Failure("refused")
        return Route.to(origin, public_only=self.must_be_public, ca=self.ca)


class Response:
    """The head of an answer, and its body as it arrives. It must be closed."""

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
        """What has arrived of the body, waiting for it at most `seconds`. Empty at the body's end."""
        taken = self._reader.take()
        if taken or self._reader.is_complete:
            return taken
        try:
            with time_limit(seconds):
                while not (taken := self._reader.take()) and not self._reader.is_complete:
                    self._reader.feed(self._connection.sock.recv(READ_SIZE))
        except OSError:
            raise Failure("broken") from None
        return taken

    def close(self) -> None:
        """Keeps the connection for another exchange where the body has been read to its end, else closes it."""
        if self._reader.may_stay_open:
            self._reader.may_stay_open = False
            _pool().give(self._route, self._connection, self._sent)
        else:
            self._connection.close()


def send(request: Request) -> Response:
    """Sends `request` and waits for the head of its answer. Raises `Failure`."""
    route = request.route()
    connection = _pool().take(route) or _opened(route, request.limits.connect)
    try:
        with time_limit(request.limits.head):
            _send(connection, route, request)
            sent = time.monotonic()
            return Response(route, connection, _head(connection, request.method), sent)
    except BaseException as error:
        connection.close()
        if isinstance(error, OSError):
            raise Failure("broken") from None
        raise


def exchange(request: Request) -> tuple[Response, bytes]:
    """Sends `request` and reads its answer whole. Raises `Failure`."""
    with time_limit(request.limits.total):
        answer = send(request)
        try:
            return answer, _read_whole(answer, request.limits)
        finally:
            answer.close()


def _opened(route: Route, seconds: float) -> HTTPConnection:
    """A new connection that the server has not given up yet.

    Dify closes one on which no request has come for 2 s, its first one too, and a busy process can take that long to
    learn that it is open. Nothing was sent on it, so another one may be opened.
    """
    end = time.monotonic() + seconds
    connection = open_connection(route, seconds)
    if is_closed_by_server(connection):
        connection.close()
        connection = open_connection(route, end - time.monotonic())
    return connection


def _read_whole(answer: Response, limits: Limits) -> bytes:
    body = bytearray()
    while piece := answer.read(limits.idle):
        body += piece
        if len(body) > limits.body:
            raise Failure("too_large")
    return bytes(body)


def _send(connection: HTTPConnection, route: Route, request: Request) -> None:
    headers = [("Host", route.origin.host_header)]
    headers += [(name, value) for name, value in request.headers if name.lower() not in _SET_HERE]
    if route.is_forwarded:
        headers += route.proxy_headers.items()
    body = request.body or ()
    length = sum(map(len, body))
    if request.body is not None:
        headers.append(("Content-Length", str(length)))
    head = request_head(request.method, _target(route, request.url), headers)
    pieces = [b"".join((head, *body))] if length <= _JOINED else (head, *body)
    with contextlib.suppress(BrokenPipeError):  # A server may answer before it has read everything (413).
        for piece in pieces:
            connection.sock.sendall(piece)


def _head(connection: HTTPConnection, method: str) -> ResponseReader:
    reader = ResponseReader(method)
    while not reader.has_head:
        reader.feed(connection.sock.recv(READ_SIZE))
    return reader


def _target(route: Route, url: str) -> str:
    """The request target (RFC 9112 section 3.2), byte for byte as the module gave it."""
    if route.is_forwarded:
        return url
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


@functools.cache
def _pool() -> Pool:
    return Pool()


# A socket must not be used by two processes.
os.register_at_fork(after_in_child=_pool.cache_clear)
