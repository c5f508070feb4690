"""The SDK's side: one Endpoint class per operation, told apart by the export that it names.

A file of `endpoints/` makes its class in one line, and must name no other Endpoint class: the SDK takes the only one
that it finds in the file.

    from host.sdk.endpoint import endpoint

    PostChatMessages = endpoint("post_chat_messages")
"""

import functools
import os
import time
from collections.abc import Mapping
from typing import Any

from dify_plugin import Endpoint
from werkzeug import Request

from host import memory, process
from host.http.reach import allowed_origins
from host.log import logger
from host.sdk import capacity, page_files, refusals, response
from host.sdk.capacity import Busy
from host.sdk.daemon_request import is_head_too_large, taken_body
from host.sdk.relay import no_relay, relay
from host.sdk.request_head import failed_head, request_head
from host.sdk.response import Response
from host.sdk.translation import translate
from host.wasm import module
from host.wasm.calls import Call, CallFailed, Calls, FileResponse, OwnResponse, Translation
from host.wasm.heads import decoded, encoded
from host.wasm.instances import AllBusy, Instances

LARGE = 1024 * 1024
"""Bodies of more bytes than this leave memory behind that is worth giving back."""


def endpoint(handler: str) -> type[Endpoint]:
    """The Endpoint class whose requests go to the module's export `handler`."""

    def invoke(self: Endpoint, r: Request, values: Mapping[str, Any], settings: Mapping[str, Any]) -> Response:
        return respond(instances(), handler, r, values, settings, self.session.endpoint_id)

    return type(handler, (Endpoint,), {"_invoke": invoke, "__module__": __name__})


@functools.cache
def instances() -> Instances:
    """The instances of this process."""
    return Instances(module.load())


os.register_at_fork(after_in_child=instances.cache_clear)


def respond(
    all_instances: Instances,
    handler: str,
    request: Request,
    values: Mapping[str, Any],
    settings: Mapping[str, Any],
    endpoint_id: str | None,
) -> Response:
    """Responds to one request. It never raises: the SDK would show the client what it caught."""
    began = time.monotonic()
    request_id = os.urandom(16).hex()
    endpoint_id = endpoint_id or ""
    if is_head_too_large(request):
        return _early_refusal(refusals.REQUEST_HEAD_TOO_LARGE, request_id, endpoint_id)
    try:
        body = taken_body(request)
        length = len(body)
        head = request_head(request, request_id, endpoint_id, values, encoded(settings), length)
        has_let_go = capacity.BODIES.take(endpoint_id, length)
        call = Call(handler, head, body, allowed_origins(settings), endpoint_id, began, has_let_go)
        del body  # The call alone has it, and lets it go when it is sent.
        try:
            with all_instances.calls_of(endpoint_id) as calls:
                return _decided(calls, call, endpoint_id)
        finally:
            call.let_go()
            if length > LARGE:
                memory.give_back_soon()
    except (AllBusy, Busy):
        return _early_refusal(refusals.BUSY, request_id, endpoint_id)
    except CallFailed as failure:
        logger.error("Request %s has no response: %s", request_id, failure)
    except Exception:
        logger.exception("Request %s has no response", request_id)
    return _failed(all_instances, handler, request, request_id, endpoint_id, settings)


def _decided(calls: Calls, call: Call, endpoint_id: str) -> Response:
    has_decided = capacity.DECISIONS.take(endpoint_id)
    try:
        decision = calls.decide(call)
    finally:
        has_decided()
    if isinstance(decision, OwnResponse):
        head = decoded(decision.head)
        return response.whole(head["status"], head["headers"], decision.body)
    if isinstance(decision, FileResponse):
        head = decoded(decision.head)
        content = page_files.content(decision.name.decode(), decompress=head["decompress"])
        return response.whole(head["status"], head["headers"], content)
    try:
        has_ended = capacity.RELAYS.take(endpoint_id)
    except Busy:
        if isinstance(decision, Translation):
            return translate(calls, call, decision, _nothing, "busy")
        return no_relay(calls, call, decision, "busy", time.monotonic())
    if isinstance(decision, Translation):
        return translate(calls, call, decision, has_ended)
    return relay(calls, call, decision, has_ended)


def _nothing() -> None:
    pass


def _early_refusal(refusal: refusals.Refusal, request_id: str, endpoint_id: str) -> Response:
    process.note_early_refusal(endpoint_id, refusal.code)
    return response.of_refusal(refusal, request_id)


def _failed(
    all_instances: Instances,
    handler: str,
    request: Request,
    request_id: str,
    endpoint_id: str,
    settings: Mapping[str, Any],
) -> Response:
    """The module's own response to a failure, which an allowed page can read; the host's where it has none."""
    try:
        head = failed_head(request, request_id, endpoint_id, settings)
        failed = all_instances.call_failed(handler, head)
        return response.whole(failed["status"], failed["headers"], failed["body"].encode())
    except Exception:
        logger.exception("The module has no response to the failure of request %s", request_id)
    return response.of_refusal(refusals.INTERNAL_ERROR, request_id)
