"""What the process says of itself and of requests that it has refused early."""

import json
import time
from collections import OrderedDict

import pytest

from host import process
from host.limits import ENDPOINTS_WITH_REFUSALS


@pytest.fixture(autouse=True)
def no_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_early_refusals", OrderedDict())


def state(endpoint: str, restarts: int = 0) -> dict:
    return json.loads(process.state(endpoint, restarts))


def test_an_endpoint_learns_of_its_own_refusals_alone() -> None:
    for code in ("busy", "busy", "request_head_too_large"):
        process.note_early_refusal("a", code)
    process.note_early_refusal("b", "busy")
    assert state("a", 3)["early_refusals"] == {"busy": 2, "request_head_too_large": 1}
    assert state("a", 3)["restarts"] == 3
    assert state("b")["early_refusals"] == {"busy": 1}
    assert state("c")["early_refusals"] == {}


def test_refusals_of_many_endpoints_take_bounded_memory_and_the_last_ones_are_kept() -> None:
    for number in range(2 * ENDPOINTS_WITH_REFUSALS):
        process.note_early_refusal(f"e{number}", "busy")
    assert len(process._early_refusals) == ENDPOINTS_WITH_REFUSALS
    assert state("e0")["early_refusals"] == {}
    assert state(f"e{2 * ENDPOINTS_WITH_REFUSALS - 1}")["early_refusals"] == {"busy": 1}


def test_the_process_tells_its_own_time_and_memory() -> None:
    began = state("a")
    while time.process_time() < began["cpu_seconds"] + 0.01:
        pass
    later = state("a")
    assert later["cpu_seconds"] > began["cpu_seconds"]
    assert later["resident_bytes"] > 10_000_000
    assert began["started"] == later["started"] < time.time()
