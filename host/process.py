"""How this process is doing, and which requests never came to the module: what only the process itself knows."""

import json
import os
import resource
import sys
import time
from collections import Counter, OrderedDict
from pathlib import Path

from host.limits import ENDPOINTS_WITH_REFUSALS

_STARTED = time.time()
_STATM = Path("/proc/self/statm")

_early_refusals: OrderedDict[str, Counter[str]] = OrderedDict()
"""By endpoint, those that were refused last at the end."""


def note_early_refusal(endpoint: str, code: str) -> None:
    """A request to `endpoint` was refused with `code` before the module saw it."""
    _early_refusals.setdefault(endpoint, Counter())[code] += 1
    _early_refusals.move_to_end(endpoint)
    if len(_early_refusals) > ENDPOINTS_WITH_REFUSALS:
        _early_refusals.popitem(last=False)


def state(endpoint: str, restarts: int) -> bytes:
    """The JSON of `ProcessState` in `src/domain`, for an endpoint whose instance was made again so often."""
    return json.dumps(
        {
            "cpu_seconds": time.process_time(),
            "resident_bytes": _resident_bytes(),
            "started": _STARTED,
            "restarts": restarts,
            "early_refusals": _early_refusals.get(endpoint, {}),
        }
    ).encode()


def _resident_bytes() -> int:
    """The resident memory; where the system does not tell it, the most that it has been."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
