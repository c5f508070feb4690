"""A TCP server on loopback that does what a test says, and nothing about HTTP on its own."""

from collections.abc import Callable

import gevent
from gevent.server import StreamServer
from gevent.socket import socket

from host.http.reach import Origin


class Connection:
    """One accepted connection. `number` counts from 1."""

    def __init__(self, accepted: socket, number: int) -> None:
        self.socket = accepted
        self.number = number
        self._buffer = b""

    def request(self) -> tuple[bytes, bytes] | None:
        """The head and the body of the next request, or nothing when the client has closed."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        while len(self._buffer) < length and self._more():
            pass
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return head, body

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def _more(self) -> bool:
        received = self.socket.recv(65536)
        self._buffer += received
        return bool(received)


class Server:
    """Gives every connection to `handle`; keeps the requests that `handle` has recorded."""

    def __init__(self, handle: Callable[[Connection], None]) -> None:
        self.connections = 0
        self.requests: list[tuple[bytes, bytes]] = []
        self._handle = handle
        self._server = StreamServer(("127.0.0.1", 0), self._accept)
        self._server.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.origins = frozenset({Origin("http", "127.0.0.1", self._server.server_port)})

    def stop(self) -> None:
        self._server.stop(timeout=0)

    def _accept(self, accepted: socket, _address: object) -> None:
        self.connections += 1
        try:
            self._handle(Connection(accepted, self.connections))
        except OSError:
            pass  # The client has gone.
        finally:
            accepted.close()


type Serve = Callable[[Callable[[Connection], None]], Server]
"""Starts a server for the time of a test."""


def answering(*responses: bytes) -> Callable[[Connection], None]:
    """Each request of a connection gets the next response, and every further one the last."""

    def handle(connection: Connection) -> None:
        sent = 0
        while connection.request() is not None:
            connection.send(responses[min(sent, len(responses) - 1)])
            sent += 1

    return handle


def after_request(*steps: bytes | float) -> Callable[[Connection], None]:
    """One request is answered by sending bytes and sleeping seconds, in turn; then the connection is closed."""

    def handle(connection: Connection) -> None:
        connection.request()
        for step in steps:
            if isinstance(step, bytes):
                connection.send(step)
            else:
                gevent.sleep(step)

    return handle


def ok(body: bytes, *headers: str) -> bytes:
    """A whole response with its length."""
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
