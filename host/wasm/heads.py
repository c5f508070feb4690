"""The heads that cross to the module: JSON in UTF-8.

Read and written by the compiled code that pydantic, and with it the SDK, has for JSON. Python's own takes up to five
times as long: a twentieth of what a request costs.
"""

import json
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json

from host.http.transport import Response

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encoded(value: object) -> bytes:
    """`value` as JSON without spaces. What is not Unicode in it becomes a question mark."""
    try:
        return to_json(value)
    except PydanticSerializationError:
        return _ENCODER.encode(value).encode(errors="replace")


def decoded(head: bytes) -> dict[str, Any]:
    """The value of a head that the module has written."""
    return from_json(head)


def response_head(response: Response) -> dict[str, Any]:
    """The head of a response to a request of the module."""
    return {"status": response.status, "headers": response.headers}
