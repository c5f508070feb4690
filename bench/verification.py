"""How long the gateway takes inside its process to decide on a request whose token it has not seen, and has seen.

Standard input has the settings and, for each algorithm, tokens that are all different. Standard output gets the
milliseconds of each algorithm, medians. The working directory is an unpacked package.
"""

import dify_plugin  # noqa: F401, I001 - It patches Python for gevent, so it stays the first import.

import json
import statistics
import sys
import time

from host.sdk.endpoint import instances
from host.wasm.calls import Call


def call(settings: dict, token: str) -> Call:
    """`GET /whoami`: everything that a relayed request is checked for, and nothing that leaves the process."""
    head = {
        "id": "0" * 32,
        "endpoint": "6f1d2c3b-0000-4000-8000-000000000001",
        "method": "GET",
        "path": "/whoami",
        "query": "",
        "headers": [["Authorization", f"Bearer {token}"]],
        "values": {},
        "body_length": 0,
        "settings": settings,
    }
    return Call("get_whoami", json.dumps(head).encode(), b"", frozenset())


def milliseconds(settings: dict, tokens: list[str]) -> float:
    durations = []
    for token in tokens:
        prepared = call(settings, token)
        started = time.perf_counter()
        with instances().calls_of("e-1") as calls:
            decided = calls.decide(prepared)
        durations.append((time.perf_counter() - started) * 1000)
        if json.loads(decided.head)["status"] != 200:
            sys.exit(f"the token was refused: {decided.body.decode()}")
    return statistics.median(durations)


def main() -> None:
    work = json.load(sys.stdin)
    settings = work["settings"]
    measured = {}
    for algorithm, tokens in work["tokens"].items():
        milliseconds(settings, tokens[:3])
        unseen = tokens[3:]
        measured[algorithm] = {"unseen": milliseconds(settings, unseen), "seen": milliseconds(settings, unseen)}
    json.dump(measured, sys.stdout)


main()
