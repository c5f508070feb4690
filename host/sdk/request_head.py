"""The head of a client's request, as the module is given it."""

from collections.abc import Mapping
from typing import Any

from werkzeug import Request

from host.wasm.heads import compact_json


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
