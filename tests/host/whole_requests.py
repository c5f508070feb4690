"""Random requests to the real module through the host, and from there to the judge over a real connection.

`PYTHONPATH=. python tests/host/whole_requests.py --seed 7 --count 50000` runs that many; `--seed 7 --only 1234` repeats
one of them and shows it. `cargo xtask soak --target whole-requests` calls it.
"""

import dify_plugin  # noqa: F401, I001 - It patches Python for gevent, so it stays the first import.

import argparse
import functools
import sys
from collections import Counter
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import NamedTuple

import gevent
import yaml
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, PathConverter, Rule

import issuer
from dify_judge import Caller, Judge, Objection
from host.sdk.daemon_request import parsed
from host.sdk.endpoint import endpoint
from host.sdk.replacements import CATCH_ALL
from random_requests import Sent, random_request
from server import Connection, Server, ok

ROOT = Path(__file__).parents[2]
CALLERS = (Caller("alice", is_administrator=False), Caller("carol", is_administrator=True))
MOST_REQUESTS_FOR_ONE = 3
"""One for the client, one for the app's parameters, and one that is sent again on a new connection."""


class Finding(NamedTuple):
    """A request that was not handled as it must be."""

    number: int
    sent: Sent
    status: int
    objections: list[Objection]

    def text(self, seed: int) -> str:
        replay = f"PYTHONPATH=. python tests/host/whole_requests.py --seed {seed} --only {self.number}"
        return f"{self.objections}, status {self.status}, for {self.sent.wire()!r:.2000}: repeat it with `{replay}`"


class _CatchAll(PathConverter):
    """The converter of `path` as `main.py` replaces it."""

    regex = CATCH_ALL


class Plugin:
    """The declared endpoints, behind the SDK's router and in front of the judge."""

    def __init__(self) -> None:
        self.good = Counter[str]()
        self._judge = Judge()
        self._server = Server(self._serve)
        self._caller = CALLERS[0]
        self._objections: list[Objection] = []
        self._requests = 0
        self._settings = issuer.settings(
            f"{self._server.url}/v1",
            admin_claims="groups=Admins",
            input_claims="email",
            log_level="error",
            streams_per_user="0",
        )
        declared = yaml.safe_load((ROOT / "provider/oidc_gateway.yaml").read_text())["endpoints"]
        self._routes = Map([_rule(entry) for entry in declared], converters={"path": _CatchAll})

    def stop(self) -> None:
        self._server.stop()

    def handle(self, sent: Sent, caller: Caller) -> tuple[int, list[Objection]]:
        """Sends one request; the status that its client gets, and the objections to what Dify got."""
        self._caller, self._objections, self._requests = caller, [], 0
        status = self._respond(_with_token(sent, caller))
        gevent.sleep(0)  # Whatever was sent behind the request is read now.
        if status == 500:
            self._objections.append(Objection("error", "the gateway answers with 500"))
        if self._requests > MOST_REQUESTS_FOR_ONE:
            self._objections.append(Objection("operation", f"{self._requests} requests for one"))
        return status, self._objections

    def _respond(self, raw: bytes) -> int:
        request = parsed(raw)
        try:
            make, values = self._routes.bind_to_environ(request.environ).match()
        except HTTPException as failure:
            return failure.code or 0  # The daemon has no route for such a method either.
        response = make(SimpleNamespace(endpoint_id="e-1")).invoke(request, values, self._settings)
        b"".join(response.response)  # The SDK reads all of it too.
        return response.status_code

    def _serve(self, connection: Connection) -> None:
        while (request := connection.request()) is not None:
            head, body = request
            self._requests += 1
            status, content, objections = self._judge.judge(head, body, self._caller)
            self._objections += objections
            self.good[head.split(b" ", 1)[0].decode("latin-1")] += status < 400
            connection.send(ok(content, "Content-Type: application/json").replace(b" 200 OK", b" %d X" % status, 1))


def _rule(entry: dict) -> Rule:
    handler = Path(entry["extra"]["python"]["source"]).stem
    return Rule(entry["path"], methods=[entry["method"]], endpoint=endpoint(handler))


def _with_token(sent: Sent, caller: Caller) -> bytes:
    """The request as the daemon writes it for the plugin, with the caller's token."""
    head, body = sent.wire()
    request_line, _, fields = head.partition(b"\r\n")
    lines = [request_line, b"Authorization: Bearer " + _token(caller).encode(), *filter(None, [fields])]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@functools.cache
def _token(caller: Caller) -> str:
    groups = ["Admins"] if caller.is_administrator else ["Staff"]
    return issuer.token(caller.user, email=f"{caller.user}@idp.example", email_verified=True, groups=groups)


def request_of(seed: int, number: int) -> tuple[Sent, Caller]:
    """The request with this number: always the same one for the same seed."""
    random = Random(f"{seed}-{number}")
    return random_request(random), random.choices(CALLERS, weights=(9, 1))[0]


def run(plugin: Plugin, seed: int, numbers: range) -> list[Finding]:
    """Sends requests; those that were not handled as they must be."""
    findings = []
    for number in numbers:
        sent, caller = request_of(seed, number)
        status, objections = plugin.handle(sent, caller)
        if objections:
            findings.append(Finding(number, sent, status, objections))
    return findings


def unrewritten(judge: Judge, seed: int, numbers: range) -> Counter[str]:
    """How often the judge objects, by kind, when the same requests reach Dify as they were sent."""
    kinds = Counter[str]()
    for number in numbers:
        sent, caller = request_of(seed, number)
        head, body = sent.wire("/v1")
        kinds.update({objection.kind for objection in judge.judge(head, body, caller).objections})
    return kinds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--only", type=int, help="repeats the request with this number and shows it")
    arguments = parser.parse_args()
    numbers = range(arguments.count) if arguments.only is None else range(arguments.only, arguments.only + 1)
    if arguments.only is not None:
        sent, caller = request_of(arguments.seed, arguments.only)
        print(caller, *sent.wire())
    plugin = Plugin()
    findings = run(plugin, arguments.seed, numbers)
    for finding in findings[:20]:
        print(finding.text(arguments.seed))
    print(f"{len(numbers)} requests of seed {arguments.seed}: {dict(plugin.good)} were good for Dify")
    sys.exit(f"error: {len(findings)} requests were not handled as they must be" if findings else None)


if __name__ == "__main__":
    main()
