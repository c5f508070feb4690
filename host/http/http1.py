"""HTTP/1.1 on an open connection: the bytes of a request's head, and an answer as llhttp reads it.

`http.client` reads heads with the parser for e-mail; llhttp costs a tenth of that, and is stricter.
"""

import re
from collections.abc import Iterable

from httptools import HttpParserCallbackError, HttpParserError, HttpParserUpgrade, HttpResponseParser

from host.http.failure import Failure
from host.limits import UPSTREAM_FIELDS, UPSTREAM_HEAD_BYTES

_CONTINUE, _OK = 100, 200
_TARGET = re.compile(r"[\x21-\x7e]+")


def request_head(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head as it is sent. Raises `Failure` where it would not be one (RFC 9112 sections 3 and 5.5)."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    head = "\r\n".join(lines)
    breaks = len(lines) - 1
    if head.count("\r") != breaks or head.count("\n") != breaks or "\0" in head or not _TARGET.fullmatch(target):
        raise Failure("malformed")
    return head.encode()


class ResponseReader:
    """Reads one answer out of the bytes that it is fed. Whatever is no proper HTTP/1 is a `Failure`.

    The methods that begin with `on_` are llhttp's to call.
    """

    def __init__(self, method: str) -> None:
        self.status = 0
        self.headers: list[tuple[str, str]] = []
        self.has_head = False
        self.is_complete = False
        self.may_stay_open = False
        self._has_body = method != "HEAD"
        self._pieces: list[bytes] = []
        self._unread = 0
        self._parser = HttpResponseParser(self)

    @property
    def length(self) -> int | None:
        """Bytes of the body, where the head tells."""
        if self.is_complete:
            return sum(map(len, self._pieces))
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), None)

    def feed(self, content: bytes) -> None:
        """Takes what has been received; nothing means that the connection has ended."""
        if not content:
            self._end()
            return
        room = UPSTREAM_HEAD_BYTES - self._unread
        if not self.has_head and len(content) > room:
            self._parse(content[:room])
            if not self.has_head:
                raise Failure("too_large")
            content = content[room:]
        self._parse(content)
        if self._unread > UPSTREAM_HEAD_BYTES and not self.is_complete:
            raise Failure("malformed")

    def _parse(self, content: bytes) -> None:
        self._unread += len(content)
        try:
            self._parser.feed_data(content)
        except HttpParserCallbackError as error:
            raise error.__context__ if isinstance(error.__context__, Failure) else Failure("malformed") from None
        except (HttpParserError, HttpParserUpgrade):
            if not self.is_complete:
                raise Failure("broken" if self.has_head else "malformed") from None
            self.may_stay_open = False  # Something follows an answer that was to be the last.

    def take(self) -> bytes:
        """What has come of the body since it was asked last."""
        taken = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        return taken

    def on_message_begin(self) -> None:
        """Another answer after a whole one was asked for by nobody."""
        self.may_stay_open = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Trailers are left out."""
        if self.has_head:
            return
        if len(self.headers) >= UPSTREAM_FIELDS:
            raise Failure("too_large")
        self.headers.append((name.decode("latin-1"), value.strip(b" \t").decode("latin-1")))

    def on_headers_complete(self) -> None:
        """The head, or that of an interim answer, of which only 100 may come unasked for (RFC 9110 section 15.2)."""
        if self.is_complete:
            return
        self.status = self._parser.get_status_code()
        if self._parser.get_http_version() not in ("1.0", "1.1"):
            raise Failure("malformed")
        if self.status == _CONTINUE:
            self.headers.clear()
            return
        if self.status < _OK:
            raise Failure("malformed")
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
        """The end of the body, or of an interim answer."""
        if self.has_head and not self.is_complete:
            self._complete()

    def _complete(self) -> None:
        self.is_complete = True
        self.may_stay_open = self._parser.should_keep_alive()

    def _needs_end(self) -> bool:
        """Whether only the connection's end can end the body (RFC 9112 section 6.3)."""
        fields = {name.lower(): value.lower() for name, value in self.headers}
        return "content-length" not in fields and not fields.get("transfer-encoding", "").endswith("chunked")

    def _end(self) -> None:
        if not self.has_head or not (self.is_complete or self._needs_end()):
            raise Failure("broken")
        self.is_complete = True
        self.may_stay_open = False
