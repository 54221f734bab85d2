"""The stories of captures: what ``inspect`` tells of frames, whoever wrote them."""

from __future__ import annotations

from fuzz.byte_source import ByteSource
from fuzz.templates import BARE_FROM_LAN, BARE_FROM_WAN, FROM_LAN, FROM_WAN
from ruijie_proxy.inspect.capture.link_layers import is_eapol, read_link_header
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.story import Story
from ruijie_proxy.inspect.text_report import TextReport

MOST_PACKETS = 20
_LINK_TYPES = (1, 113, 276, 0)
_TEMPLATES = FROM_WAN + FROM_LAN + BARE_FROM_WAN + BARE_FROM_LAN


def run(data: bytes) -> None:
    """Take the bytes as packets, each behind its kind and its size, and tell their story."""
    source = ByteSource(data)
    flags = source.byte()
    story = Story(b"secret-2026" if flags & 1 else None)
    lines: list[str] = []
    report = TextReport(lines.append, verbose=True, width=80 if flags & 2 else None)
    report.begin("pcap", 0)
    for number in range(1, MOST_PACKETS + 1):
        if source.is_empty:
            break
        kind = source.byte()
        if kind & 0x80:
            content = bytearray(source.pick(_TEMPLATES))
            for _ in range(kind >> 2 & 0x03):
                content[source.byte() % len(content)] = source.byte()
        else:
            content = bytearray(source.take(source.byte()))
        link_type = _LINK_TYPES[kind & 0x03]
        packet = Packet(number, number * 10**8, bytes(content), len(content), link_type, None, None)
        header = read_link_header(packet)
        if header is not None and is_eapol(header):
            report.show(story.tell(packet, header, 0))
    for line in lines:
        assert all(character.isprintable() or character in "\n\x1b" for character in line), line
