"""Which addresses of the network a source may lie at. Pure."""

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: the last four bytes are the IPv4 address that is meant."""
_INNER = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "::/96",  # IPv4-compatible, RFC 4291 2.5.5.1
            "::ffff:0:0:0/96",  # IPv4-translated, RFC 2765
            "64:ff9b:1::/48",  # NAT64 of a network's own, RFC 8215
            "2001::/32",  # Teredo, RFC 4380
            "3fff::/20",  # documentation, RFC 9637
            "5f00::/16",  # segment routing, RFC 9602
            "fec0::/10",  # site-local, RFC 3879
        ),
    )
)
"""What `is_global` takes for an address of the public network although no catalogue lies there."""


def may_be_asked(address: Address, allowed: Sequence[Network]) -> bool:
    """Is it an address of the public network, or in a network that the administrator allowed?"""
    meant = _meant(address)
    if any(each in network for network in allowed for each in (address, meant) if each.version == network.version):
        return True
    if address.version == 6 and any(address in network for network in _INNER):
        return False
    # is_global leaves out private, loopback, link-local (cloud metadata) and reserved ranges; not multicast.
    return all(each.is_global and not each.is_multicast for each in {meant, _outer(address, meant)})


def _meant(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that stands for it, else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _outer(address: Address, meant: Address) -> Address:
    """The IPv6 address, where it is asked itself and does not only stand for another."""
    is_mapped = isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None
    return meant if is_mapped or address in _NAT64 else address
