"""What stands in ARP packets (RFC 826): which IPv4 address a station says to have."""

from __future__ import annotations

ETHERTYPE_ARP = 0x0806
ARP_BEGINNING = bytes.fromhex("0001 0800 06 04")
"""Ethernet, IPv4, and the sizes of their addresses: how each begins, and little else has it."""
_SENDER_AT, _SENDER_END = 8, 14
_ADDRESS_END = 18
_LINK_LOCAL = bytes((169, 254))
"""Of nobody's giving (RFC 3927)."""


def sender_of(packet: bytes) -> tuple[bytes, bytes] | None:
    """Return the MAC and the IPv4 address of who sends a packet; None where it tells none."""
    if len(packet) < _ADDRESS_END or not packet.startswith(ARP_BEGINNING):
        return None
    station, address = packet[_SENDER_AT:_SENDER_END], packet[_SENDER_END:_ADDRESS_END]
    return None if not any(address) or address.startswith(_LINK_LOCAL) else (station, address)
