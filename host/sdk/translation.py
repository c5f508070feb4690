"""One translation: the client is answered at once, and the module writes the body out of what Dify sends.

Everything else of Dify's goes to the client unseen (`relay.py`). Here the module must read it, so it gets the body in
the pieces in which it came, none longer than `stream.PIECE`, and keeps a bounded part of it.
"""

import time
from collections.abc import Callable, Generator, Iterator
from typing import Any

from host.http import stream, transport
from host.http.failure import Failure
from host.http.stream import ReadAhead
from host.http.transport import Request
from host.log import logger
from host.sdk import response
from host.sdk.relay import report, request_of
from host.sdk.response import Response
from host.wasm.calls import Call, Calls, Translation
from host.wasm.heads import decoded, response_head


def translate(
    calls: Calls, call: Call, order: Translation, has_ended: Callable[[], None], refusal: str | None = None
) -> Response:
    """Responds with what the module makes of Dify's response, or of `refusal`, if Dify must not be asked.

    `has_ended` is called when nothing of the translation is under way any more.
    """
    try:
        head = decoded(order.head)
        request = request_of(call, head["request"], order.own)
    except BaseException:
        has_ended()
        raise
    calls.translation_starts()
    body = _Translated(calls, call, order, request, refusal).body(has_ended)
    # Started here, because the end of a generator that was never started would run nothing of it.
    next(body)
    return response.streamed(head["status"], head["headers"], _opened(head["opening"].encode(), body))


def _opened(opening: bytes, body: Generator[bytes]) -> Generator[bytes]:
    """The first bytes go out before Dify is asked: the daemon sends the head with them."""
    yield opening
    yield from body


class _Translated:
    """The body of one translation."""

    def __init__(self, calls: Calls, call: Call, order: Translation, request: Request, refusal: str | None) -> None:
        self._calls = calls
        self._call = call
        self._order = order
        self._request = request
        self._refusal = refusal
        self._began = time.monotonic()
        self._first: float | None = None

    def body(self, has_ended: Callable[[], None]) -> Generator[bytes]:
        """The generator for the SDK. It never raises, and the module learns of its end however it ends."""
        is_there = False
        end = "abandoned"
        try:
            yield b""
            try:
                yield from self._pieces()
                end = "complete"
            except Failure as failure:
                end = stream.end_of(failure)
            except Exception:
                logger.exception("A translation was ended because of a fault in the gateway's host")
                end = "broken"
            is_there = True
        finally:
            has_ended()
            if not is_there:
                self._calls.translation_abandoned(self._order.number, self._order.context, self._report(end))
        yield from _sliced(self._calls.translation_ended(self._order.number, self._order.context, self._report(end)))

    def _pieces(self) -> Iterator[bytes]:
        """What the module writes. Raises `Failure` if Dify's response broke off."""
        self._began = time.monotonic()
        try:
            if self._refusal is not None:
                raise Failure(self._refusal)
            received = transport.send(self._request)
        except Failure as failure:
            yield from self._head({"error": failure.kind})[0]
            return
        source = ReadAhead(received, self._request.limits)
        try:
            written, is_wanted = self._head(response_head(received))
            yield from written
            while is_wanted and (piece := source.take()):
                content, is_wanted = self._calls.translation_piece(self._order.number, piece)
                if content and self._first is None:
                    self._first = time.monotonic()
                yield from _sliced(content)
        finally:
            source.stop()

    def _head(self, head: dict[str, Any]) -> tuple[Iterator[bytes], bool]:
        content, is_wanted = self._calls.translation_began(self._order.number, self._order.context, head)
        return _sliced(content), is_wanted

    def _report(self, end: str) -> bytes:
        return report(self._call, end, self._began, self._first)


def _sliced(written: bytes) -> Iterator[bytes]:
    for start in range(0, len(written), stream.PIECE):
        yield written[start : start + stream.PIECE]
