"""The text of a request as the daemon writes it, read in place of the SDK's parser (`http_parser.py`).

The daemon lets through what that parser and the router behind it refuse, outside the code that answers: the client
would get a traceback, or an answer in plain text. Nothing is refused here, for the daemon has parsed the request
already and written it anew. It costs a sixth, too.
"""

from io import BytesIO
from urllib.parse import unquote_to_bytes

from werkzeug import Request

_LEFT_OUT = frozenset(
    {
        # Any text that a client writes there; the router wants a name and a port.
        b"host",
        # The daemon puts the decoded path into it, control characters and all.
        b"dify-hook-url",
        # No route takes a web socket, and a server may ignore the wish (RFC 9110 section 7.8).
        b"upgrade",
        # What the body is framed with between the daemon and here.
        b"content-length",
        b"transfer-encoding",
    }
)
_WITHOUT_PREFIX = {b"content-type": "CONTENT_TYPE"}


def parsed(raw: bytes) -> Request:
    """The request. Of several values for one field the last stays, as in the SDK, and all of it is UTF-8.

    Credentials are the exception: several become a list (RFC 9110 section 5.3), for the module to refuse.
    """
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
    for line in lines:
        _add(environ, line)
    return Request(environ)


def _add(environ: dict[str, object], line: bytes) -> None:
    name, _, value = line.partition(b":")
    name = name.lower()
    # A name with `_` means another field to a WSGI application than it does to everybody before it; nginx drops it too.
    if name in _LEFT_OUT or b"_" in name:
        return
    key = _WITHOUT_PREFIX.get(name) or f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
    text = value.strip(b" \t").decode(errors="replace")
    if name == b"authorization" and key in environ:
        text = f"{environ[key]}, {text}"
    environ[key] = text
