"""The fetches of the module: HTTP exchanges that the host makes for it and reads whole."""

from typing import Any

from host.http import transport
from host.http.failure import Failure
from host.http.reach import Origin
from host.http.transport import Limits, Request
from host.log import logger
from host.wasm.heads import decoded, encoded, response_head


class OriginsOfCalls:
    """Where each call may go, as long as anything runs on its behalf: its fetches may outlive it."""

    def __init__(self) -> None:
        self._origins: dict[int, frozenset[Origin]] = {}
        self._users: dict[int, int] = {}

    def of(self, number: int) -> frozenset[Origin]:
        """The origins of call `number`; none once all of it has ended."""
        return self._origins.get(number, frozenset())

    def keep(self, number: int, origins: frozenset[Origin]) -> None:
        """Something runs for call `number`: keeps its origins until as many `give_up` have followed."""
        self._origins[number] = origins
        self._users[number] = self._users.get(number, 0) + 1

    def give_up(self, number: int) -> None:
        """Something that ran for call `number` has ended."""
        self._users[number] -= 1
        if not self._users[number]:
            del self._users[number], self._origins[number]


def run(head: bytes, body: bytes, origins: frozenset[Origin]) -> tuple[bytes, bytes]:
    """Makes the fetch that `head` describes and returns the head and the body of its response."""
    try:
        response, content = transport.exchange(_request(decoded(head), body, origins))
        return encoded(response_head(response)), content
    except Failure as failure:
        kind = failure.kind
    except Exception:
        logger.exception("A fetch could not be made")
        kind = "refused"
    return encoded({"error": kind}), b""


def _request(head: dict[str, Any], body: bytes, origins: frozenset[Origin]) -> Request:
    return Request(
        method=head["method"],
        url=head["url"],
        headers=head["headers"],
        body=[body] if body else None,
        ca=head["ca"],
        limits=Limits.of(head["limits"]),
        allowed_origins=origins,
        must_be_public=head["reach"] == "discovered",
    )
