"""The wasm-bindgen ABI of one instance of the module: calls of its exports, and calls of its imports.

Calls go through the unchecked functions of wasmtime's C API, which cost a sixth of `wasmtime.Func`. They trust their
caller with counts and types, so every signature is compared once, when the instance is built. wasm-bindgen passes a
slice as pointer and length and returns a vector as two results, to be copied and freed.

All byte strings of a call cross as one slice, the message, because each slice costs a call that allocates it: they
stand behind one another, and the lengths of all but the last are numbers before it (see `message.rs`).
"""

import ctypes
import functools
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import wasmtime
from wasmtime import _ffi as ffi

from host.limits import CALL_SECONDS, MODULE_MEMORY_BYTES
from host.wasm import module

EPOCHS_PER_CALL = int(CALL_SECONDS / module.EPOCH_SECONDS)
"""How long one call may compute. The first epoch has begun before it."""

_GENERATED_NAME = re.compile(r"(?:__wbg_)?(\w+?)(?:_[0-9a-f]{16})?")
_PARAMETERS = {"n": ["i32"], "b": ["i32", "i32"], "o": ["i32", "i32"]}
_RESULTS = {"": [], "n": ["i32"], "f": ["f64"]}
_MOST_SLOTS = 16
_WORDS = ctypes.sizeof(ffi.wasmtime_val_raw_t) // 4
"""Words of 32 bits in a slot; the first is the value of an `i32`, in the byte order of wasm."""

_Words = ctypes.c_uint32 * (_MOST_SLOTS * _WORDS)

# As wasmtime's package declares it, but with addresses, which takes two thirds of the time. It lets other threads run:
# one of them ends what computes for too long.
_call_unchecked = ctypes.CFUNCTYPE(
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
)(("wasmtime_func_call_unchecked", ffi.dll))

_memory_view = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int)(
    ("PyMemoryView_FromMemory", ctypes.pythonapi)
)
_WRITABLE = 0x200
"""`PyBUF_WRITE` of Python's C API."""

_FINALIZER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
# As `wasmtime_func_unchecked_callback_t`, but with the slots as an address.
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


class CallCell(ctypes.LittleEndianStructure):
    """The current call and the time, in the memory of the module: see `call_cell.rs`.

    `call` is the number of the call whose task is being polled, or was when the module trapped; `milliseconds` is the
    time since 1970.
    """

    _fields_ = (("call", ctypes.c_uint32), ("_padding", ctypes.c_uint32), ("milliseconds", ctypes.c_uint64))


class Import(NamedTuple):
    """One function that the host gives the module.

    `takes` has a letter for each parameter in Rust: `n` is a number, `b` a slice that arrives as bytes, `o` a mutable
    slice, of which the function gets the length and returns the bytes to write. `gives` is the result: nothing, `n`
    (with `o`: how many bytes were written) or `f`.
    """

    takes: str
    gives: str
    run: Callable[..., object]


class UnknownImport(Exception):
    """The module imports a function that this host does not have, or has with another signature."""


class Trapped(Exception):
    """The module has trapped. Its instance is unusable from here on."""


def _throw(message: bytes) -> None:
    raise Trapped(message.decode(errors="replace"))


_WASM_BINDGEN = {
    "__wbindgen_init_externref_table": Import("", "", lambda: None),  # Only JavaScript values would go into it.
    "__wbindgen_throw": Import("b", "", _throw),
    "getRandomValues": Import("o", "", os.urandom),
    "now": Import("", "f", lambda: time.time() * 1000.0),
}


@functools.lru_cache(maxsize=2)
def _signatures(compiled: wasmtime.Module) -> dict[str, tuple[int, int]]:
    """The number of parameters and of results of each exported function."""
    types = ((export.name, export.type) for export in compiled.exports)
    return {name: (len(kind.params), len(kind.results)) for name, kind in types if isinstance(kind, wasmtime.FuncType)}


class Instance:
    """One instance of the module with a memory of its own."""

    def __init__(self, compiled: wasmtime.Module, functions: Mapping[str, Import]) -> None:
        """Builds and starts an instance. Raises `UnknownImport` when the module imports more than `functions`."""
        self._store = wasmtime.Store(module.engine())
        self._store.set_limits(memory_size=MODULE_MEMORY_BYTES, instances=1, memories=1)
        self._context = self._store._context()
        self._context_address = ctypes.cast(self._context, ctypes.c_void_p).value
        self._slots = (ffi.wasmtime_val_raw_t * _MOST_SLOTS)()
        self._slots_address = ctypes.addressof(self._slots)
        self._words = _Words.from_buffer(self._slots)
        self._trap = ctypes.c_void_p()
        self._trap_address = ctypes.addressof(self._trap)
        self._failure: BaseException | None = None
        self._callbacks: list[object] = []
        self._start(compiled, {**_WASM_BINDGEN, **functions})

    def _start(self, compiled: wasmtime.Module, functions: Mapping[str, Import]) -> None:
        imports = [self._import(declared, functions) for declared in compiled.imports]
        self._set_deadline()
        self._instance = wasmtime.Instance(self._store, compiled, imports)._instance
        self._memory = self._export("memory").of.memory
        self._base = ctypes.addressof(ffi.wasmtime_memory_data(self._context, self._memory).contents)
        self._view = memoryview(b"")
        self._signatures = _signatures(compiled)
        self._functions: dict[str, object] = {}
        self._enter("__wbindgen_start", ())
        self._enter("call_cell", ())
        cell = self._words[0]
        self._slice(cell, ctypes.sizeof(CallCell))
        self.cell = CallCell.from_address(self._base + cell)
        self._first_bytes = self._memory_bytes()

    def call(self, name: str, number: int, *arguments: int | bytes) -> bytes | None:
        """Calls an export on behalf of call `number` and returns its result. Raises `Trapped`.

        It must never run inside an import, nor in two greenlets at once: nothing in here switches.
        """
        # Whatever traps before the module polls a task is this call's fault.
        self.cell.call = number
        self.cell.milliseconds = int(time.time() * 1000)
        if self._epoch != module.Epoch.number:
            self._set_deadline()
        values, parts = [number], []
        for argument in arguments:
            (values if isinstance(argument, int) else parts).append(argument)
        if parts:
            message = b"".join(parts)
            values += map(len, parts[:-1])
            values += (self._put(message), len(message))
        if not self._enter(name, values):
            return None
        pointer, length = self._words[0], self._words[_WORDS]
        vector = bytes(self._slice(pointer, length))
        self._enter("__wbindgen_free", (pointer, length, 1))
        return vector

    @property
    def grown_bytes(self) -> int:
        """What the memory has grown by since the start. It never shrinks."""
        return self._memory_bytes() - self._first_bytes

    def close(self) -> None:
        """Frees the memory now, whatever still refers to this instance."""
        self.cell = None
        self._view.release()
        self._store.close()
        self._callbacks.clear()

    def _memory_bytes(self) -> int:
        return ffi.wasmtime_memory_data_size(self._context, self._memory)

    def _set_deadline(self) -> None:
        """From the present epoch on. The engine may be one behind: a call then has an epoch less."""
        self._epoch = module.Epoch.number
        ffi.wasmtime_context_set_epoch_deadline(self._context, EPOCHS_PER_CALL)

    def _put(self, content: bytes) -> int:
        """Copies `content` into the module, which frees it."""
        self._enter("__wbindgen_malloc", (len(content), 1))
        pointer = self._words[0]
        self._slice(pointer, len(content))[:] = content
        return pointer

    def _enter(self, name: str, values: Sequence[int]) -> int:
        """Runs an export on the slots and returns the number of its results, which are in the slots then."""
        parameters, results = self._signatures[name]
        function = self._functions.get(name) or self._function(name)
        if len(values) != parameters:
            raise TypeError(f"{name} takes {parameters} numbers, not {len(values)}")
        self._words[: len(values) * _WORDS : _WORDS] = values
        error = _call_unchecked(self._context_address, function, self._slots_address, _MOST_SLOTS, self._trap_address)
        if error or self._trap:
            raise self._trapped(error)
        return results

    def _function(self, name: str) -> object:
        """A reference to an exported function, which keeps it alive."""
        function = self._functions[name] = ctypes.byref(self._export(name).of.func)
        return function

    def _export(self, name: str) -> ffi.wasmtime_extern:
        """An export of this instance. To read them all would take most of the time in which an instance starts."""
        export = ffi.wasmtime_extern_t()
        encoded = name.encode()
        if not ffi.wasmtime_instance_export_get(self._context, self._instance, encoded, len(encoded), export):
            raise KeyError(name)
        return export

    def _trapped(self, error: int | None) -> Trapped:
        cause = self._failure
        if error:
            failed = wasmtime.WasmtimeError._from_ptr(ctypes.cast(error, ctypes.POINTER(ffi.wasmtime_error_t)))
            cause = cause or failed
        if self._trap:
            trap = wasmtime.Trap._from_ptr(ctypes.cast(self._trap, ctypes.POINTER(ffi.wasm_trap_t)))
            self._trap.value = None
            cause = cause or trap
        return Trapped(str(cause))

    def _import(self, declared: wasmtime.ImportType, functions: Mapping[str, Import]) -> wasmtime.Func:
        generated = _GENERATED_NAME.fullmatch(declared.name or "")
        function = functions.get(generated[1]) if generated else None
        kind = declared.type
        if function is None or not isinstance(kind, wasmtime.FuncType):
            raise UnknownImport(f"the module imports {declared.name}, which this host does not have")
        parameters = [parameter for letter in function.takes for parameter in _PARAMETERS[letter]]
        if [str(p) for p in kind.params] != parameters or [str(r) for r in kind.results] != _RESULTS[function.gives]:
            raise UnknownImport(f"the module imports {declared.name} with another signature than this host's")
        imported = ffi.wasmtime_func_t()
        callback = _CALLBACK(self._callback(function))
        self._callbacks.append(callback)
        ffi.wasmtime_func_new_unchecked(
            self._context,
            kind.ptr(),
            ctypes.cast(callback, ffi.wasmtime_func_unchecked_callback_t),
            None,
            ctypes.cast(None, _FINALIZER),
            ctypes.byref(imported),
        )
        return wasmtime.Func._from_raw(imported)

    def _callback(self, function: Import) -> Callable[..., int]:
        def called(_env: object, _caller: object, slots: int, _count: int) -> int:
            try:
                self._run(function, slots)
                return 0
            except BaseException as failure:  # Nothing may unwind through the frames of the module.
                self._failure = failure
                return ctypes.cast(wasmtime.Trap("an import failed")._consume(), ctypes.c_void_p).value or 0

        return called

    def _run(self, function: Import, slots: int) -> None:
        words = _Words.from_address(slots)
        arguments: list[int | bytes] = []
        target: memoryview | None = None
        at = 0
        for kind in function.takes:
            value = words[at]
            at += _WORDS
            if kind != "n":
                part = self._slice(value, words[at])  # Before anything of that length is allocated.
                at += _WORDS
                if kind == "o":
                    target, value = part, len(part)
                else:
                    value = bytes(part)
            arguments.append(value)
        result = function.run(*arguments)
        if target is not None:
            target[: len(result)] = result
            result = len(result)
        if function.gives == "n":
            words[0] = result
        elif function.gives == "f":
            ctypes.c_double.from_address(slots).value = result

    def _slice(self, pointer: int, length: int) -> memoryview:
        """A slice of the memory, which may have grown since, but never moves (see `module.engine`)."""
        end = pointer + length
        if end > len(self._view):
            self._view = _memory_view(self._base, self._memory_bytes(), _WRITABLE)
            if end > len(self._view):
                raise Trapped("a slice ends beyond the memory")
        return self._view[pointer:end]
