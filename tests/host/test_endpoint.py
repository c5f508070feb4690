"""What the SDK calls: endpoint classes, and the request as the module is told of it."""

import json
from types import SimpleNamespace

import pytest
from dify_plugin import Endpoint
from dify_plugin.core.utils.class_loader import get_subclasses_from_module
from dify_plugin.core.utils.http_parser import deserialize_request
from werkzeug import Request, Response

from endpoints import fallback, post_chat_messages
from host.sdk import endpoint
from host.wasm.calls import Calls

RAW = (
    b"POST /chat-messages/%C3%A9?b=2&a=%20 HTTP/1.1\r\nHost: dify.example\r\nAuthorization: Bearer T\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\nX-Name: \xc3\xa9\r\n\r\n{}"
)
SETTINGS = {"issuer": "https://idp.example", "app_key": None, "userinfo": True, "odd": "\ud800"}


def answered(calls: Calls, handler: str, raw: bytes = RAW) -> Response:
    return endpoint.respond(calls, handler, deserialize_request(raw), {"task_id": "t"}, SETTINGS, "e-1")


def test_the_head_tells_the_request_as_it_came(calls: Calls) -> None:
    head = json.loads(answered(calls, "echo").response[0])
    assert len(bytes.fromhex(head.pop("id"))) == 16
    assert sorted(head.pop("headers")) == [
        ["Authorization", "Bearer T"],
        ["Content-Length", "2"],
        ["Content-Type", "application/json"],
        ["Host", "dify.example"],
        ["X-Name", "é"],
    ]
    assert head == {
        "endpoint": "e-1",
        "method": "POST",
        "path": "/chat-messages/é",
        "query": "b=2&a=%20",
        "values": {"task_id": "t"},
        "body_length": 2,
        "settings": SETTINGS | {"odd": "?"},
    }


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
        (b"DELETE /x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n{ }", b"{ }"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"0\r\n\r\n"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"z" * 100_000, b"z" * 100_000),
    ],
    ids=["none", "of a DELETE", "the phantom of an empty POST", "beyond what a handler is given at once"],
)
def test_the_body_is_passed_as_it_is(calls: Calls, raw: bytes, body: bytes) -> None:
    assert b"".join(answered(calls, "echo_body", raw).response) == body


def test_each_request_has_an_id_of_its_own(calls: Calls) -> None:
    ids = {json.loads(answered(calls, "echo").response[0])["id"] for _ in range(100)}
    assert len(ids) == 100


def test_the_module_says_what_the_client_of_a_failed_call_gets(calls: Calls) -> None:
    response = answered(calls, "trap")
    assert (response.status_code, list(response.headers.items())) == (500, [("X-Test", "failed")])
    assert response.response == [b"told"]


@pytest.mark.parametrize("handler", ["loop_forever", "no_such_export"])
def test_what_the_module_cannot_answer_is_a_500_in_difys_shape(calls: Calls, handler: str) -> None:
    response = answered(calls, handler)
    error = json.loads(response.response[0])
    request_id = error.pop("request_id")
    assert error == {
        "code": "internal_error",
        "message": (
            "The gateway could not handle this request because of a fault of its own. Try again. If it happens again, "
            "give the request id to the administrator of this endpoint: the plugin's log tells more."
        ),
        "status": 500,
    }
    assert response.status_code == 500
    assert list(response.headers.items()) == [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("X-Request-Id", request_id),
    ]


def test_nothing_is_raised_at_the_sdk(calls: Calls) -> None:
    class Broken(Request):
        def get_data(self, *_: object, **__: object) -> bytes:
            raise OSError("what nobody should see")

    response = endpoint.respond(calls, "echo", Broken({}), {}, {}, None)
    assert response.status_code == 500
    assert b"nobody" not in response.response[0]


@pytest.mark.parametrize(("file", "handler"), [(post_chat_messages, "post_chat_messages"), (fallback, "fallback")])
def test_an_endpoint_file_has_one_class_and_names_its_handler(
    monkeypatch: pytest.MonkeyPatch, file: object, handler: str
) -> None:
    (made,) = get_subclasses_from_module(file, Endpoint)
    named: list[tuple] = []
    monkeypatch.setattr(endpoint, "gateway", lambda: None)
    monkeypatch.setattr(endpoint, "respond", lambda *given: named.append(given))
    made(SimpleNamespace(endpoint_id="e-1")).invoke("request", {"a": 1}, {"b": 2})
    assert named == [(None, handler, "request", {"a": 1}, {"b": 2}, "e-1")]
