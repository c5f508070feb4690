"""The calls of one instance: what they ask the host for, and what becomes of the others when one of them traps.

Everything runs in greenlets of one thread. A switch inside an import would lay the module's frames of one request under
those of another, so an import only notes what the module asks for, and the host does it when the export has returned.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import gevent
import wasmtime
from gevent.event import AsyncResult

from host import process
from host.http.reach import Origin
from host.log import LEVELS, lines, logger
from host.wasm import fetches
from host.wasm.abi import Import, Instance, Trapped
from host.wasm.heads import decoded, encoded

FIRST_BYTES = 64 * 1024
"""How much of a body crosses with the call; the module asks for the rest."""

_LONGEST_WAIT = 900.0
_LAST_NUMBER = 0xFFFFFFFF


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Call:
    """A request that the module decides on, and the handler that takes it."""

    handler: str
    head: bytes
    body: bytes
    origins: frozenset[Origin]
    """Where the call may go: the addresses of its settings."""
    endpoint: str = ""
    began: float = 0.0
    """When the request arrived, on the monotonic clock."""
    has_let_go: Callable[[], None] = _nothing
    """Called when the body is not needed any more."""

    def let_go(self) -> None:
        """Forgets the body."""
        self.body = b""
        self.has_let_go()


class OwnResponse(NamedTuple):
    """The module has responded itself."""

    number: int
    head: bytes
    body: bytes


class FileResponse(NamedTuple):
    """The module has responded with a file of the page."""

    number: int
    head: bytes
    name: bytes


class Relay(NamedTuple):
    """The module wants a request sent to Dify and the response relayed."""

    number: int
    head: bytes
    own: bytes
    context: bytes


class Translation(NamedTuple):
    """The module responds at once, and writes the body of what Dify sends to its request."""

    number: int
    head: bytes
    own: bytes
    context: bytes


Decision = OwnResponse | FileResponse | Relay | Translation


class CallFailed(Exception):
    """The module has no response to this call, through a fault of its own."""


class InstanceLost(Exception):
    """The module has trapped, in the task of call `culprit`."""

    def __init__(self, culprit: int) -> None:
        super().__init__(culprit)
        self.culprit = culprit


class _PendingCall:
    """A call that the module has not decided on."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.decision = AsyncResult()

    def settle(self, decision: Decision | CallFailed | None) -> None:
        """The first decision counts; None means that the call must start again."""
        if not self.decision.ready():
            self.decision.set(decision)


class Calls:
    """The calls of one endpoint, in an instance that is replaced when it has trapped."""

    def __init__(self, compiled: wasmtime.Module) -> None:
        self._compiled = compiled
        self._instance: Instance | None = None
        self._generation = 0
        self._notes: list[Callable[[], None]] = []
        self._last_number = 0
        self._users = 0
        self._pending: dict[int, _PendingCall] = {}
        self._origins = fetches.OriginsOfCalls()

    def start(self) -> None:
        """Makes the instance now. Raises `CallFailed` where it does not start."""
        self._ready()

    def close(self) -> None:
        """Frees the instance. Timers that still run find it gone."""
        self._generation += 1
        if self._instance is not None:
            self._instance.close()
            self._instance = None

    @property
    def is_idle(self) -> bool:
        """Whether no request, fetch or relay needs the instance."""
        return not self._users

    @property
    def grown_bytes(self) -> int:
        """What the memory of the instance has grown by since its start."""
        return self._instance.grown_bytes if self._instance else 0

    def begin_use(self) -> None:
        """Keeps the instance from being idle until `end_use`."""
        self._users += 1

    def end_use(self) -> None:
        """What `begin_use` has begun has ended."""
        self._users -= 1

    def decide(self, call: Call) -> Decision:
        """Runs the call's handler and waits for its decision. Raises `CallFailed`."""
        self._last_number = number = self._last_number % _LAST_NUMBER + 1
        self._origins.keep(number, call.origins)
        try:
            decision = self._decision(number, call) or self._decision(number, call)
        finally:
            self._origins.give_up(number)
            self._pending.pop(number, None)
        if decision is None:
            raise CallFailed("the module was lost twice while this call waited")
        return decision

    def _decision(self, number: int, call: Call) -> Decision | None:
        pending = self._pending[number] = _PendingCall(call)
        with contextlib.suppress(InstanceLost):  # The decision says whose fault it was.
            self._enter(call.handler, number, call.head, call.body[:FIRST_BYTES])
        try:
            decision = pending.decision.get(timeout=_LONGEST_WAIT)
        except gevent.Timeout:
            raise CallFailed("the module has not responded") from None
        if isinstance(decision, CallFailed):
            raise decision
        return decision

    def judge_response_head(self, number: int, context: bytes, head: dict[str, Any]) -> dict[str, Any]:
        """What the client gets, given the head of Dify's response. Raises `CallFailed`.

        The instance is in use from here on until `relay_ended` is delivered.
        """
        verdict = self._judged("judge_response_head", number, context, encoded(head))
        self.begin_use()
        return verdict

    def judge_response(self, number: int, context: bytes, head: dict[str, Any], report: bytes) -> dict[str, Any]:
        """The same for a response that has been read whole; also notes how the relay went. Raises `CallFailed`."""
        return self._judged("judge_response", number, context, encoded(head), report)

    def _judged(self, export: str, number: int, *arguments: bytes) -> dict[str, Any]:
        for _ in range(2):
            try:
                return decoded(self._enter(export, number, *arguments))
            except InstanceLost as lost:
                if lost.culprit == number:
                    break
        raise CallFailed("the module trapped on the head of Dify's response")

    def translation_starts(self) -> None:
        """The instance is in use from here on until `translation_ended` or `translation_abandoned`."""
        self.begin_use()

    def translation_began(self, number: int, context: bytes, head: dict[str, Any]) -> tuple[bytes, bool]:
        """What goes to the client when the head of Dify's response is there, and whether its body is wanted."""
        return self._written("translation_began", number, context, encoded(head))

    def translation_piece(self, number: int, piece: bytes) -> tuple[bytes, bool]:
        """The same for a piece of that body."""
        return self._written("translation_piece", number, piece)

    def _written(self, export: str, number: int, *arguments: bytes) -> tuple[bytes, bool]:
        """A translation of which nothing is known any more wants nothing more."""
        try:
            written = self._enter(export, number, *arguments) or b""
        except (InstanceLost, CallFailed) as failure:
            logger.error("%s of call %d could not be delivered: %r", export, number, failure)
            return b"", False
        return written[1:], written[:1] == b"\x01"

    def translation_ended(self, number: int, context: bytes, report: bytes) -> bytes:
        """The end of the client's response. Empty where the module cannot give it."""
        try:
            return self._enter("translation_ended", number, context, report) or b""
        except (InstanceLost, CallFailed) as failure:
            logger.error("The end of call %d could not be delivered: %r", number, failure)
            return b""
        finally:
            self.end_use()

    def translation_abandoned(self, number: int, context: bytes, report: bytes) -> None:
        """Nobody is there for the end: the module is told soon, because it may be running when this is called."""
        gevent.spawn(self.translation_ended, number, context, report)

    def relay_ended(self, number: int, context: bytes, report: bytes) -> None:
        """Tells the module how a relay went: soon, because the module may be running when this is called."""
        gevent.spawn(self._end_relay, number, context, report)

    def _end_relay(self, number: int, context: bytes, report: bytes) -> None:
        try:
            self._deliver(None, "relay_ended", number, context, report)
        finally:
            self.end_use()

    def _deliver(self, generation: int | None, export: str, number: int, *arguments: int | bytes) -> None:
        """Tells the module what it waits for, unless the instance that waited is gone."""
        if generation is not None and generation != self._generation:
            return
        try:
            self._enter(export, number, *arguments)
        except (InstanceLost, CallFailed) as failure:
            logger.error("%s of call %d could not be delivered: %r", export, number, failure)

    def _enter(self, export: str, number: int, *arguments: int | bytes) -> bytes | None:
        """Calls an export for call `number`, then does what the module has asked for meanwhile."""
        instance = self._ready()
        try:
            result = instance.call(export, number, *arguments)
        except Trapped as trap:
            raise InstanceLost(self._lose(instance, trap)) from None
        self._do_noted()
        return result

    def _ready(self) -> Instance:
        if self._instance is None:
            try:
                self._instance = Instance(self._compiled, self._imports())
            except (Trapped, wasmtime.Trap, wasmtime.WasmtimeError) as failure:
                raise CallFailed(f"the module does not start: {failure}") from None
        return self._instance

    def _lose(self, instance: Instance, trap: Trapped) -> int:
        """Drops the instance. What it decided before is kept, its fetches and timers are forgotten."""
        culprit = instance.cell.call
        logger.error("The module trapped in call %d and is instantiated again: %s", culprit, trap)
        self._instance = None
        self._generation += 1
        instance.close()
        self._do_noted()
        for number, pending in self._pending.items():
            pending.settle(CallFailed("the module trapped in this call") if number == culprit else None)
        return culprit

    def _do_noted(self) -> None:
        notes, self._notes = self._notes, []
        for do in notes:
            do()

    def _imports(self) -> dict[str, Import]:
        """The imports, each by its name in Rust (see `abi.Import` for the letters)."""
        noted = {
            "respond": ("nbb", lambda number, *parts: self._settle(OwnResponse(number, *parts))),
            "respond_with_file": ("nbb", lambda number, *parts: self._settle(FileResponse(number, *parts))),
            "relay": ("nbbb", lambda number, *parts: self._settle(Relay(number, *parts))),
            "translate": ("nbbb", lambda number, *parts: self._settle(Translation(number, *parts))),
            "start_fetch": ("nnbb", partial(self._start_fetch, self._generation)),
            "start_timer": ("nnn", partial(self._start_timer, self._generation)),
            "log": ("nb", _log),
        }
        imports = {name: Import(takes, "", partial(self._note, do)) for name, (takes, do) in noted.items()}
        return {
            **imports,
            "read_body": Import("nno", "n", self._read_body),
            "process_state": Import("no", "n", self._process_state),
        }

    def _note(self, do: Callable[..., None], *arguments: int | bytes) -> None:
        self._notes.append(partial(do, *arguments))

    def _settle(self, decision: Decision) -> None:
        if pending := self._pending.get(decision.number):
            pending.settle(decision)

    def _start_fetch(self, generation: int, number: int, ticket: int, head: bytes, body: bytes) -> None:
        if generation == self._generation:
            gevent.spawn(self._fetch, generation, number, ticket, head, body, self._origins.of(number))

    def _fetch(
        self, generation: int, number: int, ticket: int, head: bytes, body: bytes, origins: frozenset[Origin]
    ) -> None:
        self.begin_use()
        self._origins.keep(number, origins)
        try:
            result = fetches.run(head, body, origins)
            self._deliver(generation, "fetch_done", number, ticket, *result)
        finally:
            self._origins.give_up(number)
            self.end_use()

    def _start_timer(self, generation: int, number: int, ticket: int, milliseconds: int) -> None:
        if generation == self._generation:
            gevent.spawn(self._time, generation, number, ticket, milliseconds, self._origins.of(number))

    def _time(self, generation: int, number: int, ticket: int, milliseconds: int, origins: frozenset[Origin]) -> None:
        """The timer alone keeps no instance: most are the time limit of a fetch that has long ended, and what waits for
        one of the others is in use itself.
        """
        self._origins.keep(number, origins)
        try:
            gevent.sleep(milliseconds / 1000)
            self._deliver(generation, "timer_done", number, ticket)
        finally:
            self._origins.give_up(number)

    def _read_body(self, number: int, offset: int, length: int) -> bytes:
        pending = self._pending.get(number)
        return pending.call.body[offset : offset + length] if pending else b""

    def _process_state(self, number: int, length: int) -> bytes:
        pending = self._pending.get(number)
        state = process.state(pending.call.endpoint, self._generation) if pending else b""
        return state if len(state) <= length else b""


def call_failed(compiled: wasmtime.Module, handler: str, head: bytes) -> dict[str, Any]:
    """The response to a call that came to nothing. Raises `CallFailed`.

    It comes from an instance of its own: should the module trap again, nobody else loses anything.
    """
    calls = Calls(compiled)
    try:
        return decoded(calls._enter("call_failed", 0, handler.encode(), head))
    except InstanceLost:
        raise CallFailed("the module trapped again") from None
    finally:
        calls.close()


def _log(level: int, line: bytes) -> None:
    lines.add(LEVELS[min(level, len(LEVELS) - 1)], line.decode(errors="replace"))
