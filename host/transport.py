"""HTTP exchanges: one request sent once, its answer's head, and its body piece by piece.

Nothing is sent a second time, no redirect is followed and no content decoded. Every failure is a `Failure`.
"""

import contextlib
import functools
import http.client
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.util import SKIP_HEADER

from host.connect import Route, open_connection
from host.failure import Failure, time_limit
from host.pools import Pool, is_closed_by_server
from host.reach import Origin
from host.response_head import HeadTooLarge

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
    lent: frozenset[Origin]
    may_reach_public: bool = False

    def route(self) -> Route:
        """The way to its origin. Raises `Failure` when the call may not go there."""
        origin = Origin.of(self.url)
        is_lent = origin in self.lent
        if origin is None or not (is_lent or self.may_reach_public):
            raise Failure("refused")
        return Route.to(origin, public_only=not is_lent, ca=self.ca)


class Answer:
    """The head of an answer, and its body as it arrives. It must be closed."""

    def __init__(
        self, route: Route, connection: HTTPConnection, response: urllib3.BaseHTTPResponse, sent: float
    ) -> None:
        self._route = route
        self._connection = connection
        self._sent = sent
        self._response = response
        self.status = response.status
        self.headers = list(response.headers.items())
        self.began = time.monotonic()
        self._is_read = False

    @property
    def length(self) -> int | None:
        """Bytes of the body that are still to come, where the head tells."""
        return self._response.length_remaining

    def read(self, seconds: float) -> bytes:
        """What has arrived of the body, waiting for it at most `seconds`. Empty at the body's end."""
        try:
            with time_limit(seconds):
                piece = self._response.read1(READ_SIZE, decode_content=False)
        except (HTTPError, OSError, http.client.HTTPException, ValueError):
            raise Failure("broken") from None
        self._is_read = not piece
        return piece or b""

    def close(self) -> None:
        """Keeps the connection for another exchange where the body has been read to its end, else closes it."""
        if self._is_read and self._connection.sock is not None:
            self._is_read = False
            _pool().give(self._route, self._connection, self._sent)
        else:
            self._response.close()
            self._connection.close()


def send(request: Request) -> Answer:
    """Sends `request` and waits for the head of its answer. Raises `Failure`."""
    route = request.route()
    connection = _pool().take(route) or _opened(route, request.limits.connect)
    try:
        with time_limit(request.limits.head):
            _send(connection, route, request)
            sent = time.monotonic()
            return Answer(route, connection, connection.getresponse(), sent)
    except BaseException as error:
        connection.close()
        raise _why(error) from None


def exchange(request: Request) -> tuple[Answer, bytes]:
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


def _read_whole(answer: Answer, limits: Limits) -> bytes:
    body = bytearray()
    while piece := answer.read(limits.idle):
        body += piece
        if len(body) > limits.body:
            raise Failure("too_large")
    return bytes(body)


def _send(connection: HTTPConnection, route: Route, request: Request) -> None:
    headers = urllib3.HTTPHeaderDict()
    headers["Host"] = route.origin.host_header
    for name, value in request.headers:
        if name.lower() not in _SET_HERE:
            headers.add(name, value)
    for name in ("User-Agent", "Accept-Encoding"):
        headers.setdefault(name, SKIP_HEADER)
    if route.is_forwarded:
        headers.update(route.proxy_headers)
    body = request.body
    if body is not None:
        length = sum(map(len, body))
        headers["Content-Length"] = str(length)
        body = [b"".join(body)] if length <= _JOINED else body
    with contextlib.suppress(BrokenPipeError):  # A server may answer before it has read everything (413).
        connection.request(
            request.method, _target(route, request.url), body, headers, preload_content=False, decode_content=False
        )


def _target(route: Route, url: str) -> str:
    """The request target (RFC 9112 section 3.2), byte for byte as the module gave it."""
    if route.is_forwarded:
        return url
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _why(error: BaseException) -> BaseException:
    """The failure that stands for what went wrong after the connection was open."""
    match error:
        case HeadTooLarge() | http.client.LineTooLong():
            return Failure("too_large")
        case http.client.RemoteDisconnected():
            return Failure("broken")
        case http.client.BadStatusLine() | http.client.UnknownProtocol() | http.client.IncompleteRead():
            return Failure("malformed")
        case http.client.HTTPException() if type(error) is http.client.HTTPException:  # More than 100 headers.
            return Failure("too_large")
        case Failure():
            return error
        case OSError() | HTTPError():
            return Failure("broken")
        case Exception():
            return Failure("malformed")
    return error


@functools.cache
def _pool() -> Pool:
    return Pool()


# A socket must not be used by two processes.
os.register_at_fork(after_in_child=_pool.cache_clear)
