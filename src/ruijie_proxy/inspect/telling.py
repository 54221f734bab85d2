"""From a capture to a report, packet by packet, with no more in memory than the story needs."""

from __future__ import annotations

from typing import Protocol

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture
from ruijie_proxy.inspect.capture.link_layers import is_eapol, read_link_header
from ruijie_proxy.inspect.steps import Json, Step
from ruijie_proxy.inspect.story import Story


class Report(Protocol):
    """What shows a story."""

    def begin(self, format_name: str, at: int | None) -> None:
        """Show the file's format, and when (nanoseconds since 1970) its first packet came."""

    def show(self, step: Step) -> None:
        """Show a step."""

    def end(self, summary: dict[str, Json]) -> None:
        """Show what is known at the end."""


def tell(capture: CaptureFile, report: Report, password: bytes | None) -> DamagedCapture | None:
    """Tell a capture's story. Returns where it is damaged, or None.

    ``password``: as the client encodes it, to check what proves it. Raises OSError.
    """
    story = Story(password)
    began: int | None = None
    counts: dict[str, int] = {"eapol_frames": 0, "other_packets": 0, "unread_packets": 0}
    damage = None
    has_begun = False
    try:
        for packet in capture.packets():
            if not has_begun:
                has_begun = True
                began = packet.at
                report.begin(capture.format.value, began)
            header = read_link_header(packet)
            if header is None:
                counts["unread_packets"] += 1
            elif is_eapol(header):
                counts["eapol_frames"] += 1
                report.show(story.tell(packet, header, began))
            else:
                counts["other_packets"] += 1
    except DamagedCapture as found:
        damage = found
    if not has_begun:
        report.begin(capture.format.value, None)
    report.end(
        {
            "format": capture.format.value,
            **counts,
            "parties": {**story.parties.all()},
            "damage": None if damage is None else str(damage),
        }
    )
    return damage
