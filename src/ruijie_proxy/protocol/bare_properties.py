"""Bare properties: the private data of the dialect's bare shape, on both sides.

docs/protocol.md, "The bare shape". Where a switch is not Ruijie's, a genuine client puts its
properties without mark and magic *inside* the EAP length of its MD5 response, and a server behind
its challenge: type (1 byte), size of the content (1 byte), content. The values are those of
:mod:`.properties`; only what is written around them differs.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import Property, PropertyType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HEADER_SIZE = 2
"""Type (1 byte), size of the content (1 byte)."""
MAXIMUM_BARE_CONTENT_SIZE = 0xFF
BARE_CLIENT_SIZE = 36
"""Content of the property that says which client it is: program name (32), version (4)."""
BARE_ADDRESSES_SIZE = 17
"""Content of the property that tells the IPv4 addresses: address, netmask, gateway, first DNS
server (4 each), DHCP flag (1)."""
BARE_BEGINNING = bytes((PropertyType.CLIENT, BARE_CLIENT_SIZE))
"""What bare properties in a client's frame begin with."""
_VALUE_SIZE = 16
"""Of the EAP-MD5 value, behind its size of 1 byte."""
BARE_OFFSET = 1 + _VALUE_SIZE
"""Where bare properties begin in the data of an MD5 response that has some: behind the value."""


def scan_bare_properties(
    data: bytes | bytearray, start: int, stop: int
) -> Iterator[tuple[int, int]]:
    """Walk the bare properties in ``data[start:stop]``; yield where each content begins and ends.

    The type stands two bytes before the content. Ends at the first that is not whole.
    """
    while start + _HEADER_SIZE <= stop:
        begin = start + _HEADER_SIZE
        end = begin + data[begin - 1]
        if end > stop:
            return
        yield begin, end
        start = end


def parse_bare_properties(data: bytes) -> tuple[tuple[Property, ...], bytes]:
    """Read the bare properties at the start of some private data.

    Returns them, and the bytes from the first one on that is not whole. Raises nothing.
    """
    found: list[Property] = []
    position = 0
    for begin, end in scan_bare_properties(data, 0, len(data)):
        found.append(Property(data[begin - _HEADER_SIZE], data[begin:end], marked=False))
        position = end
    return tuple(found), data[position:]


def encode_bare_properties(properties: Iterable[Property]) -> bytes:
    """Write bare properties one after the other. Raises ProtocolError for a content over 255."""
    written = bytearray()
    for item in properties:
        if len(item.content) > MAXIMUM_BARE_CONTENT_SIZE:
            raise ProtocolError(
                N_("a property of {size} bytes does not fit its size"), size=len(item.content)
            )
        written += bytes((item.type, len(item.content))) + item.content
    return bytes(written)


def find_bare_properties(response_data: bytes | bytearray) -> int | None:
    """Return where bare properties begin in the data of a Response/MD5-Challenge, or None.

    ``response_data`` is what follows the EAP type, as far as the EAP length reaches. They are told
    from a user name, which stands in the same place, by being whole to the last byte, and by the
    first one, which says which client it is.
    """
    if response_data[:1] != bytes((_VALUE_SIZE,)) or len(response_data) <= BARE_OFFSET:
        return None
    if response_data[BARE_OFFSET : BARE_OFFSET + _HEADER_SIZE] != BARE_BEGINNING:
        return None
    last = BARE_OFFSET
    for _, end in scan_bare_properties(response_data, BARE_OFFSET, len(response_data)):
        last = end
    return BARE_OFFSET if last == len(response_data) else None
