"""The text of a request, made such that the SDK can read it.

The daemon lets through what the SDK's parser (`http_parser.py`) and its router refuse, outside the code that answers:
the client would get a traceback, or an answer in plain text. Every field that is left out here is one that the module
does not read.
"""

_LEFT_OUT = frozenset(
    {
        # Any text that a client writes there; the SDK wants a name and a port.
        b"host",
        # The daemon puts the decoded path into it, control characters and all.
        b"dify-hook-url",
        # No route takes a web socket, and a server may ignore the wish (RFC 9110 section 7.8).
        b"upgrade",
    }
)


def readable(raw: bytes) -> bytes:
    """The same request with one value a field, the last, as the SDK takes most of them, and all of it UTF-8.

    Credentials are the exception: several become a list (RFC 9110 section 5.3), for the module to refuse. A name with
    `_` means another field to a WSGI application than it does to everybody before it; nginx drops it too.
    """
    head, blank_line, body = raw.partition(b"\r\n\r\n")
    request_line, *lines = head.split(b"\r\n")
    fields: dict[bytes, bytes] = {}
    for line in lines:
        name = _name(line)
        value = line.decode(errors="replace").encode()
        if name == b"authorization" and name in fields:
            value = fields[name] + b"," + value.partition(b":")[2]
        fields[name] = value
    kept = (line for name, line in fields.items() if name not in _LEFT_OUT and b"_" not in name)
    return b"".join((b"\r\n".join((request_line, b"Host: localhost", *kept)), blank_line, body))


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0].lower()
