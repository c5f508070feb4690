"""What Dify reads from a request that gateway.wasm has rewritten, with the parsers that Dify has: werkzeug's, Python's.

It must be what they read from the request as it was sent, but for `user` and the inputs that only the gateway writes.
Whatever the gateway refuses is nobody's.
"""

import functools
import json
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import NamedTuple

import issuer
import pytest
import wasmtime
from flask import Flask
from werkzeug import Request
from werkzeug.exceptions import HTTPException

from host.sdk.relay import pieces
from host.sdk.request_head import request_head
from host.wasm import module
from host.wasm.abi import ffi
from host.wasm.calls import Call, Calls, Relay

KEPT_INPUTS = Path(__file__).parents[1] / "fuzz" / "corpus"
JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
UTF_16_AND_32 = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
LARGEST = 10 * 1024 * 1024 - 1
MOST_SECONDS = 0.3
"""Of the processor, for a body of 10 MiB; the slowest that is known takes half of it."""
MOST_MEMORY = {JSON: 256 * 1024, MULTIPART: 256 * 1024, URLENCODED: 3 * 1024 * 1024}
"""A form is at most half a megabyte and is read whole; of other bodies one window is in the module."""
PATH_VALUES = {"message_id": "1e43fa4c-9b1a-430a-b494-ac22222409ae"}
USER_NAMES = (
    "user",
    "us%65r",
    "%75ser",
    "User",
    "user[]",
    "user%20",
    "+user",
    "user%00",
    "us%09er",
    "user;",
    "a",
    "us%FFr",
)
USER_VALUES = ("mallory", "m%61llory", "", "alice", "mallory%00", "a+b", "%E4")
JSON_NAMES = (
    '"user"',
    r'"us\u0065r"',
    '"User"',
    '"user "',
    r'"user\u0000"',
    '"inputs"',
    '"a"',
    r'"\u0069nputs"',
    '"b"',
)
JSON_VALUES = (
    '"mallory"',
    '["mallory"]',
    '{"user":"mallory"}',
    "null",
    "0",
    "1.0000000000000000001",
    "12345678901234567890123",
    '{"__oidc_email":"mallory","user":1,"a":{"__oidc_b":[1]}}',
    r'{"\u005f_oidc_email":"mallory","__oidc_email":"m","c":"\ud83d\ude00"}',
    '""',
    " [1, 2 , {}] ",
)
HEADS = (
    # Heads of parts called `user`.
    'Content-Disposition: form-data; name="user"',
    "Content-Disposition: form-data; name=user",
    "content-DISPOSITION:form-data;NAME=user",
    "Content-Disposition: \tform-data ;  name=user ; ",
    'Content-Disposition: Form-Data; filename="u.txt"; name="user"',
    'Content-Disposition: form-data; filename="a\\"; name=x.txt"; name="user"',
    "Content-Disposition: form-data; name*=utf-8''user",
    "Content-Disposition: form-data; name*=UTF-8'en'%75s%65r",
    "Content-Disposition: form-data; name*=iso-8859-1''user; filename*=utf-8''x",
    'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name="user"\r\nX-A: b',
    'Content-Disposition: form-data; name="user"\r\nContent-Type: text/plain; charset=utf-16',
    # Heads of parts with another name.
    'Content-Disposition: form-data; name="User"',
    'Content-Disposition: form-data; name=" user"',
    'Content-Disposition: form-data; name="user[]"',
    "Content-Disposition: form-data; name=us%65r",
    'Content-Disposition: form-data; name=""',
    'Content-Disposition: form-data; name="_charset_"',
    "Content-Disposition: form-data; name*=utf-8''users",
    'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=utf-16',
    'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64',
    'Content-Disposition: form-data; name="file"; filename="name=user; x"',
    'Content-Disposition: form-data; name="file"; filename="C:\\path\\a.txt"\r\nContent-Type: text/plain',
    'Content-Disposition: form-data; name="file"; filename="\u0440\u0438\u0301.txt"; filename*=utf-8\'\'%D0%BF',
    'Content-Disposition: form-data; name="file"; filename="name=\\"user\\""',
    # Heads that two parsers, or two versions of one, can read differently.
    "Content-Disposition: form-data",
    'Content-Disposition: form-data; filename="a"',
    'Content-Disposition: attachment; name="user"',
    'Content-Disposition: name="user"',
    'Content-Disposition: form-data; name="us\\er"',
    'Content-Disposition: form-data; name="a%22b"',
    "Content-Disposition: form-data; name=user@x",
    "Content-Disposition: form-data; name=userü",
    'Content-Disposition: form-data; name="x"; name="user"',
    "Content-Disposition: form-data; name=\"user\"; name*=utf-8''x",
    "Content-Disposition: form-data; name*0=us; name*1=er",
    "Content-Disposition: form-data; name*=user",
    "Content-Disposition: form-data; name*=''user",
    "Content-Disposition: form-data; name*=utf-16''user",
    "Content-Disposition: form-data; name*=\"utf-8''user\"",
    'Content-Disposition: form-data; name="x"junk; name=user',
    "Content-Disposition: form-data; name =x; name=user",
    "Content-Disposition: form-data; name= user",
    'Content-Disposition: form-data; name="user',
    'Content-Disposition: form-data; name="x\\"',
    'Content-Disposition: form-data;; name="user"',
    "Content-Disposition: form-data; name='user';x",
    'Content-Disposition : form-data; name="user"',
    'Content-Disposition: form-data; name="x"\r\nContent-Disposition: form-data; name="user"',
    'Content-Disposition: form-data;\r\n name="user"',
    'Content-Disposition: form-data; name="x"\nContent-Disposition: form-data; name="user"',
    'Content-Disposition: form-data; name="x"\rX: y',
    'Content-Disposition: form-data; name="x\0"',
    "Content-Type: text/plain",
    'no colon\r\nContent-Disposition: form-data; name="x"',
)
"""Those of `src/domain/src/rewrite/multipart/tests.rs`, and those that are about the content of a part."""
CRUMBS = ("\r\n", "\n", "\r", "--b", "-", "x", "b", " ", "\0", "mallory", "--b--", "\r\n--b\r\n", "\n--b--", "\r\n--bb")


class Sent(NamedTuple):
    """A request as a client sends it."""

    handler: str
    method: str
    query: str
    content_type: str
    body: bytes


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
def settings() -> str:
    return json.dumps(issuer.settings("http://dify.example/v1", input_claims="none"))


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


def a_query(random: Random) -> str:
    pairs = (random.choice(USER_NAMES) + "=" * random.randint(0, 2) + random.choice(USER_VALUES) for _ in range(4))
    return random.choice(("&", "&", "&&", ";")).join(pairs)


def a_json(random: Random) -> Sent:
    members = [
        f"{random.choice(JSON_NAMES)}{random.choice((':', ' : '))}{random.choice(JSON_VALUES)}" for _ in range(5)
    ]
    text = random.choice(("", "\n ")) + "{" + random.choice((",", " ,\n")).join(members[: random.randint(0, 5)]) + "}"
    handler = random.choice(("post_chat_messages", "post_message_feedbacks"))
    return Sent(handler, "POST", a_query(random), random.choice((JSON, "Application/X+JSON")), text.encode())


def a_form(random: Random) -> Sent:
    return Sent("post_files_upload", "POST", a_query(random), URLENCODED, a_query(random).encode())


def crumbs(random: Random, most: int) -> str:
    return "".join(random.choices(CRUMBS, k=random.randint(0, most)))


def a_multipart(random: Random) -> Sent:
    line = random.choices(("\r\n", "\n", "\r"), weights=(8, 4, 1))[0]
    parts = (f"{random.choice(HEADS)}\r\n\r\n".replace("\r\n", line) + crumbs(random, 4) for _ in range(4))
    body = "".join(f"--b{line}{part}{line}" for part in list(parts)[: random.randint(0, 4)])
    before = random.choice(("", "", "", "\r\n", crumbs(random, 3)))
    end = random.choices(("--b--\r\n", "--b--", f"--b--{crumbs(random, 3)}", "--b"), weights=(8, 4, 2, 1))[0]
    content_type = random.choice((MULTIPART, 'Multipart/Form-Data; boundary="b"; charset=utf-8'))
    return Sent("post_files_upload", "POST", a_query(random), content_type, f"{before}{body}{end}".encode())


def kept_inputs(name: str, found: Path | None) -> Iterator[bytes]:
    """What a fuzz target has found interesting: ever, and in the directory `found`."""
    yield from map(bytes.fromhex, (KEPT_INPUTS / f"{name}.hex").read_text().splitlines())
    if found and (found / name).is_dir():
        for path in (found / name).iterdir():
            yield path.read_bytes()


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
