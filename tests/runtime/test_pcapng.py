from __future__ import annotations

import io
import struct

from ruijie_proxy.runtime.records.pcapng import PcapngWriter


def blocks_of(content: bytes) -> list[tuple[int, bytes]]:
    """Take a file apart as the format's draft says: type, total length, body, total length."""
    found, at = [], 0
    while at < len(content):
        kind, size = struct.unpack_from("=II", content, at)
        assert size % 4 == 0
        assert struct.unpack_from("=I", content, at + size - 4) == (size,)
        found.append((kind, content[at + 8 : at + size - 4]))
        at += size
    return found


def test_blocks_are_as_the_format_says() -> None:
    file = io.BytesIO()
    writer = PcapngWriter(file, "test")
    number = writer.add_interface("eth1")
    writer.write_packet(number, (7 << 32) + 9, b"abcde", length=60, outgoing=True)

    section, interface, packet = blocks_of(file.getvalue())
    assert section[0] == 0x0A0D0D0A
    assert section[1][:16] == struct.pack("=IHHq", 0x1A2B3C4D, 1, 0, -1)
    assert interface[0] == 1
    assert interface[1].startswith(struct.pack("=HxxI", 1, 0) + struct.pack("=HH", 2, 4) + b"eth1")
    assert struct.pack("=HH", 9, 1) + b"\x09\0\0\0" in interface[1]
    assert packet == (
        6,
        struct.pack("=IIIII", 0, 7, 9, 5, 60)
        + b"abcde\0\0\0"
        + struct.pack("=HHI", 2, 4, 2)
        + bytes(4),
    )
    assert writer.size == len(file.getvalue())


def test_each_block_is_written_at_once() -> None:
    written: list[int] = []

    class Watched(io.BytesIO):
        def write(self, data: object) -> int:
            written.append(super().write(data))  # type: ignore[arg-type]
            return written[-1]

    file = Watched()
    writer = PcapngWriter(file, "test")
    writer.write_packet(writer.add_interface(None), 0, b"")
    assert len(written) == len(blocks_of(file.getvalue())) == 3
