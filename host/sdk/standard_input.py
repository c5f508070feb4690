"""Standard input as the SDK reads it in local mode, at a lower price.

The SDK has a thread read each piece, and makes the same JSON reader anew for each line: together a tenth of what a
request costs.
"""

import functools
import os
import sys

from dify_plugin.core.server.stdio import request_reader
from gevent.socket import wait_read

_READ_SIZE = 64 * 1024
"""What a pipe holds (pipe(7))."""


def read_without_threads() -> None:
    """Changes how the SDK reads from here on. What it reads stays the same."""
    request_reader.StdioRequestReader._read_async = _read
    request_reader.TypeAdapter = functools.cache(request_reader.TypeAdapter)


def _read(_reader: request_reader.StdioRequestReader) -> bytes:
    """What has come, waiting for something. Nobody else reads there, so that reading does not wait once it is ready."""
    descriptor = sys.stdin.fileno()
    wait_read(descriptor)
    return os.read(descriptor, _READ_SIZE)
