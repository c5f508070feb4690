"""The text of a request as the daemon writes it, read in place of the SDK's parser (`http_parser.py`).

The daemon lets through what that parser and the router behind it refuse before the plugin is called: the client would
get a traceback, or plain text. Nothing is refused here, because the daemon has already parsed the request and
serialized it again. This also takes a sixth of the time.
"""

import binascii
import os
from io import BytesIO
from urllib.parse import unquote_to_bytes

from werkzeug import Request

from host import limits
from host.sdk.request_head import environ_keys

_KEYS = {name.encode(): key for name, key in environ_keys().items()}

_JOINED = {
    "HTTP_AUTHORIZATION": ", ",
    "HTTP_COOKIE": "; ",
    "HTTP_MCP_METHOD": ", ",
    "HTTP_MCP_NAME": ", ",
    "HTTP_MCP_PROTOCOL_VERSION": ", ",
}
"""What stands between several values of one field."""

_HEAD_TOO_LARGE = "gateway.head_too_large"


_MARK = b'"raw_http_request":"'
"""Go writes no space between a name and its value."""

_LARGE = 64 * 1024
_kept_apart: dict[bytes, bytes] = {}


def kept_apart(line: bytes) -> bytes:
    """The daemon's line, without the text of a large request: a key takes its place, for `parsed` to find the bytes.

    The SDK keeps the message until the response has been sent. The text is hexadecimal and twice as long as the
    request, and to read it as JSON first would take a sixth of what a large upload costs.
    """
    if len(line) <= 2 * _LARGE:
        return line
    # No string has this in it, because a quotation mark in a string has a backslash before it.
    start = line.find(_MARK) + len(_MARK)
    end = line.find(b'"', start)
    if start < len(_MARK) or end - start <= 2 * _LARGE:
        return line
    try:
        raw = binascii.unhexlify(memoryview(line)[start:end])
    except binascii.Error:  # The SDK says what is wrong.
        return line
    key = os.urandom(16)
    _kept_apart[key] = raw
    return b"".join((line[:start], key.hex().encode(), line[end:]))


def taken_body(request: Request) -> bytes:
    """The body. The request, which the SDK keeps until the response has been sent, does not have it any more."""
    stream = request.environ["wsgi.input"]
    request.environ["wsgi.input"] = BytesIO()
    return stream.read()


def parsed(raw: bytes) -> Request:
    """The request, with the fields that the module reads.

    Of several values for one field the last stays, as in the SDK, and all of it is UTF-8. Credentials, and what a proxy
    may route a message of MCP by, are the exception: several become a list, of `Cookie` by RFC 6265 section 5.4, of the
    others by RFC 9110 section 5.3, and such a list the module refuses.
    """
    raw = _kept_apart.pop(raw, raw)
    head, _, body = raw.partition(b"\r\n\r\n")
    request_line, *lines = head.split(b"\r\n")
    method, _, rest = request_line.partition(b" ")
    path, _, query = rest.rpartition(b" ")[0].partition(b"?")
    environ = {
        "REQUEST_METHOD": method.decode("latin-1"),
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.url_scheme": "http",
    }
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
    if len(head) > limits.REQUEST_HEAD_BYTES or len(lines) > limits.REQUEST_HEAD_FIELDS:
        environ[_HEAD_TOO_LARGE] = True
        return Request(environ)
    for line in lines:
        _add(environ, line)
    return Request(environ)


def is_head_too_large(request: Request) -> bool:
    """Whether the head is larger than the gateway reads. The router needs a request all the same."""
    return _HEAD_TOO_LARGE in request.environ


def _add(environ: dict[str, object], line: bytes) -> None:
    name, _, value = line.partition(b":")
    key = _KEYS.get(name.lower())
    if key is None:
        return
    text = value.strip(b" \t").decode(errors="replace")
    if key in _JOINED and key in environ:
        text = f"{environ[key]}{_JOINED[key]}{text}"
    environ[key] = text
