"""The private block that a client sends behind the standard part of its frames.

docs/protocol.md, "The private block". The values here keep every byte, also those that have no
known meaning, so that encoding what was parsed gives the same bytes.
"""

from __future__ import annotations

from ruijie_proxy.choices import IntEnum
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.eapol import BODY_OFFSET
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import (
    MAGIC,
    TWISTED_MAGIC,
    Property,
    encode_properties,
    parse_properties,
)
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.values import Frozen, replace

HEAD_SIZE = 23
_ADDRESSES_OFFSET = len(MAGIC) + 1
IPV4_SIZE = 4
_CRC_OFFSET = 21
PROGRAM_SIZE = 32
VERSION_SIZE = 4
PROGRAM_OFFSET = HEAD_SIZE + len(MAGIC)
_VERSION_OFFSET = PROGRAM_OFFSET + PROGRAM_SIZE
_STATE_OFFSET = _VERSION_OFFSET + VERSION_SIZE
SECOND_MAGIC_OFFSET = _STATE_OFFSET + 1
SIZE_OFFSET = SECOND_MAGIC_OFFSET + len(MAGIC)
PROPERTIES_OFFSET = SIZE_OFFSET + 2

UNKNOWN_ADDRESS = bytes(IPV4_SIZE)
"""What stands for an address that the client does not know yet."""


class LogoffReason(IntEnum):
    """Why a client says goodbye: what ``state`` is in a Logoff; any other number may come."""

    NORMAL = 1
    SEVERAL_CARDS = 2
    ADDRESS_CHANGED = 3
    PROXY = 4
    CARD_GONE = 6
    LOGIN_FAILED = 8


class AddressHead(Frozen):
    """The head: how the client got its IPv4 address, and what it is. Hidden by the twist."""

    from_dhcp: int
    """1 when the address comes from DHCP, 0 when not; any byte is kept."""
    address: bytes = UNKNOWN_ADDRESS
    netmask: bytes = UNKNOWN_ADDRESS
    gateway: bytes = UNKNOWN_ADDRESS
    dns: bytes = UNKNOWN_ADDRESS
    """The first DNS server. These four are IPv4 addresses of 4 bytes."""
    crc: int | None = None
    """The CRC as read from a frame; None: to be computed when encoding."""

    @staticmethod
    def parse(data: bytes) -> AddressHead:
        """Read a head from its 23 hidden bytes. Raises ProtocolError when it is none."""
        if len(data) < HEAD_SIZE or not data.startswith(TWISTED_MAGIC):
            raise ProtocolError(N_("no private block begins here"))
        plain = twist(data[:HEAD_SIZE])
        address, netmask, gateway, dns = (
            plain[offset : offset + IPV4_SIZE]
            for offset in range(_ADDRESSES_OFFSET, _CRC_OFFSET, IPV4_SIZE)
        )
        crc = int.from_bytes(plain[_CRC_OFFSET:], "big")
        return AddressHead(plain[len(MAGIC)], address, netmask, gateway, dns, crc)

    def _checked_bytes(self) -> bytes:
        addresses = (self.address, self.netmask, self.gateway, self.dns)
        if any(len(address) != IPV4_SIZE for address in addresses):
            raise ProtocolError(N_("an IPv4 address of the private block has not 4 bytes"))
        return MAGIC + bytes((self.from_dhcp,)) + b"".join(addresses)

    def right_crc(self) -> int:
        """Return CRC-16/XMODEM over the head's 21 plain bytes before the CRC."""
        return crc16(self._checked_bytes())

    def encode(self) -> bytes:
        """Write the head's 23 hidden bytes, with the CRC it was read with or else the right one.

        Raises ProtocolError when an address has not its 4 bytes.
        """
        crc = self.right_crc() if self.crc is None else self.crc
        return twist(self._checked_bytes() + crc.to_bytes(2, "big"))


def crc16(data: bytes) -> int:
    """Return CRC-16/XMODEM, whose polynomial is x¹⁶ + x¹² + x⁵ + 1, a byte at a time.

    Not :func:`binascii.crc_hqx`: with that module comes zlib, and both are 145 kB resident where
    Python has its extensions in files. What is summed up is 21 bytes, at the start of a login.
    """
    crc = 0
    for byte in data:
        term = crc >> 8 ^ byte
        term ^= term >> 4
        crc = (crc << 8 ^ term << 12 ^ term << 5 ^ term) & 0xFFFF
    return crc


def readdressed_head(
    head: bytes,
    address: bytes | None,
    netmask: bytes | None,
    gateway: bytes | None,
    dns: bytes | None,
) -> bytes:
    """Return the 23 hidden bytes of a head with other IPv4 addresses, where they are not None.

    A head whose CRC does not add up is not understood, and stays as it is.
    """
    plain = twist(head)
    checked = plain[:_CRC_OFFSET]
    if crc16(checked) != int.from_bytes(plain[_CRC_OFFSET:], "big"):
        return head
    told = checked[:_ADDRESSES_OFFSET]
    for new in (address, netmask, gateway, dns):
        told += new or checked[len(told) : len(told) + IPV4_SIZE]
    return twist(told + crc16(told).to_bytes(2, "big"))


class PrivateBlock(Frozen):
    """A client's private block."""

    head: AddressHead
    program: bytes
    """Name of the client's program, ASCII, padded with zeros to 32 bytes."""
    version: bytes
    """Major, minor, system, type: 4 bytes."""
    properties: tuple[Property, ...]
    state: int = 0
    """In a Logoff a :class:`LogoffReason`. Elsewhere genuine clients leave it to chance; it is
    never checked."""
    unparsed: bytes = b""
    """Bytes inside the stated size that are no whole property."""
    rest: bytes = b""
    """Bytes behind the stated size."""

    @staticmethod
    def parse(data: bytes) -> PrivateBlock:
        """Read a block that begins at the first byte.

        Raises ProtocolError when a marker is missing or the stated size goes past the end.
        """
        head = AddressHead.parse(data)
        if len(data) < PROPERTIES_OFFSET:
            raise ProtocolError(N_("the private block is cut before its properties"))
        if data[HEAD_SIZE:PROGRAM_OFFSET] != MAGIC or (
            data[SECOND_MAGIC_OFFSET:SIZE_OFFSET] != MAGIC
        ):
            raise ProtocolError(N_("the private block lacks a magic number"))
        size = int.from_bytes(data[SIZE_OFFSET:PROPERTIES_OFFSET], "big")
        end = PROPERTIES_OFFSET + size
        if end > len(data):
            raise ProtocolError(N_("the private block is cut inside its properties"))
        properties, unparsed = parse_properties(data[PROPERTIES_OFFSET:end])
        return PrivateBlock(
            head=head,
            program=data[PROGRAM_OFFSET:_VERSION_OFFSET],
            version=data[_VERSION_OFFSET:_STATE_OFFSET],
            properties=properties,
            state=data[_STATE_OFFSET],
            unparsed=unparsed,
            rest=data[end:],
        )

    def encode(self) -> bytes:
        """Write the block. The inverse of :meth:`parse`.

        Raises ProtocolError when a property, or all of them together, or the program's name are too
        long for their places, or the version or an address has not its 4 bytes.
        """
        if len(self.program) > PROGRAM_SIZE or len(self.version) != VERSION_SIZE:
            raise ProtocolError(N_("the program's name or its version does not fit its place"))
        inner = encode_properties(self.properties) + self.unparsed
        if len(inner) > 0xFFFF:
            raise ProtocolError(N_("the properties are too long for a private block"))
        return b"".join(
            (
                self.head.encode(),
                MAGIC,
                self.program.ljust(PROGRAM_SIZE, b"\0"),
                self.version,
                bytes((self.state,)),
                MAGIC,
                len(inner).to_bytes(2, "big"),
                inner,
                self.rest,
            )
        )

    def content(self, property_type: int) -> bytes | None:
        """Return the content of the first property of a type, or None."""
        for item in self.properties:
            if item.type == property_type:
                return item.content
        return None


def with_logoff_reason(block: bytes, reason: LogoffReason) -> bytes:
    """Return a block as a Logoff for this reason has it; one that does not parse as it is."""
    try:
        return replace(PrivateBlock.parse(block), state=int(reason)).encode()
    except ProtocolError:
        return block


def find_private_block(frame: bytes | bytearray) -> int | None:
    """Return the offset at which a private block begins in an Ethernet frame, or None.

    Looks for the two magic numbers of its head and not at a fixed place, because the standard part
    before it has any length, and some clients count the block in that length and some do not.
    """
    offset = frame.find(TWISTED_MAGIC, BODY_OFFSET)
    while offset >= 0:
        if frame[offset + HEAD_SIZE : offset + HEAD_SIZE + len(MAGIC)] == MAGIC:
            return offset
        offset = frame.find(TWISTED_MAGIC, offset + 1)
    return None
