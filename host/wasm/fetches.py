"""The exchanges that the module has made for it and reads whole."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from host.http import transport
from host.http.failure import Failure
from host.http.reach import Origin
from host.http.transport import Limits, Request
from host.log import logger
from host.wasm.heads import answer_head, encoded


class Leases:
    """The origins lent to each call, as long as anything runs on its behalf: its exchanges may outlive it."""

    def __init__(self) -> None:
        self._lent: dict[int, frozenset[Origin]] = {}
        self._holders: dict[int, int] = {}

    def taken(self, number: int) -> frozenset[Origin]:
        """What call `number` was lent; nothing once all of it has ended."""
        return self._lent.get(number, frozenset())

    @contextlib.contextmanager
    def held(self, number: int, lent: frozenset[Origin]) -> Iterator[None]:
        """Keeps the lease while something runs for call `number`."""
        self._lent[number] = lent
        self._holders[number] = self._holders.get(number, 0) + 1
        try:
            yield
        finally:
            self._holders[number] -= 1
            if not self._holders[number]:
                del self._holders[number], self._lent[number]


def run(head: bytes, body: bytes, lent: frozenset[Origin]) -> tuple[bytes, bytes]:
    """Makes the exchange that `head` describes and gives the head and the body of its answer."""
    try:
        answer, content = transport.exchange(_request(json.loads(head), body, lent))
        return encoded(answer_head(answer)), content
    except Failure as failure:
        kind = failure.kind
    except Exception:
        logger.exception("An exchange could not be made")
        kind = "refused"
    return encoded({"error": kind}), b""


def _request(head: dict[str, Any], body: bytes, lent: frozenset[Origin]) -> Request:
    return Request(
        method=head["method"],
        url=head["url"],
        headers=head["headers"],
        body=[body] if body else None,
        ca=head["ca"],
        limits=Limits.of(head["limits"]),
        allowed_origins=lent,
        must_be_public=head["reach"] == "discovered",
    )
