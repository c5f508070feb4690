"""The body of a relayed answer on its way to the client.

A greenlet reads ahead while the SDK writes, so what arrives meanwhile goes out together: the first bytes at once, and
the more of them in one piece the busier the process is.
"""

import time
from collections.abc import Callable, Generator, Iterator

import gevent
from gevent.event import Event

from host.http.failure import Failure
from host.http.transport import Limits, Response
from host.log import logger

PIECE = 1024 * 1024
"""The longest piece of a body: the SDK sends it in one line of at most 5 MiB, which is twice as long as its bytes."""

_AHEAD = PIECE

# The daemon drops what a slow client leaves waiting beyond 128 pieces: only the first may be small.
_SMALLEST_PIECE = 16 * 1024
_HASTY_PIECES = 32
_PATIENCE_SECONDS = 0.25

_TURN_SECONDS = 1e-6
"""No pause, but a timer: gevent runs fifty callbacks of greenlets before it looks at sockets and timers again."""

type Ended = Callable[[str], None]
"""Is told how the body ended (`complete`, `broken`, `timeout` or `abandoned`)."""


class ReadAhead:
    """Reads the body of `answer` in a greenlet of its own, which closes it."""

    def __init__(self, answer: Response, limits: Limits) -> None:
        self._answer = answer
        self._idle = limits.idle
        self._deadline = answer.began + limits.total
        self._arrived = bytearray()
        self._wanted = 1
        self._enough = Event()
        self._room = Event()
        self._room.set()
        self._failure: Failure | None = None
        self._reader = gevent.spawn(self._read)
        self._reader.rawlink(self._ended)  # Runs also when the greenlet was stopped before its first turn.

    def take(self, wanted: int = 1, patience: float = 0.0) -> bytes:
        """What has arrived: `wanted` bytes or, `patience` seconds after the first, fewer. Empty at the end.

        Raises `Failure` when the answer broke off, once everything before has been taken.
        """
        self._wait(1, None)
        if patience:
            self._wait(wanted, patience)
        taken = bytes(self._arrived[:PIECE])
        del self._arrived[: len(taken)]
        self._room.set()
        if not taken and self._failure:
            raise self._failure
        if len(taken) == PIECE:  # A server that is always ahead would leave nobody else a turn.
            gevent.sleep(_TURN_SECONDS)
        return taken

    def stop(self) -> None:
        """Ends the reading. It does not switch greenlets, for a garbage collection may be what calls it."""
        self._reader.kill(block=False)

    def _wait(self, wanted: int, seconds: float | None) -> None:
        self._wanted = wanted
        if len(self._arrived) < wanted and not self._reader.dead:
            self._enough.clear()
            self._enough.wait(seconds)

    def _read(self) -> None:
        try:
            while piece := self._answer.read(min(self._idle, self._left())):
                self._arrived += piece
                if len(self._arrived) >= self._wanted:
                    self._enough.set()
                if len(self._arrived) >= _AHEAD:
                    self._room.clear()
                    self._room.wait()
        except Failure as failure:
            self._failure = failure

    def _ended(self, _reader: gevent.Greenlet) -> None:
        self._answer.close()
        self._enough.set()

    def _left(self) -> float:
        """Seconds until the limit, which an answer that never pauses would otherwise not meet."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise Failure("timeout")
        return left


def whole_frames(source: ReadAhead) -> Iterator[bytes]:
    """Server-sent events as they arrive, cut where one ends: a piece that gets lost takes whole events with it."""
    waiting = b""
    is_cut = False
    try:
        while arrived := source.take():
            waiting += arrived
            end = _end_of_last_frame(waiting)
            if not end and len(waiting) >= PIECE:
                end = PIECE
                is_cut = True
            elif end:
                is_cut = False
            for start in range(0, end, PIECE):
                yield waiting[start : min(start + PIECE, end)]
            waiting = waiting[end:]
    except Failure:
        if is_cut:
            yield b"\n\n"
        raise
    if waiting:
        yield waiting


def _end_of_last_frame(content: bytes) -> int:
    ends = (content.rfind(mark) + len(mark) for mark in (b"\r\n\r\n", b"\n\n", b"\r\r") if mark in content)
    return max(ends, default=0)


def growing_pieces(source: ReadAhead) -> Iterator[bytes]:
    """Any other body: little at once in the beginning, then in pieces of `PIECE`."""
    wanted = _SMALLEST_PIECE
    taken = 0
    while piece := source.take(wanted, _PATIENCE_SECONDS if taken < _HASTY_PIECES else 3600.0):
        yield piece
        taken += 1
        wanted = min(2 * wanted, PIECE)


def read_whole(answer: Response, limits: Limits) -> tuple[bytes, str]:
    """A body that is short enough for one message, as far as it came, and how it ended."""
    content = bytearray()
    try:
        deadline = answer.began + limits.total
        while piece := answer.read(min(limits.idle, deadline - time.monotonic())):
            content += piece
    except Failure as failure:
        return bytes(content), _end(failure)
    finally:
        answer.close()
    return bytes(content), "complete"


def body(source: ReadAhead, *, frames: bool, tails: dict[str, bytes], ended: Ended) -> Generator[bytes]:
    """The generator for the SDK: it never raises, and `ended` is told its end however it ends."""
    made = _body(source, whole_frames(source) if frames else growing_pieces(source), tails, ended)
    # Started here, for the end of a generator that was never started would run nothing of it.
    next(made)
    return made


def _body(source: ReadAhead, pieces: Iterator[bytes], tails: dict[str, bytes], ended: Ended) -> Generator[bytes]:
    end, is_empty = "abandoned", True
    try:
        yield b""
        try:
            for piece in pieces:
                is_empty = False
                yield piece
            end = "complete"
        except Failure as failure:
            end = _end(failure)
        except Exception:
            logger.exception("A relayed answer could not be passed on")
            end = "broken"
        tail = tails.get(end, b"")
        if tail or is_empty:
            yield tail  # Also when it is empty: the daemon sends the head with the first piece.
    finally:
        source.stop()
        ended(end)


def _end(failure: Failure) -> str:
    return "timeout" if failure.kind == "timeout" else "broken"
