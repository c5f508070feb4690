"""Log lines as the plugin daemon reads them."""

import io
import json
from types import SimpleNamespace

import gevent
import pytest

from host import log
from host.limits import LOG_LINES_BYTES


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    output = io.StringIO()
    monkeypatch.setattr(log, "sys", SimpleNamespace(stdout=output))
    gevent.sleep(2 * log._GATHERING_SECONDS)  # What earlier tests have logged.
    output.seek(0)
    output.truncate()
    return output


def events(output: io.StringIO) -> list[dict]:
    gevent.sleep(2 * log._GATHERING_SECONDS)
    return [json.loads(line)["data"] for line in output.getvalue().splitlines() if line]


@pytest.mark.parametrize(("level", "name"), list(enumerate(["DEBUG", "INFO", "WARNING", "ERROR"])))
def test_every_level_of_the_module_is_written(output: io.StringIO, level: int, name: str) -> None:
    log.lines.add(log.LEVELS[level], '{"event":"request","path":"/100%"}')
    (event,) = events(output)
    assert (event["level"], event["message"]) == (name, '{"event":"request","path":"/100%"}')


def test_lines_keep_their_order_and_go_out_together(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[str] = []
    write = output.write
    monkeypatch.setattr(output, "write", lambda text: (writes.append(text), write(text)))
    for number in range(100):
        log.lines.add("INFO", f"line {number}\nof two")
    assert [event["message"] for event in events(output)] == [f"line {number}\nof two" for number in range(100)]
    assert len(writes) == 1


def test_a_traceback_is_part_of_the_message(output: io.StringIO) -> None:
    try:
        raise RuntimeError("the cause")
    except RuntimeError:
        log.logger.exception("It failed")
    (event,) = events(output)
    line = json.loads(event["message"])
    assert (line["event"], line["message"]) == ("host", "It failed")
    assert line["traceback"].startswith("Traceback (most recent call last):")
    assert line["traceback"].endswith("RuntimeError: the cause")
    assert "\n" not in event["message"]


def test_a_line_stays_far_below_what_the_daemon_reads(output: io.StringIO) -> None:
    log.lines.add("INFO", '{"event":"' + "x" * 1_000_000)
    (event,) = events(output)
    line = json.loads(event["message"])
    assert line == {"event": "line_too_long", "beginning": '{"event":"' + "x" * 990}


def test_lines_that_nobody_takes_do_not_fill_the_memory(output: io.StringIO) -> None:
    for number in range(1000):
        log.lines.add("INFO", f"{number} " + "\u2603" * 30_000)
    assert sum(map(len, log.lines._waiting)) <= LOG_LINES_BYTES
    assert events(output)[-1]["message"].startswith("999 ")
    log.lines.add("INFO", "another line")
    assert events(output)[-1]["message"] == "another line"


def test_writing_a_line_never_switches_greenlets(output: io.StringIO) -> None:
    switched: list[bool] = []
    gevent.spawn(switched.append, True)
    log.lines.add("INFO", "a line")
    assert switched == []


def test_a_line_of_the_sdk_that_is_not_ended_yet_stays_a_line_of_its_own(output: io.StringIO) -> None:
    log.lines.add("INFO", "a line")
    output.write('{"data":{"message":"written by the SDK"}}')
    assert [event["message"] for event in events(output)] == ["written by the SDK", "a line"]
