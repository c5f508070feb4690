"""Idle connections, kept for the next exchange, but not for long."""

import select
import time
from collections import deque

import gevent
from gevent.monkey import get_original
from urllib3.connection import HTTPConnection

from host.http.connect import Route
from host.limits import IDLE_CONNECTION_SECONDS, IDLE_CONNECTIONS, IDLE_CONNECTIONS_OF_ONE_ROUTE

_SWEEP_SECONDS = 0.5

_new_poll = get_original("select", "poll")
"""Asks the system itself: gevent's `poll` would first let another greenlet run."""


class Pool:
    """Idle connections by route. The one that was used last is taken first."""

    def __init__(self) -> None:
        self._idle: dict[Route, deque[tuple[float, HTTPConnection]]] = {}
        self._count = 0
        self._is_swept = False

    def take(self, route: Route) -> HTTPConnection | None:
        """A connection on which nothing has come since its last response, not even the end."""
        idle = self._idle.get(route)
        while idle:
            since, connection = idle.pop()
            self._count -= 1
            if time.monotonic() - since <= IDLE_CONNECTION_SECONDS and not _has_input(connection):
                return connection
            connection.close()
        return None

    def give(self, route: Route, connection: HTTPConnection, since: float) -> None:
        """Keeps a connection whose last response has been read to its end.

        `since` is when its last request was sent. The server may have sent its response right then: a busy process
        reads it late, and cannot tell since when the connection has been idle.
        """
        idle = self._idle.get(route) or deque()
        is_stale = time.monotonic() - since > IDLE_CONNECTION_SECONDS
        if is_stale or self._count >= IDLE_CONNECTIONS or len(idle) >= IDLE_CONNECTIONS_OF_ONE_ROUTE:
            connection.close()
            return
        self._idle[route] = idle
        idle.append((since, connection))
        self._count += 1
        if not self._is_swept:
            self._is_swept = True
            gevent.spawn_later(_SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Closes what has been idle for too long, again and again until nothing is left."""
        oldest = time.monotonic() - IDLE_CONNECTION_SECONDS
        for route, idle in list(self._idle.items()):
            stale = [connection for since, connection in idle if since < oldest]
            fresh = [entry for entry in idle if entry[0] >= oldest]
            self._count -= len(stale)
            if fresh:
                self._idle[route] = deque(fresh)
            else:
                del self._idle[route]
            for connection in stale:
                connection.close()
        self._is_swept = bool(self._idle)
        if self._is_swept:
            gevent.spawn_later(_SWEEP_SECONDS, self._sweep)


def is_closed_by_server(connection: HTTPConnection) -> bool:
    """Whether the server reads no more. Input alone does not show it, because session tickets of TLS are input too."""
    return _polled(connection, getattr(select, "POLLRDHUP", 0))  # Only Linux tells.


def _has_input(connection: HTTPConnection) -> bool:
    return _polled(connection, select.POLLIN)


def _polled(connection: HTTPConnection, events: int) -> bool:
    poll = _new_poll()
    poll.register(connection.sock, events)
    return bool(poll.poll(0))
