"""Putting the router's values into the fields of a client's private block.

The switch compares, at some campuses, the MAC property and the addresses of the block with what it
sees on the wire, and that is the router (docs/protocol.md, "Addresses"). Everything else crosses
byte for byte, a block that does not parse included.
"""

from __future__ import annotations

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    PROPERTIES_OFFSET,
    AddressHead,
    find_private_block,
)
from ruijie_proxy.protocol.properties import PropertyType, scan_properties
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.router_facts import RouterFacts

_IPV6_SIZE = 16
_LINK_LOCAL_PREFIX = bytes.fromhex("fe80000000000000")
_EUI64_MIDDLE = bytes.fromhex("fffe")
_UNIVERSAL_BIT = 0x02


def eui64_link_local(mac: bytes) -> bytes:
    """Return the IPv6 link-local address, 16 bytes, made of a MAC (RFC 4291, appendix A)."""
    first = bytes((mac[0] ^ _UNIVERSAL_BIT,))
    return _LINK_LOCAL_PREFIX + first + mac[1:3] + _EUI64_MIDDLE + mac[3:]


def rewrite_fields(frame: bytearray, facts: RouterFacts) -> None:
    """Change, in place, a client's frame so that its private block tells the router's addresses.

    These are the MAC property, the client's link-local address made of its MAC, and the addresses
    of the head with a new CRC. An address that the router has not got stays the client's.
    """
    block = find_private_block(frame)
    if block is None:
        return
    _rewrite_head(frame, block, facts)
    for begin, end in scan_properties(frame, block + PROPERTIES_OFFSET, len(frame)):
        property_type = frame[begin - 2]
        if property_type == PropertyType.MAC_ADDRESS:
            if end - begin == ADDRESS_SIZE:
                frame[begin:end] = facts.mac
        elif property_type == PropertyType.IPV6_LINK_LOCAL and (
            # Zeros say that the client knows none; that stays true enough to leave it.
            end - begin == _IPV6_SIZE and any(frame[begin:end])
        ):
            frame[begin:end] = facts.link_local or eui64_link_local(facts.mac)


def _rewrite_head(frame: bytearray, block: int, facts: RouterFacts) -> None:
    if not (facts.address or facts.gateway or facts.dns):
        return
    try:
        head = AddressHead.parse(bytes(frame[block : block + HEAD_SIZE]))
    except ProtocolError:
        return  # find_private_block saw its mark, but the frame ends inside it
    if head.crc != head.right_crc():
        return  # a head that does not add up is not understood, so it is not touched
    told = replace(
        head,
        address=facts.address or head.address,
        netmask=facts.netmask or head.netmask,
        gateway=facts.gateway or head.gateway,
        dns=facts.dns or head.dns,
        crc=None,
    )
    frame[block : block + HEAD_SIZE] = told.encode()
