"""What Dify reads from a request that gateway.wasm has rewritten, with the parsers that Dify has: werkzeug's, Python's.

It must be what they read from the request as it was sent, but for `user` and the inputs that only the gateway writes.
Whatever the gateway refuses is nobody's.
"""

import base64
import json
import time
from io import BytesIO
from random import Random
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # trustme brings it.
from werkzeug import Request

from host.sdk.relay import pieces
from host.sdk.request_head import request_head
from host.wasm import module
from host.wasm.calls import Call, Calls, Relay

ISSUER = "https://idp.example"
KEY = Ed25519PrivateKey.generate()
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
DISPOSITIONS = (
    'form-data; name="user"',
    "form-data; name=user",
    'form-data; NAME="user"',
    "form-data; name*=utf-8''us%65r",
    "form-data; name*=utf-8''user; filename=x",
    'form-data; name="user"; filename="u.txt"',
    'form-data; filename="a\\"; name=user; b"; name="file"',
    'form-data; name="us\\er"',
    'form-data; name="us%65r"',
    'form-data; name="x"; name="user"',
    'form-data;\r\n name="user"',
    "form-data; name = user",
    'form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain',
    'form-data; name="file"; filename="ü.bin"',
    'form-data; name="a"',
    'attachment; name="user"',
    'form-data; name="user" junk',
)
CONTENTS = ("mallory", "", "\r\n", "\r\n--b\r\n", "\r\n--", "--b", "\n--b--", "\r\n--bb", "x\0y", "a\r\n\r\nb", "\r")


class Sent(NamedTuple):
    """A request as a client sends it."""

    handler: str
    method: str
    query: str
    content_type: str
    body: bytes


@pytest.fixture(scope="module")
def plugin() -> Calls:
    """The module that is packaged: `cargo xtask build` makes it."""
    return Calls(module.load())


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token() -> str:
    claims = {"iss": ISSUER, "aud": "app", "sub": "alice", "exp": int(time.time()) + 300}
    parts = (json.dumps(part).encode() for part in ({"alg": "EdDSA", "typ": "at+jwt"}, claims))
    signed = ".".join(map(base64url, parts))
    return f"{signed}.{base64url(KEY.sign(signed.encode()))}"


def settings() -> str:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url(KEY.public_key().public_bytes_raw())}
    given = {"issuer": ISSUER, "client_id": "app", "dify_api_url": "http://dify.example/v1", "app_key": "app-1"}
    return json.dumps(given | {"input_claims": "none", "jwks": json.dumps({"keys": [jwk]})})


def read(method: str, query: str, content_type: str, body: bytes, **more: str) -> Request:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": "/", "QUERY_STRING": query, "wsgi.input": BytesIO(body)}
    return Request(environ | {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))} | more)


def rewritten(plugin: Calls, sent: Sent) -> Request | None:
    """What Dify gets; nothing where the gateway refuses."""
    _, *request = sent
    asked = read(*request, HTTP_AUTHORIZATION=f"Bearer {token()}")
    head = request_head(asked, "r", "e", PATH_VALUES, settings(), len(sent.body))
    decided = plugin.decide(Call(sent.handler, head, sent.body, frozenset()))
    if not isinstance(decided, Relay):
        refused = json.loads(decided.body)
        assert refused["code"] in {"bad_request", "invalid_param", "unsupported_media_type"}, refused
        return None
    plugin.judge_response_head(
        decided.number, decided.context, {"status": 200, "headers": []}
    )  # So that the next need not wait.
    wanted = json.loads(decided.head)
    query = wanted["url"].partition("?")[2]
    body = b"".join(pieces(wanted["pieces"] or [], sent.body, decided.own))
    return read(sent.method, query, dict(wanted["headers"]).get("content-type", ""), body)


def a_query(random: Random) -> str:
    pairs = (random.choice(USER_NAMES) + "=" * random.randint(0, 2) + random.choice(USER_VALUES) for _ in range(4))
    return random.choice(("&", "&", "&&", ";")).join(pairs)


def a_json(random: Random) -> Sent:
    members = [
        f"{random.choice(JSON_NAMES)}{random.choice((':', ' : '))}{random.choice(JSON_VALUES)}" for _ in range(5)
    ]
    text = random.choice(("", "\n ")) + "{" + random.choice((",", " ,\n")).join(members[: random.randint(0, 5)]) + "}"
    handler = random.choice(("post_chat_messages", "post_message_feedbacks"))
    return Sent(
        handler, "POST", a_query(random), random.choice(("application/json", "Application/X+JSON")), text.encode()
    )


def a_form(random: Random) -> Sent:
    content_type = "application/x-www-form-urlencoded"
    return Sent("post_files_upload", "POST", a_query(random), content_type, a_query(random).encode())


def a_multipart(random: Random) -> Sent:
    line = random.choice(("\r\n", "\r\n", "\r\n", "\n"))
    parts = [
        f"Content-Disposition: {random.choice(DISPOSITIONS)}\r\n\r\n".replace("\r\n", line) + random.choice(CONTENTS)
        for _ in range(random.randint(0, 4))
    ]
    body = "".join(f"--b{line}{part}{line}" for part in parts)
    body = (
        random.choice(("", "", "", "\r\n", "x\r\n", "x"))
        + body
        + random.choice(("--b--\r\n", "--b--", "--b--x", "--b"))
    )
    content_type = random.choice(
        ("multipart/form-data; boundary=b", 'Multipart/Form-Data; boundary="b"; charset=utf-8')
    )
    return Sent("post_files_upload", "POST", a_query(random), content_type, body.encode())


def without_user(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in pairs if name != "user"]


def files_of(request: Request) -> list[tuple[str, str | None, str, bytes]]:
    files = request.files.items(multi=True)
    return [(name, file.filename, file.content_type, file.read()) for name, file in files if name != "user"]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("make", [a_form, a_multipart], ids=["urlencoded", "multipart"])
def test_dify_reads_a_form_as_it_was_sent_but_for_user(plugin: Calls, make: object, seed: int) -> None:
    random, passed = Random(seed), 0
    for _ in range(150):
        sent = make(random)
        found = rewritten(plugin, sent)
        if found is None:
            continue
        passed += 1
        was = read(*sent[1:])
        assert found.form.getlist("user") == ["alice"], sent
        assert "user" not in found.files, sent
        assert without_user(found.form.items(multi=True)) == without_user(was.form.items(multi=True)), sent
        assert files_of(found) == files_of(was), sent
        assert list(found.args.items(multi=True)) == without_user(was.args.items(multi=True)), sent
    assert passed > 10


@pytest.mark.parametrize("seed", range(8))
def test_dify_reads_json_as_it_was_sent_but_for_user_and_what_only_the_gateway_writes(plugin: Calls, seed: int) -> None:
    random, passed = Random(seed), 0
    for _ in range(150):
        sent = a_json(random)
        found = rewritten(plugin, sent)
        if found is None:
            continue
        passed += 1
        expected = json.loads(sent.body) | {"user": "alice"}
        if sent.handler == "post_chat_messages" and expected.get("inputs") is None:
            expected["inputs"] = {}
        if isinstance(inputs := expected.get("inputs"), dict):
            expected["inputs"] = {name: inputs[name] for name in inputs if not name.startswith("__oidc_")}
        assert json.loads(found.get_data()) == expected, sent
        assert found.mimetype == "application/json"
    assert passed > 10


@pytest.mark.parametrize("seed", range(8))
def test_dify_reads_a_query_as_it_was_sent_but_for_user(plugin: Calls, seed: int) -> None:
    random = Random(seed)
    for _ in range(150):
        sent = Sent("get_messages", "GET", a_query(random), "", b"")
        found = rewritten(plugin, sent)
        assert found is not None
        was = read(*sent[1:])
        expected = [*without_user(was.args.items(multi=True)), ("user", "alice")]
        assert list(found.args.items(multi=True)) == expected, sent
