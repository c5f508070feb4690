"""One instance for each endpoint: what they do not share, how many there are, and which of them makes way."""

import contextlib
import json
import time
from collections.abc import Iterator

import gevent
import pytest
import wasmtime
from server import CHUNKED, Connection, Serve, after_request, answering, chunk, ok
from test_calls import call, fetch_head

from host.sdk import endpoint
from host.sdk.daemon_request import parsed
from host.sdk.relay import relay
from host.wasm import calls as calls_module
from host.wasm import instances as instances_module
from host.wasm.calls import Call, CallFailed, Calls
from host.wasm.instances import AllBusy, Instances

MIB = 1024 * 1024
LIMITS = {"connect": 2000, "head": 2000, "idle": 2000, "total": 4000}


def body_of(instances: Instances, of: str, handler: str, head: bytes = b"", body: bytes = b"") -> bytes:
    with instances.calls_of(of) as calls:
        return calls.decide(call(handler, head, body)).body


def identity(instances: Instances, of: str) -> Calls:
    with instances.calls_of(of) as calls:
        return calls


@pytest.mark.parametrize("handler", ["trap", "throw", "eat_memory", "loop_forever"])
def test_what_one_endpoint_breaks_costs_no_other_anything(instances: Instances, handler: str) -> None:
    waiting = gevent.spawn(body_of, instances, "quiet", "park", b"", b"with a timer")
    gevent.sleep(0.01)
    instance = identity(instances, "quiet")._instance
    for _ in range(2):
        with pytest.raises(CallFailed):
            body_of(instances, "broken", handler)
    assert waiting.get(timeout=2) == b"released"
    assert identity(instances, "quiet")._instance is instance


def test_a_memory_that_one_endpoint_has_filled_is_not_missing_elsewhere(instances: Instances) -> None:
    pages = [int.from_bytes(body_of(instances, of, "take_memory"), "little") for of in ("a", "b")]
    assert pages[0] == pages[1]


def test_an_endpoint_keeps_its_instance_while_there_is_room(compiled: wasmtime.Module) -> None:
    instances = Instances(compiled, most=3)
    first = [identity(instances, of) for of in "abc"]
    assert [identity(instances, of) for of in "abc"] == first


def test_the_instance_idle_for_longest_makes_way(compiled: wasmtime.Module) -> None:
    instances = Instances(compiled, most=2)
    a, b = identity(instances, "a"), identity(instances, "b")
    identity(instances, "a")
    identity(instances, "c")
    assert identity(instances, "a") is a
    assert identity(instances, "b") is not b
    assert len(instances._entries) == 2


@contextlib.contextmanager
def parked(instances: Instances, _serve: Serve) -> Iterator[None]:
    waiting = gevent.spawn(body_of, instances, "used", "park", b"", b"with a timer")
    gevent.sleep(0.01)
    yield
    waiting.get(timeout=2)


@contextlib.contextmanager
def fetching_beyond_the_call(instances: Instances, serve: Serve) -> Iterator[None]:
    def handle(connection: Connection) -> None:
        connection.request()
        gevent.sleep(0.2)
        connection.send(ok(b""))

    server = serve(handle)
    request = Call("fetch_and_release", fetch_head(server.url), b"", server.origins)
    with instances.calls_of("used") as calls:
        calls.decide(request)
    gevent.sleep(0.05)
    yield
    gevent.sleep(0.3)


@contextlib.contextmanager
def streaming(instances: Instances, serve: Serve) -> Iterator[None]:
    server = serve(after_request(CHUNKED + chunk(b"data: 1\n\n"), 0.2, chunk(b"data: 2\n\n") + b"0\r\n\r\n"))
    order = {"method": "GET", "url": server.url, "headers": [], "pieces": None, "ca": None, "limits": LIMITS}
    request = Call("stream", b"", json.dumps(order).encode(), server.origins)
    with instances.calls_of("used") as calls:
        response = relay(calls, request, calls.decide(request), lambda: None)
    yield
    assert list(response.response) == [b"data: 1\n\n", b"data: 2\n\n"]
    gevent.sleep(0.02)


@pytest.mark.parametrize("use", [parked, fetching_beyond_the_call, streaming])
def test_an_instance_in_use_never_makes_way(
    compiled: wasmtime.Module, serve: Serve, use: contextlib.AbstractContextManager
) -> None:
    instances = Instances(compiled, most=1)
    with use(instances, serve):
        with pytest.raises(AllBusy):
            identity(instances, "other")
        assert identity(instances, "used")._instance is not None
    identity(instances, "other")
    assert list(instances._entries) == ["other"]


def test_the_memory_of_all_instances_is_limited(compiled: wasmtime.Module) -> None:
    instances = Instances(compiled, most_bytes=100 * MIB)
    identity(instances, "small")
    for of in ("a", "b", "c"):
        body_of(instances, of, "take_memory")
        assert instances._bytes <= 100 * MIB
    assert list(instances._entries) == ["c"]


def test_what_an_instance_only_maps_is_not_counted(compiled: wasmtime.Module) -> None:
    instances = Instances(compiled, most_bytes=3 * instances_module._FIRST_BYTES)
    for of in "abc":
        identity(instances, of)
    assert list(instances._entries) == ["a", "b", "c"]


def test_what_has_grown_while_all_are_busy_keeps_others_out(compiled: wasmtime.Module) -> None:
    instances = Instances(compiled, most_bytes=100 * MIB)
    with contextlib.ExitStack() as users:
        for of in ("a", "b"):
            users.enter_context(instances.calls_of(of))
            body_of(instances, of, "take_memory")
        with pytest.raises(AllBusy):
            identity(instances, "c")
    identity(instances, "c")


def test_an_instance_that_is_one_too_many_does_not_make_way_for_itself(compiled: wasmtime.Module) -> None:
    one = Instances(compiled)
    identity(one, "a")
    instances = Instances(compiled, most_bytes=one._bytes + 1)
    with instances.calls_of("a"):
        identity(instances, "b")
    assert list(instances._entries) == ["a"]


def test_an_instance_that_nobody_has_used_for_long_is_given_up(compiled: wasmtime.Module) -> None:
    instances = Instances(compiled, idle_seconds=0.05)
    identity(instances, "a")
    time.sleep(0.1)
    identity(instances, "b")
    assert list(instances._entries) == ["b"]


def test_where_the_addresses_do_not_suffice_an_idle_instance_makes_way(
    compiled: wasmtime.Module, monkeypatch: pytest.MonkeyPatch
) -> None:
    instances = Instances(compiled)
    identity(instances, "a")
    started = calls_module.Instance

    def start(*arguments: object) -> object:
        if instances._entries:
            raise wasmtime.WasmtimeError("mmap failed to reserve 0x100000000 bytes")
        return started(*arguments)

    monkeypatch.setattr(calls_module, "Instance", start)
    assert body_of(instances, "b", "echo", b"works") == b"works"
    assert list(instances._entries) == ["b"]


def test_when_all_instances_are_busy_the_client_is_asked_to_wait(compiled: wasmtime.Module, serve: Serve) -> None:
    instances = Instances(compiled, most=1)
    with parked(instances, serve):
        request = parsed(b"GET / HTTP/1.1\r\n\r\n")
        response = endpoint.respond(instances, "echo", request, {}, {}, "other")
    error = json.loads(response.response[0])
    request_id = error.pop("request_id")
    assert error == {
        "code": "busy",
        "message": (
            "The gateway has as many requests under way as it allows. Try again after the time in `Retry-After`."
        ),
        "status": 503,
    }
    assert (response.status_code, dict(response.headers)) == (
        503,
        {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "X-Request-Id": request_id,
            "Retry-After": "5",
        },
    )


def test_a_trap_in_the_response_to_a_trap_costs_nobody_else_anything(instances: Instances) -> None:
    waiting = gevent.spawn(body_of, instances, "e-1", "park", b"", b"with a timer")
    gevent.sleep(0.01)
    with pytest.raises(CallFailed, match="the module trapped again"):
        instances.call_failed("no handler whose failure it knows", b"")
    assert waiting.get(timeout=2) == b"released"


def test_an_answer_that_is_there_at_once_leaves_its_instance_idle(instances: Instances, serve: Serve) -> None:
    server = serve(answering(ok(b"keys")))
    with instances.calls_of("a") as calls:
        calls.decide(Call("fetch", fetch_head(server.url), b"", server.origins))
    gevent.sleep(0.02)
    assert calls.is_idle
