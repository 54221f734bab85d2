"""Where in a captured packet an EAPOL frame stands: Ethernet, Linux's cooked captures, VLAN tags.

Link types and headers: https://www.tcpdump.org/linktypes.html. VLAN tags: IEEE 802.1Q.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL,
    ETHERTYPE_EAPOL_BYTES,
    ETHERTYPE_OFFSET,
    HEADER_SIZE,
    SOURCE_OFFSET,
)

ETHERNET = 1
LINUX_COOKED = 113
LINUX_COOKED_2 = 276
PKTAP = 258
"""What macOS's tcpdump writes: the interface, the direction and the process before each packet."""
PKTAPS = (PKTAP, 149)
"""The latter is what it wrote before there was a number for it."""
WIRELESS = frozenset((105, 119, 127, 163, 192))
"""IEEE 802.11, with and without a radio's header."""
_PKTAP_SIZE = 44
_PKTAP_NAME = slice(12, 36)
_PKTAP_DIRECTIONS = {1: False, 2: True}

_VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
_VLAN_TAG_SIZE = 4
_VLAN_NUMBER = 0x0FFF
_ETHERTYPE_SIZE = 2
_COOKED_SIZE = 16
_COOKED_2_SIZE = 20
_SENT_BY_US = 4
"""The packet type of frames that the capturing machine sent."""
UNKNOWN_ADDRESS = bytes(ADDRESS_SIZE)
"""What stands for an address that the link layer does not tell."""


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """What stands before the EtherType's content."""

    destination: bytes | None
    """MAC address, 6 bytes; None: cooked captures do not tell."""
    source: bytes
    """MAC address, 6 bytes; zeros where it has another size."""
    source_at: int
    """Offset of the source address in the packet."""
    vlans: tuple[int, ...]
    """VLAN numbers, the outer one first."""
    ethertype: int
    end: int
    """Offset in the packet at which the content begins."""
    interface: str | None
    """Which interface it was, where the header tells."""
    outgoing: bool | None
    """Whether the capturing machine sent it, where the header tells."""


def unwrapped(packet: Packet) -> Packet:
    """Return the packet that one of macOS's holds; others as they are, and what is cut, too.

    Size of what stands before (4 bytes, little-endian as all of it), kind (4), link type (4), name
    of the interface (24), flags (4): bsd/net/pktap.h of Apple's XNU.
    """
    data = packet.data
    if packet.link_type not in PKTAPS or len(data) < _PKTAP_SIZE:
        return packet
    size, _kind, link_type = struct.unpack_from("<III", data)
    (flags,) = struct.unpack_from("<I", data, _PKTAP_NAME.stop)
    if not _PKTAP_SIZE <= size <= len(data) or link_type in PKTAPS:
        return packet
    name = data[_PKTAP_NAME].partition(b"\0")[0].decode("ascii", "replace")
    return Packet(
        packet.number,
        packet.at,
        data[size:],
        max(0, packet.length - size),
        link_type,
        "".join(filter(str.isprintable, name)) or packet.interface,
        _PKTAP_DIRECTIONS.get(flags & 3, packet.outgoing),
    )


def read_link_header(packet: Packet) -> LinkHeader | None:
    """Read the header; None where the link type is another or the packet is too short."""
    reader = _READERS.get(packet.link_type)
    return reader(packet.data) if reader else None


def is_read(link_type: int) -> bool:
    """Whether packets of a link type are read here."""
    return link_type in _READERS or link_type in PKTAPS


def is_eapol(header: LinkHeader) -> bool:
    """Whether what follows the header is EAPOL."""
    return header.ethertype == ETHERTYPE_EAPOL


def as_ethernet(packet: Packet, header: LinkHeader) -> bytes:
    """Return an EAPOL packet as the Ethernet frame that the parsers take, without VLAN tags."""
    destination = header.destination or UNKNOWN_ADDRESS
    return destination + header.source + ETHERTYPE_EAPOL_BYTES + packet.data[header.end :]


def _ethernet(data: bytes) -> LinkHeader | None:
    if len(data) < HEADER_SIZE:
        return None
    vlans, ethertype, end = _behind_tags(data, ETHERTYPE_OFFSET, HEADER_SIZE)
    source = data[SOURCE_OFFSET:ETHERTYPE_OFFSET]
    return LinkHeader(
        data[:SOURCE_OFFSET], source, SOURCE_OFFSET, vlans, ethertype, end, None, None
    )


def _cooked(data: bytes) -> LinkHeader | None:
    """Packet type (2 bytes), hardware (2), address size (2), address (8), protocol (2)."""
    if len(data) < _COOKED_SIZE:
        return None
    return LinkHeader(
        None,
        _address(data, 6, size=_number(data, 4)),
        6,
        *_behind_tags(data, 14, _COOKED_SIZE),
        None,
        _number(data, 0) == _SENT_BY_US,
    )


def _cooked_2(data: bytes) -> LinkHeader | None:
    """Protocol (2 bytes), zeros (2), interface (4), hardware (2), packet type (1), address size
    (1), address (8).
    """
    if len(data) < _COOKED_2_SIZE:
        return None
    return LinkHeader(
        None,
        _address(data, 12, size=data[11]),
        12,
        *_behind_tags(data, 0, _COOKED_2_SIZE),
        f"#{int.from_bytes(data[4:8], 'big')}",
        data[10] == _SENT_BY_US,
    )


def _address(data: bytes, at: int, size: int) -> bytes:
    return data[at : at + ADDRESS_SIZE] if size == ADDRESS_SIZE else UNKNOWN_ADDRESS


def _behind_tags(data: bytes, type_at: int, end: int) -> tuple[tuple[int, ...], int, int]:
    """Return the VLAN numbers, the EtherType behind them, and where its content begins."""
    vlans: list[int] = []
    ethertype = _number(data, type_at)
    while ethertype in _VLAN_TAGS and end + _VLAN_TAG_SIZE <= len(data):
        vlans.append(_number(data, end) & _VLAN_NUMBER)
        ethertype = _number(data, end + _ETHERTYPE_SIZE)
        end += _VLAN_TAG_SIZE
    return tuple(vlans), ethertype, end


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


_READERS = {ETHERNET: _ethernet, LINUX_COOKED: _cooked, LINUX_COOKED_2: _cooked_2}
