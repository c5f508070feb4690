"""How long the gateway takes inside its process for a request by a session, and to seal one.

Standard input has the settings, and the headers of a request by a token and by a session of those settings. Standard
output gets milliseconds, medians. The working directory is an unpacked package.
"""

import dify_plugin  # noqa: F401, I001 - It patches Python for gevent, so it stays the first import.

import json
import statistics
import sys
import time

from host.http.reach import allowed_origins
from host.sdk.endpoint import instances
from host.wasm.calls import Call

ENDPOINT = "6f1d2c3b-0000-4000-8000-000000000001"
HOOK = "a" * 16
ROUNDS = 300


def call(handler: str, method: str, path: str, headers: list[list[str]], settings: dict) -> Call:
    head = {
        "id": "0" * 32,
        "endpoint": ENDPOINT,
        "method": method,
        "path": path,
        "query": "",
        "headers": [["dify-hook-id", HOOK], *headers],
        "values": {},
        "body_length": 0,
        "settings": settings,
    }
    return Call(handler, json.dumps(head).encode(), b"", allowed_origins(settings))


def milliseconds(prepared: Call) -> float:
    """For one call. The first ones do not count, because they fill what is remembered."""
    durations = []
    for number in range(ROUNDS + 3):
        started = time.perf_counter()
        with instances().calls_of(ENDPOINT) as calls:
            decided = calls.decide(prepared)
        if number >= 3:
            durations.append((time.perf_counter() - started) * 1000)
        if json.loads(decided.head)["status"] != 200:
            sys.exit(f"the request was refused: {decided.body.decode()}")
    return statistics.median(durations)


def main() -> None:
    work = json.load(sys.stdin)
    settings = work["settings"]
    by_token = milliseconds(call("get_whoami", "GET", "/whoami", work["token"], settings))
    by_session = milliseconds(call("get_whoami", "GET", "/whoami", work["session"], settings))
    refresh = milliseconds(call("post_refresh", "POST", "/auth/refresh", work["session"], settings))
    json.dump({"by_token": by_token, "by_session": by_session, "refresh": refresh}, sys.stdout)


main()
