"""Connections: the way to a server, opened within its time limit."""

import functools
import socket
import ssl
import time
from typing import NamedTuple
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.exceptions import LocationParseError, SSLError
from urllib3.util import Url, make_headers, parse_url

from host.http import reach
from host.http.failure import Failure, TimeLimit
from host.http.public import is_private_name
from host.http.reach import Origin
from host.http.trust import tls_context

_ATTEMPT_SECONDS = 1.0


class Route(NamedTuple):
    """The way to a server. Exchanges with equal routes may use the same connection."""

    origin: Origin
    public_only: bool
    ca: str | None
    proxy: Url | None

    @classmethod
    def to(cls, origin: Origin, *, public_only: bool, ca: str | None) -> "Route":
        """The way that the proxy variables of the process ask for. Raises `Failure` if they cannot be followed."""
        return cls(origin, public_only, ca, _proxy(origin))

    @property
    def is_forwarded(self) -> bool:
        """Whether the requests themselves go to a proxy, which needs whole URLs (RFC 9112 section 3.2.2)."""
        return self.proxy is not None and self.origin.scheme == "http"

    @property
    def proxy_headers(self) -> dict[str, str]:
        """The fields that the proxy requires in each request that goes to it."""
        if self.proxy is None or self.proxy.auth is None:
            return {}
        return make_headers(proxy_basic_auth=unquote(self.proxy.auth))


@functools.lru_cache(maxsize=256)
def _proxy(origin: Origin) -> Url | None:
    proxies = getproxies()
    address = proxies.get(origin.scheme) or proxies.get("all")
    if not address or proxy_bypass(f"{origin.host}:{origin.port}"):
        return None
    try:
        url = parse_url(address if "://" in address else f"http://{address}")
    except LocationParseError:
        raise Failure("connect") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise Failure("connect")
    return url._replace(host=url.host.strip("[]"), port=url.port or (443 if url.scheme == "https" else 80))


class _Pinned(HTTPConnection):
    """Goes to an address that was resolved and checked before."""

    address = ""

    def _new_conn(self) -> socket.socket:
        connected = socket.socket(socket.AF_INET6 if ":" in self.address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connected.connect((self.address, self.port))
        except BaseException:
            connected.close()
            raise
        return connected


class _PinnedTls(_Pinned, HTTPSConnection):
    pass


def open_connection(route: Route, seconds: float) -> HTTPConnection:
    """A connection whose handshakes are done, with the proxy as well. Raises `Failure`."""
    end = time.monotonic() + seconds
    with TimeLimit(seconds):
        return _first_open(route, _addresses(route), end)


def _addresses(route: Route) -> list[str]:
    if route.proxy is None:
        return reach.addresses(route.origin.host, route.origin.port, public_only=route.public_only)
    if route.public_only and is_private_name(route.origin.host):
        raise Failure("refused")
    return reach.addresses(str(route.proxy.host), int(route.proxy.port or 0), public_only=False)


def _first_open(route: Route, addresses: list[str], end: float) -> HTTPConnection:
    """Tries one address after another, each for its share of the time that is left."""
    failure = Failure("connect")
    for count, address in enumerate(addresses):
        left = end - time.monotonic()
        share = max(left / (len(addresses) - count), min(_ATTEMPT_SECONDS, left))
        try:
            with TimeLimit(share):
                return _connected(route, address)
        except Failure as reason:
            failure = reason
    raise failure


def _connected(route: Route, address: str) -> HTTPConnection:
    connection = _prepared(route)
    connection.address = address
    try:
        connection.connect()
    except BaseException as error:
        connection.close()
        raise _why(error) from None
    return connection


def _why(error: BaseException) -> BaseException:
    """A `ValueError` means a certificate for another name, or a name for which there cannot be a certificate."""
    if isinstance(error, (ssl.SSLError, SSLError, ValueError)):
        return Failure("tls")
    return Failure("connect") if isinstance(error, Exception) else error


def _prepared(route: Route) -> _Pinned:
    origin, proxy = route.origin, route.proxy
    if proxy is None:
        if origin.scheme == "http":
            return _Pinned(origin.host, origin.port)
        return _PinnedTls(origin.host, origin.port, ssl_context=tls_context(route.ca))
    if route.is_forwarded and proxy.scheme == "http":
        return _Pinned(str(proxy.host), proxy.port, proxy=proxy)
    config = ProxyConfig(tls_context(None), False, None, None)
    connection = _PinnedTls(
        str(proxy.host), proxy.port, proxy=proxy, proxy_config=config, ssl_context=tls_context(route.ca)
    )
    if not route.is_forwarded:
        connection.set_tunnel(origin.host, origin.port, route.proxy_headers, scheme=str(proxy.scheme))
    return connection
