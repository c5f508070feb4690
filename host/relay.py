"""One relay: the request goes to Dify, the module judges the head of its answer, the body goes to the client."""

import json
from typing import Any

from werkzeug import Response

from host import answer, stream, transport
from host.failure import Failure
from host.gateway import Call, Gateway, Relayed
from host.heads import answer_head
from host.stream import ReadAhead
from host.transport import Answer, Buffer, Limits, Request

_READ_WHOLE = answer.PIECE


def relay(gateway: Gateway, call: Call, wanted: Relayed) -> Response:
    """Sends what the module wants and answers with what it makes of the outcome. Raises `CallFailed`."""
    request = _request(call, wanted)
    try:
        received: Answer | None = transport.send(request)
        head = answer_head(received)
    except Failure as failure:
        received, head = None, {"error": failure.kind}
    try:
        verdict = gateway.relay_head(wanted.number, wanted.context, head)
    except BaseException:
        _drop(received)
        raise
    return _answer(gateway, wanted, received, request.limits, verdict)


def _request(call: Call, wanted: Relayed) -> Request:
    head = json.loads(wanted.head)
    return Request(
        method=head["method"],
        url=head["url"],
        headers=head["headers"],
        body=None if head["pieces"] is None else pieces(head["pieces"], call.body, wanted.own),
        ca=head["ca"],
        limits=Limits.of(head["limits"]),
        lent=call.lent,
    )


def pieces(listed: list[list[int]], client: bytes, own: bytes) -> list[Buffer]:
    """The request's body, none of it copied: `[offset, length]` is the client's, `[length]` the next of `own`.

    Raises `ValueError` where a piece lies outside.
    """
    views, taken = [], 0
    for piece in listed:
        source, start = (memoryview(client), piece[0]) if len(piece) == 2 else (memoryview(own), taken)
        end = start + piece[-1]
        if not 0 <= start <= end <= len(source):
            raise ValueError(f"a piece from {start} to {end} of {len(source)} bytes")
        taken += piece[-1] if len(piece) == 1 else 0
        views.append(source[start:end])
    return views


def _answer(
    gateway: Gateway, wanted: Relayed, received: Answer | None, limits: Limits, verdict: dict[str, Any]
) -> Response:
    def ended(end: str, sent: int) -> None:
        gateway.relay_ended(wanted.number, verdict["context"].encode(), end, sent)

    status, headers = verdict["status"], verdict["headers"]
    if received is None or verdict["body"] is not None:
        _drop(received)
        content = (verdict["body"] or "").encode()
        ended("complete", len(content))
        return answer.whole(status, headers, content)
    tails = {"broken": verdict["on_broken"].encode(), "timeout": verdict["on_timeout"].encode()}
    if verdict["frames"] or received.length is None or received.length > _READ_WHOLE:
        body = stream.body(ReadAhead(received, limits), frames=verdict["frames"], tails=tails, ended=ended)
        return answer.streamed(status, headers, body)
    return answer.whole(status, headers, stream.read_whole(received, limits, tails, ended))


def _drop(received: Answer | None) -> None:
    if received is not None:
        received.close()
