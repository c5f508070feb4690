"""How many files and sockets the process may have open."""

import contextlib
import math
import resource


def raise_limit() -> float:
    """Raises the limit as far as the system lets it, and returns it; infinity where there is none.

    A shell's usual 1024 are kept for programs that call select(2); gevent does not.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # macOS calls the limit infinite and refuses to set it so.
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if soft == resource.RLIM_INFINITY else soft
