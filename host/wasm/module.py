"""The engine and the compiled module, made once per process.

The SDK executes an endpoint's source file once per declaration, so what is expensive to make lives here, in a module
that Python imports once.
"""

import contextlib
import functools
import hashlib
import os
import platform
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import wasmtime
from gevent.monkey import get_original

from host import memory

WASM = Path(__file__).parents[1] / "gateway.wasm"

EPOCH_SECONDS = 1.0
"""Processor time between two epochs of the engine."""

_DIGEST_BYTES = 32


class Epoch:
    """The epochs of the engine, counted: to ask for its deadline at each call would take a hundredth of a request."""

    number = 0

    @classmethod
    def advance(cls, clocked: wasmtime.Engine) -> None:
        """Begins the next one."""
        cls.number += 1
        clocked.increment_epoch()


@functools.cache
def engine() -> wasmtime.Engine:
    """The engine of this process, with a clock that ends endless loops (see `EPOCH_SECONDS`)."""
    config = wasmtime.Config()
    config.wasm_wide_arithmetic = True
    config.epoch_interruption = True
    config.memory_may_move = False  # `wasm.abi.Instance` keeps addresses.
    engine = wasmtime.Engine(config)
    # A thread of the operating system: a greenlet would never run while the module loops.
    get_original("_thread", "start_new_thread")(_advance_epochs, (engine, _processor_time()))
    return engine


def _processor_time() -> Callable[[], float]:
    """The clock of the processor time of this thread, in which every instance runs, for another thread to read.

    A process that gets a tenth of a processor is ten times as slow by the clock on the wall. Where a system has no
    clock for one thread, the clock of the process is as good: the other threads hardly compute.
    """
    try:
        clock = time.pthread_getcpuclockid(get_original("_thread", "get_ident")())
    except (AttributeError, OSError):
        return time.process_time
    return functools.partial(time.clock_gettime, clock)


def _advance_epochs(clocked: wasmtime.Engine, processor_time: Callable[[], float]) -> None:
    sleep = get_original("time", "sleep")
    advanced = processor_time()
    while True:
        sleep(EPOCH_SECONDS / 4)
        now = processor_time()
        if now - advanced >= EPOCH_SECONDS:
            advanced = now
            Epoch.advance(clocked)


@functools.cache
def load(path: Path = WASM) -> wasmtime.Module:
    """The module at `path`, compiled, or taken from the cache file beside it.

    Raises `OSError` when there is no such file and `wasmtime.WasmtimeError` when it is not a module.
    """
    wasm = path.read_bytes()
    cache = path.with_suffix(".cwasm")
    key = _key(wasm)
    return _cached(cache, key) or _compiled(wasm, cache, key)


def _key(wasm: bytes) -> bytes:
    """What compiled code depends on: the module, the compiler and the processor that it may use."""
    parts = [hashlib.sha256(wasm).digest(), version("wasmtime").encode(), _processor().encode()]
    return hashlib.sha256(b"\0".join(parts)).digest()


def _processor() -> str:
    """The machine type and, where Linux tells them, the features of the processor (`flags`, on ARM `Features`)."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    features = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return f"{platform.system()} {platform.machine()} {features}"


def _cached(cache: Path, key: bytes) -> wasmtime.Module | None:
    """The module of a whole cache file that was written for `key`.

    Anyone who can write this file can run code in this process. It lies in the plugin's own directory, so they can
    write the plugin's Python files too: the digest protects against damage, not against an attacker.
    """
    try:
        content = cache.read_bytes()
    except OSError:
        return None
    found, digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:64], content[64:]
    if found != key or digest != hashlib.sha256(code).digest():
        return None
    try:
        return wasmtime.Module.deserialize(engine(), code)
    except wasmtime.WasmtimeError:
        return None


def _compiled(wasm: bytes, cache: Path, key: bytes) -> wasmtime.Module:
    module = wasmtime.Module(engine(), wasm)
    code = bytes(module.serialize())
    with contextlib.suppress(OSError):  # The disk is read-only or full: the next start compiles again.
        _write(cache, key + hashlib.sha256(code).digest() + code)
    memory.give_back()
    return module


def _write(path: Path, content: bytes) -> None:
    """Replaces `path` in one step, so that no other process reads half a file. `mkstemp` makes the mode 0600."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


# Threads do not survive a fork: a forked worker makes its own engine.
os.register_at_fork(after_in_child=engine.cache_clear)
os.register_at_fork(after_in_child=load.cache_clear)
