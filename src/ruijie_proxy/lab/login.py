"""One login as the switch keeps it: what was asked, and what is still to come."""

from __future__ import annotations

from dataclasses import dataclass, field

from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.port_session import LoginIdentity


@dataclass(slots=True)
class Pending:
    """A request that waits for its answer."""

    name: FrameName
    identifier: int
    frame: bytes
    """The Ethernet frame, to be sent again when nobody answers."""
    deadline: float
    """When it is sent again, or given up."""
    repeats_left: int
    challenge: bytes = b""
    """What a Request/MD5-Challenge asked."""


@dataclass(slots=True)
class Login:
    """A login under way."""

    identity: LoginIdentity
    """Who logs in; until the Identity response no more than a MAC address."""
    reauthentication: bool = False
    """The switch asked for it, and not the client."""
    starts: int = 0
    challenges: list[bytes] = field(default_factory=list)
    """Those still to be asked."""
    pending: Pending | None = None
    refusal: str | None = None
    """What the client is told at the end; None while nothing speaks against it."""

    @property
    def client(self) -> bytes:
        """MAC address of who logs in."""
        return self.identity.client
