"""Putting the router's values into the fields of a client's private block.

The switch compares, at some campuses, the MAC property and the addresses of the block with what it
sees on the wire, and that is the router (docs/protocol.md, "Addresses"). Everything else crosses
byte for byte, a block that does not parse included.
"""

from __future__ import annotations

from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, link_local_address
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    PROPERTIES_OFFSET,
    AddressHead,
    find_private_block,
)
from ruijie_proxy.protocol.properties import MAGIC, Property, PropertyType, scan_properties
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.engine.router_facts import RouterFacts

    Change: TypeAlias = tuple[bytes, bytes]

_IPV6_SIZE = 16
_STATED_SIZE = 2
"""Bytes before the properties that state how long all of them are together."""
_PROPERTY_HEADER_SIZE = len(MAGIC) + 2
"""Bytes before a property's content that say which it is: magic, type and size."""
MAC_HEADER = Property(PropertyType.MAC_ADDRESS, bytes(ADDRESS_SIZE), marked=False).encode()[
    :_PROPERTY_HEADER_SIZE
]
LINK_LOCAL_HEADER = Property(
    PropertyType.IPV6_LINK_LOCAL, bytes(_IPV6_SIZE), marked=False
).encode()[:_PROPERTY_HEADER_SIZE]


def find_properties(frame: bytes | bytearray) -> tuple[int, int, int] | None:
    """Return where in a frame a private block begins, and where its properties begin and end.

    None when there is no block, or none that parses.
    """
    block = find_private_block(frame)
    if block is None:
        return None
    begin = block + PROPERTIES_OFFSET
    end = begin + int.from_bytes(frame[begin - _STATED_SIZE : begin], "big")
    second_magic = frame[begin - _STATED_SIZE - len(MAGIC) : begin - _STATED_SIZE]
    if begin > len(frame) or second_magic != MAGIC or end > len(frame):
        return None
    return block, begin, end


def rewrite_fields(
    frame: bytearray, client: bytes, address: bytes, facts: RouterFacts
) -> list[Change]:
    """Change, in place, a client's frame so that its private block tells the router's addresses.

    ``address`` is the MAC address that the frame goes out with. Where it is not the client's, the
    MAC property and the link-local address change with it; the addresses of the head, with a new
    CRC, always do. An address that the router has not got stays the client's.

    Returns each string of bytes that now stands as another, old and new, as long as each other and
    in their order: the head, and then the properties that were looked at, whether they changed or
    not. Empty when there is no block that parses.
    """
    place = find_properties(frame)
    if place is None:
        return []
    block, begin, end = place
    changes = [_rewrite_head(frame, block, facts)]
    if address != client:
        changes += _rewrite_hardware_addresses(frame, begin, end, address, facts)
    return changes


def _rewrite_hardware_addresses(
    frame: bytearray, begin: int, end: int, address: bytes, facts: RouterFacts
) -> list[Change]:
    changes = []
    for content, content_end in scan_properties(frame, begin, end):
        header = bytes(frame[content - _PROPERTY_HEADER_SIZE : content])
        if header == MAC_HEADER:
            new = address
        elif header == LINK_LOCAL_HEADER:
            # Zeros say that the client knows none; that stays true enough to leave it.
            known = any(frame[content:content_end])
            new = (facts.link_local or link_local_address(address)) if known else bytes(_IPV6_SIZE)
        else:
            continue
        changes.append((header + bytes(frame[content:content_end]), header + new))
        frame[content:content_end] = new
    return changes


def _rewrite_head(frame: bytearray, block: int, facts: RouterFacts) -> Change:
    old = bytes(frame[block : block + HEAD_SIZE])
    if not (facts.address or facts.netmask or facts.gateway or facts.dns):
        return old, old
    head = AddressHead.parse(old)
    if head.crc != head.right_crc():
        return old, old  # a head that does not add up is not understood, so it is not touched
    told = replace(
        head,
        address=facts.address or head.address,
        netmask=facts.netmask or head.netmask,
        gateway=facts.gateway or head.gateway,
        dns=facts.dns or head.dns,
        crc=None,
    )
    new = told.encode()
    frame[block : block + HEAD_SIZE] = new
    return old, new
