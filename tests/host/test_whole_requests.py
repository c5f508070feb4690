"""Whole requests, spoilt at random: whatever reaches Dify, Dify does for the caller. See `whole_requests.py`."""

from collections.abc import Iterator

import pytest
from dify_judge import KINDS, Caller, Judge
from whole_requests import Plugin, run, unrewritten

SEED = 1
NUMBERS = range(2000)
ALICE = Caller("alice", is_administrator=False)
KEY = b"Authorization: Bearer app-1\r\n"
JSON = KEY + b"Content-Type: application/json\r\n"
CHAT = b"POST /v1/chat-messages HTTP/1.1\r\n" + JSON


@pytest.fixture
def plugin() -> Iterator[Plugin]:
    started = Plugin()
    yield started
    started.stop()


def test_no_request_makes_dify_act_for_anybody_but_its_caller(plugin: Plugin) -> None:
    findings = run(plugin, SEED, NUMBERS)
    assert not findings, "\n".join(finding.text(SEED) for finding in findings[:5])
    assert {method for method, count in plugin.good.items() if count > 10} >= {"GET", "POST", "PUT", "DELETE"}


def test_the_judge_objects_to_the_same_requests_where_no_gateway_rewrites_them() -> None:
    assert set(unrewritten(Judge(), SEED, NUMBERS)) == KINDS


@pytest.mark.parametrize(
    ("head", "body", "objections"),
    [
        (CHAT, b'{"user":"alice","inputs":{"__oidc_email":"alice@idp.example"}}', []),
        (CHAT, b'{"user":"mallory"}', [("user", "'mallory' instead of 'alice'")]),
        (CHAT, b'{"user":"alice","us\\u0065r":"mallory"}', [("user", "'mallory' instead of 'alice'")]),
        (CHAT, b"{}", [("user", "None instead of 'alice'")]),
        (CHAT, b"[]", [("error", "500 INTERNAL SERVER ERROR")]),
        (CHAT, b'{"user":"alice","inputs":{"__oidc_x":1}}', [("input", "__oidc_x=1")]),
        (
            CHAT.replace(b"messages", b"messages?user=mallory"),
            b'{"user":"alice"}',
            [("stray user", "['mallory']")],
        ),
        (CHAT + b"User: mallory\r\n", b'{"user":"alice"}', [("header", "User: mallory")]),
        (CHAT + b"X-Request-Id: mallory\r\n", b'{"user":"alice"}', [("header", "X-Request-Id: mallory")]),
        (CHAT + b"Accept : */*\r\n", b'{"user":"alice"}', [("field", "b'Accept : */*'"), ("header", "Accept : */*")]),
        (b"GET /v1/info HTTP/1.1\r\n", b"", [("key", "None")]),
        (
            b"GET /v1/messages?user=mallory&user=alice HTTP/1.1\r\n" + KEY,
            b"",
            [("user", "'mallory' instead of 'alice'"), ("stray user", "['mallory']")],
        ),
        (
            b"GET /v1/workflows/logs?created_by_end_user_session_id= HTTP/1.1\r\n" + KEY,
            b"",
            [("user", "'' instead of 'alice'")],
        ),
        (
            b"POST /v1/files/upload HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n" + KEY,
            b'--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nmallory\r\n--b--\r\n',
            [("user", "'mallory' instead of 'alice'"), ("stray user", "['mallory']")],
        ),
        (b"OPTIONS /v1/info HTTP/1.1\r\n" + KEY, b"", [("operation", "OPTIONS /v1/info? is not an operation")]),
        (b"GET /v1//info HTTP/1.1\r\n" + KEY, b"", [("operation", "GET /v1//info? is not an operation")]),
        (
            b"GET /v1/app/feedbacks HTTP/1.1\r\n" + KEY,
            b"",
            [("operation", "GET /v1/app/feedbacks is for administrators")],
        ),
    ],
)
def test_the_judge_reads_a_request_as_dify_does(head: bytes, body: bytes, objections: list[tuple[str, str]]) -> None:
    head += b"Content-Length: %d" % len(body)
    assert Judge().judge(head, body, ALICE).objections == objections
