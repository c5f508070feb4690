"""Holds the gateway's OpenAPI document against the specification, and what a real Dify has answered against it.

python openapi_document.py <document> <recorded exchanges>

Prints how many recorded answers and events each operation had, one JSON object. Ends with an error at the first that
does not fit.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

SUCCESS = 300


def operations(document: dict) -> Iterator[tuple[str, re.Pattern[str], dict]]:
    """Method, path and description of every operation. A path without variables comes before one with them."""
    for template, methods in sorted(document["paths"].items(), key=lambda entry: entry[0].count("{")):
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)))
        for method, operation in methods.items():
            yield method.upper(), pattern, operation


def exchanged(recording: dict) -> Iterator[tuple[str, object]]:
    """The parts of a recorded response with their media type: the body, or each event of a stream."""
    response = recording["response"]
    media_type = response["headers"].get("Content-Type", "").split(";")[0]
    body = response["body"]
    if media_type == "text/event-stream":
        lines = [line.removeprefix("data: ") for line in body.splitlines() if line.startswith("data: ")]
        # The recordings end where the recorder has hung up, in the middle of an event.
        whole = lines if body.endswith("\n\n") else lines[:-1]
        yield from ((media_type, json.loads(line)) for line in whole)
    elif media_type == "application/json" and body:
        yield media_type, json.loads(body)


def check(document: dict, recordings: list[dict]) -> Counter[str]:
    """How many parts of responses fit, by operation."""
    known = list(operations(document))
    fitting: Counter[str] = Counter()
    for recording in recordings:
        request, status = recording["request"], recording["response"]["status"]
        path = request["path"].removeprefix("/v1")
        found = (row for method, pattern, row in known if method == request["method"] and pattern.fullmatch(path))
        operation = next(found, None)
        if operation is None or status >= SUCCESS:
            continue
        response = operation["responses"].get(str(status))
        assert response is not None, f"{recording['name']}: {operation['operationId']} has no response {status}"
        for media_type, part in exchanged(recording):
            schema = {**response["content"][media_type]["schema"], "components": document["components"]}
            errors = [error.message for error in OAS31Validator(schema).iter_errors(part)]
            assert not errors, f"{recording['name']}: {operation['operationId']}: {errors}: {json.dumps(part)[:600]}"
            fitting[operation["operationId"]] += 1
    return fitting


if __name__ == "__main__":
    described, recorded = (Path(argument).read_text(encoding="utf-8") for argument in sys.argv[1:])
    parsed = json.loads(described)
    validate(parsed, cls=OpenAPIV31SpecValidator)
    print(json.dumps(check(parsed, [json.loads(line) for line in recorded.splitlines()])))
