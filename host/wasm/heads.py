"""The heads that cross to the module: JSON in UTF-8."""

import json
from typing import Any

from host.http.transport import Response

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact_json(value: object) -> str:
    """JSON without spaces, and without the escapes that UTF-8 does not need."""
    return _ENCODER.encode(value)


def encoded(value: object) -> bytes:
    """`value` as a head. What is not Unicode in it becomes a question mark."""
    return compact_json(value).encode(errors="replace")


def response_head(response: Response) -> dict[str, Any]:
    """The head of a response to a request of the module."""
    return {"status": response.status, "headers": response.headers}
