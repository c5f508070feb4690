"""Where an exchange may go: the origins that a call was lent, and public addresses.

Every name is resolved here, once, and the connection goes to the address that was checked.
"""

import functools
import ipaddress
import json
import re
import socket
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

from host.http.failure import Failure

_PORTS = {"http": 80, "https": 443}
_BEFORE_PATH = re.compile(r"[^/?#]*(?://[^/?#]*)?")
_SEPARATORS = re.compile(r"[\s,]+")
_RESOLVER_THREADS = 64

# Mapped and compatible addresses (RFC 4291 section 2.5.5) and the translators' prefixes (RFC 6052, RFC 8215).
_ENDING_IN_IPV4 = tuple(map(ipaddress.ip_network, ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48")))


class Origin(NamedTuple):
    """Scheme, host and port of a URL, each in one spelling."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin | None":
        """The origin of an `http` or `https` URL, or nothing where there is none."""
        return _origin_of(_BEFORE_PATH.match(url)[0])

    @property
    def host_header(self) -> str:
        """The value of `Host` (RFC 9110 section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@functools.lru_cache(maxsize=1024)
def _origin_of(before_path: str) -> Origin | None:
    try:
        parts = urlsplit(before_path)
        host, port = parts.hostname, parts.port
        if parts.scheme not in _PORTS or not host:
            return None
        return Origin(parts.scheme, _one_spelling(host), _PORTS[parts.scheme] if port is None else port)
    except ValueError:  # A port that is no number, half a bracket, a name that IDNA does not take.
        return None


def _one_spelling(host: str) -> str:
    try:
        return ipaddress.ip_address(host).compressed
    except ValueError:
        return host.lower() if host.isascii() else host.encode("idna").decode("ascii")


@functools.lru_cache(maxsize=256)
def allowed_origins(settings: str) -> frozenset[Origin]:
    """The origins of every URL that stands in a string of `settings`, a JSON text."""
    words = (word for text in _strings(json.loads(settings)) for word in _SEPARATORS.split(text))
    return frozenset(origin for word in words if (origin := Origin.of(word)))


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from _strings(member)
        case list():
            for element in value:
                yield from _strings(element)


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody on the internet means by it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if inner := _ipv4_inside(found):
            return is_public(str(inner))
        return found.is_global and not found.is_multicast and not found.is_site_local
    return found.is_global and not found.is_multicast


def _ipv4_inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to `address` may end at, for the forms that carry one."""
    if any(address in network for network in _ENDING_IN_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or (address.teredo or (None, None))[1]


def refuse_private_name(host: str) -> None:
    """Refuses what is private by its spelling. It is all that can be told where a proxy resolves the name."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost") or (_is_address(host) and not is_public(host)):
        raise Failure("refused")


def addresses(host: str, port: int, *, public_only: bool) -> list[str]:
    """The addresses of `host` in the resolver's order. Raises `Failure`."""
    found = [host] if _is_address(host) else _resolve(host, port)
    allowed = [address for address in found if not public_only or is_public(address)]
    if found and not allowed:
        raise Failure("refused")
    return allowed


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = _resolver().apply(get_original("socket", "getaddrinfo"), (host, port, 0, socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        raise Failure("connect") from None
    return list(dict.fromkeys(entry[4][0] for entry in found))


@functools.cache
def _resolver() -> ThreadPool:
    """Threads of their own: on gevent's, which the SDK's standard output needs, slow names would stop the process."""
    return ThreadPool(_RESOLVER_THREADS)
