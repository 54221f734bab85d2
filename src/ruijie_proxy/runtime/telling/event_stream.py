"""The one stream of everything that happens: what feeds log, journal, metrics and followers."""

from __future__ import annotations

from ruijie_proxy.i18n import told_by, written_in
from ruijie_proxy.notation import YAML
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.telling.narration import describe
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.notation import Notation
    from ruijie_proxy.runtime.telling.level import Level
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

    Subscriber: TypeAlias = Callable[["Occurrence"], None]

_MAC_SIZE = 6
_IPV4_SIZE = 4


class Occurrence(Frozen):
    """An event of one session, when it was, and its line for people."""

    session: str
    """The session's name."""
    event: Event | MachineEvent
    level: Level
    text: str
    at: float
    """Seconds on the boot clock."""

    @property
    def name(self) -> str:
        """The event's name as it stands in ``ruijie-proxy events``: ``login-succeeded``."""
        letters = (f"-{char.lower()}" if char.isupper() else char for char in _kind(self.event))
        return "".join(letters).removeprefix("-")

    def to_plain(self) -> dict[str, Any]:
        """Return it as data that JSON can carry."""
        # What a line has anyway is no detail of it.
        names = [name for name in self.event.__match_args__ if name not in ("level", "text")]
        return {
            "session": self.session,
            "event": self.name,
            "at": clock.local_time(self.at),
            "level": self.level.name.lower(),
            "text": self.text,
            "told": told_by(self.text),
            "detail": {name: _plain(getattr(self.event, name)) for name in names},
        }


class EventStream:
    """Hands each occurrence to all who want it, in the order in which they came."""

    def __init__(self, notation: Notation = YAML) -> None:
        """``notation`` is that of the configuration in use."""
        self.notation = notation
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hand everything that happens from now on to one more."""
        self._subscribers.append(subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Hand nothing more to one. Raises ValueError when it is none of them."""
        self._subscribers.remove(subscriber)

    def publish(self, session: str, event: Event | MachineEvent) -> None:
        """Tell all subscribers what has happened to a session just now."""
        level, text = describe(event)
        occurrence = Occurrence(session, event, level, written_in(text, self.notation), clock.now())
        for subscriber in self._subscribers:
            subscriber(occurrence)


def _kind(event: Event | MachineEvent) -> str:
    return type(event).__name__


def _plain(value: Any) -> Any:
    """Return a field of an event as data that JSON can carry."""
    if isinstance(value, bytes):
        if len(value) == _IPV4_SIZE:
            return ".".join(str(byte) for byte in value)
        return value.hex(":") if len(value) == _MAC_SIZE else value.hex()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    # Plain of themselves are None, text and numbers; an enum's value is.
    return getattr(value, "value", value)
