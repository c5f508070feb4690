"""One relay: the request goes to Dify, the module judges the head of the response, the body goes to the client."""

import time
from collections.abc import Callable
from typing import Any

from host.http import stream, transport
from host.http.failure import Failure
from host.http.stream import ReadAhead
from host.http.transport import Buffer, Limits, Request
from host.sdk import response
from host.sdk.response import Response
from host.wasm.calls import Call, Calls, Relay
from host.wasm.heads import decoded, encoded, response_head

_READ_WHOLE = stream.PIECE
_EVENT = (b"data:", b"event:")


def relay(calls: Calls, call: Call, order: Relay, has_ended: Callable[[], None]) -> Response:
    """Sends the module's request and responds with what the module makes of the outcome. Raises `CallFailed`.

    `has_ended` is called when nothing of the relay is under way any more: for a stream, after its last piece.
    """
    is_streamed = False
    try:
        request = request_of(call, decoded(order.head), order.own)
        began = time.monotonic()
        try:
            received = transport.send(request)
        except Failure as failure:
            return no_relay(calls, call, order, failure.kind, began)
        if received.length is None or received.length > _READ_WHOLE:
            response_of_stream = _streamed(calls, call, order, received, began, request.limits, has_ended)
            is_streamed = True
            return response_of_stream
        content, end = stream.read_whole(received, request.limits)
        # A stream may be so short that all of it is there at once.
        first = time.monotonic() if content.startswith(_EVENT) and _is_event_stream(received) else None
        return _whole(calls, order, response_head(received), content, end, report(call, end, began, first))
    finally:
        if not is_streamed:
            has_ended()


def _is_event_stream(received: transport.Response) -> bool:
    fields = (value for name, value in received.headers if name.lower() == "content-type")
    return next(fields, "").lower().startswith("text/event-stream")


def no_relay(calls: Calls, call: Call, order: Relay, kind: str, began: float) -> Response:
    """What the module makes of a relay that began then and failed in the way `kind`. Raises `CallFailed`."""
    end = "complete"
    return _whole(calls, order, {"error": kind}, b"", end, report(call, end, began))


def report(call: Call, end: str, began: float, first: float | None = None) -> bytes:
    """How a relay went, with its times in microseconds: `RelayReport` in `src/domain`."""
    gateway, dify = _microseconds(began - call.began), _microseconds(time.monotonic() - began)
    first_event = "null" if first is None else _microseconds(first - call.began)
    return f'{{"end":"{end}","gateway":{gateway},"dify":{dify},"first_event":{first_event}}}'.encode()


def _microseconds(seconds: float) -> int:
    return max(int(seconds * 1_000_000), 0)


def _whole(calls: Calls, order: Relay, head: dict[str, Any], content: bytes, end: str, told: bytes) -> Response:
    verdict = calls.judge_response(order.number, order.context, head, told)
    body = verdict["body"]
    content = content + _tails(verdict).get(end, b"") if body is None else body.encode()
    return response.whole(verdict["status"], verdict["headers"], content)


def _streamed(
    calls: Calls,
    call: Call,
    order: Relay,
    received: transport.Response,
    began: float,
    limits: Limits,
    has_ended: Callable[[], None],
) -> Response:
    try:
        verdict = calls.judge_response_head(order.number, order.context, response_head(received))
    except BaseException:
        received.close()
        raise

    def ended(end: str, first: float | None = None) -> None:
        has_ended()
        calls.relay_ended(order.number, encoded(verdict["context"]), report(call, end, began, first))

    status, headers = verdict["status"], verdict["headers"]
    if verdict["body"] is not None:
        received.close()
        ended("complete")
        return response.whole(status, headers, verdict["body"].encode())
    source = ReadAhead(received, limits)
    body = stream.body(source, frames=verdict["frames"], tails=_tails(verdict), ended=ended)
    return response.streamed(status, headers, body)


def _tails(verdict: dict[str, Any]) -> dict[str, bytes]:
    """What the module wants to stand at the end of a body that ends in one of these ways."""
    return {"broken": verdict["on_broken"].encode(), "timeout": verdict["on_timeout"].encode()}


def request_of(call: Call, head: dict[str, Any], own: bytes) -> Request:
    """The module's request for Dify. `own` holds the pieces of its body that are not the client's."""
    body = None if head["pieces"] is None else pieces(head["pieces"], call.body, own)
    call.body = b""  # From here on only the pieces keep it, and they are dropped one by one.
    return Request(
        method=head["method"],
        url=head["url"],
        headers=head["headers"],
        body=body,
        ca=head["ca"],
        limits=Limits.of(head["limits"]),
        allowed_origins=call.origins,
        has_sent=call.let_go,
    )


def pieces(listed: list[list[int]], client: bytes, own: bytes) -> list[Buffer]:
    """The request's body, none of it copied: `[offset, length]` is the client's, `[length]` the next of `own`.

    Raises `ValueError` where a piece lies outside.
    """
    views, used = [], 0
    for piece in listed:
        source, start = (memoryview(client), piece[0]) if len(piece) == 2 else (memoryview(own), used)
        end = start + piece[-1]
        if not 0 <= start <= end <= len(source):
            raise ValueError(f"a piece from {start} to {end} of {len(source)} bytes")
        used += piece[-1] if len(piece) == 1 else 0
        views.append(source[start:end])
    return views
