"""The SDK's side: one Endpoint class per operation, told apart by the export that it names.

A file of `endpoints/` makes its class in one line, and must name no other Endpoint class: the SDK takes the only one
that it finds in the file.

    from host.sdk.endpoint import endpoint

    PostChatMessages = endpoint("post_chat_messages")
"""

import functools
import json
import os
from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from werkzeug import Request, Response

from host import memory
from host.http.reach import allowed_origins
from host.log import logger
from host.sdk import response
from host.sdk.relay import relay
from host.sdk.request_head import request_head
from host.wasm import module
from host.wasm.calls import Call, CallFailed, Calls, OwnResponse
from host.wasm.heads import compact_json

LARGE = 1024 * 1024
"""Bodies of more bytes than this leave memory behind that is worth giving back."""


def endpoint(handler: str) -> type[Endpoint]:
    """The Endpoint class whose requests go to the module's export `handler`."""

    def invoke(self: Endpoint, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]) -> Response:
        return respond(gateway(), handler, r, values, settings, self.session.endpoint_id)

    return type(handler, (Endpoint,), {"_invoke": invoke, "__module__": __name__})


@functools.cache
def gateway() -> Calls:
    """The calls of this process."""
    return Calls(module.load())


os.register_at_fork(after_in_child=gateway.cache_clear)


def respond(
    calls: Calls,
    handler: str,
    request: Request,
    values: Mapping[str, Any],
    settings: Mapping[str, Any],
    endpoint_id: str | None,
) -> Response:
    """Answers one request. It never raises: the SDK would show the client what it caught."""
    request_id = os.urandom(16).hex()
    call = None
    try:
        body = request.get_data(cache=False)
        encoded = compact_json(settings)
        head = request_head(request, request_id, endpoint_id, values, encoded, len(body))
        call = Call(handler, head, body, allowed_origins(settings))
        response = _decided(calls, call)
        if len(body) > LARGE:
            memory.give_back_soon()
        return response
    except CallFailed as failure:
        logger.error("Request %s has no answer: %s", request_id, failure)
    except Exception:
        logger.exception("Request %s has no answer", request_id)
    return _failed(calls, call, request_id)


def _decided(calls: Calls, call: Call) -> Response:
    decision = calls.decide(call)
    if isinstance(decision, OwnResponse):
        head = json.loads(decision.head)
        return response.whole(head["status"], head["headers"], decision.body)
    return relay(calls, call, decision)


def _failed(calls: Calls, call: Call | None, request_id: str) -> Response:
    """The module's own words for it, with all that its answers carry, where it has any."""
    try:
        if call is not None:
            told = calls.call_failed(call)
            return response.whole(told["status"], told["headers"], told["body"].encode())
    except Exception:
        logger.exception("The failure of request %s cannot be told", request_id)
    return response.last_resort(request_id)
