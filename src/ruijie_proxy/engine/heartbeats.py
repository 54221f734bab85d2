"""What keeps a session alive, how far its heartbeats are, and what is told of them."""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
    from ruijie_proxy.protocol.results import Grant


class Source(Enum):
    """What keeps the session alive."""

    SERVER = "server"
    """Heartbeats, by the grant in the Success."""
    CLIENT = "client"
    """Heartbeats, learned from the client's own."""
    PROBE = "probe"
    """Answers to identity probes."""


class Off(Enum):
    """Why no heartbeats are sent though the session is held."""

    CONFIGURED = "configured"
    """``heartbeat: off``."""
    SERVER = "server"
    """The server has said that none shall be sent."""
    SHAPE = "shape"
    """In this shape of the dialect there are none (docs/protocol.md, "The bare shape")."""


class Authentication(Frozen):
    """What a login ended in: the value that a relayed login and an own one have in common."""

    server: bytes
    """The server's MAC address, 6 bytes."""
    address: bytes
    """The MAC address, 6 bytes, that the server has let in."""
    identity_response: bytes | None
    """The whole frame that answered the Request/Identity; it answers a probe too."""
    grant: Grant | None
    """What the Success granted."""
    udp_heartbeat: UdpHeartbeat | None = None
    """Another heartbeat that the server wants, and the router cannot send."""
    first_number: int = FIRST_NUMBER
    """The number of the first heartbeat, where no setting and no client tells another."""
    forbids_heartbeats: bool = False
    """Whether it said that no heartbeats shall be sent."""


class HeartbeatProgress(Frozen):
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
    off: Off | None = None
    """Why none are sent at all; None: they are, once it is known how."""


class ResumePoint(Frozen):
    """What a restarted program would go on with."""

    key: int | None
    next_number: int | None
    source: Source | None


class HeartbeatMismatch(Frozen):
    """The client's heartbeat has another key than the grant; the next one decides."""


class TookOver(Frozen):
    """From now on the router alone sends heartbeats."""

    source: Source
    """Where key and number come from."""
    number: int
    """The number of the first heartbeat of the router's own."""
    interval: float
    """Seconds between heartbeats."""
    client_may_leave: bool = True
    """Whether there is a client that is needed no longer."""


class NothingGranted(Frozen):
    """The Success held no grant: a client's heartbeat is waited for."""


class OnlyProbes(Frozen):
    """Nothing tells how to send heartbeats: answering identity probes is all that can be done."""

    client_may_teach: bool = True
    """Whether there is a client whose heartbeat may still come."""


class NoHeartbeats(Frozen):
    """The router sends none, and need not; identity probes are answered."""

    off: Off
    """Why."""
    client_may_leave: bool
    """Whether there is a client that is needed no longer."""


class HeartbeatSent(Frozen):
    """The router sent a heartbeat."""

    number: int
