"""Everything that is replaced inside the SDK, and in the router that it uses.

Each replacement says why. At the start each is compared with what it replaces: an SDK that has changed is named in the
log of the start, instead of failing in the middle of a request.
"""

import contextlib
import fcntl
import functools
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from dify_plugin import Endpoint
from dify_plugin.core import plugin_executor
from dify_plugin.core.plugin_registration import PluginRegistration
from dify_plugin.core.runtime import Session
from dify_plugin.core.server import io_server
from dify_plugin.core.server.__base.response_writer import ResponseWriter
from dify_plugin.core.server.router import Route, Router
from dify_plugin.core.server.stdio import request_reader
from gevent.socket import wait_read
from pydantic import TypeAdapter
from werkzeug import Request
from werkzeug.routing import PathConverter

from host.sdk import daemon_lines, daemon_request
from host.sdk.turns import TurnExecutor

CATCH_ALL = r"[^/][\s\S]*?"
"""What the catch-all `path` of a route matches: every path, with line breaks too."""

_READ_BYTES = 64 * 1024
"""What a pipe holds unless it is widened (pipe(7))."""

_LARGE_READ_BYTES = 1024 * 1024
"""What a pipe may hold (`/proc/sys/fs/pipe-max-size`). A body of 10 MiB is a line of 20 MB: in pieces of 64 KiB every
request behind it would wait for three hundred switches between this process and the daemon.
"""


class SdkChanged(Exception):
    """The SDK is not the one that this plugin was written for."""


class Replacement(NamedTuple):
    """A part of the SDK, what it must look like, and what takes its place."""

    owner: Any
    name: str
    expected: str
    """The signature of a function, otherwise the value."""
    new: object


class _StandardInput:
    """Reads standard input. Only this reads there, so that a read that is ready does not wait."""

    def __init__(self) -> None:
        self._bytes = _READ_BYTES
        with contextlib.suppress(OSError, AttributeError):  # No pipe, not Linux, or no more pipe memory for this user.
            fcntl.fcntl(sys.stdin.fileno(), fcntl.F_SETPIPE_SZ, _LARGE_READ_BYTES)

    def read(self) -> bytes:
        """What has arrived, waiting for something."""
        descriptor = sys.stdin.fileno()
        wait_read(descriptor)
        piece = os.read(descriptor, self._bytes)
        self._bytes = _LARGE_READ_BYTES if len(piece) == self._bytes else _READ_BYTES
        return piece


@functools.cache
def _standard_input() -> _StandardInput:
    return _StandardInput()


def _read(_reader: request_reader.StdioRequestReader) -> bytes:
    return _standard_input().read()


class _LineReader:
    """Reads a line of the daemon as the SDK's `TypeAdapter` does, and keeps a large request apart from it."""

    def __init__(self, kind: object) -> None:
        self._adapter = TypeAdapter(kind)

    def validate_json(self, line: bytes) -> dict[str, Any]:
        return self._adapter.validate_json(daemon_request.kept_apart(line))


_PUT = (
    "(self, event: dify_plugin.core.server.__base.writer_entities.Event, session_id: str | None = None, "
    "data: dict | pydantic.main.BaseModel | None = None) -> None"
)

_DISPATCH = (
    "(self, request: werkzeug.wrappers.request.Request) -> "
    "tuple[type[dify_plugin.interfaces.endpoint.endpoint.Endpoint], collections.abc.Mapping[str, typing.Any]]"
)

type _Dispatch = Callable[[PluginRegistration, Request], tuple[type[Endpoint], Mapping[str, Any]]]


@functools.lru_cache(maxsize=16)
def _route(router: Router, kind: str, action: str) -> Route | None:
    routes = (route for route in router.routes if route.filter({"type": kind, "action": action}))
    return next(routes, None)


def dispatched(self: Router, session: Session, data: dict[str, Any]) -> object | None:
    """What the function for this kind of request returns; nothing for a kind that the SDK does not know."""
    route = _route(self, data.get("type"), data.get("action"))
    return route.func(session, data) if route else None


def _no_invocations(_session: Session) -> None:
    pass


def remembering(route: _Dispatch) -> _Dispatch:
    """The router `route`, which remembers where paths without variables lead. They are as many as are declared."""
    remembered: dict[tuple[str, str], tuple[type[Endpoint], Mapping[str, Any]]] = {}

    def dispatch(self: PluginRegistration, request: Request) -> tuple[type[Endpoint], Mapping[str, Any]]:
        key = request.method, request.environ["PATH_INFO"]
        found = remembered.get(key)
        if found is None:
            found = route(self, request)
            if not found[1]:
                remembered[key] = found
        return found

    return dispatch


def _replacements() -> list[Replacement]:
    return [
        # The SDK starts requests in the order of their arrival, so that a flood at one endpoint delays all the others.
        Replacement(io_server, "ThreadPoolExecutor", repr(ThreadPoolExecutor), TurnExecutor),
        # The SDK routes with werkzeug, whose `path` does not match a line break. The catch-all would leave such a path
        # to the SDK, which responds in plain text and without a request id.
        Replacement(PathConverter, "regex", "[^/].*?", CATCH_ALL),
        # What the SDK cannot parse it responds to before it looks for a route, with a traceback.
        Replacement(
            plugin_executor,
            "deserialize_request",
            "(raw_data: bytes) -> werkzeug.wrappers.request.Request",
            daemon_request.parsed,
        ),
        # The SDK has a thread read each piece of standard input: a twentieth of what a request costs.
        Replacement(request_reader.StdioRequestReader, "_read_async", "(self) -> bytes", _read),
        # The SDK makes the same reader of JSON for each line, another twentieth. While it handles a request it also
        # keeps the text of its line, which is twice as long as the body.
        Replacement(request_reader, "TypeAdapter", repr(TypeAdapter), functools.cache(_LineReader)),
        # A twelfth of what a request costs, and most of the system calls (see `daemon_lines`).
        Replacement(ResponseWriter, "put", _PUT, daemon_lines.put),
        # For each request the SDK makes eighteen objects that call Dify's models, tools and apps. Nothing here does.
        Replacement(Session, "_register_invocations", "(self) -> None", _no_invocations),
        # The SDK asks for each request which of twenty kinds it is, and looks for the path.
        Replacement(
            Router,
            "dispatch",
            "(self, session: dify_plugin.core.runtime.Session, data: dict) -> object | None",
            dispatched,
        ),
        Replacement(
            PluginRegistration,
            "dispatch_endpoint_request",
            _DISPATCH,
            remembering(PluginRegistration.dispatch_endpoint_request),
        ),
    ]


def apply(replacements: Callable[[], list[Replacement]] = _replacements) -> None:
    """Replaces all of it, or nothing. Raises `SdkChanged`."""
    try:
        parts = replacements()
    except AttributeError as missing:
        raise SdkChanged(_message(str(missing))) from None
    for replacement in parts:
        _check(replacement)
    for owner, name, _, new in parts:
        setattr(owner, name, new)


def _check(replacement: Replacement) -> None:
    owner, name, expected, _ = replacement
    part = f"{owner.__name__}.{name}"
    if not hasattr(owner, name):
        raise SdkChanged(_message(f"{part} does not exist"))
    found = getattr(owner, name)
    described = found if isinstance(found, str) else _description(found)
    if described != expected:
        raise SdkChanged(_message(f"{part} is {described}, not {expected}"))


def _description(part: object) -> str:
    return str(inspect.signature(part)) if inspect.isfunction(part) else repr(part)


def _message(difference: str) -> str:
    return (
        f"This plugin does not fit the installed dify_plugin or werkzeug: {difference}. "
        "Install the versions of requirements.txt."
    )
