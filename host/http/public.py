"""Which addresses anybody on the internet would reach, and so may be chosen by somebody other than the administrator.

`ipaddress` knows IANA's registries for special purposes, but as they were when that Python was released, and it takes
every address for public that the registries do not list. So the rules that matter are also written down here.
"""

import ipaddress
import socket

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291 section 2.4: all that IANA hands out.

_PRIVATE = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's platform, which answers every virtual machine there.
    ipaddress.IPv4Network("192.0.0.0/24"),  # RFC 6890; Oracle's metadata service is at 192.0.0.192.
    ipaddress.IPv4Network("192.88.99.0/24"),  # RFC 7526: the relays of 6to4 that are no longer there.
    ipaddress.IPv6Network("2001::/23"),  # RFC 2928: protocols, not hosts; Teredo is one of them.
    ipaddress.IPv6Network("3fff::/20"),  # RFC 9637: documentation.
)

# Addresses of IPv6 that lead to the IPv4 address in their last 32 bits: mapped ones (RFC 4291 section 2.5.5.2), and the
# prefix of translators (RFC 6052 section 2.1). The translators' prefix for local use (RFC 8215) is not global unicast.
_ENDING_IN_IPV4 = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))

# RFC 6761 section 6.3, RFC 6762 section 3, RFC 8375 section 3, and the domain that ICANN keeps for private use.
_PRIVATE_NAMES = (".localhost", ".localdomain", ".local", ".home.arpa", ".internal")


def is_public(address: str) -> bool:
    """Whether an IP address means the same host to everybody on the internet."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_global(parsed)
    if parsed.scope_id:
        return False
    if inner := _ipv4_inside(parsed):
        return _is_global(inner)
    return parsed in _GLOBAL_UNICAST and _is_global(parsed)


def is_private_name(host: str) -> bool:
    """Whether a name or an address is private by its spelling: all that can be known where a proxy resolves it."""
    name = host.rstrip(".").lower()
    if address := _address_in(name):
        return not is_public(address)
    # A name of one label is completed with the search domains of the resolver.
    return "." not in name or name.endswith(_PRIVATE_NAMES)


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    is_listed = any(address.version == network.version and address in network for network in _PRIVATE)
    return address.is_global and not address.is_multicast and not is_listed


def _ipv4_inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to `address` may end at, for the forms that carry one."""
    if any(address in network for network in _ENDING_IN_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour


def _address_in(name: str) -> str | None:
    """The IP address that `name` spells, also in the old spellings (`127.1`, `0x7f000001`) that some resolvers read."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        return None
