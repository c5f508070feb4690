"""Requests that the SDK cannot read as the daemon hands them over."""

import json

import pytest
from dify_plugin.core.utils.http_parser import deserialize_request
from werkzeug import Request
from werkzeug.routing import Map, Rule

from host.sdk import daemon_request
from host.sdk.daemon_request import kept_apart, parsed, taken_body
from host.sdk.request_head import request_head

ROUTES = Map([Rule("/info", endpoint="info"), Rule("/<path:rest>", endpoint="fallback")])


def routed(request: Request) -> Request:
    """What the SDK does before the plugin is called."""
    ROUTES.bind_to_environ(request.environ).match()
    return request


def request_with(*fields: bytes, path: bytes = b"/info") -> bytes:
    return b"\r\n".join((b"POST %s HTTP/1.1" % path, *fields, b"Content-Length: 2", b"", b"{}"))


@pytest.mark.parametrize(
    ("raw", "path", "headers"),
    [
        (
            request_with(b"Host: x", b"Dify-Hook-Url: http://x/e/h/info\0", path=b"/info%00"),
            "/info\0",
            [("Dify-Hook-Url", "http://x/e/h/info\0")],
        ),
        (
            request_with(b"Host: x", b"Dify-Hook-Url: http://x/e/h/info\x0b", path=b"/info%0B"),
            "/info\x0b",
            [("Dify-Hook-Url", "http://x/e/h/info\x0b")],
        ),
        (
            request_with(b"Host: x", b"Dify-Hook-Url: http://x/e/h/\xff", path=b"/%FF"),
            "/\ufffd",
            [("Dify-Hook-Url", "http://x/e/h/\ufffd")],
        ),
        (request_with(b"Host: x", b"X_Trace_Id: 1", b"X-Trace-Id: 2"), "/info", [("X-Trace-Id", "2")]),
        (request_with(b"Host: x", b"User-Agent: \xff\xc3\xa9"), "/info", [("User-Agent", "\ufffdé")]),
        (request_with(b"Host: x", b"Authorization: Bearer \xff"), "/info", [("Authorization", "Bearer \ufffd")]),
        (request_with(b"Host: x", b"Content-Type: a/b", b"content-type: c/d"), "/info", [("Content-Type", "c/d")]),
        (request_with(b"Host: x", b"Connection: Upgrade", b"Upgrade: websocket"), "/info", []),
        (request_with(b"Host: x:99999"), "/info", []),
        (request_with(b"Host: [::1"), "/info", []),
        (request_with(b"Host: \xff"), "/info", []),
        (request_with(b"Host: " + b"x" * 64), "/info", []),
    ],
    ids=[
        "NUL in the path",
        "white space in the path",
        "a path that is not UTF-8",
        "a name with an underscore",
        "a value that is not UTF-8",
        "a token that is not UTF-8",
        "two content types",
        "a web socket",
        "no port",
        "no address",
        "a host that is not UTF-8",
        "a label that is too long",
    ],
)
def test_what_the_sdk_cannot_read_is_read_all_the_same(raw: bytes, path: str, headers: list[tuple[str, str]]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 It raises what its parts raise, ten kinds of it.
        routed(deserialize_request(raw))
    request = routed(parsed(raw))
    expected = {("Host", "localhost"), ("Content-Length", "2"), *headers}
    assert (request.path, set(request.headers.items()), request.get_data()) == (path, expected, b"{}")


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ((b"Authorization: Bearer A", b"authorization: Bearer B"), "authorization", "Bearer A, Bearer B"),
        ((b"Cookie: a=1; b=2", b"cookie: c=3"), "cookie", "a=1; b=2; c=3"),
        ((b"Mcp-Method: a", b"mcp-method: b"), "mcp-method", "a, b"),
        ((b"Mcp-Name: a", b"mcp-name: a"), "mcp-name", "a, a"),
        ((b"MCP-Protocol-Version: 1", b"mcp-protocol-version: 2"), "mcp-protocol-version", "1, 2"),
    ],
)
def test_of_two_values_that_decide_something_none_is_lost_on_the_way_to_the_module(
    fields: tuple[bytes, ...], name: str, expected: str
) -> None:
    assert (name, expected) in fields_for_module(request_with(b"Host: x", *fields))


@pytest.mark.parametrize("host", ["chat.example:8443", "x" * 64, "[::1", ""])
def test_the_module_gets_the_host_that_the_client_has_sent_and_the_router_does_not(host: str) -> None:
    raw = request_with(f"Host: {host}".encode(), b"X-Forwarded-Host: other")
    assert [field for field in fields_for_module(raw) if field[0] == "host"] == [("host", host)]
    assert routed(parsed(raw)).environ["HTTP_HOST"] == "localhost"


def fields_for_module(raw: bytes) -> list[tuple[str, str]]:
    head = request_head(routed(parsed(raw)), "r", "e", {}, b"{}", 2)
    return [(name, value) for name, value in json.loads(head)["headers"]]


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /info?a=%20 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer T\r\nAccept: \xc3\xa9\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\n\r\n\xff\r\n\r\n_:",
        b"GET /a%2Fb/../%E5%90%8D?a=1&b=%2B+c HTTP/1.1\r\nHost: x:1\r\nAccept:  b \r\nUser-Agent: a=b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_what_it_can_read_is_read_as_it_reads_it(raw: bytes) -> None:
    ours, theirs = parsed(raw), deserialize_request(raw)
    differ = ("Host", "Content-Length")
    headers = [{(name, value) for name, value in request.headers if name not in differ} for request in (ours, theirs)]
    assert headers[0] == headers[1]
    assert (ours.method, ours.path, ours.query_string) == (theirs.method, theirs.path, theirs.query_string)
    assert (ours.get_data(), ours.content_length or 0) == (theirs.get_data(), len(theirs.get_data()))


def test_the_sdk_keeps_neither_the_text_nor_the_body_of_a_large_request() -> None:
    body = bytes(range(256)) * 4096
    raw = b"POST /info HTTP/1.1\r\nHost: x\r\n\r\n" + body
    line = kept_apart(line_of({"raw_http_request": raw.hex(), "settings": {"a": 'a "raw_http_request":"b'}}))
    assert len(line) < 200
    message = json.loads(line)
    assert message["data"]["settings"] == {"a": 'a "raw_http_request":"b'}
    request = parsed(bytes.fromhex(message["data"]["raw_http_request"]))
    assert (request.path, taken_body(request), request.get_data()) == ("/info", body, b"")
    assert daemon_request._kept_apart == {}


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"raw_http_request": "4745"},
        {"raw_http_request": "4745", "settings": {"a": "x" * 200_000}},
        {"settings": {"a": "x" * 200_000}},
        {"raw_http_request": "x" * 200_000},
        {"settings": {"a": '"raw_http_request":"' + "47" * 100_000 + '"'}},
    ],
)
def test_any_other_line_stays_as_it_is(data: object) -> None:
    line = line_of(data)
    assert kept_apart(line) == line
    assert daemon_request._kept_apart == {}


def test_a_line_that_was_cut_stays_as_it_is() -> None:
    line = b'{"data":{"raw_http_request":"' + b"47" * 100_000
    assert kept_apart(line) == line


def line_of(data: object) -> bytes:
    """As the daemon writes it."""
    return json.dumps({"session_id": "s", "data": data}, separators=(",", ":")).encode()
