"""Who imports whom in `host/`: `http` none of the other rooms, `wasm` nothing of `sdk`, and only `sdk` the SDK."""

import ast
from pathlib import Path

import pytest

HOST = Path(__file__).parents[2] / "host"
FORBIDDEN = {
    "": ("host.http", "host.sdk", "host.wasm", "dify_plugin", "werkzeug"),
    "http": ("host.sdk", "host.wasm", "dify_plugin", "werkzeug", "wasmtime"),
    "wasm": ("host.sdk", "dify_plugin", "werkzeug"),
    "sdk": ("wasmtime",),
}


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file it does."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has an import that does not say from where"
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("room", FORBIDDEN)
def test_no_room_imports_what_lies_above_it(room: str) -> None:
    files = list((HOST / room).glob("*.py"))
    assert files
    found = {
        f"{file.name} imports {name}"
        for file in files
        for name in imported(file)
        if any(name == forbidden or name.startswith(f"{forbidden}.") for forbidden in FORBIDDEN[room])
    }
    assert found == set()
