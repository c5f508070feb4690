"""Random requests for `test_rewriting.py`, of clients who want to be somebody else, and what the fuzz targets found."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

KEPT_INPUTS = Path(__file__).parents[1] / "fuzz" / "corpus"
JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
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
