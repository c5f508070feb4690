"""Why an exchange has no answer."""

import contextlib
from collections.abc import Iterator
from typing import Literal

import gevent

type Kind = Literal["connect", "tls", "timeout", "broken", "malformed", "too_large", "refused"]


class Failure(Exception):
    """An exchange has no answer, or only a part of one. `kind` is what the module is told."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind: Kind = kind


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Ends what runs inside after `seconds`, wherever it waits, with `Failure("timeout")`.

    Socket timeouts would begin anew with each byte that drips in.
    """
    timer = gevent.Timeout.start_new(max(seconds, 0.0))
    try:
        yield
    except gevent.Timeout as passed:
        if passed is not timer:
            raise
        raise Failure("timeout") from None
    finally:
        timer.close()
