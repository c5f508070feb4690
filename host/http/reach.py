"""Where an exchange may go: the origins in the endpoint's settings, and public addresses.

Every name is resolved here, once, and the connection goes to the address that was checked.
"""

import functools
import ipaddress
import re
import socket
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

from host.http.address_settings import ADDRESS_SETTINGS
from host.http.failure import Failure
from host.http.public import is_public

_PORTS = {"http": 80, "https": 443}
_BEFORE_PATH = re.compile(r"[^/?#]*(?://[^/?#]*)?")
_NAME_OF_ADDRESS = re.compile(r"[a-z_]+=")
_NAME = re.compile(r"[a-z0-9._-]+")
_SEPARATORS = re.compile(r"[\s,]+")
_RESOLVER_THREADS = 64

_LONGEST_BEFORE_PATH = 1024
"""Characters of a URL up to its path. A name has at most 253 (RFC 1035 section 3.1)."""

_LONGEST_ADDRESSES = 256 * 1024
"""Characters of all settings that are addresses; the module refuses longer settings."""

_MOST_WORDS = 128
"""Addresses in one setting; the module refuses more than 100."""

_LONGEST_CACHED = 4 * 1024
_CACHED_TEXTS = 256


class Origin(NamedTuple):
    """Scheme, host and port of a URL, each in one spelling."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin | None":
        """The origin of an `http` or `https` URL; `None` for any other text."""
        before_path = _BEFORE_PATH.match(url)[0]
        return _origin_of(before_path) if len(before_path) <= _LONGEST_BEFORE_PATH else None

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
    except ValueError:  # A port that is not a number, half a bracket, a name that nobody can have.
        return None


def _one_spelling(host: str) -> str:
    """Raises `ValueError` for what is neither an address nor a name in the characters of DNS."""
    name = host.lower() if host.isascii() else host.encode("idna").decode("ascii")
    try:
        return ipaddress.ip_address(name).compressed
    except ValueError:
        if _NAME.fullmatch(name):
            return name
        raise


def allowed_origins(settings: Mapping[str, object]) -> frozenset[Origin]:
    """The origins of the settings that are declared as addresses.

    A value may be missing, blank or of another type, because the daemon checks nothing. The module refuses what is
    wrong; missing or blank means the declared default, here as there.
    """
    texts = tuple(_text(settings.get(name), default or "") for name, default in ADDRESS_SETTINGS.items())
    length = sum(map(len, texts))
    if length > _LONGEST_ADDRESSES:
        return frozenset()
    return _cached_origins(texts) if length <= _LONGEST_CACHED else _origins(texts)


def _text(value: object, default: str) -> str:
    if value is None:
        return default
    if not isinstance(value, str):
        return ""
    return default if value.isspace() or not value else value


def _origins(texts: tuple[str, ...]) -> frozenset[Origin]:
    words = (_without_name(word) for text in texts for word in _SEPARATORS.split(text, _MOST_WORDS))
    return frozenset(origin for word in words if (origin := Origin.of(word)))


def _without_name(word: str) -> str:
    """The address in `name=URL`, which is how `provider_endpoints` has several; no URL begins like that."""
    name = _NAME_OF_ADDRESS.match(word)
    return word[name.end() :] if name else word


_cached_origins = functools.lru_cache(maxsize=_CACHED_TEXTS)(_origins)


def addresses(host: str, port: int, *, public_only: bool) -> list[str]:
    """The addresses of `host` in the resolver's order. Raises `Failure`."""
    resolved = [host] if _is_address(host) else _resolve(host, port)
    allowed = [address for address in resolved if not public_only or is_public(address)]
    if resolved and not allowed:
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
        entries = _resolver().apply(get_original("socket", "getaddrinfo"), (host, port, 0, socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        raise Failure("connect") from None
    return list(dict.fromkeys(entry[4][0] for entry in entries))


@functools.cache
def _resolver() -> ThreadPool:
    """Threads of their own. gevent's serve the SDK's standard output, and slow names would stop the process."""
    return ThreadPool(_RESOLVER_THREADS)
