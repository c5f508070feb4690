"""Responses in the form that costs the SDK least.

The SDK sends a list of bytes as one message and streams only a real generator. One message is one line of at most
5 MiB, twice as long as its bytes, so nothing here is longer than `PIECE`.
"""

import json
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from host.http.stream import PIECE
from host.sdk.refusals import Refusal


@dataclass(slots=True)
class Response:
    """What the SDK reads of a response of werkzeug, which takes ten times as long to make."""

    response: list[bytes] | Generator[bytes]
    status_code: int
    headers: dict[str, str]


def whole(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Response:
    """A response whose body is known."""
    content = [body] if len(body) <= PIECE else _sliced(body)
    return Response(content, status, one_value_each(headers))


def streamed(status: int, headers: Iterable[tuple[str, str]], pieces: Generator[bytes]) -> Response:
    """A response whose body follows, in pieces no longer than `PIECE`."""
    return Response(pieces, status, one_value_each(headers))


def of_refusal(refusal: Refusal, request_id: str) -> Response:
    """The response to a request that the module does not see, in the shape of Dify's errors."""
    error = {
        "code": refusal.code,
        "message": refusal.message,
        "status": refusal.status,
        "request_id": request_id,
    }
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("X-Request-Id", request_id)]
    if refusal.retry_after is not None:
        headers.append(("Retry-After", str(refusal.retry_after)))
    return whole(refusal.status, headers, json.dumps(error).encode())


def one_value_each(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The daemon keeps one value of a name: several become a list (RFC 9110 section 5.3), except cookies, which cannot.

    Raises ValueError for a second cookie. The daemon would keep one of two, and the loss of the other would end a login
    or a session without a word.
    """
    found: dict[str, tuple[str, str]] = {}
    for name, value in headers:
        key = name.lower()
        if key in found:
            if key == "set-cookie":
                raise ValueError("A response has two cookies, of which the daemon keeps one")
            value = f"{found[key][1]}, {value}"
        found[key] = (name, value)
    return dict(found.values())


def _sliced(body: bytes) -> Generator[bytes]:
    for start in range(0, len(body), PIECE):
        yield body[start : start + PIECE]
