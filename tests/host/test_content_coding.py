"""Content codings that nobody asked for."""

import gzip
import time
import tracemalloc
import zlib

import pytest
from server import CHUNKED, Serve, after_request, answering, chunk, ok
from test_transport import LIMITS, failure_of, request

from host.http import transport
from host.http.content_coding import decoded
from host.http.failure import Failure

LIMIT = 100_000
TEXT = b'{"keys":[]}' * 100


def raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(content) + compressor.flush()


@pytest.mark.parametrize(
    ("codings", "body"),
    [
        (["gzip"], gzip.compress(TEXT)),
        (["GZip "], gzip.compress(TEXT)),
        (["x-gzip"], gzip.compress(TEXT)),
        (["gzip"], gzip.compress(TEXT[:50]) + gzip.compress(b"") + gzip.compress(TEXT[50:])),
        (["deflate"], zlib.compress(TEXT)),
        (["deflate"], raw_deflate(TEXT)),
        (["identity"], TEXT),
        (["identity, gzip,"], gzip.compress(TEXT)),
        (["deflate, gzip"], gzip.compress(zlib.compress(TEXT))),
        (["deflate", "gzip"], gzip.compress(zlib.compress(TEXT))),
        (["gzip, gzip, gzip, gzip"], gzip.compress(gzip.compress(gzip.compress(gzip.compress(TEXT))))),
    ],
)
def test_a_coding_is_removed_with_the_fields_about_it(codings: list[str], body: bytes) -> None:
    headers = [("A", "1"), ("Content-Length", str(len(body))), *(("content-Encoding", coding) for coding in codings)]
    assert decoded(headers, body, LIMIT) == ([("A", "1")], TEXT)


@pytest.mark.parametrize("codings", ["", "br", "zstd", "gzip, br", "br, gzip", "compress", "gzip;q=1", "g zip", "none"])
def test_a_body_in_another_coding_stays_as_it_is(codings: str) -> None:
    headers = [("Content-Encoding", codings), ("Content-Length", "4")]
    assert decoded(headers, b"body", LIMIT) == (headers, b"body")


def test_a_response_without_content_has_nothing_to_decode() -> None:
    assert decoded([("Content-Encoding", "gzip")], b"", LIMIT) == ([], b"")


BOMB = gzip.compress(bytes(500_000_000), 9)


@pytest.mark.parametrize(
    ("codings", "body", "kind"),
    [
        ("gzip", TEXT, "malformed"),
        ("gzip", gzip.compress(TEXT)[:-1], "malformed"),
        ("gzip", gzip.compress(TEXT)[:-9], "malformed"),
        ("gzip", gzip.compress(TEXT)[:12], "malformed"),
        ("gzip", gzip.compress(TEXT)[:-8] + bytes(8), "malformed"),
        ("gzip", gzip.compress(TEXT) + b"more", "malformed"),
        ("gzip", gzip.compress(b"") * 17, "malformed"),
        ("gzip", zlib.compress(TEXT), "malformed"),
        ("deflate", zlib.compress(TEXT)[:-1], "malformed"),
        ("deflate", raw_deflate(TEXT)[:-1], "malformed"),
        ("deflate", zlib.compress(TEXT) * 2, "malformed"),
        ("deflate", gzip.compress(TEXT), "malformed"),
        ("gzip, deflate", gzip.compress(TEXT), "malformed"),
        ("identity, identity, identity, identity, gzip", gzip.compress(TEXT), "malformed"),
        ("gzip", gzip.compress(bytes(LIMIT + 1)), "too_large"),
        ("gzip", gzip.compress(bytes(LIMIT)) + gzip.compress(b"1"), "too_large"),
        ("gzip", BOMB, "too_large"),
        ("gzip, gzip", gzip.compress(BOMB), "too_large"),
        ("deflate", zlib.compress(bytes(LIMIT + 1)), "too_large"),
        ("deflate", raw_deflate(bytes(LIMIT + 1)), "too_large"),
    ],
)
def test_broken_and_endless_content_is_not_decoded(codings: str, body: bytes, kind: str) -> None:
    with pytest.raises(Failure) as failed:
        decoded([("Content-Encoding", codings)], body, LIMIT)
    assert failed.value.kind == kind


def test_content_of_exactly_the_limit_is_decoded() -> None:
    assert decoded([("Content-Encoding", "gzip")], gzip.compress(bytes(LIMIT)), LIMIT) == ([], bytes(LIMIT))


def test_a_bomb_takes_neither_memory_nor_time() -> None:
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(Failure, match="too_large"):
        decoded([("Content-Encoding", "gzip")], BOMB, LIMIT)
    took, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 0.1
    assert peak < 10 * LIMIT


@pytest.mark.parametrize("cut", range(0, len(gzip.compress(b"text")), 3))
def test_an_exchange_is_decoded_however_it_arrives(serve: Serve, cut: int) -> None:
    body = gzip.compress(b"text", mtime=0)
    head = CHUNKED[:-2] + b"Content-Encoding: gzip\r\n\r\n"
    server = serve(after_request(head + (chunk(body[:cut]) if cut else b""), 0.001, chunk(body[cut:]) + b"0\r\n\r\n"))
    response, content = transport.exchange(request(server))
    assert (response.headers, content) == ([("Transfer-Encoding", "chunked")], b"text")


def test_an_exchange_says_how_its_content_failed(serve: Serve) -> None:
    assert failure_of(request(serve(answering(ok(b"text", "Content-Encoding: gzip"))))) == "malformed"
    bomb = gzip.compress(bytes(LIMITS.body + 1))
    assert failure_of(request(serve(answering(ok(bomb, "Content-Encoding: gzip"))))) == "too_large"


def test_a_response_that_is_relayed_is_never_decoded(serve: Serve) -> None:
    body = gzip.compress(b"text")
    response = transport.send(request(serve(answering(ok(body, "Content-Encoding: gzip")))))
    assert ("Content-Encoding", "gzip") in response.headers
    assert response.read(1) == body
    response.close()
