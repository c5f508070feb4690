"""What may be under way at once, and what a request gets that is one too many."""

import json
import resource

import gevent
import pytest
from server import CHUNKED, Connection, Serve, Server, chunk, ok
from test_instances import LIMITS
from werkzeug import Response

from host import files, limits, process
from host.sdk import capacity, endpoint
from host.sdk.capacity import Busy, Capacity
from host.sdk.daemon_request import parsed
from host.wasm.instances import Instances

VERDICT = {"status": 200, "headers": [], "body": None, "frames": False, "on_broken": "", "on_timeout": ""}


def test_an_endpoint_gets_its_part_and_all_together_the_whole() -> None:
    places = Capacity(in_all=3, of_one=2)
    of_a = [places.take("a"), places.take("a")]
    with pytest.raises(Busy):
        places.take("a")
    places.take("b")
    with pytest.raises(Busy):
        places.take("c")
    of_a[0]()
    of_a[0]()  # What was given back once is not given back again.
    places.take("c")
    with pytest.raises(Busy):
        places.take("a")


def test_an_endpoint_that_uses_nothing_is_forgotten() -> None:
    places = Capacity(in_all=3, of_one=2)
    places.take("a", 2)()
    assert (places._used, places._used_by) == (0, {})


def test_what_takes_nothing_gives_nothing_back() -> None:
    places = Capacity(in_all=3, of_one=2)
    of_a = [places.take("a", 0), places.take("a", 0), places.take("a", 2), places.take("a", 0)]
    with pytest.raises(Busy):
        places.take("a", 1)
    for give_back in of_a:
        give_back()
    assert (places._used, places._used_by) == (0, {})


def test_relays_and_decisions_leave_workers_free_and_one_endpoint_has_a_quarter_of_them() -> None:
    assert limits.RELAYS + limits.DECISIONS < limits.WORKERS
    assert limits.RELAYS_OF_ONE_ENDPOINT <= limits.WORKERS // 4
    assert limits.DECISIONS_OF_ONE_ENDPOINT <= limits.DECISIONS // 2


def asked(instances: Instances, server: Server, of: str, handler: str = "stream", size: int = 0) -> Response:
    """A request that the test module relays to `server`."""
    order = {"method": "POST", "url": server.url, "headers": [], "pieces": [[0, size]], "ca": None, "limits": LIMITS}
    body = json.dumps(order).encode().ljust(size)
    raw = b"POST / HTTP/1.1\r\n\r\n" + body
    return endpoint.respond(instances, handler, parsed(raw), {}, {"dify_api_url": server.url}, of)


def hanging(connection: Connection) -> None:
    connection.request()
    gevent.sleep(0.3)
    connection.send(CHUNKED + chunk(b"data: 1\n\n"))
    gevent.sleep(0.1)
    connection.send(b"0\r\n\r\n")


def content(response: Response) -> bytes:
    return b"".join(response.response)


def test_a_relay_too_many_is_refused_in_the_modules_words_and_others_go_on(
    instances: Instances, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[dict] = []

    def judge(_calls: object, _number: int, _context: bytes, head: dict, _end: str) -> dict:
        judged.append(head)
        return VERDICT | {"status": 503, "body": "in the module's words"}

    monkeypatch.setattr("host.wasm.calls.Calls.judge_response", judge)
    monkeypatch.setattr(capacity, "RELAYS", Capacity(in_all=4, of_one=2))
    server = serve(hanging)
    under_way = [gevent.spawn(asked, instances, server, of) for of in ("a", "a", "b")]
    gevent.sleep(0.05)
    refused = asked(instances, server, "a")
    assert (refused.status_code, content(refused), judged) == (503, b"in the module's words", [{"error": "busy"}])
    assert content(asked(instances, server, "b")) == b"data: 1\n\n"
    # A stream counts until its last piece.
    streams = [one.get(timeout=2) for one in under_way]
    assert asked(instances, server, "a").status_code == 503
    assert [content(stream) for stream in streams] == [b"data: 1\n\n"] * 3
    assert content(asked(instances, server, "a")) == b"data: 1\n\n"


def test_refusals_and_the_modules_own_responses_need_no_relay(
    instances: Instances, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "RELAYS", Capacity(in_all=0, of_one=0))
    response = endpoint.respond(instances, "echo", parsed(b"GET / HTTP/1.1\r\n\r\n"), {}, {}, "a")
    assert response.status_code == 200


def assert_busy(response: Response) -> None:
    error = json.loads(content(response))
    assert (response.status_code, error["code"], response.headers["Retry-After"]) == (503, "busy", "5")


def test_a_request_too_many_that_waits_for_the_module_is_refused_at_once(
    instances: Instances, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "DECISIONS", Capacity(in_all=9, of_one=1))
    parked = parsed(b"GET / HTTP/1.1\r\n\r\nwith a timer")
    waiting = gevent.spawn(endpoint.respond, instances, "park", parked, {}, {}, "a")
    gevent.sleep(0.01)
    request = b"GET / HTTP/1.1\r\n\r\n"
    before = json.loads(process.state("a", 0))["early_refusals"].get("busy", 0)
    assert_busy(endpoint.respond(instances, "echo", parsed(request), {}, {}, "a"))
    assert json.loads(process.state("a", 0))["early_refusals"]["busy"] == before + 1
    assert endpoint.respond(instances, "echo", parsed(request), {}, {}, "b").status_code == 200
    assert waiting.get(timeout=2).status_code == 200
    assert endpoint.respond(instances, "echo", parsed(request), {}, {}, "a").status_code == 200


def test_bodies_count_until_they_are_sent(instances: Instances, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capacity, "BODIES", Capacity(in_all=300_000, of_one=150_000))
    server = serve(hanging)
    under_way = []
    for _ in range(3):
        under_way.append(gevent.spawn(asked, instances, server, "a", size=100_000))
        gevent.sleep(0.05)
    assert capacity.BODIES._used == 0, "all of them wait for the response"
    assert {content(one.get(timeout=2)) for one in under_way} == {b"data: 1\n\n"}
    parked = parsed(b"GET / HTTP/1.1\r\n\r\n" + b"x" * 100_000)
    waiting = gevent.spawn(endpoint.respond, instances, "park", parked, {}, {}, "a")
    gevent.sleep(0.01)
    assert_busy(asked(instances, server, "a", size=100_000))
    assert content(asked(instances, server, "b", size=100_000)) == b"data: 1\n\n"
    assert waiting.get(timeout=2).status_code == 200
    assert (capacity.BODIES._used, capacity.BODIES._used_by) == (0, {})


def test_what_is_refused_and_what_fails_gives_back_what_it_took(instances: Instances, serve: Serve) -> None:
    def gone(connection: Connection) -> None:
        connection.request()

    for handler, server in (("trap", serve(gone)), ("stream", serve(gone)), ("echo", serve(lambda _: ok(b"")))):
        asked(instances, server, "a", handler, 100_000)
    for used in (capacity.BODIES, capacity.DECISIONS, capacity.RELAYS):
        assert (used._used, used._used_by) == (0, {})


@pytest.mark.parametrize(
    ("open_files", "in_all", "of_one"),
    [(float("inf"), 3000, 1000), (20_000, 3000, 1000), (4096, 3000, 1000), (1024, 768, 256), (256, 192, 64)],
)
def test_a_process_that_may_open_few_files_relays_less(open_files: float, in_all: int, of_one: int) -> None:
    places = capacity.relays(open_files)
    assert (places._in_all, places._of_one) == (in_all, of_one)


def test_the_process_may_open_as_many_files_as_the_system_lets_it() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert soft == hard
    assert files.raise_limit() == (float("inf") if hard == resource.RLIM_INFINITY else hard)
