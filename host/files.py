"""How many files and sockets the process may have open."""

import math
import resource


def raise_limit() -> float:
    """Raises the limit as far as the system lets it, and returns it; infinity where there is none.

    A shell's usual 1024 are kept for programs that call select(2); gevent does not.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return math.inf if hard == resource.RLIM_INFINITY else hard
