"""Why an exchange has no response."""

import contextlib
from collections.abc import Iterator
from typing import Literal

import gevent

type Kind = Literal["connect", "tls", "timeout", "broken", "malformed", "too_large", "refused"]


class Failure(Exception):
    """An exchange has no response, or only a part of one. The module gets `kind`."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Ends the block after `seconds`, wherever it waits, with `Failure("timeout")`.

    A socket timeout would start again with every byte that drips in.
    """
    timer = gevent.Timeout.start_new(max(seconds, 0.0))
    try:
        yield
    except gevent.Timeout as timeout:
        if timeout is not timer:
            raise
        raise Failure("timeout") from None
    finally:
        timer.close()
