"""The module at work: its calls, what it asks for, and what becomes of the others when one call traps.

Everything runs in greenlets of one thread. A switch inside an import would lay the module's frames of one request under
those of another, so an import only notes what it is asked for, and that is done when the export has returned.
"""

import contextlib
import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import gevent
import wasmtime
from gevent.event import AsyncResult

from host.http.reach import Origin
from host.log import LEVELS, lines, logger
from host.wasm import fetches
from host.wasm.abi import Import, Instance, Trapped
from host.wasm.heads import encoded

FIRST_BYTES = 64 * 1024
"""How much of a body a handler is given; the module asks for the rest."""

_LONGEST_WAIT = 900.0
_LAST_NUMBER = 0xFFFFFFFF


class Call(NamedTuple):
    """A request that the module is to decide on: the export that takes it, and what that is given."""

    handler: str
    head: bytes
    body: bytes
    lent: frozenset[Origin]


class Answered(NamedTuple):
    """The module answers the call itself."""

    number: int
    head: bytes
    body: bytes


class Relayed(NamedTuple):
    """The module wants a request sent to Dify and its answer relayed."""

    number: int
    head: bytes
    own: bytes
    context: bytes


class CallFailed(Exception):
    """The module has no answer for this call, through a fault of its own."""


class InstanceLost(Exception):
    """The module has trapped, in the task of call `culprit`."""

    def __init__(self, culprit: int) -> None:
        super().__init__(culprit)
        self.culprit = culprit


class _Waiting:
    """A call whose decision is awaited."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.outcome = AsyncResult()

    def settle(self, outcome: Answered | Relayed | CallFailed | None) -> None:
        """The first outcome counts; nothing means that the call must start again."""
        if not self.outcome.ready():
            self.outcome.set(outcome)


class Gateway:
    """One instance of the module for all requests of the process, made anew when it has trapped."""

    def __init__(self, compiled: wasmtime.Module) -> None:
        self._compiled = compiled
        self._instance: Instance | None = None
        self._generation = 0
        self._noted: list[Callable[[], None]] = []
        self._last_number = 0
        self._waiting: dict[int, _Waiting] = {}
        self._leases = fetches.Leases()

    def decide(self, call: Call) -> Answered | Relayed:
        """Runs the call's handler and waits for what it decides. Raises `CallFailed`."""
        self._last_number = number = self._last_number % _LAST_NUMBER + 1
        try:
            with self._leases.held(number, call.lent):
                outcome = self._outcome(number, call) or self._outcome(number, call)
        finally:
            self._waiting.pop(number, None)
        if outcome is None:
            raise CallFailed("the module was lost twice while this call waited")
        return outcome

    def _outcome(self, number: int, call: Call) -> Answered | Relayed | None:
        waiting = self._waiting[number] = _Waiting(call)
        with contextlib.suppress(InstanceLost):  # The outcome tells whose fault it was.
            self._enter(call.handler, number, call.head, call.body[:FIRST_BYTES])
        try:
            outcome = waiting.outcome.get(timeout=_LONGEST_WAIT)
        except gevent.Timeout:
            raise CallFailed("the module has not answered") from None
        if isinstance(outcome, CallFailed):
            raise outcome
        return outcome

    def call_failed(self, call: Call) -> dict[str, Any]:
        """What the client of a call is answered that has come to nothing. Raises `CallFailed` or `InstanceLost`."""
        return json.loads(self._enter("call_failed", 0, call.handler.encode(), call.head))

    def relay_head(self, number: int, context: bytes, head: dict[str, Any]) -> dict[str, Any]:
        """What the client is answered, given the head of Dify's answer. Raises `CallFailed`."""
        return self._judged("relay_head", number, context, encoded(head))

    def relay_whole(self, number: int, context: bytes, head: dict[str, Any], end: str) -> dict[str, Any]:
        """The same for an answer whose body is known, and the note of how that ended. Raises `CallFailed`."""
        return self._judged("relay_whole", number, context, encoded(head), encoded(end))

    def _judged(self, export: str, number: int, *arguments: bytes) -> dict[str, Any]:
        for _ in range(2):
            try:
                return json.loads(self._enter(export, number, *arguments))
            except InstanceLost as lost:
                if lost.culprit == number:
                    break
        raise CallFailed("the module trapped on the head of Dify's answer")

    def relay_ended(self, number: int, context: bytes, end: str) -> None:
        """Tells the module how a relayed body ended: soon, for the module may be running when this is called."""
        gevent.spawn(self._tell, None, "relay_ended", number, context, encoded(end))

    def _tell(self, generation: int | None, export: str, number: int, *arguments: int | bytes) -> None:
        """Tells the module what it waits for, unless the instance that waited is gone."""
        if generation is not None and generation != self._generation:
            return
        try:
            self._enter(export, number, *arguments)
        except (InstanceLost, CallFailed) as failure:
            logger.error("%s of call %d could not be delivered: %r", export, number, failure)

    def _enter(self, export: str, number: int, *arguments: int | bytes) -> int | bytes | None:
        """Calls an export for call `number`, then does what the module has asked for meanwhile."""
        instance = self._ready()
        # Whatever traps before the module polls a task is this call's fault.
        instance.entry.call = number
        instance.entry.milliseconds = int(time.time() * 1000)
        try:
            result = instance.call(export, number, *arguments)
        except Trapped as trap:
            raise InstanceLost(self._lose(instance, trap)) from None
        self._do_noted()
        return result

    def _ready(self) -> Instance:
        if self._instance is None:
            try:
                self._instance = Instance(self._compiled, self._lent())
            except (Trapped, wasmtime.Trap, wasmtime.WasmtimeError) as failure:
                raise CallFailed(f"the module does not start: {failure}") from None
        return self._instance

    def _lose(self, instance: Instance, trap: Trapped) -> int:
        """Drops the instance. What it had decided before stands, its exchanges and timers are forgotten."""
        culprit = instance.entry.call
        logger.error("The module trapped in call %d and starts anew: %s", culprit, trap)
        self._instance = None
        self._generation += 1
        instance.close()
        self._do_noted()
        for number, waiting in self._waiting.items():
            waiting.settle(CallFailed("the module trapped in this call") if number == culprit else None)
        return culprit

    def _do_noted(self) -> None:
        noted, self._noted = self._noted, []
        for do in noted:
            do()

    def _lent(self) -> dict[str, Import]:
        """The imports, each by its name in Rust (see `abi.Import` for the letters)."""
        notes = {
            "answer": ("nbb", lambda number, *parts: self._settle(Answered(number, *parts))),
            "relay": ("nbbb", lambda number, *parts: self._settle(Relayed(number, *parts))),
            "start_exchange": ("nnbb", partial(self._start_exchange, self._generation)),
            "start_timer": ("nnn", partial(self._start_timer, self._generation)),
            "log": ("nb", _log),
        }
        lent = {name: Import(takes, "", partial(self._note, do)) for name, (takes, do) in notes.items()}
        return {**lent, "read_body": Import("nno", "n", self._read_body)}

    def _note(self, do: Callable[..., None], *arguments: int | bytes) -> None:
        self._noted.append(partial(do, *arguments))

    def _settle(self, outcome: Answered | Relayed) -> None:
        if waiting := self._waiting.get(outcome.number):
            waiting.settle(outcome)

    def _start_exchange(self, generation: int, number: int, exchange: int, head: bytes, body: bytes) -> None:
        if generation == self._generation:
            gevent.spawn(self._exchange, generation, number, exchange, head, body, self._leases.taken(number))

    def _exchange(
        self, generation: int, number: int, exchange: int, head: bytes, body: bytes, lent: frozenset[Origin]
    ) -> None:
        with self._leases.held(number, lent):
            result = fetches.run(head, body, lent)
            self._tell(generation, "exchange_done", number, exchange, *result)

    def _start_timer(self, generation: int, number: int, timer: int, milliseconds: int) -> None:
        if generation == self._generation:
            gevent.spawn(self._time, generation, number, timer, milliseconds, self._leases.taken(number))

    def _time(self, generation: int, number: int, timer: int, milliseconds: int, lent: frozenset[Origin]) -> None:
        with self._leases.held(number, lent):
            gevent.sleep(milliseconds / 1000)
            self._tell(generation, "timer_done", number, timer)

    def _read_body(self, number: int, offset: int, length: int) -> bytes:
        waiting = self._waiting.get(number)
        return waiting.call.body[offset : offset + length] if waiting else b""


def _log(level: int, line: bytes) -> None:
    lines.add(LEVELS[min(level, len(LEVELS) - 1)], line.decode(errors="replace"))
