"""Calls of the module, and what a trap costs."""

import json
import struct
import time

import gevent
import pytest
import wasmtime
from gevent.monkey import get_original
from server import Connection, Serve, answering, ok

from host.http.reach import Origin
from host.limits import MODULE_MEMORY_BYTES
from host.log import lines
from host.wasm import abi, module
from host.wasm.calls import Call, CallFailed, Calls, OwnResponse
from host.wasm.fetches import OriginsOfCalls

NO_ORIGINS = frozenset()


def call(handler: str, head: bytes = b"", body: bytes = b"") -> Call:
    return Call(handler, head, body, NO_ORIGINS)


def body_of(calls: Calls, handler: str, head: bytes = b"", body: bytes = b"") -> bytes:
    decision = calls.decide(call(handler, head, body))
    assert isinstance(decision, OwnResponse)
    assert json.loads(decision.head) == {"status": 200, "headers": [["X-Test", "yes"]]}
    return decision.body


@pytest.mark.parametrize("head", [b"", b"x", "naïve ☃".encode(), b"\0" * 300_000])
def test_what_a_handler_is_given_and_answers_crosses_unchanged(calls: Calls, head: bytes) -> None:
    assert body_of(calls, "echo", head) == head


def test_the_module_pulls_a_body_of_any_length(calls: Calls) -> None:
    body = bytes(range(256)) * 700
    assert body_of(calls, "echo_body", b"", body) == body


def test_the_module_has_a_clock_and_random_bytes(calls: Calls) -> None:
    entered, now, first = struct.unpack("<Qd8s", body_of(calls, "clock_and_random"))
    assert abs(entered - time.time() * 1000) < 5000
    assert 0 <= now - entered < 5000
    assert first != struct.unpack("<Qd8s", body_of(calls, "clock_and_random"))[2]


def test_no_two_instances_draw_the_same_random_bytes(compiled: wasmtime.Module) -> None:
    drawn = [body_of(Calls(compiled), "clock_and_random")[16:] for _ in range(20)]
    assert len(set(drawn)) == len(drawn)


def test_the_gateway_draws_random_bytes_from_the_host_and_imports_nothing_that_the_host_lacks() -> None:
    gateway = module.load()
    Calls(gateway).start()  # Raises `UnknownImport` otherwise.
    imported = [declared.name or "" for declared in gateway.imports]
    assert any("getRandomValues" in name for name in imported), imported


def fetch_head(url: str, **changed: object) -> bytes:
    limits = {"connect": 9000, "head": 9000, "idle": 9000, "total": 9000, "body": 1000}
    head = {"method": "GET", "url": url, "headers": [], "reach": "configured", "ca": None, "limits": limits}
    return json.dumps(head | changed).encode()


def test_a_fetch_comes_back_to_the_call_that_started_it(calls: Calls, serve: Serve) -> None:
    server = serve(answering(ok(b"keys", "Content-Type: application/json")))
    decision = calls.decide(Call("fetch", fetch_head(server.url + "/jwks?x=1"), b"", server.origins))
    assert decision.body == b'{"status":200,"headers":[["Content-Length","4"],["Content-Type","application/json"]]}keys'


@pytest.mark.parametrize(
    ("head", "error"),
    [
        (fetch_head("http://127.0.0.1:9/"), b'{"error":"connect"}'),
        (fetch_head("http://127.0.0.1:10/"), b'{"error":"refused"}'),
        (b"{", b'{"error":"refused"}'),
    ],
)
def test_a_fetch_that_fails_tells_why(calls: Calls, head: bytes, error: bytes) -> None:
    allowed = frozenset({Origin("http", "127.0.0.1", 9)})
    assert calls.decide(Call("fetch", head, b"", allowed)).body == error


@pytest.mark.parametrize("handler", ["trap", "trap_early", "throw", "eat_memory", "read_beyond", "random_beyond"])
def test_a_trap_costs_its_call_and_the_next_one_works(calls: Calls, handler: str) -> None:
    for _ in range(3):
        with pytest.raises(CallFailed, match="the module trapped in this call"):
            calls.decide(call(handler))
        assert body_of(calls, "echo", b"next") == b"next"


def test_a_loop_without_end_is_ended(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abi, "EPOCHS_PER_CALL", 1)
    began = time.monotonic()
    with pytest.raises(CallFailed, match="the module trapped in this call"):
        calls.decide(call("loop_forever"))
    assert time.monotonic() - began < 3 * module.EPOCH_SECONDS


def test_a_call_has_its_whole_time_however_old_its_instance_is(calls: Calls) -> None:
    body_of(calls, "echo")
    for _ in range(2 * abi.EPOCHS_PER_CALL):
        module.Epoch.advance(module.engine())
    assert body_of(calls, "echo", b"later") == b"later"


def test_time_in_which_the_process_gets_no_processor_is_not_counted(calls: Calls) -> None:
    body_of(calls, "echo")
    instance = calls._instance
    instance._store.set_epoch_deadline(1)
    get_original("time", "sleep")(2.5 * module.EPOCH_SECONDS)  # The whole thread: nothing of it computes.
    instance._enter("call_cell", ())  # Sets no deadline of its own.


def test_calls_that_wait_while_another_traps_start_again(calls: Calls) -> None:
    waiting = gevent.spawn(body_of, calls, "park", b"", b"with a timer")
    gevent.sleep(0.01)
    with pytest.raises(CallFailed):
        calls.decide(call("trap"))
    assert waiting.get(timeout=1) == b"released"


def test_a_call_that_loses_its_instance_twice_fails(calls: Calls) -> None:
    waiting = gevent.spawn(calls.decide, call("park"))
    for _ in range(2):
        gevent.sleep(0.01)
        with pytest.raises(CallFailed):
            calls.decide(call("trap"))
    with pytest.raises(CallFailed, match="the module was lost twice while this call waited"):
        waiting.get(timeout=1)


def test_the_call_whose_task_traps_fails_and_not_the_one_being_delivered(calls: Calls) -> None:
    parked = gevent.spawn(calls.decide, call("park"))
    gevent.sleep(0.01)
    assert body_of(calls, "trap_parked") == b"released"
    with pytest.raises(CallFailed, match="the module trapped in this call"):
        parked.get(timeout=1)


def test_what_was_answered_before_the_trap_stands(calls: Calls) -> None:
    parked = gevent.spawn(body_of, calls, "park")
    gevent.sleep(0.01)
    with pytest.raises(CallFailed):
        calls.decide(call("release_and_trap"))
    assert parked.get(timeout=1) == b"released"


def test_fetches_of_a_lost_instance_are_forgotten(calls: Calls, serve: Serve) -> None:
    def handle(connection: Connection) -> None:
        connection.request()
        gevent.sleep(0.1)
        connection.send(ok(b"connection %d" % connection.number))

    server = serve(handle)
    waiting = gevent.spawn(calls.decide, Call("fetch", fetch_head(server.url), b"", server.origins))
    gevent.sleep(0.05)
    with pytest.raises(CallFailed):
        calls.decide(call("trap"))
    assert waiting.get(timeout=2).body.endswith(b"connection 2")


def test_a_fetch_is_not_begun_for_an_instance_that_trapped_meanwhile(calls: Calls, serve: Serve) -> None:
    server = serve(answering(ok(b"")))
    with pytest.raises(CallFailed):
        calls.decide(Call("fetch_and_trap", fetch_head(server.url), b"", server.origins))
    gevent.sleep(0.05)
    assert server.connections == 0


def test_the_memory_of_an_instance_is_limited(calls: Calls) -> None:
    pages = int.from_bytes(body_of(calls, "take_memory"), "little")
    assert 15 / 16 * MODULE_MEMORY_BYTES < pages * 65536 <= MODULE_MEMORY_BYTES


def test_a_module_that_never_answers_fails_the_call(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("host.wasm.calls._LONGEST_WAIT", 0.05)
    with pytest.raises(CallFailed, match="the module has not responded"):
        calls.decide(call("ignore"))


def test_nothing_is_kept_of_calls_that_have_ended(calls: Calls) -> None:
    waiting = gevent.spawn(calls.decide, call("park", b"", b"with a timer"))
    gevent.sleep(0.01)
    with pytest.raises(CallFailed):
        calls.decide(call("trap"))
    waiting.get(timeout=1)
    gevent.sleep(0.2)
    assert (calls._pending, calls._origins._origins, calls._origins._users) == ({}, {}, {})


def test_a_timer_alone_keeps_no_instance_and_brings_none_back(calls: Calls) -> None:
    calls.start()
    calls._start_timer(calls._generation, 1, 1, 20)
    gevent.sleep(0)
    assert calls.is_idle
    calls.close()
    gevent.sleep(0.05)
    assert calls._instance is None


def test_the_origins_of_a_call_are_kept_until_its_last_fetch_ends() -> None:
    origins, allowed = OriginsOfCalls(), frozenset({Origin("http", "a.example", 80)})
    origins.keep(1, allowed)
    origins.keep(1, origins.of(1))
    origins.give_up(1)
    assert origins.of(1) == allowed
    origins.give_up(1)
    assert origins.of(1) == frozenset()


def test_hundreds_of_calls_that_wait_at_once_get_their_own_answers(calls: Calls, serve: Serve) -> None:
    server = serve(answering(ok(b"same")))
    heads = [fetch_head(f"{server.url}/{number}") for number in range(300)]
    calls = [gevent.spawn(calls.decide, Call("fetch", head, b"", server.origins)) for head in heads]
    decision = [waiting.get(timeout=30) for waiting in calls]
    assert {d.body[-4:] for d in decision} == {b"same"}
    assert len({d.number for d in decision}) == 300


def test_the_log_lines_of_the_module_go_to_the_log(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[str, str]] = []
    monkeypatch.setattr(lines, "add", lambda *line: written.append(line))
    body_of(calls, "note", b'{"event":"test"}')
    assert written == [("WARNING", '{"event":"test"}')]


@pytest.mark.parametrize(
    ("imported", "message"),
    [
        ('"wasi_snapshot_preview1" "fd_write" (func)', "the module imports fd_write, which this host does not have"),
        ('"./gateway_bg.js" "__wbg_open_0123456789abcdef" (func)', "the module imports __wbg_open_0123456789abcdef,"),
        ('"./gateway_bg.js" "__wbg_log_0123456789abcdef" (func (param i32))', "with another signature"),
        ('"./gateway_bg.js" "__wbg_log_0123456789abcdef" (memory 1)', "which this host does not have"),
    ],
)
def test_a_module_that_asks_for_more_is_not_run(imported: str, message: str) -> None:
    asking = wasmtime.Module(module.engine(), f"(module (import {imported}))")
    with pytest.raises(abi.UnknownImport, match=message):
        Calls(asking).decide(call("echo"))
