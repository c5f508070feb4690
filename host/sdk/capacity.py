"""How much may be under way at once, by all endpoints together and by one of them."""

from collections.abc import Callable

from host import files, limits


class Busy(Exception):
    """As much is under way as may be."""


class Capacity:
    """An amount of something, of which one endpoint gets a part at most."""

    def __init__(self, in_all: float, of_one: float) -> None:
        self._in_all = in_all
        self._of_one = of_one
        self._used = 0
        self._used_by: dict[str, int] = {}

    def take(self, endpoint: str, amount: int = 1) -> Callable[[], None]:
        """Takes some of it and returns what gives that back. Raises `Busy`."""
        used = self._used_by.get(endpoint, 0)
        if self._used + amount > self._in_all or used + amount > self._of_one:
            raise Busy
        self._used += amount
        self._used_by[endpoint] = used + amount
        is_taken = True

        def give_back() -> None:
            nonlocal is_taken
            if is_taken:
                is_taken = False
                self._give_back(endpoint, amount)

        return give_back

    def _give_back(self, endpoint: str, amount: int) -> None:
        self._used -= amount
        left = self._used_by.pop(endpoint, 0) - amount
        if left:
            self._used_by[endpoint] = left


DECISIONS = Capacity(limits.DECISIONS, limits.DECISIONS_OF_ONE_ENDPOINT)
"""Requests that the module is deciding on. They wait for an identity provider at most."""


def relays(open_files: float) -> Capacity:
    """The relays that a process has room for that may have so many files open: each has a socket.

    A quarter of the files is left for idle connections, identity providers and the process itself.
    """
    in_all = min(limits.RELAYS, open_files * 3 // 4)
    return Capacity(in_all, min(limits.RELAYS_OF_ONE_ENDPOINT, in_all // 3))


RELAYS = relays(files.raise_limit())
"""Requests that wait for Dify, and streams. With `DECISIONS` they are fewer than the workers: a refusal finds one."""

BODIES = Capacity(limits.BODIES_BYTES, limits.BODIES_OF_ONE_ENDPOINT_BYTES)
"""Bytes of bodies that have not been sent to Dify."""
