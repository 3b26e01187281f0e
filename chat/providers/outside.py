"""Addresses of the open internet, and those that a person's own provider must not reach: this machine and its
network, where servers trust whoever gets to them.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Written in such addresses of version 6 is one of version 4, which a gateway would connect to.
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
# It is a public one by its number, and Azure's machines are given what they are set up with there.
OF_THE_HOST = IPv4Address("168.63.129.16")


class InsideAddress(OSError):
    """A name that leads to this machine or its network, where it may not."""


async def outside_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them outside: what was looked at is what is connected to.

    Raises:
        InsideAddress: one of them is not.
        OSError: there is no such host.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(map(is_outside, addresses)):
        raise InsideAddress("the address is inside")
    return addresses


def is_outside(address: str) -> bool:
    """Whether this is the address of a machine on the open internet."""
    ip = ip_address(address.partition("%")[0])
    parts = (ip, *_within(ip))
    return all(part.is_global and not part.is_multicast and part != OF_THE_HOST for part in parts)


def _within(ip: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Those of version 4 that are meant by one of version 6."""
    if isinstance(ip, IPv4Address):
        return []
    found: list[IPv4Address | IPv6Address | None] = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if any(ip in network for network in TRANSLATED):
        found.append(IPv4Address(int(ip) & 0xFFFFFFFF))
    return [one for one in found if one is not None]
