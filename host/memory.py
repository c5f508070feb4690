"""Memory that is free again, given back to the system.

glibc keeps what was freed, for the next time: 50 MiB after the module was compiled, several hundred after a few large
uploads at once.
"""

import ctypes
import functools
from collections.abc import Callable

import gevent

_SECONDS = 1.0


def give_back() -> None:
    """Takes milliseconds, more where there is more. Other C libraries than glibc give back by themselves."""
    if trim := _malloc_trim():
        trim(0)


class _Soon:
    """Gives back after a while, once for all who ask until then."""

    def __init__(self) -> None:
        self._is_scheduled = False

    def __call__(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            gevent.spawn_later(_SECONDS, self._give_back)

    def _give_back(self) -> None:
        self._is_scheduled = False
        give_back()


give_back_soon = _Soon()


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    return getattr(ctypes.CDLL(None), "malloc_trim", None)
