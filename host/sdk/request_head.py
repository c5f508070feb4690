"""The head of a client's request, as the module reads it."""

from collections.abc import Mapping
from typing import Any

from werkzeug import Request

from host.sdk.request_fields import REQUEST_FIELDS
from host.wasm.heads import encoded


def environ_keys() -> dict[str, str]:
    """The key in a WSGI environment (PEP 3333) of each field that the module reads.

    The client's `Host` has a key of ours, because the SDK's router judges `HTTP_HOST` and refuses some values.
    """
    keys = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in REQUEST_FIELDS}
    return {**keys, "content-type": "CONTENT_TYPE", "host": "gateway.host"}


_KEYS = tuple(environ_keys().items())


def request_head(
    request: Request, request_id: str, endpoint_id: str, values: Mapping[str, Any], settings: bytes, length: int
) -> bytes:
    """The head of a client's request with a body of `length` bytes; `settings` is JSON already."""
    environ = request.environ
    head = {
        "id": request_id,
        "endpoint": endpoint_id,
        "method": request.method,
        "path": request.path,
        "query": environ.get("QUERY_STRING", ""),
        "headers": [(name, environ[key]) for name, key in _KEYS if key in environ],
        "values": {name: str(value) for name, value in values.items()},
        "body_length": length,
    }
    return _with_settings(head, settings)


def failed_head(request: Request, request_id: str, endpoint_id: str, settings: Mapping[str, Any]) -> bytes:
    """Only what decides which page may read the response to a failed call: anything else may be what has failed."""
    origin = request.environ.get("HTTP_ORIGIN")
    head = {
        "id": request_id,
        "endpoint": endpoint_id,
        "method": request.method,
        "path": "/",
        "query": "",
        "headers": [] if origin is None else [("origin", origin)],
        "values": {},
        "body_length": 0,
    }
    return _with_settings(head, encoded({"allowed_origins": settings.get("allowed_origins")}))


def _with_settings(head: dict[str, Any], settings: bytes) -> bytes:
    return b'%b,"settings":%b}' % (encoded(head)[:-1], settings)
