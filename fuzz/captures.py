"""Whole files, whatever wrote them: as captures, with their story and a copy to publish."""

from __future__ import annotations

import io

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture, NoCapture
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.redacting.redacted_copy import write_redacted
from ruijie_proxy.inspect.telling import tell
from ruijie_proxy.inspect.text_report import TextReport
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES


def run(data: bytes) -> None:
    """Read the bytes as a file."""
    try:
        every, damage = packets_of(data)
    except NoCapture:
        return
    some, damage_too = packets_of(data, ETHERTYPE_EAPOL_BYTES)
    wanted = [one for one in every if ETHERTYPE_EAPOL_BYTES in one.data]
    some = [one for one in some if ETHERTYPE_EAPOL_BYTES in one.data]
    # Passing over looks at sizes alone: it can come past a damage that reading finds.
    assert some[: len(wanted)] == wanted
    assert damage is not None or (damage_too is None and len(some) == len(wanted))
    lines: list[str] = []
    tell(CaptureFile(io.BytesIO(data)), TextReport(lines.append, verbose=True), b"secret-2026")
    for line in lines:
        assert all(character.isprintable() or character in "\n\x1b" for character in line), line
    copy = io.BytesIO()
    count, _ = write_redacted(lambda: CaptureFile(io.BytesIO(data)), copy, b"salt" * 4)
    copied, damage = packets_of(copy.getvalue())
    assert damage is None
    assert len(copied) == count


def packets_of(data: bytes, *needles: bytes) -> tuple[list[Packet], DamagedCapture | None]:
    """Return the packets of a file, and where it is damaged. Raises NoCapture."""
    capture = CaptureFile(io.BytesIO(data))
    found = []
    try:
        for packet in capture.packets(needles):
            found.append(packet)  # one by one: those before the damage count
    except DamagedCapture as damaged:
        return found, damaged
    return found, None
