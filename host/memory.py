"""Memory that is free again, given back to the system.

glibc keeps what was freed, for the next time: 50 MiB after the module was compiled, several hundred after a few large
uploads at once.
"""

import ctypes
import functools
import time
from collections.abc import Callable

import gevent

_PAUSE_SECONDS = 1.0
_LONGEST_SECONDS = 30.0
"""Pages that were given back must be got again, a twentieth of what a large upload costs."""


def give_back() -> None:
    """Takes milliseconds, more where there is more. Other C libraries than glibc give back by themselves."""
    if trim := _malloc_trim():
        trim(0)


class _Soon:
    """Gives back when nobody has asked for a while, at the latest `_LONGEST_SECONDS` after the first who asked."""

    def __init__(self) -> None:
        self._first = 0.0
        self._last = 0.0
        self._is_waiting = False

    def __call__(self) -> None:
        self._last = time.monotonic()
        if not self._is_waiting:
            self._is_waiting = True
            self._first = self._last
            gevent.spawn_later(_PAUSE_SECONDS, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        due = min(self._last + _PAUSE_SECONDS, self._first + _LONGEST_SECONDS)
        if now < due:
            gevent.spawn_later(due - now, self._look)
        else:
            self._is_waiting = False
            give_back()


give_back_soon = _Soon()


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
