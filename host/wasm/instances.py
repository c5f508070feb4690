"""One instance of the module for each endpoint.

A trap, a full memory and everything that the module remembers are then one endpoint's alone. The compiled code is
shared, and a fresh instance takes less than 100 KiB, because its memory is mapped from the module's image.
"""

import time
from collections import OrderedDict
from typing import Any

import wasmtime

from host import limits
from host.wasm import calls
from host.wasm.calls import CallFailed, Calls

_FIRST_BYTES = 320 * 1024
"""What an instance takes whose memory has not grown, once it has relayed a request. More than a mebibyte of that memory
is its stack and the module's image: few of their pages are ever written.
"""


class AllBusy(Exception):
    """There is no room for another instance, and none that could make way."""


class _Entry:
    """The calls of one endpoint, and what is known of their instance."""

    def __init__(self, started: Calls) -> None:
        self.calls = started
        self.bytes = 0
        self.last_use = time.monotonic()


class _Lease:
    """Keeps an instance from being idle while it is used, and measures it then. A class for the reason that
    `TimeLimit` is one.
    """

    __slots__ = ("_entry", "_instances")

    def __init__(self, instances: "Instances", entry: _Entry) -> None:
        self._instances = instances
        self._entry = entry

    def __enter__(self) -> Calls:
        self._entry.calls.begin_use()
        return self._entry.calls

    def __exit__(self, *_raised: object) -> None:
        self._entry.calls.end_use()
        self._instances._measure(self._entry)


class Instances:
    """The instances by endpoint. An idle one makes way for a new one; the one idle for longest is the first."""

    def __init__(
        self,
        compiled: wasmtime.Module,
        most: int = limits.INSTANCES,
        most_bytes: int = limits.INSTANCES_MEMORY_BYTES,
        idle_seconds: float = limits.IDLE_INSTANCE_SECONDS,
    ) -> None:
        self._compiled = compiled
        self._most = most
        self._most_bytes = most_bytes
        self._idle_seconds = idle_seconds
        self._bytes = 0
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def calls_of(self, endpoint: str) -> "_Lease":
        """The calls of an endpoint, for one request. Raises `AllBusy` or `CallFailed`."""
        entry = self._entries.get(endpoint) or self._new(endpoint)
        entry.last_use = time.monotonic()
        self._entries.move_to_end(endpoint)
        self._evict_unused(entry.last_use)
        return _Lease(self, entry)

    def call_failed(self, handler: str, head: bytes) -> dict[str, Any]:
        """The response to a call that came to nothing (see `calls.call_failed`). Raises `CallFailed`."""
        return calls.call_failed(self._compiled, handler, head)

    def _new(self, endpoint: str) -> _Entry:
        while len(self._entries) >= self._most or self._bytes >= self._most_bytes:
            if not self._evict_idle():
                raise AllBusy
        entry = self._entries[endpoint] = _Entry(self._started())
        entry.calls.begin_use()  # Where it is one too many, it must not make way for itself.
        self._measure(entry)
        entry.calls.end_use()
        return entry

    def _started(self) -> Calls:
        """Calls whose instance runs. On some systems the address space has room for fewer instances than `most`."""
        started = Calls(self._compiled)
        while True:
            try:
                started.start()
                return started
            except CallFailed:
                if not self._evict_idle():
                    raise

    def _measure(self, entry: _Entry) -> None:
        """Takes account of what an instance has grown by since, and makes room where that was too much."""
        size = _FIRST_BYTES + entry.calls.grown_bytes
        self._bytes += size - entry.bytes
        entry.bytes = size
        while self._bytes > self._most_bytes and self._evict_idle():
            pass

    def _evict_unused(self, now: float) -> None:
        """Evicts the longest idle instance where it has been idle for so long that what it remembers is of no use."""
        endpoint, oldest = next(iter(self._entries.items()))
        if oldest.calls.is_idle and now - oldest.last_use > self._idle_seconds:
            self._evict(endpoint)

    def _evict_idle(self) -> bool:
        """Evicts the longest idle instance, if there is one."""
        endpoint = next((endpoint for endpoint, entry in self._entries.items() if entry.calls.is_idle), None)
        if endpoint is None:
            return False
        self._evict(endpoint)
        return True

    def _evict(self, endpoint: str) -> None:
        entry = self._entries.pop(endpoint)
        self._bytes -= entry.bytes
        entry.calls.close()
