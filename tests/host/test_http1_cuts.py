"""Responses made at random, cut at every byte: how they arrive never changes what is read."""

import random
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from host.http.failure import Failure
from host.http.http1 import ResponseReader

SEEDS = range(60)


class Reading(NamedTuple):
    """All that a reader makes of a response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    failure: str | None
    stays_open: bool


def read(parts: Iterable[bytes]) -> Reading:
    """Reads `parts` and then the end of the connection, unless the response was complete before."""
    reader, body, failure = ResponseReader("GET"), b"", None
    try:
        for part in parts:
            reader.feed(part)
            body += reader.take()
        if not reader.is_complete:
            reader.feed(b"")
    except Failure as reason:
        failure = reason.kind
    body += reader.take()
    head = (reader.status, reader.headers) if reader.has_head else (0, [])
    return Reading(*head, body, failure, reader.may_stay_open and failure is None)


def blanks(rng: random.Random) -> bytes:
    return rng.choice([b"", b"", b" ", b"\t", b" \t "])


def extension(rng: random.Random) -> bytes:
    value = rng.choice([b"", b"=token", b'="q;=\\"\\\\ \xe9"', b'=""'])
    return blanks(rng) + b";" + blanks(rng) + b"name" + value.replace(b"=", blanks(rng) + b"=" + blanks(rng), 1)


def chunked(rng: random.Random, body: bytes) -> bytes:
    content = b""
    while body:
        size = rng.randint(1, min(len(body), 40))
        extensions = b"".join(extension(rng) for _ in range(rng.choice([0, 0, 1, 3])))
        content += b"%x%s\r\n%s\r\n" % (size, extensions, body[:size])
        body = body[size:]
    trailers = rng.choice([b"", b"T: 1\r\n", b"T: 1\r\nU:\r\n"])
    return content + b"0%s\r\n" % rng.choice([b"", extension(rng)]) + trailers + b"\r\n"


def interim(rng: random.Random) -> bytes:
    fields = rng.choice([b"", b"Link: </a>\r\n", b"Connection: close\r\n", b"Content-Length: 5\r\n"])
    return b"HTTP/1.1 %d Interim\r\n%s\r\n" % (rng.choice([100, 102, 103, 199]), fields)


def response(rng: random.Random) -> tuple[bytes, Reading]:
    """The bytes of a proper response, and what they mean."""
    # Bodies of what could be mistaken for a part of the framing.
    body = b"".join(
        rng.choices(
            [b"\r\n", b"0\r\n\r\n", b"5 ; a\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"x", b"\n\n"], k=rng.randint(0, 12)
        )
    )
    framing = rng.choice(["length", "chunks", "end"])
    field, content = {
        "length": (("Content-Length", str(len(body))), body),
        "chunks": (("Transfer-Encoding", "chunked"), chunked(rng, body)),
        "end": (("X-None", ""), body),
    }[framing]
    headers = [("Server", "a b"), field, ("Vary", "é")]
    head = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers)
    before = b"".join(interim(rng) for _ in range(rng.choice([0, 0, 1, 3])))
    raw = before + b"HTTP/1.1 207 Some Words\r\n" + head + b"\r\n" + content
    return raw, Reading(207, headers, body, None, framing != "end")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_response_is_the_same_wherever_it_is_cut(seed: int) -> None:
    raw, meaning = response(random.Random(seed))
    for cut in range(1, len(raw)):
        assert read([raw[:cut], raw[cut:]]) == meaning, cut
    assert read([raw]) == meaning
    assert read(raw[at : at + 1] for at in range(len(raw))) == meaning


@pytest.mark.parametrize("seed", SEEDS)
def test_a_response_that_breaks_off_is_never_taken_for_a_whole_one(seed: int) -> None:
    raw, meaning = response(random.Random(seed))
    for length in range(len(raw)):
        reading = read([raw[:length]])
        if meaning.stays_open:
            assert reading.failure == "broken", length
            assert meaning.body.startswith(reading.body)
        else:
            assert reading.failure == ("broken" if reading.status == 0 else None), length


@pytest.mark.parametrize("seed", range(300))
def test_damage_is_read_alike_wherever_it_is_cut(seed: int) -> None:
    """Whether it is noticed or not: two readings of the same bytes would be two meanings."""
    rng = random.Random(seed)
    raw = bytearray(response(rng)[0])
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(raw))
        raw[at : at + rng.choice([0, 1])] = rng.choice(
            [b"", b"\r", b"\n", b" ", b";", b'"', b"0", b"f", b"\0", b":", b"\r\n\r\n"]
        )
    content = bytes(raw)
    whole = read([content])
    for cut in range(1, len(content)):
        reading = read([content[:cut], content[cut:]])
        if not whole.failure:
            assert reading[:4] == whole[:4], cut
        else:
            # A later cut may show more of the body before the damage, and a head before a body that is damaged.
            assert reading.failure == whole.failure, cut
