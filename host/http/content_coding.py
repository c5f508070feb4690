"""Content codings that a server has applied although nobody asked for them (RFC 9110 section 8.4).

Only responses that are read whole come here. urllib3's decoders are not used because they take a stream that was cut
off for a whole one.
"""

import zlib

from host.http.failure import Failure

type Headers = list[tuple[str, str]]

_GZIP = zlib.MAX_WBITS | 16
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS

_WINDOWS = {
    "gzip": [_GZIP],
    "x-gzip": [_GZIP],  # The same (RFC 9110 section 8.4.1.3).
    "deflate": [_ZLIB, _RAW_DEFLATE],  # Some servers leave out the zlib format (RFC 9110 section 8.4.1.2).
    "identity": [],
}

_MOST_CODINGS = 4

_MOST_MEMBERS = 16
"""Members of gzip, which are one content together (RFC 1952 section 2.2). Each costs a copy of what follows it."""

_ABOUT_THE_CODED_BODY = frozenset({"content-encoding", "content-length"})


def decoded(headers: Headers, body: bytes, limit: int) -> tuple[Headers, bytes]:
    """`headers` and `body` without their codings; both unchanged if one of the codings is unknown.

    No stage becomes longer than `limit` bytes. Raises `Failure`.
    """
    codings = _codings(headers)
    if not codings or not all(coding in _WINDOWS for coding in codings):
        return headers, body
    if len(codings) > _MOST_CODINGS:
        raise Failure("malformed")
    for coding in reversed(codings):
        body = _decode(coding, body, limit)
    return [(name, value) for name, value in headers if name.lower() not in _ABOUT_THE_CODED_BODY], body


def _codings(headers: Headers) -> list[str]:
    """The codings in the order in which they were applied."""
    values = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    return [coding for part in values.split(",") if (coding := part.strip(" \t").lower())]


def _decode(coding: str, body: bytes, limit: int) -> bytes:
    windows = _WINDOWS[coding]
    if not windows or not body:  # A response without content, to HEAD for example, keeps the field.
        return body
    for window in windows:
        try:
            return _inflate(window, body, limit)
        except zlib.error:
            continue
    raise Failure("malformed")


def _inflate(window: int, body: bytes, limit: int) -> bytes:
    """Raises `Failure`, or `zlib.error` if `body` is not of this format."""
    content = bytearray()
    for _ in range(_MOST_MEMBERS if window == _GZIP else 1):
        stream = zlib.decompressobj(window)
        content += stream.decompress(body, limit + 1 - len(content))
        if len(content) > limit:
            raise Failure("too_large")
        if not stream.eof:
            break
        body = stream.unused_data
        if not body:
            return bytes(content)
    raise zlib.error
