"""Writing captures in the pcapng format, as far as recording a few interfaces takes.

The format: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html. Written in the CPU's
byte order; times in nanoseconds.
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

ETHERNET = 1
"""LINKTYPE_ETHERNET."""
_SECTION_HEADER, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_UNKNOWN_SECTION_LENGTH = -1
_NAME, _APPLICATION, _TIME_RESOLUTION, _FLAGS = 2, 4, 9, 2
"""Option codes; which one a code is depends on the block."""
_END_OF_OPTIONS = struct.pack("=HH", 0, 0)
_NANOSECONDS = b"\x09"
"""Times count in 10^-9 s."""
_INBOUND, _OUTBOUND = 1, 2


class PcapngWriter:
    """Writes blocks, each with one call of ``write``: what is cut off is cut between packets, or in
    the last one.
    """

    def __init__(self, file: BinaryIO, application: str) -> None:
        """Write the section header. Raises OSError, as all methods do."""
        self._file = file
        self._interfaces = 0
        self.size = 0
        """Bytes written so far."""
        header = struct.pack("=IHHq", _BYTE_ORDER_MAGIC, 1, 0, _UNKNOWN_SECTION_LENGTH)
        self._write(_SECTION_HEADER, header, [(_APPLICATION, application.encode())])

    def add_interface(self, name: str | None, link_type: int = ETHERNET) -> int:
        """Describe an interface; returns its number for :meth:`write_packet`."""
        options = [(_TIME_RESOLUTION, _NANOSECONDS)]
        if name is not None:
            options.insert(0, (_NAME, name.encode()))
        self._write(_INTERFACE, struct.pack("=HxxI", link_type, 0), options)
        self._interfaces += 1
        return self._interfaces - 1

    def write_packet(
        self,
        interface: int,
        at: int,
        data: bytes,
        length: int | None = None,
        outgoing: bool | None = None,
    ) -> None:
        """Write a packet.

        ``at``: nanoseconds since 1970; ``length``: bytes on the wire, where not all were captured;
        ``outgoing``: whether this machine sent it.
        """
        wire = len(data) if length is None else length
        body = struct.pack("=IIIII", interface, at >> 32, at & 0xFFFFFFFF, len(data), wire)
        options = []
        if outgoing is not None:
            options.append((_FLAGS, struct.pack("=I", _OUTBOUND if outgoing else _INBOUND)))
        self._write(_PACKET, body + _padded(data), options)

    def _write(self, kind: int, body: bytes, options: Iterable[tuple[int, bytes]]) -> None:
        content = body + b"".join(
            struct.pack("=HH", code, len(value)) + _padded(value) for code, value in options
        )
        content += _END_OF_OPTIONS
        size = struct.pack("=I", len(content) + 12)
        block = struct.pack("=I", kind) + size + content + size
        self._file.write(block)
        self.size += len(block)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
