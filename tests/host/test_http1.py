"""Heads that are written, and responses byte by byte."""

import pytest

from host.http.failure import Failure
from host.http.http1 import ResponseReader, request_head
from host.limits import UPSTREAM_HEAD_BYTES

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSE = ("Connection", "close")
IN_CHUNKS = ("Transfer-Encoding", "chunked")


def read(content: bytes, method: str = "GET", step: int = 16_384, *, ends: bool = True) -> ResponseReader:
    reader = ResponseReader(method)
    for start in range(0, len(content), step):
        reader.feed(content[start : start + step])
    if ends and not reader.is_complete:
        reader.feed(b"")
    return reader


def test_a_head_is_written_as_it_is() -> None:
    head = request_head("GET", "/a?b=%20", [("Host", "h"), ("X-Name", "Zoë 名")])
    assert head == "GET /a?b=%20 HTTP/1.1\r\nHost: h\r\nX-Name: Zoë 名\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("method", "target", "name", "value"),
    [
        ("GET", "/a b", "X", "y"),
        ("GET", "", "X", "y"),
        ("GET", "/a\r\nX: y", "X", "y"),
        ("GET\r\n", "/", "X", "y"),
        ("GET", "/", "X", "y\r\nAuthorization: z"),
        ("GET", "/", "X", "y\nz"),
        ("GET", "/", "X", "y\rz"),
        ("GET", "/", "X\r\nY", "z"),
        ("GET", "/", "X", "y\0"),
    ],
)
def test_what_would_be_read_as_more_than_one_head_is_not_written(
    method: str, target: str, name: str, value: str
) -> None:
    with pytest.raises(Failure) as failed:
        request_head(method, target, [(name, value)])
    assert failed.value.kind == "malformed"


@pytest.mark.parametrize("step", [1, 7, 1_000_000])
@pytest.mark.parametrize(
    ("content", "headers", "body", "stays_open"),
    [
        (b"A: 1 \r\nContent-Length: 3\r\n\r\nabc", [("A", "1"), ("Content-Length", "3")], b"abc", True),
        (b"Content-Length: 1\r\nConnection: close\r\n\r\na", [("Content-Length", "1"), CLOSE], b"a", False),
        (b"Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n", [IN_CHUNKS], b"abc", True),
        (b"N: \xe9\r\nContent-Length: 0\r\n\r\n", [("N", "é"), ("Content-Length", "0")], b"", True),
        (b"\r\nall of it", [], b"all of it", False),
        (b"Transfer-Encoding: identity\r\n\r\n1\r\na", [("Transfer-Encoding", "identity")], b"1\r\na", False),
        (b"Transfer-Encoding: Chunked \r\n\r\n0\r\n\r\n", [("Transfer-Encoding", "Chunked")], b"", True),
        (b"Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", [("Upgrade", "h2c"), ("Connection", "Upgrade")], b"", False),
    ],
)
@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1 100 Continue\r\nX: 1\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n" * 100,
        b"HTTP/1.1 103 Early Hints\r\n" + b"Link: </a>; rel=preload\r\n" * 100 + b"\r\n",
        b"HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\nHTTP/1.1 199 Other\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 104 Upload Resumption\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.0 100 Continue\r\n\r\n",
    ],
)
def test_a_response_is_read_however_it_is_cut(
    step: int, before: bytes, content: bytes, headers: list[tuple[str, str]], body: bytes, stays_open: bool
) -> None:
    reader = read(before + OK + content, step=step)
    assert (reader.status, reader.headers, reader.take(), reader.may_stay_open) == (200, headers, body, stays_open)


@pytest.mark.parametrize(
    "line",
    [
        b'5 ; a="b"',
        b"5;a",
        b"5 ;a",
        b"5; a",
        b"5\t;\ta\t=\tb",
        b"5 ; a ; b = c;d",
        b'5 ; a = "x;y=\\"z\\\\" ;b',
        b'5;a="\xc3\xa9 \t"',
        b'5;a=""',
        b"5 \t ",
        b"0005 ; a",
    ],
)
def test_a_chunk_extension_may_have_blanks_around_its_signs(line: bytes) -> None:
    chunk, other = b" ; a=", b"\r\n5 ; b\r\n"  # Data that looks like lines between chunks.
    last = line.replace(b"5", b"0", 1)
    content = CHUNKED + line + b"\r\n" + chunk + b"\r\n9 ; x\r\n" + other + b"\r\n" + last + b"\r\nT: 1\r\n\r\n"
    for cut in range(len(content)):
        reader = ResponseReader("GET")
        for part in (content[:cut], content[cut:]):
            if part:
                reader.feed(part)
        assert (reader.take(), reader.may_stay_open) == (chunk + other, True), cut


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_a_response_to_head_has_no_body_whatever_its_length_field_says(status: str) -> None:
    reader = read(f"HTTP/1.1 {status}\r\nContent-Length: 9\r\n\r\n".encode(), "HEAD", ends=False)
    assert (reader.is_complete, reader.length, reader.take(), reader.may_stay_open) == (True, 0, b"", True)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "malformed"),
        (OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "malformed"),
        (OK + b"Content-Length: +3\r\n\r\nabc", "malformed"),
        (OK + b"Content-Length: -3\r\n\r\nabc", "malformed"),
        (OK + b"Content-Length: 99999999999999999999999\r\n\r\nabc", "malformed"),
        (OK + b"Name : value\r\n\r\n", "malformed"),
        (OK + b"A: \0\r\n\r\n", "malformed"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + OK + b"\r\n", "malformed"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\nbody" + OK + b"\r\n", "malformed"),
        (b"HTTP/1.1 103 Early Hints\r\nContent-Length: 4\r\n\r\nbody" + OK + b"\r\n", "malformed"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", "broken"),
        (b"HTTP/1.1 103 Early Hints\r\n" + b"A: 1\r\n" * 101 + b"\r\n" + OK + b"\r\n", "too_large"),
        (b"HTTP/1.1 099 Low\r\n\r\n" + OK + b"\r\n", "malformed"),
        (OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "malformed"),
        (OK + b"Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", "malformed"),
        (OK + b"Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n", "malformed"),
        (OK + b"Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", "malformed"),
        (OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "malformed"),
        (b"HTTP/0.9 200 OK\r\n\r\n", "malformed"),
        (OK + b"A: " + b"y" * UPSTREAM_HEAD_BYTES, "too_large"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 3000 + OK + b"\r\n", "too_large"),
        (CHUNKED + b"1;" + b"x" * 2 * UPSTREAM_HEAD_BYTES, "broken"),
        (CHUNKED + b"1;" + b"x" * UPSTREAM_HEAD_BYTES + b"\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"0\r\n" + b"T: 1\r\n" * 20_000, "malformed"),
        (CHUNKED + b"-1\r\n", "broken"),
        (CHUNKED + b"fffffffffffffffff\r\n", "broken"),
        (CHUNKED + b"1\r\nab\r\n", "broken"),
        (CHUNKED + b"1\r\na\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1;x\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1;x\ry\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b" 1\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1 1\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1;\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1; =b\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b'1;x="\r\n0\r\n\r\n"\r\na\r\n0\r\n\r\n', "broken"),
        (CHUNKED + b'1;x="y\0"\r\na\r\n0\r\n\r\n', "broken"),
        (CHUNKED + b"\r\n1\r\na\r\n0\r\n\r\n", "broken"),
        (CHUNKED + b"1\r\na\r\n", "broken"),
    ],
)
def test_what_could_be_read_in_two_ways_is_not_read(content: bytes, kind: str) -> None:
    with pytest.raises(Failure) as failed:
        read(content)
    assert failed.value.kind == kind


@pytest.mark.parametrize("step", [1000, 1_000_000])
@pytest.mark.parametrize(
    "line", [b"1;" + b"x" * 9000, b"1;" + b"x" * 9000 + b"\r\na\r\n0\r\n\r\n", b"0" * 9000, b"1;x\n", b'1;x="\n']
)
def test_a_line_that_can_never_be_right_is_refused_before_it_ends(step: int, line: bytes) -> None:
    """However it arrives; otherwise it would be kept until the server gives up."""
    with pytest.raises(Failure, match="broken"):
        read(CHUNKED + line, step=step, ends=False)


def test_a_server_of_http_1_0_closes_after_each_response() -> None:
    reader = read(b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na")
    assert (reader.take(), reader.may_stay_open) == (b"a", False)


@pytest.mark.parametrize("rest", [OK + b"Content-Length: 0\r\n\r\n", b"x", b"\r\n" + OK])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_connection_on_which_more_comes_does_not_stay_open(method: str, rest: bytes) -> None:
    reader = read(OK + b"Content-Length: 0\r\n\r\n" + rest, method)
    assert (reader.is_complete, reader.status, reader.may_stay_open) == (True, 200, False)
