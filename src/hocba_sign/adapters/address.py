"""Which numeric addresses belong to the open network: by the registries of IANA, which are data
here, not by the interpreter's tables.

Spec: RFC 6890 and RFC 8190 (special-purpose registries), RFC 4291 2.4 (what is assigned for global
unicast).
"""

import ipaddress
import json
from functools import cache
from typing import Final, TypeAlias

from hocba_sign.shipped import shipped

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
_SIX_TO_FOUR: Final = ipaddress.IPv6Network("2002::/16")
_TEREDO: Final = ipaddress.IPv6Network("2001::/32")
_LOW: Final = 0xFFFF_FFFF


def is_public(address: str) -> bool:
    """Return whether a numeric address is one of the open network, whatever form or translation
    hides it.

    An address that another stands in is as public as that one. The most specific block of the
    registries decides; what they call neither reachable nor unreachable is refused, and so is an
    IPv6 address outside the space assigned for global unicast.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return _is_reachable(parsed, default=True)
    if parsed.scope_id is not None:
        return False
    inner = _embedded(parsed)
    if inner:
        return all(_is_reachable(embedded, default=True) for embedded in inner)
    return _is_reachable(parsed, default=parsed in _global_unicast())


def _embedded(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """Return the IPv4 addresses that packets to `address` end at, or pass on the way."""
    value = int(address)
    if address in _MAPPED or address in _TRANSLATED:
        return (ipaddress.IPv4Address(value & _LOW),)
    if address in _SIX_TO_FOUR:
        return (ipaddress.IPv4Address(value >> 80 & _LOW),)
    if address in _TEREDO:
        return ipaddress.IPv4Address(value >> 64 & _LOW), ipaddress.IPv4Address(~value & _LOW)
    return ()


def _is_reachable(address: _Address, *, default: bool) -> bool:
    return next((is_reachable for block, is_reachable in _blocks() if address in block), default)


@cache
def _registry() -> dict[str, object]:
    octets = shipped("data", "network", "special_purpose.json").read_bytes()
    read: dict[str, object] = json.loads(octets)
    return read


@cache
def _blocks() -> tuple[tuple[_Network, bool], ...]:
    """Return the blocks, the most specific first."""
    rows = _registry()["blocks"]
    assert isinstance(rows, list)
    found = (
        (ipaddress.ip_network(row["block"]), row["globally_reachable"] is True) for row in rows
    )
    return tuple(sorted(found, key=lambda one: one[0].prefixlen, reverse=True))


@cache
def _global_unicast() -> ipaddress.IPv6Network:
    return ipaddress.IPv6Network(_registry()["global_unicast"])
