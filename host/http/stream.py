"""The body of a relayed response on its way to the client.

A greenlet reads ahead while the SDK writes, so what arrives meanwhile goes out together: the first bytes at once, and
the more of them in one piece the busier the process is.
"""

import time
from collections.abc import Callable, Generator, Iterator

import gevent
from gevent.event import Event

from host.http.failure import Failure
from host.http.transport import READ_SIZE, Limits, Response
from host.limits import READ_AHEAD_BYTES, READ_AHEAD_IN_ALL_BYTES, READ_AHEAD_UNDER_PRESSURE_BYTES
from host.log import logger

PIECE = 1024 * 1024
"""The longest piece of a body: the SDK sends it in one line of at most 5 MiB, which is twice as long as its bytes."""

# The daemon drops what a slow client leaves waiting beyond 128 pieces: only the first may be small.
_SMALLEST_PIECE = 16 * 1024
# What arrives next then makes no more than `PIECE` of it.
_LARGE_PIECE = PIECE - READ_SIZE
_HASTY_PIECES = 32
_PATIENCE_SECONDS = 0.25

_TURN_SECONDS = 1e-6
"""Not a pause, but a timer: gevent runs fifty callbacks of greenlets before it looks at sockets and timers again."""

_MARKS = (b"\r\n\r\n", b"\n\n", b"\r\r")
"""The ends of a server-sent event."""

_PING = b"event: ping\n\n"
"""What Dify sends at once and every ten seconds, so that nobody takes the stream for dead."""

type Ended = Callable[[str, float | None], None]
"""Is called with how the body ended (`complete`, `broken`, `timeout` or `abandoned`).

The second value is when its first event came that is no ping, on the monotonic clock.
"""


class ReadAhead:
    """Reads the body of `response` in a greenlet of its own, which closes it."""

    in_all = 0
    """Bytes that all bodies hold at the moment."""

    def __init__(self, response: Response, limits: Limits) -> None:
        self._response = response
        self._idle = limits.idle
        self._deadline = response.began + limits.total
        self._arrived: list[bytes] = []
        self._bytes = 0
        self._least = 1
        self._enough = Event()
        self._room = Event()
        self._room.set()
        self._failure: Failure | None = None
        self._is_abandoned = False
        self._reader = gevent.spawn(self._read)
        self._reader.rawlink(self._ended)  # Runs also when the greenlet was stopped before its first turn.

    def take(self, least: int = 1, patience: float = 0.0) -> bytes:
        """What has arrived: at least `least` bytes or, `patience` seconds after the first, fewer. Empty at the end.

        Raises `Failure` if the response broke off, after everything before that.
        """
        self._wait(1, None)
        if patience:
            self._wait(least, patience)
        content = self._taken()
        self._room.set()
        if not content and self._failure:
            raise self._failure
        if len(content) >= _LARGE_PIECE:  # A server that is always ahead would leave nobody else a turn.
            gevent.sleep(_TURN_SECONDS)
        return content

    def stop(self) -> None:
        """Ends the reading. It does not switch greenlets, because a garbage collection may be what calls it."""
        self._is_abandoned = True
        self._reader.kill(block=False)
        if self._reader.dead:
            self._forget()

    def _wait(self, least: int, seconds: float | None) -> None:
        """Waits for `least` bytes, unless the reader has ended or has no room for more."""
        self._least = least
        if self._bytes < least and not self._reader.dead and self._room.is_set():
            self._enough.clear()
            self._enough.wait(seconds)

    def _read(self) -> None:
        try:
            while piece := self._response.read(min(self._idle, self._left())):
                self._hold(piece)
                has_room = self._has_room()
                if not has_room:
                    self._room.clear()
                if self._bytes >= self._least or not has_room:
                    self._enough.set()
                self._room.wait()
        except Failure as failure:
            self._failure = failure

    def _has_room(self) -> bool:
        is_under_pressure = ReadAhead.in_all >= READ_AHEAD_IN_ALL_BYTES
        return self._bytes < (READ_AHEAD_UNDER_PRESSURE_BYTES if is_under_pressure else READ_AHEAD_BYTES)

    def _taken(self) -> bytes:
        """The first `PIECE` of what has arrived. A large body is copied once at most."""
        content = self._arrived[0] if len(self._arrived) == 1 else b"".join(self._arrived)
        self._forget()
        if len(content) > PIECE:
            self._hold(content[PIECE:])
        return content[:PIECE]

    def _hold(self, piece: bytes) -> None:
        # Byte by byte, objects would take fifty times the memory of what they hold.
        if self._arrived and len(self._arrived[-1]) < _SMALLEST_PIECE:
            self._arrived[-1] += piece
        else:
            self._arrived.append(piece)
        self._bytes += len(piece)
        ReadAhead.in_all += len(piece)

    def _forget(self) -> None:
        ReadAhead.in_all -= self._bytes
        self._arrived.clear()
        self._bytes = 0

    def _ended(self, _reader: gevent.Greenlet) -> None:
        self._response.close()
        self._enough.set()
        if self._is_abandoned:
            self._forget()

    def _left(self) -> float:
        """Seconds until the limit, which a response that never pauses would otherwise not meet."""
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
            searched = len(waiting)
            waiting += arrived
            end = _end_of_last_frame(waiting, searched)
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


def _end_of_last_frame(content: bytes, searched: int) -> int:
    """No frame ends within the first `searched` bytes, but one may have begun to."""
    starts = ((content.rfind(mark, max(searched - len(mark) + 1, 0)), mark) for mark in _MARKS)
    return max((start + len(mark) for start, mark in starts if start >= 0), default=0)


def growing_pieces(source: ReadAhead) -> Iterator[bytes]:
    """Any other body: at first little at a time, then in pieces of nearly `PIECE`."""
    least = _SMALLEST_PIECE
    count = 0
    while piece := source.take(least, _PATIENCE_SECONDS if count < _HASTY_PIECES else 3600.0):
        yield piece
        count += 1
        least = min(2 * least, _LARGE_PIECE)


def read_whole(response: Response, limits: Limits) -> tuple[bytes, str]:
    """A body that is short enough for one message, as far as it came, and how it ended."""
    content = bytearray()
    try:
        deadline = response.began + limits.total
        while piece := response.read(min(limits.idle, deadline - time.monotonic())):
            content += piece
    except Failure as failure:
        return bytes(content), end_of(failure)
    finally:
        response.close()
    return bytes(content), "complete"


def body(source: ReadAhead, *, frames: bool, tails: dict[str, bytes], ended: Ended) -> Generator[bytes]:
    """The generator for the SDK. It never raises, and calls `ended` however it ends."""
    generator = _body(source, frames, tails, ended)
    # Started here, because the end of a generator that was never started would run nothing of it.
    next(generator)
    return generator


def _body(source: ReadAhead, frames: bool, tails: dict[str, bytes], ended: Ended) -> Generator[bytes]:
    end, is_empty = "abandoned", True
    first: float | None = None
    pieces = whole_frames(source) if frames else growing_pieces(source)
    try:
        yield b""
        try:
            for piece in pieces:
                is_empty = False
                if first is None and frames and piece.replace(_PING, b""):
                    first = time.monotonic()
                yield piece
            end = "complete"
        except Failure as failure:
            end = end_of(failure)
        except Exception:
            logger.exception("The rest of a relayed response was dropped because of a fault in the gateway's host")
            end = "broken"
        tail = tails.get(end, b"")
        if tail or is_empty:
            yield tail  # Also when it is empty: the daemon sends the head with the first piece.
    finally:
        source.stop()
        ended(end, first)


def end_of(failure: Failure) -> str:
    """How a body ended that ended so."""
    return "timeout" if failure.kind == "timeout" else "broken"
