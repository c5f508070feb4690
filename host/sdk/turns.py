"""Requests take turns by endpoint, so that a flood at one of them is a queue of its own.

The SDK starts requests in the order of their arrival: the request of one endpoint would wait behind all those that a
flood at another has sent before it.
"""

from collections import deque
from collections.abc import Callable

import gevent
from gevent.pool import Pool

_ENDPOINT = 7
"""Where the id of the endpoint is among the arguments of `IOServer._execute_request_in_thread`."""

_STARTS_IN_A_ROW = 4
_TURN_SECONDS = 1e-6
"""A timer instead of a mere switch: gevent runs fifty ready greenlets before it looks at sockets again, and each start
is a good part of a millisecond."""

type _Request = tuple[Callable[..., object], tuple[object, ...]]


class TurnExecutor:
    """Takes the place of the SDK's `ThreadPoolExecutor`, as far as the SDK uses one."""

    def __init__(self, max_workers: int) -> None:
        self._workers = Pool(max_workers)
        self._waiting: dict[str, deque[_Request]] = {}
        self._is_starting = False

    def submit(self, function: Callable[..., object], *arguments: object) -> None:
        """Runs `function` when its endpoint's turn has come."""
        endpoint = str(arguments[_ENDPOINT] or "")
        self._waiting.setdefault(endpoint, deque()).append((function, arguments))
        if not self._is_starting:
            self._is_starting = True
            gevent.spawn(self._start_in_turn)

    def _start_in_turn(self) -> None:
        started = 0
        while self._waiting:
            endpoint = next(iter(self._waiting))
            requests = self._waiting.pop(endpoint)
            function, arguments = requests.popleft()
            if requests:
                self._waiting[endpoint] = requests  # Behind all others: a dictionary keeps the order of its keys.
            self._workers.spawn(function, *arguments)
            del arguments  # The request's body would live as long as the next one is not here.
            started += 1
            gevent.sleep(0 if started % _STARTS_IN_A_ROW else _TURN_SECONDS)
        self._is_starting = False
