"""What the SDK calls: endpoint classes, and the request as the module gets it."""

import json
from io import BytesIO
from types import SimpleNamespace

import pytest
from dify_plugin import Endpoint
from dify_plugin.core.utils.class_loader import get_subclasses_from_module
from werkzeug import Request, Response

from endpoints import fallback, post_chat_messages
from host.limits import REQUEST_HEAD_BYTES, REQUEST_HEAD_FIELDS
from host.log import lines
from host.sdk import endpoint
from host.sdk.daemon_request import parsed
from host.wasm.instances import Instances

RAW = (
    b"POST /chat-messages/%C3%A9?b=2&a=%20 HTTP/1.1\r\nHost: dify.example\r\nAuthorization: Bearer T\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\nUser-Agent: \xc3\xa9\r\nCookie: a=b\r\n\r\n{}"
)
SETTINGS = {"issuer": "https://idp.example", "app_key": None, "allowed_origins": "https://app.example", "odd": "\ud800"}


def answered(instances: Instances, handler: str, raw: bytes = RAW) -> Response:
    return endpoint.respond(instances, handler, parsed(raw), {"task_id": "t"}, SETTINGS, "e-1")


def test_the_head_tells_the_request_as_it_came(instances: Instances) -> None:
    head = json.loads(answered(instances, "echo").response[0])
    assert len(bytes.fromhex(head.pop("id"))) == 16
    assert sorted(head.pop("headers")) == [
        ["authorization", "Bearer T"],
        ["content-type", "application/json"],
        ["cookie", "a=b"],
        ["host", "dify.example"],
        ["user-agent", "é"],
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
    ids=["none", "of a DELETE", "the phantom of an empty POST", "beyond what a handler is arguments at once"],
)
def test_the_body_is_passed_as_it_is(instances: Instances, raw: bytes, body: bytes) -> None:
    assert b"".join(answered(instances, "echo_body", raw).response) == body


def test_each_request_has_an_id_of_its_own(instances: Instances) -> None:
    ids = {json.loads(answered(instances, "echo").response[0])["id"] for _ in range(100)}
    assert len(ids) == 100


def test_the_module_says_what_the_client_of_a_failed_call_gets(instances: Instances) -> None:
    response = answered(instances, "trap")
    assert (response.status_code, list(response.headers.items())) == (500, [("X-Test", "failed")])
    assert response.response == [b"told"]


@pytest.mark.parametrize("handler", ["loop_forever", "no_such_export"])
def test_what_the_module_cannot_answer_is_a_500_in_difys_shape(instances: Instances, handler: str) -> None:
    response = answered(instances, handler)
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


def head_with(count: int, length: int) -> bytes:
    """A request whose head has `count` fields and `length` bytes."""
    fields = b"".join(b"\r\nX-%d: " % number for number in range(count))
    head = b"GET / HTTP/1.1" + fields
    return head + b"x" * (length - len(head)) + b"\r\n\r\n"


LARGEST = (REQUEST_HEAD_FIELDS, REQUEST_HEAD_BYTES)


@pytest.mark.parametrize("size", [LARGEST, (1, REQUEST_HEAD_BYTES)])
def test_the_module_reads_a_request_with_the_largest_head(instances: Instances, size: tuple[int, int]) -> None:
    assert answered(instances, "echo", head_with(*size)).status_code == 200


@pytest.mark.parametrize(
    "size", [(REQUEST_HEAD_FIELDS + 1, 9000), (1, REQUEST_HEAD_BYTES + 1), (24_576, 400_000), (1, 1024 * 1024)]
)
def test_a_request_with_a_larger_head_is_refused_before_the_module_sees_it(
    instances: Instances, size: tuple[int, int]
) -> None:
    response = answered(instances, "trap", head_with(*size))
    error = json.loads(response.response[0])
    request_id = error.pop("request_id")
    assert error == {
        "code": "request_head_too_large",
        "message": "The head of this request has more than 100 fields or 64 KiB. Send fewer or shorter fields.",
        "status": 431,
    }
    assert (response.status_code, dict(response.headers)) == (
        431,
        {"Content-Type": "application/json", "Cache-Control": "no-store", "X-Request-Id": request_id},
    )


def test_what_responds_after_a_trap_sees_only_what_it_needs(
    instances: Instances, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(lines, "add", lambda _level, line: logged.append(line))
    answered(instances, "trap", RAW.replace(b"Cookie: a=b", b"Origin: https://app.example"))
    head = json.loads(logged[-1])
    assert len(bytes.fromhex(head.pop("id"))) == 16
    assert head == {
        "endpoint": "e-1",
        "method": "POST",
        "path": "/",
        "query": "",
        "headers": [["origin", "https://app.example"]],
        "values": {},
        "body_length": 0,
        "settings": {"allowed_origins": "https://app.example"},
    }


def test_nothing_is_raised_at_the_sdk(instances: Instances) -> None:
    class Broken(BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError("what nobody should see")

    response = endpoint.respond(instances, "echo", Request({"wsgi.input": Broken()}), {}, {}, None)
    assert response.status_code == 500
    assert b"nobody" not in response.response[0]


@pytest.mark.parametrize(("file", "handler"), [(post_chat_messages, "post_chat_messages"), (fallback, "fallback")])
def test_an_endpoint_file_has_one_class_and_names_its_handler(
    monkeypatch: pytest.MonkeyPatch, file: object, handler: str
) -> None:
    (endpoint_class,) = get_subclasses_from_module(file, Endpoint)
    named: list[tuple] = []
    monkeypatch.setattr(endpoint, "instances", lambda: None)
    monkeypatch.setattr(endpoint, "respond", lambda *arguments: named.append(arguments))
    endpoint_class(SimpleNamespace(endpoint_id="e-1")).invoke("request", {"a": 1}, {"b": 2})
    assert named == [(None, handler, "request", {"a": 1}, {"b": 2}, "e-1")]
