"""HTTP/1.1 on an open connection: the bytes of a request's head, and a response as llhttp reads it.

`http.client` reads heads with the parser for e-mail; llhttp costs a tenth of that, and is stricter.
"""

import re
from collections.abc import Iterable

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from host.http.chunk_lines import ChunkLines
from host.http.failure import Failure
from host.limits import UPSTREAM_FIELDS, UPSTREAM_HEAD_BYTES

_BLANK_LINE = b"\r\n\r\n"
_CONTINUE, _OK = 100, 200
_TARGET = re.compile(r"[\x21-\x7e]+")


def request_head(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head as it is sent. Raises `Failure` if it would be more than one (RFC 9112 sections 3 and 5.5)."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    head = "\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count("\r") != breaks or head.count("\n") != breaks or "\0" in head or not _TARGET.fullmatch(target):
        raise Failure("malformed")
    return head.encode()


class ResponseReader:
    """Reads one response out of the bytes that it is fed. Whatever is not proper HTTP/1 is a `Failure`.

    llhttp calls the methods whose names begin with `on_`.
    """

    def __init__(self, method: str) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.has_begun = False
        self.has_head = False
        self.is_complete = False
        self.may_stay_open = False
        self._has_body = method != "HEAD"
        self._pieces: list[bytes] = []
        self._unread = 0
        self._line_end = b""
        self._chunk_lines: ChunkLines | None = None
        self._parser = HttpResponseParser(self)

    @property
    def length(self) -> int | None:
        """Bytes of the body, if the head says so."""
        if self.is_complete:
            return sum(map(len, self._pieces))
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), None)

    def feed(self, content: bytes) -> None:
        """Accepts what has been received. Empty content means that the connection has ended."""
        if not content:
            self._end()
            return
        self.has_begun = True
        while content and not self.has_head:
            content = self._feed_head(content)
        if content and self._chunk_lines and not self.is_complete:
            content = self._chunk_lines.without_extensions(content)
        self._parse(content)
        if self._unread > UPSTREAM_HEAD_BYTES and not self.is_complete:
            raise Failure("malformed")

    def _feed_head(self, content: bytes) -> bytes:
        """Parses up to the next blank line, and gives the rest: of an interim response's head, or of the body."""
        joined = self._line_end + content
        start = joined.find(_BLANK_LINE)
        if start < 0:
            head, rest = content, b""
            self._line_end = joined[1 - len(_BLANK_LINE) :]
        else:
            end = start + len(_BLANK_LINE) - len(self._line_end)
            head, rest = content[:end], content[end:]
            self._line_end = b""
        room = UPSTREAM_HEAD_BYTES - self._unread
        self._parse(head[:room])
        if len(head) > room:
            raise Failure("too_large")
        if 0 < self.status < _OK:
            # A parser of its own for each head: `Connection: close` in an interim response must not end the reading.
            self.status = 0
            self.headers.clear()
            self._chunk_lines = None
            self._parser = HttpResponseParser(self)
        return rest

    def _parse(self, content: bytes) -> None:
        self._unread += len(content)
        try:
            self._parser.feed_data(content)
        except HttpParserCallbackError as error:
            raise error.__context__ if isinstance(error.__context__, Failure) else Failure("malformed") from None
        except (HttpParserError, HttpParserUpgrade):
            if not self.is_complete:
                raise Failure("broken" if self.has_head else "malformed") from None
            self.may_stay_open = False  # Something follows a response after which the server was to close.

    def take(self) -> bytes:
        """The part of the body that has arrived since the last call."""
        content = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        return content

    def on_message_begin(self) -> None:
        """Nobody asked for another response after this one, so the connection is out of step."""
        self.may_stay_open = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Trailers are left out."""
        if self.has_head:
            return
        if len(self.headers) >= UPSTREAM_FIELDS:
            raise Failure("too_large")
        self.headers.append((name.decode("latin-1"), value.strip(b" \t").decode("latin-1")))
        if name.lower() == b"transfer-encoding":
            self._set_framing(value.strip(b" ").lower())

    def _set_framing(self, coding: bytes) -> None:
        """Only what llhttp and this reader surely understand alike.

        `TE`, which would ask for a compressed transfer (RFC 9112 section 7.4), is never sent. llhttp reads `chunked`
        with a comma, a parameter or a tab behind it as a body without chunks.
        """
        if coding not in (b"chunked", b"identity"):
            raise Failure("malformed")
        self._chunk_lines = ChunkLines() if coding == b"chunked" else None

    def on_headers_complete(self) -> None:
        """The end of the head, or of an interim response's.

        A client reads past any interim response (RFC 9110 section 15.2). 101 is not among them: it would answer an
        `Upgrade`, which is never sent, and llhttp stops there with `HttpParserUpgrade`.
        """
        if self.is_complete:
            return
        self.status = self._parser.get_status_code()
        is_version_1 = self._parser.get_http_version() in ("1.0", "1.1")
        if not is_version_1 or self.status < _CONTINUE:
            raise Failure("malformed")
        if self.status < _OK:
            return
        self.has_head = True
        self._unread = 0
        if not self._has_body:
            self._complete()

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        if not self.is_complete:
            self._pieces.append(piece)
            self._unread = 0

    def on_message_complete(self) -> None:
        """The end of the body, or of an interim response."""
        if self.has_head and not self.is_complete:
            self._complete()

    def _complete(self) -> None:
        self.is_complete = True
        self.may_stay_open = self._parser.should_keep_alive()

    def _needs_end(self) -> bool:
        """Whether only the end of the connection can end the body (RFC 9112 section 6.3)."""
        return self._chunk_lines is None and all(name.lower() != "content-length" for name, _ in self.headers)

    def _end(self) -> None:
        if not self.has_head or not (self.is_complete or self._needs_end()):
            raise Failure("broken")
        self.is_complete = True
        self.may_stay_open = False
