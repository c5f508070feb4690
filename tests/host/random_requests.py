"""Whole requests, each made from a number: a good one of some operation, and a few attempts to spoil it."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import quote

from dify_judge import IDENTITY_INPUT, ROUTES

ID = "1e43fa4c-9b1a-430a-b494-ac22222409ae"
OTHER = "mallory"
OWN_PATHS = (
    "/",
    "/whoami",
    "/health",
    "/metrics",
    "/.well-known/oauth-protected-resource",
    "/auth/login",
    "/auth/logout",
    "/assets/main.js",
    "/nowhere",
    "/v1/info",
    "/openapi.json",
    "/mcp",
)
CORPUS = Path(__file__).parents[1] / "fuzz" / "corpus"
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
MULTIPART_TYPE = "multipart/form-data; boundary=b"

NAMES = ("user", "us%65r", "%75ser", "User", "user[]", "user%20", "+user", "user%00", "us%09er", "us%FFr", "a", "limit")
NAMES_OF_LOGS = ("created_by_end_user_session_id", "created_by%5Fend_user_session_id", "created_by_account", "keyword")
VALUES = (OTHER, "m%61llory", "", "alice", "mallory%00", "a+b", "%E4", "%", "%zz", "alice%26user=mallory")
JSON_NAMES = ("user", "us\\u0065r", "User", "user ", "user\\u0000", "inputs", "\\u0069nputs", "query", "us\\\\u0065r")
JSON_VALUES = (
    '"mallory"',
    '["mallory"]',
    '{"user":"mallory"}',
    "null",
    "0",
    "NaN",
    "1e999",
    "-0",
    '"\\ud83d"',
    '"alice\\",\\"user\\":\\"mallory"',
    '{"__oidc_email":"mallory"}',
    '{"\\u005f_oidc_email":"mallory","__oidc_email":"m"}',
    '{"__oidc_other":["mallory"],"__oidc_email":null}',
    '{"a":{"__oidc_email":"mallory"}}',
    "[" * 40 + "]" * 40,
    "[" * 200,
)
DISPOSITIONS = (
    'form-data; name="user"',
    "form-data; name=user",
    'form-data; NAME="user"',
    "form-data; name*=utf-8''us%65r",
    "form-data; name*=utf-8''user; filename=x",
    'form-data; name*0="us"; name*1="er"',
    'form-data; name="user"; filename="u.txt"',
    'form-data; filename="a\\"; name=user; b"; name="file"',
    'form-data; name="us\\er"',
    'form-data; name="x"; name="user"',
    'form-data; name="user"; name="x"',
    'form-data;\r\n name="user"',
    "form-data; name = user",
    'form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain',
    'form-data; name="file"; filename="a.txt"\r\nContent-Transfer-Encoding: base64',
    'form-data; name="file"; filename="\u00fc.bin"',
    'form-data; name="user\x00"',
    'attachment; name="user"',
    'form-data; name="user" junk',
    'form-data; name="a"\r\nContent-Disposition: form-data; name="user"',
    'form-data; name="a"\nContent-Disposition: form-data; name="user"',
    'form-data; name="user"\r\nContent-Type: text/plain; charset=utf-16',
    'form-data; name="user"\r\nContent-Type: text/plain; charset=utf-7',
    'form-data; name="_charset_"',
)
CONTENTS = (
    OTHER,
    "",
    "\r\n",
    "\r\n--b\r\n",
    '\r\n--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nmallory',
    '\n--b\nContent-Disposition: form-data; name="user"\n\nmallory',
    '\r\n--b \t\r\nContent-Disposition: form-data; name="user"\r\n\r\nmallory',
    '\r--b\rContent-Disposition: form-data; name="user"\r\rmallory',
    "\r\n--",
    "--b",
    "\n--b--",
    "\r\n--bb",
    "x\0y",
    "utf-16",
)
CONTENT_TYPES = (
    JSON_TYPE,
    "Application/X+JSON",
    "application/json; charset=utf-16",
    "application/json; charset=utf-7",
    "application/json, text/plain",
    "text/json",
    "text/plain",
    FORM_TYPE,
    "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data",
    MULTIPART_TYPE,
    'Multipart/Form-Data; boundary="b"; charset=utf-8',
    "multipart/form-data; boundary=c; boundary=b",
    "multipart/form-data; boundary*=utf-8''b",
    'multipart/form-data; boundary="\\b"',
    "multipart/form-data; boundary=b,multipart/form-data; boundary=c",
    "multipart/mixed; boundary=b",
    "",
    ";",
    "\u00fc/\u00fc",
)
FIELDS = (
    ("User", OTHER),
    ("X-User", OTHER),
    ("Cookie", "user=mallory; session=1"),
    ("X-Forwarded-For", "127.0.0.1"),
    ("X-Forwarded-User", OTHER),
    ("X-HTTP-Method-Override", "DELETE"),
    ("X-Original-URL", "/v1/app/feedbacks"),
    ("X-Rewrite-URL", "/v1/app/feedbacks"),
    ("Forwarded", "for=mallory;host=evil.example"),
    ("Authorization", "Bearer app-1"),
    ("authorization", "Bearer app-2"),
    ("Proxy-Authorization", "Bearer app-1"),
    ("Content_Type", FORM_TYPE),
    ("Content-Type", FORM_TYPE),
    ("Content-Encoding", "gzip"),
    ("Content-Encoding", "identity"),
    ("Content-Length", "3"),
    ("Transfer-Encoding", "chunked"),
    ("Transfer-Encoding", "gzip, chunked"),
    ("Expect", "100-continue"),
    ("Connection", "close, authorization"),
    ("Upgrade", "websocket"),
    ("Host", "evil.example"),
    ("Accept", "text/event-stream\r\x0bUser: mallory"),
    ("Accept", "\u00fc"),
    ("Accept-Language", "de\tUser: mallory"),
    ("Accept-Encoding", "gzip"),
    ("Origin", "https://evil.example"),
    ("Range", "bytes=0-1"),
    ("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ("Baggage", "user=mallory"),
    ("X-Request-Id", "mallory"),
    ("X-Trace-Id", "mallory\x00"),
    ("X-Trace-Session-Id", "x" * 300),
    ("Access-Control-Request-Method", "POST"),
    ("If-None-Match", "*"),
    ("", "nameless"),
    ("Bad Name", "1"),
)
PATH_VALUES = (
    ID,
    ID.upper(),
    ID.replace("-", ""),
    f"{{{ID}}}",
    "user",
    "..",
    "%2e%2e",
    "..%2f..%2fapp%2ffeedbacks",
    "%2Fapp%2Ffeedbacks",
    "a%3Fuser=mallory",
    "a%23b",
    "%00",
    "a%0D%0AUser:%20mallory",
    "a%20HTTP%2F1.1",
    "%E4",
    "%C3%BC",
    ";user=mallory",
    "run",
    "logs",
    "x" * 300,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "TRACE")


class Sent:
    """A request as a client sends it. Each attempt changes something."""

    def __init__(self, method: str, path: str) -> None:
        self.method = method
        self.path = path
        self.query = ""
        self.fields: list[tuple[str, str]] = []
        self.body = b""

    def wire(self, prefix: str = "") -> tuple[bytes, bytes]:
        """The head and the body."""
        target = prefix + self.path + (f"?{self.query}" if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.fields)]
        lines += [f"Content-Length: {len(self.body)}"] if self.body else []
        return "\r\n".join(lines).encode(), self.body


def random_request(random: Random) -> Sent:
    """A good request, spoilt up to four times. The same `random` makes the same request."""
    sent = _good_request(random)
    for attempt in random.choices(ATTEMPTS, weights=WEIGHTS, k=random.randint(0, 4)):
        attempt(random, sent)
    return sent


def _good_request(random: Random) -> Sent:
    if random.random() < 0.05:
        return Sent(random.choice(METHODS), random.choice(OWN_PATHS))
    (method, rule), place = random.choice(list(ROUTES.items()))
    sent = Sent(method, re.sub(r"<[^>]+>", lambda _: ID, rule))
    sent.fields = [("User-Agent", "fuzzer/1"), ("Accept", "*/*")]
    if place == "form":
        sent.fields.append(("Content-Type", MULTIPART_TYPE))
        parts = ['form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nbytes']
        sent.body = _multipart(parts)
    elif method in ("POST", "PUT", "DELETE"):
        sent.fields.append(("Content-Type", JSON_TYPE))
        payload = {"inputs": {"q": "x"}, "query": "hi", "response_mode": random.choice(("blocking", "streaming"))}
        sent.body = json.dumps(payload).encode()
    elif random.random() < 0.5:
        sent.query = "limit=20"
    return sent


def _multipart(parts: list[str], line: str = "\r\n") -> bytes:
    body = "".join(f"--b\r\nContent-Disposition: {part}\r\n" for part in parts).replace("\r\n", line)
    return f"{body}--b--{line}".encode()


def _pairs(random: Random, sent: Sent) -> str:
    names = NAMES + (NAMES_OF_LOGS * 4 if sent.path == "/workflows/logs" else NAMES_OF_LOGS)
    pairs = (random.choice(names) + "=" * random.randint(0, 2) + random.choice(VALUES) for _ in range(4))
    return random.choice(("&", "&", "&", "&&", ";")).join(pairs)


def _spoil_query(random: Random, sent: Sent) -> None:
    pairs = _pairs(random, sent)
    sent.query = random.choice((pairs, f"{sent.query}&{pairs}", f"{pairs}&{sent.query}"))


def _spoil_json(random: Random, sent: Sent) -> None:
    members = [
        f'"{random.choice(JSON_NAMES)}"{random.choice((":", " : ", ":\n"))}{random.choice(JSON_VALUES)}'
        for _ in range(random.randint(1, 5))
    ]
    text = "{" + random.choice((",", " ,\n")).join(members) + random.choice(("}", "}", "}", "}", ",}", "", "}}", "} x"))
    text = random.choice(("", "", "", "\ufeff", "\n ", "/**/")) + text
    coding = random.choice(("utf-8",) * 8 + ("utf-16", "utf-32", "utf-7", "utf-16-be"))
    sent.body = text.encode(coding, errors="replace")


def _spoil_json_value(random: Random, sent: Sent) -> None:
    values = ("null", "[]", '"mallory"', "5", "true", '[{"user":"mallory"}]', "", " ", "{", "{}", "\x00", "nul")
    sent.body = random.choice(values).encode()


def _spoil_form(random: Random, sent: Sent) -> None:
    _set_type(sent, FORM_TYPE)
    sent.body = _pairs(random, sent).encode()


def _spoil_multipart(random: Random, sent: Sent) -> None:
    _set_type(sent, random.choice([kind for kind in CONTENT_TYPES if "ultipart" in kind] + [MULTIPART_TYPE] * 5))
    parts = [f"{random.choice(DISPOSITIONS)}\r\n\r\n{random.choice(CONTENTS)}" for _ in range(random.randint(0, 4))]
    body = _multipart(parts, random.choice(("\r\n", "\r\n", "\r\n", "\n")))
    before = random.choice((b"", b"", b"", b"\r\n", b"x\r\n", b"x"))
    end = random.choice((b"", b"", b"", b"x", b'--b\r\nContent-Disposition: form-data; name="user"\r\n\r\nmallory'))
    sent.body = before + body + end


def _spoil_type(random: Random, sent: Sent) -> None:
    _set_type(sent, random.choice(CONTENT_TYPES))


def _set_type(sent: Sent, content_type: str) -> None:
    sent.fields = [field for field in sent.fields if field[0] != "Content-Type"] + [("Content-Type", content_type)]


def _spoil_coding(random: Random, sent: Sent) -> None:
    """A body that only those read who undo its coding."""
    sent.fields.append(("Content-Encoding", random.choice(("gzip", "GZIP", "x-gzip", "br", "deflate", "identity"))))
    if random.random() < 0.5:
        sent.body = gzip.compress(b'{"user":"mallory","inputs":{}}', mtime=0)


def _add_fields(random: Random, sent: Sent) -> None:
    for field in random.choices(FIELDS, k=random.randint(1, 3)):
        sent.fields.insert(random.randint(0, len(sent.fields)), field)


def _flood_head(random: Random, sent: Sent) -> None:
    """More than a server takes in one head."""
    name = random.choice(("Accept", "Authorization", "X-Trace-Id", "A"))
    if random.random() < 0.5:
        sent.fields += [(name, "1")] * random.choice((100, 1000, 24_576))
    else:
        sent.fields.append((name, "x" * random.choice((9000, 70_000, 900_000))))


def _spoil_path(random: Random, sent: Sent) -> None:
    values = re.escape(ID)
    sent.path = re.sub(values, lambda _: random.choice(PATH_VALUES), sent.path)
    change = random.choice(
        (
            lambda path: path,
            lambda path: path + "/",
            lambda path: "/" + path,
            lambda path: path.replace("/", "//"),
            lambda path: f"/./{path}",
            lambda path: f"/v1{path}",
            lambda path: f"/v1/..{path}",
            lambda path: path.replace("/", "/%2e%2e/", 1),
            lambda path: path.upper(),
            lambda path: f"{path};user=mallory",
            lambda path: path.replace("a", "%61"),
            lambda path: path.replace("/", "%2F"),
            lambda path: quote(path, safe=""),
            lambda path: f"{path}%0d%0aUser:%20mallory",
            lambda path: f"{path}%3Fuser=mallory",
            lambda path: f"{path}\u00fc",
        )
    )
    sent.path = change(sent.path)


def _spoil_method(random: Random, sent: Sent) -> None:
    sent.method = random.choice(METHODS)


def _take_kept_input(random: Random, sent: Sent) -> None:
    """A body or a query that a fuzz target has found interesting."""
    name, content_type = random.choice(
        (("form", FORM_TYPE), ("json_body", JSON_TYPE), ("multipart", MULTIPART_TYPE), ("query", None))
    )
    kept = bytes.fromhex(random.choice((CORPUS / f"{name}.hex").read_text().splitlines()))
    if content_type is None:
        sent.query = quote(kept, safe="%&=+;/?")
    else:
        _set_type(sent, content_type)
        sent.body = kept


def _change_bytes(random: Random, sent: Sent) -> None:
    body = bytearray(sent.body)
    for _ in range(random.randint(1, 4)):
        place = random.randint(0, len(body))
        end = place + random.randint(0, 8)
        body[place:end] = random.choice(
            (b"", body[place:end] * 2, random.randbytes(1), b'"', b"\\", b"\r\n", b"--b", b"user", b"\x00", b"\xff")
        )
    sent.body = bytes(body)


def _cut(random: Random, sent: Sent) -> None:
    """The daemon cuts a body after 10 MiB, and a client can stop anywhere."""
    sent.body = sent.body[: random.randint(0, len(sent.body))]


def _insert_identity_input(random: Random, sent: Sent) -> None:
    name = random.choice(
        (IDENTITY_INPUT, "__oidc_other", "\\u005f_oidc_email", "__oidc_", "__OIDC_email", "_" + "_oidc")
    )
    value = random.choice(('"mallory"', "null", "[]", '"alice@idp.example"'))
    sent.body = re.sub(rb'"inputs"\s*:\s*\{', lambda m: m[0] + f'"{name}":{value},'.encode(), sent.body, count=1)


WEIGHTED: tuple[tuple[Callable[[Random, Sent], None], int], ...] = (
    (_add_fields, 4),
    (_change_bytes, 4),
    (_cut, 1),
    (_flood_head, 1),
    (_insert_identity_input, 3),
    (_spoil_coding, 1),
    (_spoil_form, 2),
    (_spoil_json, 4),
    (_spoil_json_value, 1),
    (_spoil_method, 1),
    (_spoil_multipart, 4),
    (_spoil_path, 4),
    (_spoil_query, 5),
    (_spoil_type, 2),
    (_take_kept_input, 2),
)
ATTEMPTS = [attempt for attempt, _ in WEIGHTED]
WEIGHTS = [weight for _, weight in WEIGHTED]
