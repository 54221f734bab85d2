"""What happens on the machine around a session, told as values beside the engine's own events."""

from __future__ import annotations

from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.runtime.telling.level import Level


@frozen
class Noted:
    """Something worth a line that nothing else depends on."""

    level: Level
    text: str


@frozen
class AddressRenewed:
    """A renewal of the WAN port's address has ended."""

    succeeded: bool
    """Whether the address is one that a server gave or confirmed."""
    before: bytes | None
    """The IPv4 address before, 4 bytes; None: there was none."""
    address: bytes | None
    """The IPv4 address now, 4 bytes."""
    text: str
    """What happened, and if it went wrong, what to do."""


@frozen
class WentOnline:
    """The switch lets the port through, as far as the router knows."""

    own: bool
    """Whether the router itself has logged in, and not a client."""


@frozen
class WentOffline:
    """The switch does not let the port through any more, or the link is gone."""


if TYPE_CHECKING:
    MachineEvent: TypeAlias = Noted | AddressRenewed | WentOnline | WentOffline
