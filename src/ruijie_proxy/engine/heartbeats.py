"""What keeps a session alive, and how far its heartbeats are."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.values import frozen


class Source(Enum):
    """What keeps the session alive."""

    SERVER = "server"
    """Heartbeats, by the grant in the Success."""
    CLIENT = "client"
    """Heartbeats, learned from the client's own."""
    PROBE = "probe"
    """Answers to identity probes."""


@frozen
class HeartbeatProgress:
    """How far the heartbeats are, for people to see."""

    source: Source | None
    number: int | None
    """The number of the last heartbeat that is known of, the client's included."""
    interval: float
    """Seconds between heartbeats as sent."""
    sent: int
    """How many this program has sent."""
    last: float | None
    """When the last heartbeat was sent or the last probe answered."""
