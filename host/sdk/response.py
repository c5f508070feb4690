"""Answers in the form that costs the SDK least.

The SDK sends a list of bytes as one message and streams only a real generator. One message is one line of at most
5 MiB, twice as long as its bytes, so nothing here is longer than `PIECE`.
"""

import json
from collections.abc import Generator, Iterable

from werkzeug import Response

from host.http.stream import PIECE


class GatewayResponse(Response):
    """A response with the headers that it is given and no others."""

    default_mimetype = None


def whole(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Response:
    """An answer whose body is known."""
    content = [body] if len(body) <= PIECE else _sliced(body)
    return GatewayResponse(content, status, one_value_each(headers))


def streamed(status: int, headers: Iterable[tuple[str, str]], pieces: Generator[bytes]) -> Response:
    """An answer whose body follows, no piece of it longer than `PIECE`."""
    return GatewayResponse(pieces, status, one_value_each(headers))


def last_resort(request_id: str) -> Response:
    """What a client is answered when the module cannot answer. The same shape as Dify's errors."""
    message = (
        "The gateway could not handle this request because of a fault of its own. Try again. If it happens again, "
        "give the request id to the administrator of this endpoint: the plugin's log tells more."
    )
    error = {"code": "internal_error", "message": message, "status": 500, "request_id": request_id}
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Request-Id", request_id)]
    return whole(500, headers, json.dumps(error).encode())


def one_value_each(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The daemon keeps one value of a name: several become a list (RFC 9110 section 5.3), of cookies the last stays."""
    found: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        key = name.lower()
        if key in found and key != "set-cookie":
            value = f"{found[key][1]}, {value}"
        found[key] = (name, value)
    return list(found.values())


def _sliced(body: bytes) -> Generator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]
