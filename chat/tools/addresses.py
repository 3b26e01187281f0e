"""Which addresses a person who is no staff may have the server ask: public ones, as it stands inside."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# IPv4 addresses in other clothes, which a gateway may undress.
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def is_public(text: str) -> bool:
    """Whether anybody in the world could ask there just as well."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    within = _within(address) if isinstance(address, IPv6Address) else None
    if within is not None and not is_public(str(within)):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved or within is not None


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that it stands for, if any."""
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
