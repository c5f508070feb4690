"""The head of an answer, bounded: `http.client` alone would read 100 headers of 64 KiB each."""

import http.client
from typing import BinaryIO

from urllib3.exceptions import HeaderParsingError
from urllib3.util.response import assert_header_parsing

HEAD_LIMIT = 64 * 1024


class HeadTooLarge(http.client.HTTPException):
    """The head has more than `HEAD_LIMIT` bytes."""


class BoundedHead(http.client.HTTPResponse):
    """Reads a head of at most `HEAD_LIMIT` bytes and takes nothing that is no proper header."""

    def begin(self) -> None:
        """Reads the head. Raises `http.client.HTTPException`."""
        if self.headers is not None:
            return
        stream, self.fp = self.fp, _Lines(self.fp)
        try:
            super().begin()
            assert_header_parsing(self.msg)
        except HeaderParsingError as error:
            raise http.client.BadStatusLine(str(error)) from None
        finally:
            self.fp = stream
        if self.status < http.HTTPStatus.OK:  # `http.client` skips 100 itself; no other was asked for.
            raise http.client.BadStatusLine(str(self.status))


class _Lines:
    """What `http.client` reads a head from, until the limit."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = HEAD_LIMIT

    def readline(self, limit: int) -> bytes:
        line = self._stream.readline(min(limit, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise HeadTooLarge
        if not line.endswith(b"\n") and len(line) < limit:  # `http.client` would take it for the head's end.
            raise http.client.RemoteDisconnected("the connection ended within the head")
        return line

    def close(self) -> None:
        self._stream.close()
