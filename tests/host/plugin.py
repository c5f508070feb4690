"""The plugin as a process of the real SDK, with the test module in place of gateway.wasm."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import wasmtime
from gevent import subprocess

ROOT = Path(__file__).parents[2]
HANDLERS = ("echo", "stream", "trap", "note")

LABEL = {"en_US": "Test"}
RUNNER = {"language": "python", "version": "3.12", "entrypoint": "main"}
MANIFEST = {
    "version": "0.0.1",
    "type": "plugin",
    "author": "tests",
    "name": "tests",
    "label": LABEL,
    "description": LABEL,
    "icon": "icon.svg",
    "resource": {"memory": 1, "permission": {"endpoint": {"enabled": True}}},
    "plugins": {"endpoints": ["provider.yaml"]},
    "meta": {"version": "0.0.1", "arch": ["amd64"], "runner": RUNNER},
    "created_at": "2026-01-01T00:00:00Z",
}


def make(directory: Path) -> Path:
    """Writes the plugin into `directory`; YAML reads JSON."""
    for name in ("host", "main.py"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, directory / name, ignore=shutil.ignore_patterns("*.wasm", "*.cwasm", "__pycache__"))
        else:
            shutil.copy(source, directory)
    (directory / "_assets").mkdir()
    (directory / "endpoints").mkdir()
    (directory / "manifest.yaml").write_text(json.dumps(MANIFEST))
    (directory / "provider.yaml").write_text(
        json.dumps({"settings": [], "endpoints": [_declared(h) for h in HANDLERS]})
    )
    for handler in HANDLERS:
        lines = ("from host.sdk.endpoint import endpoint", "", f'Made = endpoint("{handler}")', "")
        (directory / "endpoints" / f"{handler}.py").write_text("\n".join(lines))
    wasm = wasmtime.wat2wasm(Path(__file__).with_name("module.wat").read_text())
    (directory / "host" / "gateway.wasm").write_bytes(wasm)
    return directory


def _declared(handler: str) -> dict:
    return {"path": f"/{handler}", "method": "POST", "extra": {"python": {"source": f"endpoints/{handler}.py"}}}


def line_of(handler: str, session: str, body: bytes, settings: dict) -> bytes:
    """What the daemon writes for one request."""
    raw = b"POST /%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (handler.encode(), len(body), body)
    data = {
        "type": "endpoint",
        "action": "invoke_endpoint",
        "user_id": "",
        "settings": settings,
        "raw_http_request": raw.hex(),
    }
    asked = {"session_id": session, "event": "request", "endpoint_id": "e-1", "data": data}
    return json.dumps(asked, separators=(",", ":")).encode() + b"\n"  # As Go writes it.


class Process:
    """A running plugin."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "main"],
            cwd=directory,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, *lines: bytes) -> None:
        self._process.stdin.write(b"".join(lines))
        self._process.stdin.flush()

    def lines(self) -> Iterator[bytes]:
        while line := self._process.stdout.readline():
            if line.strip():
                yield line.strip()

    def events(self) -> Iterator[dict]:
        """Events in their order; every line except the first, the declaration, must be one."""
        next(lines := self.lines())
        for line in lines:
            yield json.loads(line)

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def collected(events: Iterator[dict], sessions: int) -> tuple[dict[str, list[dict]], list[dict]]:
    """The messages of each session until that many have ended, and the other events in between."""
    found: dict[str, list[dict]] = {}
    others: list[dict] = []
    ended = 0
    for event in events:
        if event["event"] != "session":
            others.append(event)
            continue
        message = event["data"]
        found.setdefault(event["session_id"], []).append(message)
        ended += message["type"] == "end"
        if ended == sessions:
            break
    return found, others
