"""From a capture to a report, packet by packet, with no more in memory than the story needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture
from ruijie_proxy.inspect.capture.link_layers import is_read
from ruijie_proxy.inspect.own_frames import OwnFrame, OwnFrames
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


def tell(
    capture: CaptureFile,
    report: Report,
    password: bytes | None,
    is_waiting: Callable[[], bool] | None = None,
) -> DamagedCapture | None:
    """Tell a capture's story. Returns where it is damaged, or None.

    ``password``: as the client encodes it, to check what proves it. ``is_waiting``: see
    :meth:`.OwnFrames.read`. Raises OSError.
    """
    story = Story(password)
    damage = None
    has_begun = False

    def show(frame: OwnFrame) -> None:
        nonlocal has_begun
        if not has_begun:
            has_begun = True
            report.begin(capture.format.value, frames.began)
        report.show(story.tell(frame.packet, frame.header, frames.began))

    frames = OwnFrames(show)
    try:
        frames.read(capture, is_waiting)
    except DamagedCapture as found:
        damage = found
    if not has_begun:
        report.begin(capture.format.value, frames.began)
    others = frames.others
    unread = {link: count for link, count in sorted(others.items()) if not is_read(link)}
    report.end(
        {
            "format": capture.format.value,
            "eapol_frames": frames.count,
            "copies": frames.copies,
            "other_packets": others.total() - sum(unread.values()),
            "unread_packets": sum(unread.values()),
            "unread_link_types": {str(link): count for link, count in unread.items()},
            "parties": {**story.parties.all()},
            "damage": None if damage is None else str(damage),
        }
    )
    return damage
