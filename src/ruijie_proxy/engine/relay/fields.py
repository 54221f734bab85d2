"""Putting the router's values into the fields of a client's private block, or bare properties.

The switch compares, at some campuses, the MAC property and the addresses of the block with what it
sees on the wire, and that is the router (docs/protocol.md, "Addresses"). Everything else crosses
byte for byte, a block that does not parse included, and bare properties that do not to the last.
"""

from __future__ import annotations

from ruijie_proxy.engine.settings import FieldsMode, GroupMode, MacMode
from ruijie_proxy.protocol.bare_properties import (
    BARE_ADDRESSES_SIZE,
    find_bare_properties,
    scan_bare_properties,
)
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    SOURCE_OFFSET,
    link_local_address,
)
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    IPV4_SIZE,
    PROPERTIES_OFFSET,
    UNKNOWN_ADDRESS,
    find_private_block,
    readdressed_head,
)
from ruijie_proxy.protocol.properties import MAGIC, Property, PropertyType, scan_properties

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings

    Change: TypeAlias = tuple[bytes, bytes]

_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE
_GROUP_ADDRESSES = {
    GroupMode.STANDARD: PAE_GROUP_ADDRESS,
    GroupMode.RUIJIE: RUIJIE_GROUP_ADDRESS,
}
_IPV6_SIZE = 16
_METHOD_AT = BODY_OFFSET + EAP_HEADER_SIZE
_DATA_AT = _METHOD_AT + 1
_BARE_HEADER_SIZE = 2
"""Bytes before a bare property's content that say which it is: type and size."""
_BARE_MAC = bytes((PropertyType.MAC_ADDRESS, ADDRESS_SIZE))
_BARE_LINK_LOCAL = bytes((PropertyType.IPV6_LINK_LOCAL, _IPV6_SIZE))
_BARE_FLAG_AT = BARE_ADDRESSES_SIZE - 1
"""Of the DHCP flag in the addresses, behind four of IPv4."""
_BARE_ADDRESSES = bytes((PropertyType.ADDRESSES, BARE_ADDRESSES_SIZE))
_STATED_SIZE = 2
"""Bytes before the properties that state how long all of them are together."""
PROPERTY_HEADER_SIZE = len(MAGIC) + 2
"""Bytes before a property's content that say which it is: magic, type and size."""
MAC_HEADER = Property(PropertyType.MAC_ADDRESS, bytes(ADDRESS_SIZE), marked=False).encode()[
    :PROPERTY_HEADER_SIZE
]
LINK_LOCAL_HEADER = Property(
    PropertyType.IPV6_LINK_LOCAL, bytes(_IPV6_SIZE), marked=False
).encode()[:PROPERTY_HEADER_SIZE]


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


def find_bare(frame: bytes | bytearray) -> tuple[int, int] | None:
    """Return where in a frame the bare properties of an MD5 response begin, and where they end.

    None when there are none, or they are not whole to the last byte of the EAP length.
    """
    if (
        len(frame) <= _DATA_AT
        or frame[TYPE_OFFSET] != EapolType.EAP_PACKET
        or frame[BODY_OFFSET] != EapCode.RESPONSE
        or frame[_METHOD_AT] != EapType.MD5_CHALLENGE
    ):
        return None
    end = BODY_OFFSET + int.from_bytes(frame[_METHOD_AT - _STATED_SIZE : _METHOD_AT], "big")
    begin = None if end > len(frame) else find_bare_properties(frame[_DATA_AT:end])
    return None if begin is None else (_DATA_AT + begin, end)


def to_server(
    frame: bytes, client: bytes, settings: SessionSettings, facts: RouterFacts
) -> tuple[bytes, list[Change] | None]:
    """Make a client's frame fit to go out of the WAN port.

    Returns it, and the changes in its private block; None where blocks cross as they are.
    """
    address = wire_address(client, settings, facts)
    if settings.fields is FieldsMode.KEEP:
        return frame[:SOURCE_OFFSET] + address + frame[_SOURCE_END:], None
    told = bytearray(frame)
    told[SOURCE_OFFSET:_SOURCE_END] = address
    changes = rewrite_fields(told, client, address, facts)
    return bytes(told), changes


def start_to_server(
    frame: bytes, client: bytes, settings: SessionSettings, facts: RouterFacts
) -> tuple[bytes, list[Change] | None]:
    """Make a client's Start fit, too, and let it go to the group that the settings name."""
    sent, changes = to_server(frame, client, settings, facts)
    group = _GROUP_ADDRESSES.get(settings.group)
    return sent if group is None else group + sent[SOURCE_OFFSET:], changes


def wire_address(client: bytes, settings: SessionSettings, facts: RouterFacts) -> bytes:
    """Return the MAC address under which a client's frames go out to the server."""
    return client if settings.mac is MacMode.KEEP else facts.mac


def is_readdressed(client: bytes, settings: SessionSettings, facts: RouterFacts) -> bool:
    """Whether frames to the client are addressed to it alone."""
    return settings.mac is MacMode.REWRITE or wire_address(client, settings, facts) != client


def rewrite_fields(
    frame: bytearray, client: bytes, address: bytes, facts: RouterFacts
) -> list[Change]:
    """Change, in place, a client's frame so that its private data tell the router's addresses.

    ``address`` is the MAC address that the frame goes out with. Where it is not the client's, the
    MAC property and the link-local address change with it; the IPv4 addresses, with a new CRC in
    the head of a block, always do. An address that the router has not got stays the client's.

    Returns each string of bytes of a block that now stands as another, old and new, as long as each
    other and in their order: the head, and then the properties that were looked at, whether they
    changed or not. Empty when there is no block that parses.
    """
    bare = find_bare(frame)
    if bare is not None:
        _rewrite_bare(frame, *bare, address if address != client else None, facts)
        return []  # whatever looks like a block there is a property's content
    place = find_properties(frame)
    if place is None:
        return []
    block, begin, end = place
    changes = [_rewrite_head(frame, block, facts)]
    if address != client:
        changes += _rewrite_hardware_addresses(frame, begin, end, address, facts)
    return changes


def _rewrite_bare(
    frame: bytearray, begin: int, end: int, address: bytes | None, facts: RouterFacts
) -> None:
    """Change the bare properties; ``address`` is the new MAC address, None where it stays."""
    for content, content_end in scan_bare_properties(frame, begin, end):
        header = frame[content - _BARE_HEADER_SIZE : content]
        old = bytes(frame[content:content_end])
        if header == _BARE_ADDRESSES:
            frame[content:content_end] = _bare_addresses(old, facts)
        elif address is not None and header == _BARE_MAC:
            frame[content:content_end] = address
        elif address is not None and header == _BARE_LINK_LOCAL:
            frame[content:content_end] = _link_local(old, address, facts)


def _bare_addresses(old: bytes, facts: RouterFacts) -> bytes:
    """Return the router's IPv4 addresses as a genuine client tells its own.

    With DHCP it leaves its address zero, and tells the others; whatever speaks so, speaks so for
    the router.
    """
    flag = old[_BARE_FLAG_AT:]
    keeps_quiet = any(flag) and old.startswith(UNKNOWN_ADDRESS)
    new = (None if keeps_quiet else facts.address, facts.netmask, facts.gateway, facts.dns)
    addresses = (
        known or old[at : at + IPV4_SIZE]
        for known, at in zip(new, range(0, _BARE_FLAG_AT, IPV4_SIZE), strict=True)
    )
    return b"".join(addresses) + flag


def _link_local(old: bytes, address: bytes, facts: RouterFacts) -> bytes:
    """Return the router's link-local address for the client's, of a MAC address if need be."""
    # Zeros say that the client knows none; that stays true enough to leave it.
    return (facts.link_local or link_local_address(address)) if any(old) else old


def _rewrite_hardware_addresses(
    frame: bytearray, begin: int, end: int, address: bytes, facts: RouterFacts
) -> list[Change]:
    changes = []
    for content, content_end in scan_properties(frame, begin, end):
        header = bytes(frame[content - PROPERTY_HEADER_SIZE : content])
        if header == MAC_HEADER:
            new = address
        elif header == LINK_LOCAL_HEADER:
            new = _link_local(bytes(frame[content:content_end]), address, facts)
        else:
            continue
        changes.append((header + bytes(frame[content:content_end]), header + new))
        frame[content:content_end] = new
    return changes


def _rewrite_head(frame: bytearray, block: int, facts: RouterFacts) -> Change:
    old = bytes(frame[block : block + HEAD_SIZE])
    new = readdressed_head(old, facts.address, facts.netmask, facts.gateway, facts.dns)
    frame[block : block + HEAD_SIZE] = new
    return old, new
