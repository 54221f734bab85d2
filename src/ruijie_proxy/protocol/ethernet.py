"""What the dialect uses of Ethernet: addresses and sizes (IEEE 802.3, IEEE 802.1X-2010)."""

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError

ADDRESS_SIZE = 6
HEADER_SIZE = 14
"""Destination (6 bytes), source (6), EtherType (2)."""
SOURCE_OFFSET = 6
ETHERTYPE_OFFSET = 12
MINIMUM_FRAME_SIZE = 60
"""Shorter frames are padded to this size; the frame check sequence is not counted."""

ETHERTYPE_EAPOL = 0x888E
ETHERTYPE_EAPOL_BYTES = ETHERTYPE_EAPOL.to_bytes(2, "big")

PAE_GROUP_ADDRESS = bytes.fromhex("0180c2000003")
"""Where standard supplicants and authenticators find each other (IEEE 802.1X-2010, 11.1.1)."""
RUIJIE_GROUP_ADDRESS = bytes.fromhex("01d0f8000003")
"""Where some campuses' switches listen alone (docs/protocol.md, "Frames")."""
GROUP_ADDRESSES = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)

_GROUP_BIT = 0x01
_UNIVERSAL_BIT = 0x02
_EUI64_MIDDLE = bytes.fromhex("fffe")
_LINK_LOCAL_PREFIX = bytes.fromhex("fe80000000000000")


def is_group_address(address: bytes) -> bool:
    """Whether a MAC address names a group (broadcast included) and not one station."""
    return bool(address[0] & _GROUP_BIT)


def link_local_address(mac: bytes) -> bytes:
    """Return the IPv6 link-local address, 16 bytes, made of a MAC (RFC 4291, appendix A)."""
    first = bytes((mac[0] ^ _UNIVERSAL_BIT,))
    return _LINK_LOCAL_PREFIX + first + mac[1:3] + _EUI64_MIDDLE + mac[3:]


def format_mac(address: bytes) -> str:
    """Write a MAC address of 6 bytes as ``02:00:00:00:cc:01``."""
    return address.hex(":")


def parse_mac(text: str) -> bytes:
    """Read a MAC address: six pairs of hex digits, parted by colons, dashes, or not at all.

    Raises ProtocolError for anything else.
    """
    stripped = text.strip()
    for separator in ":-":
        pairs = stripped.split(separator)
        if len(pairs) == ADDRESS_SIZE and all(len(pair) == 2 for pair in pairs):
            stripped = "".join(pairs)
            break
    try:
        address = bytes.fromhex(stripped) if stripped.isalnum() else b""
    except ValueError:
        address = b""
    if len(address) != ADDRESS_SIZE:
        raise ProtocolError(
            N_("{text!r} is not a MAC address such as 02:00:00:00:cc:01"), text=text
        )
    return address
