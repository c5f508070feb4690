"""What Dify would make of a request, as the Flask and the werkzeug that Dify runs on read it.

The app has Dify's routes and reads `user` where Dify's controllers read it (`api/controllers/service_api/wraps.py`). It
objects to whatever would make Dify act for somebody else than the caller.
"""

import json
import re
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.test import run_wsgi_app

APP_KEY = "app-1"
IDENTITY_INPUT = "__oidc_email"

# Where Dify reads `user` in the requests of each route. `nowhere`: it acts as the owner of the workspace.
ROUTES = {
    ("POST", "/chat-messages"): "json",
    ("POST", "/chat-messages/<string:task_id>/stop"): "json",
    ("POST", "/completion-messages"): "json",
    ("POST", "/completion-messages/<string:task_id>/stop"): "json",
    ("POST", "/workflows/run"): "json",
    ("POST", "/workflows/<string:workflow_id>/run"): "json",
    ("GET", "/workflows/run/<string:workflow_run_id>"): "nowhere",
    ("POST", "/workflows/tasks/<string:task_id>/stop"): "json",
    ("GET", "/workflows/logs"): "logs",
    ("GET", "/workflow/<string:task_id>/events"): "query",
    ("GET", "/form/human_input/<string:form_token>"): "nowhere",
    ("POST", "/form/human_input/<string:form_token>"): "json",
    ("GET", "/conversations"): "query",
    ("DELETE", "/conversations/<uuid:c_id>"): "json",
    ("POST", "/conversations/<uuid:c_id>/name"): "json",
    ("GET", "/conversations/<uuid:c_id>/variables"): "query",
    ("PUT", "/conversations/<uuid:c_id>/variables/<uuid:variable_id>"): "json",
    ("GET", "/messages"): "query",
    ("POST", "/messages/<uuid:message_id>/feedbacks"): "json",
    ("GET", "/messages/<uuid:message_id>/suggested"): "query",
    ("GET", "/app/feedbacks"): "nowhere",
    ("POST", "/files/upload"): "form",
    ("GET", "/files/<uuid:file_id>/preview"): "query",
    ("POST", "/audio-to-text"): "form",
    ("POST", "/text-to-audio"): "json",
    ("GET", "/info"): "nowhere",
    ("GET", "/parameters"): "nowhere",
    ("GET", "/meta"): "nowhere",
    ("GET", "/site"): "nowhere",
    ("GET", "/apps/annotations"): "nowhere",
    ("POST", "/apps/annotations"): "nowhere",
    ("PUT", "/apps/annotations/<uuid:annotation_id>"): "nowhere",
    ("DELETE", "/apps/annotations/<uuid:annotation_id>"): "nowhere",
    ("POST", "/apps/annotation-reply/<string:action>"): "nowhere",
    ("GET", "/apps/annotation-reply/<string:action>/status/<uuid:job_id>"): "nowhere",
    ("GET", "/end-users/<uuid:end_user_id>"): "nowhere",
}
OF_ADMINISTRATORS = ("/app/feedbacks", "/apps/", "/end-users/")
HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "authorization",
        "baggage",
        "connection",
        "content-length",
        "content-type",
        "host",
        "traceparent",
        "tracestate",
        "user-agent",
        "x-request-id",
        "x-trace-id",
        "x-trace-session-id",
    }
)
"""What Dify may get. Everything else that a client sends could mean something to Dify or to a proxy before it."""

_REQUEST_ID = re.compile(r"[0-9a-f]{32}")
"""The gateway's own name for a request, which no client chooses."""

_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[\t\x20-\x7e]*")
_PARAMETERS = {"user_input_form": [{"text-input": {"variable": IDENTITY_INPUT, "label": "Email", "required": False}}]}


class Caller(NamedTuple):
    """Who has sent the request, according to the token."""

    user: str
    is_administrator: bool


class Objection(NamedTuple):
    """What is wrong with a request; `kind` is one of `KINDS`."""

    kind: str
    detail: str


KINDS = frozenset({"error", "field", "header", "input", "key", "operation", "stray user", "user"})


class Judgement(NamedTuple):
    """What Dify would answer, and the objections to the request."""

    status: int
    body: bytes
    objections: list[Objection]


class Judge:
    """Dify's app API, reduced to what it reads."""

    def __init__(self) -> None:
        self._app = Flask("dify")
        self._app.logger.disabled = True  # A request that Dify fails on is an objection, not a trouble of the test.
        self._app.before_request(self._examine_operation)
        self._app.before_request(_examine_headers)
        for (method, rule), place in ROUTES.items():
            view = _view(READERS[place])
            # Flask adds HEAD to GET, as Dify has it; the response to OPTIONS is not an operation.
            self._app.add_url_rule(
                f"/v1{rule}", f"{method} {rule}", view, methods=[method], provide_automatic_options=False
            )

    def judge(self, head: bytes, body: bytes, caller: Caller) -> Judgement:
        """Reads a request from the wire that was sent for `caller`."""
        objections: list[Objection] = []
        request_line, *lines = head.split(b"\r\n")
        environ = _environ(request_line, body) | {"judge.caller": caller, "judge.objections": objections}
        for line in lines:
            if not _FIELD.fullmatch(line):
                objections.append(Objection("field", repr(line)))
            _add_field(environ, line)
        content, status, _ = run_wsgi_app(self._app, environ)
        code = int(status.split(" ")[0])
        if code >= 500:
            objections.append(Objection("error", status))
        return Judgement(code, b"".join(content), objections)

    def _examine_operation(self) -> Response | None:
        caller = request.environ["judge.caller"]
        path = request.path.removeprefix("/v1")
        if request.url_rule is None:
            _object("operation", f"{request.method} {request.full_path} is not an operation")
        elif path.startswith(OF_ADMINISTRATORS) and not caller.is_administrator:
            _object("operation", f"{request.method} {request.path} is for administrators")
        return None


def _environ(request_line: bytes, body: bytes) -> dict[str, object]:
    method, _, rest = request_line.decode("latin-1").partition(" ")
    target = rest.rpartition(" ")[0]
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "dify.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    }


def _add_field(environ: dict[str, object], line: bytes) -> None:
    """As gunicorn does it: several fields of one name become one value."""
    name, _, value = line.decode("latin-1").partition(":")
    key = name.upper().replace("-", "_")
    key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
    environ[key] = f"{environ[key]},{value.strip()}" if key in environ else value.strip()


def _object(kind: str, detail: str) -> None:
    request.environ["judge.objections"].append(Objection(kind, detail))


def _examine_headers() -> None:
    for name, value in request.headers:
        if name.lower() not in HEADERS:
            _object("header", f"{name}: {value}")
    request_id = request.headers.get("X-Request-Id")
    if request_id is not None and not _REQUEST_ID.fullmatch(request_id):
        _object("header", f"X-Request-Id: {request_id}")
    if (key := request.headers.get("Authorization")) != f"Bearer {APP_KEY}":
        _object("key", repr(key))


def _view(reader: Callable[[], str | None]) -> Callable[..., Response]:
    def view(**_values: object) -> Response:
        user = reader()
        caller = request.environ["judge.caller"]
        if user != caller.user and not (caller.is_administrator and reader is _of_logs) and reader is not _nobody:
            _object("user", f"{user!r} instead of {caller.user!r}")
        if reader is not _nobody:
            _examine_strays(caller)
        if request.path == "/v1/parameters":
            return Response(json.dumps(_PARAMETERS), content_type="application/json")
        run = {"inputs": json.dumps({"sys.user_id": caller.user})}
        return Response(json.dumps(run), content_type="application/json")

    return view


def _examine_strays(caller: Caller) -> None:
    """A second `user`, which this release of Dify does not read but another could."""
    places: tuple[MultiDict, ...] = (request.args, request.form, request.files)
    strays = [value for place in places for value in place.getlist("user") if value != caller.user]
    if strays:
        _object("stray user", repr(strays))


def _of_query() -> str | None:
    return request.args.get("user")


def _of_json() -> str | None:
    payload = request.get_json()
    inputs = payload.get("inputs")
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        email = f"{request.environ['judge.caller'].user}@idp.example"
        if name.startswith("__oidc_") and (name, value) != (IDENTITY_INPUT, email):
            _object("input", f"{name}={value!r}")
    return payload.get("user")


def _of_form() -> str | None:
    return request.form.get("user")


def _of_logs() -> str | None:
    return request.args.get("created_by_end_user_session_id")


def _nobody() -> None:
    return None


READERS = {"form": _of_form, "json": _of_json, "logs": _of_logs, "nowhere": _nobody, "query": _of_query}
