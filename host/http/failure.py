"""Why an exchange has no response."""

from types import TracebackType
from typing import Literal

import gevent

type Kind = Literal["connect", "tls", "timeout", "broken", "malformed", "too_large", "refused"]


class Failure(Exception):
    """An exchange has no response, or only a part of one. The module gets `kind`."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


class TimeLimit:
    """Ends the block after so many seconds, wherever it waits, with `Failure("timeout")`.

    A socket timeout would start again with every byte that drips in. A class, because a generator as context manager
    takes three times as long, and each request has several.
    """

    __slots__ = ("_seconds", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = max(seconds, 0.0)

    def __enter__(self) -> None:
        self._timer = gevent.Timeout.start_new(self._seconds)

    def __exit__(
        self, _kind: type[BaseException] | None, raised: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._timer.close()
        if raised is self._timer:
            raise Failure("timeout") from None
