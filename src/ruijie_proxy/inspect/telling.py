"""From a capture to a report, packet by packet, with no more in memory than the story needs."""

from __future__ import annotations

from collections import Counter
from typing import Protocol

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture
from ruijie_proxy.inspect.capture.link_layers import is_eapol, is_read, read_link_header
from ruijie_proxy.inspect.steps import Json, Step
from ruijie_proxy.inspect.story import Story
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES


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
    frames = 0
    others: Counter[int] = Counter()
    damage = None
    has_begun = False
    try:
        for packet in capture.packets((ETHERTYPE_EAPOL_BYTES,)):
            header = read_link_header(packet)
            if header is None or not is_eapol(header):
                others[packet.link_type] += 1
                continue
            if not has_begun:
                has_begun = True
                report.begin(capture.format.value, capture.began)
            frames += 1
            report.show(story.tell(packet, header, capture.began))
    except DamagedCapture as found:
        damage = found
    if not has_begun:
        report.begin(capture.format.value, capture.began)
    others += capture.passed_over
    unread = {link: count for link, count in sorted(others.items()) if not is_read(link)}
    report.end(
        {
            "format": capture.format.value,
            "eapol_frames": frames,
            "other_packets": others.total() - sum(unread.values()),
            "unread_packets": sum(unread.values()),
            "unread_link_types": {str(link): count for link, count in unread.items()},
            "parties": {**story.parties.all()},
            "damage": None if damage is None else str(damage),
        }
    )
    return damage
