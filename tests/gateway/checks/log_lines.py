"""Validates lines of the log, one JSON object each on standard input, against docs/log-schema.json."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "log-schema.json").read_text())

Draft202012Validator.check_schema(SCHEMA)
validator = Draft202012Validator(SCHEMA)
seen = set()
for line in sys.stdin.read().splitlines():
    value = json.loads(line)
    problems = [error.message for error in validator.iter_errors(value)]
    if problems:
        sys.exit(f"{line}\n{problems}")
    seen.add(value["event"])
print(" ".join(sorted(seen)))
