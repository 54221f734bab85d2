"""Properties: the typed fields that both sides put into private data.

docs/protocol.md, "Properties". A property of today is ``1a``, total size, magic, type, size,
content; very old clients and the private pieces of a challenge request leave the first two out.
"""

from __future__ import annotations

from ruijie_proxy.choices import IntEnum
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAGIC = bytes.fromhex("00001311")
"""Ruijie's enterprise number, 4881, in four bytes."""
TWISTED_MAGIC = twist(MAGIC)

_MARK = 0x1A
_MARK_SIZE = 2
"""The mark ``1a`` and the total size (1 byte), which counts them both."""
_MARKED_MAGIC_OFFSET = _MARK_SIZE
_HEADER_SIZE = len(MAGIC) + 2
"""Magic, type (1 byte), size (1 byte)."""
SIZE_OVERHEAD = 2
"""The size counts the type and itself, but not the magic."""
MAXIMUM_CONTENT_SIZE = 0xFF - _MARK_SIZE - _HEADER_SIZE
"""Of a marked property, where the total size is the limit."""
MAXIMUM_UNMARKED_CONTENT_SIZE = 0xFF - SIZE_OVERHEAD


class PropertyType(IntEnum):
    """What is known of the types that clients send; any other number may come and is kept.

    Those of servers are in :mod:`.piece_types`.
    """

    CLIENT = 0x11
    """Of the bare shape alone, as is ADDRESSES: docs/protocol.md, "The bare shape"."""
    V2_CHECK = 0x17
    ADDRESS_FROM_DHCP = 0x18
    MAC_ADDRESS = 0x2D
    PASSWORD = 0x2F
    IPV6_ADDRESS_COUNT = 0x35
    IPV6_GATEWAY_LINK_LOCAL = 0x36
    IPV6_LINK_LOCAL = 0x38
    SERVICE = 0x39
    V4_CHECK = 0x4D
    IPV6_GLOBAL = 0x4E
    ADDRESSES = 0x50
    DISK_SERIAL = 0x54
    SECONDARY_DOMAIN = 0x55
    V4_CHECK_AGAIN = 0x60
    SECURITY_CHECK = 0x62
    PHASE = 0x63
    SERVICE_CHANGED = 0x64
    WINDOWS_FLAG = 0x6B
    CLIENT_NAME = 0x6F
    WORD_SIZE = 0x70
    DNS_SERVERS = 0x76
    """Those behind the first, which the head tells."""
    GENERATION = 0x79
    WINDOWS_6 = 0x7E


class Property(Frozen):
    """One property."""

    type: int
    """A :class:`PropertyType`, or any other number of one byte."""
    content: bytes
    """At most ``MAXIMUM_CONTENT_SIZE`` bytes; unmarked, ``MAXIMUM_UNMARKED_CONTENT_SIZE``."""
    marked: bool = True
    """Whether the mark ``1a`` and the total size stand before the magic."""

    def encode(self) -> bytes:
        """Write the property. Raises ProtocolError when the content is too long."""
        limit = MAXIMUM_CONTENT_SIZE if self.marked else MAXIMUM_UNMARKED_CONTENT_SIZE
        if len(self.content) > limit:
            raise ProtocolError(
                N_("a property of {size} bytes does not fit its size"), size=len(self.content)
            )
        unmarked = MAGIC + bytes((self.type, len(self.content) + SIZE_OVERHEAD)) + self.content
        if not self.marked:
            return unmarked
        return bytes((_MARK, _MARK_SIZE + len(unmarked))) + unmarked


def scan_properties(data: bytes | bytearray, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Walk the properties in ``data[start:stop]``; yield where each one's content begins and ends.

    The type stands two bytes before the content. Ends at the first byte that is no whole property.
    Yielding offsets lets a relay change contents in place; :func:`parse_properties` is for reading.
    """
    while start < stop:
        magic_at = start
        if data[start] == _MARK:
            magic_at += _MARKED_MAGIC_OFFSET
        begin = magic_at + _HEADER_SIZE
        if begin > stop or data[magic_at : magic_at + len(MAGIC)] != MAGIC:
            return
        end = begin + data[begin - 1] - SIZE_OVERHEAD
        if end < begin or end > stop:
            return
        if magic_at != start and data[start + 1] != end - start:
            return
        yield begin, end
        start = end


def parse_properties(data: bytes) -> tuple[tuple[Property, ...], bytes]:
    """Read the properties at the start of some private data.

    Returns them, and the bytes from the first one on that is not whole. Raises nothing.
    """
    found: list[Property] = []
    position = 0
    for begin, end in scan_properties(data, 0, len(data)):
        marked = data[position] == _MARK
        found.append(Property(data[begin - 2], data[begin:end], marked))
        position = end
    return tuple(found), data[position:]


def encode_properties(properties: Iterable[Property]) -> bytes:
    """Write properties one after the other. Raises ProtocolError when a content is too long."""
    return b"".join(item.encode() for item in properties)
