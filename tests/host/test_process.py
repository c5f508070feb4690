"""The plugin in each of the SDK's three modes, in a process of its own."""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import gevent
import plugin
import pytest
from gevent import subprocess
from plugin import Process, collected, line_of
from server import CHUNKED, Connection, Serve, after_request, answering, chunk, ok

START_SECONDS = 60


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plugin.make(tmp_path_factory.mktemp("plugin"))


@pytest.fixture
def start(directory: Path) -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def begin(mode: str, **environment: str) -> Process:
        started.append(Process(directory, INSTALL_METHOD=mode, **environment))
        return started[-1]

    yield begin
    for process in started:
        process.stop()


def streamed(url: str) -> bytes:
    """The body of a request to `stream`: what the test module relays. See `module.wat`."""
    limits = {"connect": 5000, "head": 5000, "idle": 5000, "total": 30000}
    order = {"method": "GET", "url": url, "headers": [], "pieces": None, "ca": None, "limits": limits}
    return json.dumps(order).encode()


def body_of(messages: list[dict]) -> bytes:
    return b"".join(bytes.fromhex(message["data"].get("result", "")) for message in messages)


def test_local_mode_answers_on_standard_output(start: Callable[..., Process]) -> None:
    process = start("local")
    with gevent.Timeout(START_SECONDS):
        process.ask(line_of("echo", "s1", b"{}", {"issuer": "https://idp.example"}))
        found, _ = collected(process.events(), 1)
    first, end = found["s1"]
    assert (first["type"], end["type"]) == ("stream", "end")
    assert (first["data"]["status"], first["data"]["headers"]) == (200, {"X-Test": "yes"})
    head = json.loads(bytes.fromhex(first["data"]["result"]))
    assert (head["path"], head["endpoint"], head["settings"]) == ("/echo", "e-1", {"issuer": "https://idp.example"})


def test_a_package_without_the_module_says_so_in_one_line(tmp_path: Path) -> None:
    without = plugin.make(tmp_path)
    (without / "host" / "gateway.wasm").unlink()
    ended = subprocess.run(
        [sys.executable, "-m", "main"],
        cwd=without,
        env={**os.environ, "INSTALL_METHOD": "local"},
        capture_output=True,
        timeout=START_SECONDS,
    )
    assert ended.returncode == 1
    assert ended.stderr.decode().splitlines() == [
        "host/gateway.wasm is missing, so this package cannot run: it was made of the source without the module. "
        "Make it with `cargo xtask package`, or install one that was released."
    ]


def test_log_lines_and_answers_never_run_into_each_other(start: Callable[..., Process]) -> None:
    process = start("local")
    count = 300
    with gevent.Timeout(START_SECONDS):
        process.ask(*(line_of("note", f"s{number}", b"", {"n": number}) for number in range(count)))
        found, others = collected(process.events(), count)
    assert {body_of(messages) for messages in found.values()} == {b"released"}
    assert {event["event"] for event in others} <= {"log", "heartbeat"}


def test_a_trap_is_one_500_and_the_process_goes_on(start: Callable[..., Process]) -> None:
    process = start("local")
    with gevent.Timeout(START_SECONDS):
        process.ask(line_of("trap", "bad", b"", {}), line_of("echo", "good", b"", {}))
        found, _ = collected(process.events(), 2)
    assert (found["bad"][0]["data"]["status"], body_of(found["bad"])) == (500, b"told")
    assert found["good"][0]["data"]["status"] == 200


def test_many_streams_at_once_arrive_whole_and_in_order(start: Callable[..., Process], serve: Serve) -> None:
    events = [b"data: %d\n\n" % number for number in range(20)]
    server = serve(after_request(CHUNKED, *(step for e in events for step in (chunk(e), 0.1)), b"0\r\n\r\n"))
    process = start("local")
    count = 100
    with gevent.Timeout(START_SECONDS):
        body = streamed(server.url)
        process.ask(*(line_of("stream", f"s{number}", body, {"dify_api_url": server.url}) for number in range(count)))
        found, _ = collected(process.events(), count)
    assert {body_of(messages) for messages in found.values()} == {b"".join(events)}
    assert min(len(messages) for messages in found.values()) > 4, "the head, several pieces, and the end"


def test_no_line_is_longer_than_the_daemon_reads(start: Callable[..., Process], serve: Serve) -> None:
    server = serve(answering(ok(b"data: " + b"x" * 8_000_000 + b"\n\n")))
    process = start("local")
    longest = 0
    with gevent.Timeout(START_SECONDS):
        process.ask(line_of("stream", "s1", streamed(server.url), {"dify_api_url": server.url}))
        for line in process.lines():
            longest = max(longest, len(line))
            if b'"type":"end"' in line:
                break
    assert 1_000_000 < longest < 5_242_880


def test_serverless_mode_answers_streams_and_fails_over_http(start: Callable[..., Process], serve: Serve) -> None:
    port = free_port(serve)
    process = start("serverless", SERVERLESS_HOST="127.0.0.1", SERVERLESS_PORT=str(port))
    with gevent.Timeout(START_SECONDS):
        assert any(b"Serving Flask app" in line for line in process.lines()), "the marketplace looks for this line"
        address = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{address}/health") as health:
            assert health.status == 200
        found = {}
        for line in lines_of_every_kind(serve):
            request = urllib.request.Request(f"{address}/invoke?action=invoke_endpoint", line)
            request.add_header("Content-Type", "application/json")
            with urllib.request.urlopen(request) as response:
                messages, _ = collected((json.loads(line) for line in response if line.strip()), 1)
            found |= messages
    assert_every_kind(found)


def free_port(serve: Serve) -> int:
    server = serve(lambda _: None)
    server.stop()
    return int(server.url.rpartition(":")[2])


def test_remote_mode_answers_streams_and_fails_over_the_connection_that_it_makes(
    start: Callable[..., Process], serve: Serve
) -> None:
    received: list[dict] = []
    lines = lines_of_every_kind(serve)

    def daemon(connection: Connection) -> None:
        buffer = b""
        is_asked = False
        while part := connection.socket.recv(65536):
            *complete, buffer = (buffer + part).split(b"\n")
            received.extend(json.loads(line) for line in complete if line.strip())
            if not is_asked and any(message.get("type") == "end" for message in received):
                is_asked = True
                connection.send(b"".join(lines))

    url = serve(daemon).url.removeprefix("http://")
    start("remote", REMOTE_INSTALL_URL=url, REMOTE_INSTALL_KEY="key")
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and sum(is_end(message) for message in received) < len(lines):
        gevent.sleep(0.05)
    assert received[0] == {"type": "handshake", "data": {"key": "key"}}
    found, _ = collected((message for message in received if "event" in message), len(lines))
    assert_every_kind(found)


def is_end(message: dict) -> bool:
    return message.get("event") == "session" and message["data"]["type"] == "end"


EVENTS = [b"data: %d\n\n" % number for number in range(5)]


def lines_of_every_kind(serve: Serve) -> list[bytes]:
    """A request that is answered, one with a stream, and one that fails."""
    steps = [step for event in EVENTS for step in (chunk(event), 0.1)]
    server = serve(after_request(CHUNKED, *steps, b"0\r\n\r\n"))
    return [
        line_of("echo", "answered", b"", {}),
        line_of("stream", "streamed", streamed(server.url), {"dify_api_url": server.url}),
        line_of("trap", "failed", b"", {}),
    ]


def assert_every_kind(found: dict[str, list[dict]]) -> None:
    statuses = {session: messages[0]["data"]["status"] for session, messages in found.items()}
    assert statuses == {"answered": 200, "streamed": 200, "failed": 500}
    assert body_of(found["streamed"]) == b"".join(EVENTS)
    assert len(found["streamed"]) > 4, "the head, several pieces, and the end"
    assert body_of(found["failed"]) == b"told"


def resident_bytes(process: Process) -> int:
    pages = Path(f"/proc/{process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_bodies_that_have_been_sent_take_no_memory_while_dify_works(
    start: Callable[..., Process], serve: Serve
) -> None:
    size, count = 10_000_000, 12
    before = 0
    received: list[int] = []

    def working(connection: Connection) -> None:
        received.append(len((connection.request() or (b"", b""))[1]))
        gevent.sleep(START_SECONDS)

    server = serve(working)
    limits = {"connect": 5000, "head": 60_000, "idle": 5000, "total": 60_000}
    order = {"method": "POST", "url": server.url, "headers": [], "pieces": [[0, size]], "ca": None, "limits": limits}
    body = json.dumps(order).encode().ljust(size)
    process = start("local")
    with gevent.Timeout(START_SECONDS):
        for number in range(count):
            process.ask(line_of("stream", f"s{number}", body, {"dify_api_url": server.url}))
            while len(received) <= number:
                gevent.sleep(0.02)
            if number == 2:  # From here on the SDK keeps the line that it has read last.
                gevent.sleep(1.5)
                before = resident_bytes(process)
        gevent.sleep(1.5)  # Memory goes back to the system a second later.
    assert received == [size] * count
    assert resident_bytes(process) - before < 5 * size, "not nine bodies more"
