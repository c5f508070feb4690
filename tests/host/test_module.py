"""The compiled module and its cache file."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import wasmtime

from host.wasm import module

WAT = '(module (func (export "f")))'


@pytest.fixture
def wasm(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.wasm"
    path.write_bytes(wasmtime.wat2wasm(WAT))
    return path


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every compilation that really takes place."""
    seen: list[Path] = []
    compiled = module._compiled

    def counted(wasm: bytes, cache: Path, key: bytes) -> wasmtime.Module:
        seen.append(cache)
        return compiled(wasm, cache, key)

    monkeypatch.setattr(module, "_compiled", counted)
    return seen


def load_again(path: Path) -> list[str]:
    """What another process would do."""
    module.load.cache_clear()
    return [export.name for export in module.load(path).exports]


def test_a_module_is_compiled_once_and_then_taken_from_the_cache(wasm: Path, compilations: list[Path]) -> None:
    assert [load_again(wasm), load_again(wasm)] == [["f"], ["f"]]
    assert compilations == [wasm.with_suffix(".cwasm")]


def test_only_the_owner_can_read_or_write_the_cache_and_nothing_else_is_left(wasm: Path) -> None:
    load_again(wasm)
    assert sorted(os.listdir(wasm.parent)) == ["gateway.cwasm", "gateway.wasm"]
    assert wasm.with_suffix(".cwasm").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: bytes(32) + content[32:],
        lambda content: content[:32] + bytes(32) + content[64:],
        lambda content: b"\x7fELF" * 1000,
    ],
    ids=["empty", "cut", "a bit turned", "of another key", "of another digest", "something else"],
)
def test_a_cache_that_is_incomplete_or_not_ours_is_written_again(
    wasm: Path, compilations: list[Path], damage: Callable[[bytes], bytes]
) -> None:
    cache = wasm.with_suffix(".cwasm")
    load_again(wasm)
    whole = cache.read_bytes()
    cache.write_bytes(damage(whole))
    assert load_again(wasm) == ["f"]
    assert len(compilations) == 2
    assert cache.read_bytes()[:32] == whole[:32]


@pytest.mark.parametrize("changed", ["module", "wasmtime", "processor"])
def test_the_cache_is_of_one_module_one_compiler_and_one_processor(
    wasm: Path, compilations: list[Path], monkeypatch: pytest.MonkeyPatch, changed: str
) -> None:
    load_again(wasm)
    match changed:
        case "module":
            wasm.write_bytes(wasmtime.wat2wasm(WAT.replace('"f"', '"g"')))
        case "wasmtime":
            monkeypatch.setattr(module, "version", lambda _: "0.0.0")
        case "processor":
            monkeypatch.setattr(module, "_processor", lambda: "another")
    load_again(wasm)
    assert len(compilations) == 2


def test_a_disk_that_cannot_be_written_only_costs_time(
    wasm: Path, compilations: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(module.tempfile, "mkstemp", read_only)
    assert [load_again(wasm), load_again(wasm)] == [["f"], ["f"]]
    assert len(compilations) == 2
    assert os.listdir(wasm.parent) == ["gateway.wasm"]


def test_a_write_that_fails_leaves_nothing_behind(wasm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    assert load_again(wasm) == ["f"]
    assert os.listdir(wasm.parent) == ["gateway.wasm"]


def test_a_file_that_is_not_a_module_is_reported(wasm: Path) -> None:
    wasm.write_bytes(b"\0asm but no more")
    with pytest.raises(wasmtime.WasmtimeError):
        load_again(wasm)
    shutil.rmtree(wasm.parent)
    with pytest.raises(FileNotFoundError):
        load_again(wasm)
