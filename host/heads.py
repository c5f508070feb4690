"""The heads that cross to the module: JSON in UTF-8."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug import Request

from host.transport import Answer

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def compact_json(value: object) -> str:
    """JSON without spaces, and without the escapes that UTF-8 does not need."""
    return _ENCODER.encode(value)


def encoded(value: object) -> bytes:
    """`value` as a head. What is no Unicode in it becomes a question mark."""
    return compact_json(value).encode(errors="replace")


def request_head(
    request: Request, request_id: str, endpoint_id: str | None, values: Mapping[str, Any], settings: str, length: int
) -> bytes:
    """The head of a client's request with a body of `length` bytes; `settings` is JSON already."""
    head = {
        "id": request_id,
        "endpoint": endpoint_id or "",
        "method": request.method,
        "path": request.path,
        "query": request.environ.get("QUERY_STRING", ""),
        "headers": list(request.headers.items()),
        "values": {name: str(value) for name, value in values.items()},
        "body_length": length,
    }
    return f'{compact_json(head)[:-1]},"settings":{settings}}}'.encode(errors="replace")


def answer_head(answer: Answer) -> dict[str, Any]:
    """The head of an answer to a request of the module."""
    return {"status": answer.status, "headers": answer.headers}
