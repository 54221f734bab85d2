"""What a client says of itself, in whichever shape it stands (docs/protocol.md)."""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.engine.settings import Shape
from ruijie_proxy.inspect.reading import BareData, Reading
from ruijie_proxy.protocol.bare_properties import BARE_ADDRESSES_SIZE, BARE_CLIENT_SIZE
from ruijie_proxy.protocol.private_block import IPV4_SIZE, PROGRAM_SIZE, AddressHead, PrivateBlock
from ruijie_proxy.protocol.properties import Property, PropertyType

_OF_WINDOWS = (
    PropertyType.V2_CHECK,
    PropertyType.V4_CHECK_AGAIN,
    PropertyType.WINDOWS_FLAG,
    PropertyType.WINDOWS_6,
)


@dataclass(frozen=True, slots=True)
class ClientData:
    """The private data of a client's frame."""

    shape: Shape
    program: bytes | None
    """32 bytes; None where it does not say it, as with the next two."""
    version: bytes | None
    head: AddressHead | None
    properties: tuple[Property, ...]
    unparsed: bytes
    """Bytes among them that are no whole property."""
    state: int | None = None
    """Of a block."""

    def content(self, property_type: int) -> bytes | None:
        """Return the content of the first property of a type, or None."""
        for item in self.properties:
            if item.type == property_type:
                return item.content
        return None

    @property
    def is_of_windows(self) -> bool:
        """Whether it has what only Windows clients send."""
        return any(self.content(number) is not None for number in _OF_WINDOWS)


def client_data_of(reading: Reading) -> ClientData | None:
    """Return what a client says in a frame; None where there is nothing private that parses."""
    if reading.bare is not None:
        return _of_bare(reading.bare)
    if reading.block is not None:
        return _of_block(reading.block, Shape.INSIDE if reading.inside else Shape.BLOCK)
    return None


def _of_block(block: PrivateBlock, shape: Shape) -> ClientData:
    return ClientData(
        shape,
        block.program,
        block.version,
        block.head,
        block.properties,
        block.unparsed,
        block.state,
    )


def _of_bare(bare: BareData) -> ClientData:
    client = bare.content(PropertyType.CLIENT) or b""
    is_whole = len(client) == BARE_CLIENT_SIZE
    return ClientData(
        Shape.BARE,
        client[:PROGRAM_SIZE] if is_whole else None,
        client[PROGRAM_SIZE:] if is_whole else None,
        _bare_head(bare.content(PropertyType.ADDRESSES)),
        bare.properties,
        bare.rest,
    )


def _bare_head(content: bytes | None) -> AddressHead | None:
    """Read the addresses of the bare shape, which have no CRC."""
    if content is None or len(content) != BARE_ADDRESSES_SIZE:
        return None
    address, netmask, gateway, dns = (
        content[at : at + IPV4_SIZE] for at in range(0, 4 * IPV4_SIZE, IPV4_SIZE)
    )
    return AddressHead(content[-1], address, netmask, gateway, dns)
