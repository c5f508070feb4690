"""What Dify reads from a request that gateway.wasm has rewritten, with the parsers that Dify has: werkzeug's, Python's.

It must be what they read from the request as it was sent, except `user` and the inputs that only the gateway writes.
Whatever the gateway refuses is nobody's.
"""

import functools
import json
import time
from collections.abc import Callable
from io import BytesIO
from random import Random

import issuer
import pytest
import wasmtime
from flask import Flask
from random_bodies import JSON, MULTIPART, URLENCODED, Sent, a_form, a_json, a_multipart, a_query, kept_inputs
from werkzeug import Request
from werkzeug.exceptions import HTTPException

from host.sdk.relay import pieces
from host.sdk.request_head import request_head
from host.wasm import module
from host.wasm.abi import ffi
from host.wasm.calls import Call, Calls, Relay

UTF_16_AND_32 = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
LARGEST = 10 * 1024 * 1024 - 1
MOST_SECONDS = 0.3
"""Of the processor, for a body of 10 MiB; the slowest that is known takes half of it."""
MOST_MEMORY = {JSON: 256 * 1024, MULTIPART: 256 * 1024, URLENCODED: 3 * 1024 * 1024}
"""A form is at most half a megabyte and is read whole; of other bodies one window is in the module."""
PATH_VALUES = {"message_id": "1e43fa4c-9b1a-430a-b494-ac22222409ae"}


@pytest.fixture(scope="module")
def packaged() -> wasmtime.Module:
    """The module that is packaged: `cargo xtask build` makes it."""
    return module.load()


@pytest.fixture(scope="module")
def plugin(packaged: wasmtime.Module) -> Calls:
    return Calls(packaged)


@functools.cache
def token() -> str:
    return issuer.token("alice")


@functools.cache
def settings() -> bytes:
    return json.dumps(issuer.settings("http://dify.example/v1", input_claims="none")).encode()


def read(method: str, query: str, content_type: str, body: bytes, **more: str) -> Request:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": "/", "QUERY_STRING": query, "wsgi.input": BytesIO(body)}
    return Request(environ | {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))} | more)


def decision(plugin: Calls, sent: Sent, **more: str) -> Relay | dict[str, object]:
    """What is relayed, or the refusal."""
    _, *request = sent
    received = read(*request, HTTP_AUTHORIZATION=f"Bearer {token()}", **more)
    head = request_head(received, "r", "e", PATH_VALUES, settings(), len(sent.body))
    decided = plugin.decide(Call(sent.handler, head, sent.body, frozenset()))
    return decided if isinstance(decided, Relay) else json.loads(decided.body)


def rewritten(plugin: Calls, sent: Sent) -> Request | None:
    """What Dify gets; nothing where the gateway refuses."""
    decided = decision(plugin, sent)
    if not isinstance(decided, Relay):
        assert decided["code"] in {"bad_request", "invalid_param", "unsupported_media_type"}, decided
        return None
    plugin.judge_response_head(
        decided.number, decided.context, {"status": 200, "headers": []}
    )  # So that the next need not wait.
    head = json.loads(decided.head)
    query = head["url"].partition("?")[2]
    body = b"".join(pieces(head["pieces"] or [], sent.body, decided.own))
    return read(sent.method, query, dict(head["headers"]).get("content-type", ""), body)


def without_user(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if name != "user"]


def files_of(request: Request) -> list[tuple[str, str | None, str, bytes]]:
    files = request.files.items(multi=True)
    return [(name, file.filename, file.content_type, file.read()) for name, file in files if name != "user"]


def assert_form_is_as_sent(found: Request, sent: Sent) -> None:
    was = read(*sent[1:])
    assert found.form.getlist("user") == ["alice"], sent
    assert "user" not in found.files, sent
    assert without_user(found.form.items(multi=True)) == without_user(was.form.items(multi=True)), sent
    assert files_of(found) == files_of(was), sent
    assert list(found.args.items(multi=True)) == without_user(was.args.items(multi=True)), sent


def assert_json_is_as_sent(found: Request, sent: Sent) -> None:
    expected = json.loads(sent.body) | {"user": "alice"}
    if sent.handler == "post_chat_messages" and expected.get("inputs") is None:
        expected["inputs"] = {}
    if isinstance(inputs := expected.get("inputs"), dict):
        expected["inputs"] = {name: inputs[name] for name in inputs if not name.startswith("__oidc_")}
    assert json.loads(found.get_data()) == expected, sent
    assert found.mimetype == JSON


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(metafunc.config.getoption("seeds")))


@pytest.mark.parametrize("make", [a_form, a_multipart], ids=["urlencoded", "multipart"])
def test_dify_reads_a_form_as_it_was_sent_but_for_user(plugin: Calls, make: Callable, seed: int) -> None:
    random, passed = Random(seed), 0
    for _ in range(150):
        sent = make(random)
        if found := rewritten(plugin, sent):
            passed += 1
            assert_form_is_as_sent(found, sent)
    assert passed > 10


def test_dify_reads_json_as_it_was_sent_but_for_user_and_what_only_the_gateway_writes(plugin: Calls, seed: int) -> None:
    random, passed = Random(seed), 0
    for _ in range(150):
        sent = a_json(random)
        if found := rewritten(plugin, sent):
            passed += 1
            assert_json_is_as_sent(found, sent)
    assert passed > 10


def test_dify_reads_a_query_as_it_was_sent_but_for_user(plugin: Calls, seed: int) -> None:
    random = Random(seed)
    for _ in range(150):
        sent = Sent("get_messages", "GET", a_query(random), "", b"")
        found = rewritten(plugin, sent)
        assert found is not None
        was = read(*sent[1:])
        expected = [*without_user(was.args.items(multi=True)), ("user", "alice")]
        assert list(found.args.items(multi=True)) == expected, sent


@pytest.mark.parametrize(
    ("name", "content_type", "check"),
    [
        ("form", URLENCODED, assert_form_is_as_sent),
        ("multipart", MULTIPART, assert_form_is_as_sent),
        ("json_body", JSON, assert_json_is_as_sent),
    ],
    ids=["urlencoded", "multipart", "json"],
)
def test_dify_reads_what_the_fuzz_targets_have_found_as_it_was_sent_but_for_user(
    plugin: Calls, pytestconfig: pytest.Config, name: str, content_type: str, check: Callable
) -> None:
    handler = "post_chat_messages" if content_type == JSON else "post_files_upload"
    passed = 0
    for body in kept_inputs(name, pytestconfig.getoption("found")):
        sent = Sent(handler, "POST", "", content_type, body)
        if found := rewritten(plugin, sent):
            passed += 1
            check(found, sent)
    assert passed > 5


@pytest.mark.parametrize("make", [a_form, a_multipart], ids=["urlencoded", "multipart"])
def test_the_judge_of_forms_objects_where_nobody_rewrites_them(make: Callable) -> None:
    random = Random(0)
    forms = [read(*make(random)[1:]).form.getlist("user") for _ in range(150)]
    assert sum(users not in ([], ["alice"]) for users in forms) > 10


@pytest.mark.parametrize(
    ("encoding", "refusal"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        *((name, "The body is UTF-16 or UTF-32. Send JSON in UTF-8 (RFC 8259 §8.1).") for name in UTF_16_AND_32),
    ],
)
def test_no_encoding_is_a_way_around_the_gateway(plugin: Calls, encoding: str, refusal: str | None) -> None:
    body = '{"user":"mallory","query":"é"}'.encode(encoding)
    sent = Sent("post_chat_messages", "POST", "", f"{JSON}; charset={encoding}", body)
    assert flask_reads(body, sent.content_type) == "mallory"
    if refusal is None:
        found = rewritten(plugin, sent)
        assert found is not None
        assert found.get_data() == '{"query":"é","inputs":{},"user":"alice"}'.encode()
        assert flask_reads(found.get_data(), found.content_type) == "alice"
    else:
        decided = decision(plugin, sent)
        assert (decided["code"], decided["message"]) == ("bad_request", refusal)


def flask_reads(body: bytes, content_type: str) -> str | None:
    """`user` as a view of Flask reads it with the parser of Python; nothing where that refuses the body."""
    with Flask("dify").test_request_context(method="POST", data=body, content_type=content_type) as context:
        try:
            return context.request.get_json()["user"]
        except HTTPException:
            return None


@pytest.mark.parametrize("coding", ["gzip", "br", "x-gzip"])
def test_a_body_with_a_content_coding_is_refused_with_its_name(plugin: Calls, coding: str) -> None:
    sent = Sent("post_chat_messages", "POST", "", JSON, b'{"query":"hi"}')
    decided = decision(plugin, sent, HTTP_CONTENT_ENCODING=coding)
    assert (decided["code"], decided["message"]) == (
        "unsupported_media_type",
        f"The `Content-Encoding` of the body is `{coding}`. Neither the gateway nor Dify decodes a body. "
        "Send it without a content coding.",
    )


def filled(start: bytes, unit: bytes, end: bytes) -> bytes:
    """As large a body as passes."""
    return start + unit * ((LARGEST - len(start) - len(end)) // len(unit)) + end


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, filled(b'{"query":[0', b",0", b"]}")),
        (JSON, filled(b'{"query":[[]', b",[" + b"[" * 99 + b"]" * 100, b"]}")),
        (JSON, filled(b'{"query":{"a":0', b',"a":0', b"}}")),
        (JSON, filled(b'{"a":0', b',"a":0', b"}")),
        (JSON, filled(b'{"user":"', b"a", b'"}')),
        (JSON, filled(b'{"query":"', rb"\n", b'"}')),
        (JSON, filled(b'{"query":[""', b',"abcdefghij"', b"]}")),
        (JSON, filled(b'{"query":[0', b",1234567890.123456e100", b"]}")),
        (JSON, filled(b'{"query":0', b"\n", b"}")),
        (JSON, filled(b'{"query":0', b"\n", b"x")),
        (MULTIPART, filled(b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n', b"\r\n--bb", b"\r\n--b--")),
        (MULTIPART, filled(b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n', b"-", b"\r\n--b--")),
        (URLENCODED, b"&a=1" * 124_000),
    ],
    ids=[
        "zeros",
        "arrays",
        "equal members",
        "equal members of the body",
        "one string",
        "escapes",
        "strings",
        "numbers",
        "lines",
        "lines before a mistake",
        "almost boundaries",
        "dashes",
        "pairs",
    ],
)
def test_a_large_body_costs_little_time_and_no_memory(
    packaged: wasmtime.Module, content_type: str, body: bytes
) -> None:
    plugin = Calls(packaged)
    handler = "post_chat_messages" if content_type == JSON else "post_files_upload"
    decision(plugin, Sent(handler, "POST", "", content_type, b"{}"))
    before, start = memory_size(plugin), time.thread_time()
    decision(plugin, Sent(handler, "POST", "", content_type, body))
    assert time.thread_time() - start < MOST_SECONDS
    assert memory_size(plugin) - before <= MOST_MEMORY[content_type]


def memory_size(plugin: Calls) -> int:
    instance = plugin._instance
    return ffi.wasmtime_memory_data_size(instance._context, instance._memory)
