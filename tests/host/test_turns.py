"""Requests of several endpoints take turns."""

import gevent

from host.sdk.turns import TurnExecutor


def submit(executor: TurnExecutor, endpoint: str | None, started: list[str], name: str, seconds: float = 0.0) -> None:
    """As the SDK does it: the endpoint is the eighth argument."""

    def run(*_arguments: object) -> None:
        started.append(name)
        gevent.sleep(seconds)

    executor.submit(run, "session", {}, None, None, None, None, None, endpoint, None)


def order(requests: list[tuple[str | None, str]], workers: int = 100, seconds: float = 0.0) -> list[str]:
    executor, started = TurnExecutor(workers), []
    for endpoint, name in requests:
        submit(executor, endpoint, started, name, seconds)
    with gevent.Timeout(10):
        while len(started) < len(requests):
            gevent.sleep(0.001)
    return started


def test_a_flood_at_one_endpoint_is_a_queue_of_its_own() -> None:
    flood = [("a", f"a{number}") for number in range(500)]
    started = order([*flood, ("b", "b0"), ("c", "c0"), ("b", "b1")])
    assert started[:6] == ["a0", "b0", "c0", "a1", "b1", "a2"]
    assert [name for name in started if name.startswith("a")] == [name for _, name in flood]


def test_requests_of_one_endpoint_start_in_the_order_of_their_arrival() -> None:
    names = [f"a{number}" for number in range(50)]
    assert order([(None, name) for name in names]) == names


def test_no_more_run_at_once_than_there_are_workers_and_all_of_them_run() -> None:
    running, most = 0, 0
    executor, ended = TurnExecutor(3), []

    def run(*_arguments: object) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        gevent.sleep(0.002)
        running -= 1
        ended.append(None)

    for _ in range(20):
        executor.submit(run, "session", {}, None, None, None, None, None, "a", None)
    with gevent.Timeout(10):
        while len(ended) < 20:
            gevent.sleep(0.001)
    assert most == 3


def test_what_arrives_while_sockets_are_busy_is_started_too() -> None:
    executor, started = TurnExecutor(100), []
    submit(executor, "a", started, "a0")
    with gevent.Timeout(10):
        while started != ["a0"]:
            gevent.sleep(0.001)
        submit(executor, "b", started, "b0")
        while started != ["a0", "b0"]:
            gevent.sleep(0.001)
