"""What the tests of the host share: the SDK's gevent patch, a module that misbehaves on demand, servers likewise."""

# ruff: noqa: E402, I001
from gevent import monkey

monkey.patch_all()  # As the SDK does, before anything else imports sockets.

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import wasmtime

from host.wasm import module
from host.wasm.calls import Calls
from host.wasm.instances import Instances
from server import Connection, Serve, Server


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `cargo xtask soak` sets for `test_rewriting.py`."""
    parser.addoption("--seeds", type=int, default=8, help="how many seeds random requests are made from")
    parser.addoption("--found", type=Path, help="where the fuzz targets have left what they found")


@pytest.fixture(scope="session")
def compiled() -> wasmtime.Module:
    """The test module: see `module.wat`."""
    text = Path(__file__).with_name("module.wat").read_text()
    return wasmtime.Module(module.engine(), wasmtime.wat2wasm(text))


@pytest.fixture
def calls(compiled: wasmtime.Module) -> Calls:
    """The calls of one endpoint."""
    return Calls(compiled)


@pytest.fixture
def ends(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How bodies and translations ended, as reported to the module."""
    told: list[str] = []
    monkeypatch.setattr("host.wasm.calls._log", lambda level, line: told.append(json.loads(line)["end"]))
    return told


@pytest.fixture
def instances(compiled: wasmtime.Module) -> Instances:
    return Instances(compiled)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers whose every byte the test decides."""
    started: list[Server] = []

    def start(handle: Callable[[Connection], None]) -> Server:
        started.append(Server(handle))
        return started[-1]

    yield start
    for server in started:
        server.stop()
