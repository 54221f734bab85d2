"""What an endpoint of the campus has to tell, and what it has to complain about."""

from __future__ import annotations

from ruijie_proxy.lab.events import Detail, Event, EventKind, FrameName
from ruijie_proxy.protocol.ethernet import format_mac


class Journal:
    """The events of one endpoint, in order."""

    def __init__(self, source: str) -> None:
        self.complaints: list[str] = []
        """All complaints so far; they stay when the events are taken."""
        self._source = source
        self._events: list[Event] = []

    def take(self) -> list[Event]:
        """Return what happened since the last call."""
        events, self._events = self._events, []
        return events

    def tell(self, kind: EventKind, now: float, **detail: Detail) -> None:
        """Write an event down."""
        self._events.append(Event(now, self._source, kind, detail))

    def complain(self, text: str, now: float) -> None:
        """Write down that something is wrong with the other side."""
        self.complaints.append(text)
        self.tell(EventKind.COMPLAINT, now, text=text)

    def ignored(self, why: str, now: float) -> None:
        """Write down that a frame was left alone."""
        self.tell(EventKind.IGNORED, now, why=why)

    def received(self, frame: FrameName | str, source: bytes, now: float) -> None:
        """Write down that a frame of a MAC address came in."""
        self.tell(EventKind.RECEIVED, now, frame=frame, source=format_mac(source))
