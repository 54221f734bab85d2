"""Writing a redacted copy: EAPOL alone, in the format of the original."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import BinaryIO, Protocol

from ruijie_proxy import __version__
from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture
from ruijie_proxy.inspect.capture.link_layers import is_eapol, read_link_header
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.redacting.redaction import Redaction, Secrets
from ruijie_proxy.runtime.records.pcapng import PcapngWriter

FIRST_MOMENT = 946_684_800_000_000_000
"""When the first packet of every redacted capture came: 2000-01-01 00:00 UTC, in nanoseconds."""
_NANOSECONDS = 1_000_000_000
_PCAP_MAGIC = 0xA1B23C4D
"""Of the variant whose times are in nanoseconds."""
_LARGEST_PACKET = 262_144
_LAST_SECOND = 0xFFFFFFFF
_LAST_MOMENT = 0xFFFFFFFF_FFFFFFFF


class _Writer(Protocol):
    def write(self, packet: Packet, data: bytes, at: int) -> None:
        """Write a packet's new bytes."""


def write_redacted(
    reopen: Callable[[], CaptureFile], output: BinaryIO, salt: bytes | None = None
) -> tuple[int, DamagedCapture | None]:
    """Write a copy of a capture; returns how many frames it has, and where the original is damaged.

    ``reopen`` opens the original, which is read twice: first for what its secrets are. Times count
    from 2000 on. Raises NoCapture or OSError.
    """
    secrets = Secrets()
    _each(reopen(), lambda packet: _note(secrets, packet))
    redaction = Redaction(secrets, salt)
    capture = reopen()
    writer: _Writer
    writer = _Pcapng(output) if capture.link_type is None else _Pcap(output, capture.link_type)
    count = 0
    began: int | None = None

    def copy(packet: Packet) -> None:
        nonlocal count, began
        header = read_link_header(packet)
        if header is None or not is_eapol(header):
            return
        if began is None:
            began = packet.at
        passed = 0 if packet.at is None or began is None else packet.at - began
        writer.write(packet, redaction.redact(packet, header), FIRST_MOMENT + passed)
        count += 1

    damage = _each(capture, copy)
    return count, damage


def _each(capture: CaptureFile, use: Callable[[Packet], None]) -> DamagedCapture | None:
    try:
        for packet in capture.packets():
            use(packet)
    except DamagedCapture as damaged:
        return damaged
    return None


def _note(secrets: Secrets, packet: Packet) -> None:
    header = read_link_header(packet)
    if header is not None and is_eapol(header):
        secrets.note(packet, header)


class _Pcap:
    """Writes pcap: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html."""

    def __init__(self, file: BinaryIO, link_type: int) -> None:
        self._file = file
        header = (_PCAP_MAGIC, 2, 4, 0, 0, _LARGEST_PACKET, link_type)
        file.write(struct.pack("=IHHiIII", *header))

    def write(self, packet: Packet, data: bytes, at: int) -> None:
        seconds, rest = divmod(max(0, at), _NANOSECONDS)
        sizes = len(data), packet.length
        self._file.write(struct.pack("=IIII", min(seconds, _LAST_SECOND), rest, *sizes) + data)


class _Pcapng:
    """Writes pcapng. Interfaces are numbered: a name can tell of a machine."""

    def __init__(self, file: BinaryIO) -> None:
        self._writer = PcapngWriter(file, f"ruijie-proxy {__version__} inspect --redact")
        self._numbers: dict[tuple[str | None, int], int] = {}

    def write(self, packet: Packet, data: bytes, at: int) -> None:
        key = packet.interface, packet.link_type
        if key not in self._numbers:
            name = None if packet.interface is None else f"interface {len(self._numbers) + 1}"
            self._numbers[key] = self._writer.add_interface(name, packet.link_type)
        number = self._numbers[key]
        self._writer.write_packet(
            number, min(max(0, at), _LAST_MOMENT), data, packet.length, packet.outgoing
        )
