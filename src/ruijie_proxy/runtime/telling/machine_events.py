"""What happens on the machine around a session, told as values beside the engine's own events."""

from __future__ import annotations

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.runtime.telling.level import Level


class Noted(Frozen):
    """Something worth a line that nothing else depends on."""

    level: Level
    text: str


class AddressRenewed(Frozen):
    """A renewal of the WAN port's address has ended."""

    succeeded: bool
    """Whether the address is one that a server gave or confirmed."""
    before: bytes | None
    """The IPv4 address before, 4 bytes; None: there was none."""
    address: bytes | None
    """The IPv4 address now, 4 bytes."""
    text: str
    """What happened, and if it went wrong, what to do."""


class WentOnline(Frozen):
    """The switch lets the port through, as far as the router knows."""

    own: bool
    """Whether the router itself has logged in, and not a client."""


class WentOffline(Frozen):
    """The switch does not let the port through any more, or the link is gone."""


if TYPE_CHECKING:
    MachineEvent: TypeAlias = Noted | AddressRenewed | WentOnline | WentOffline
