"""What a session of the engine can be told: its settings, and the one home of their defaults."""

from __future__ import annotations

from enum import Enum

from ruijie_proxy.values import frozen


class MacMode(Enum):
    """Whose MAC addresses the relayed frames carry; docs/protocol.md, "Addresses"."""

    REWRITE = "rewrite"
    """Towards the server the WAN port's own address, towards the client the client's."""
    CLONE = "clone"
    """The WAN port takes the client's address, so frames cross with theirs unchanged."""
    KEEP = "keep"
    """Frames cross with theirs unchanged, and the WAN port keeps its own."""


class FieldsMode(Enum):
    """What becomes of the addresses inside the client's private block."""

    REWRITE = "rewrite"
    """They say the router's, where the router has one; docs/protocol.md, "The private block"."""
    KEEP = "keep"
    """The block crosses byte for byte."""


class GroupMode(Enum):
    """Which group address a client's Start goes out to; docs/protocol.md, "Frames"."""

    KEEP = "keep"
    """The one the client chose."""
    STANDARD = "standard"
    """01:80:c2:00:00:03, the PAE group address of IEEE 802.1X."""
    RUIJIE = "ruijie"
    """01:d0:f8:00:00:03; some campuses answer no other."""


class ClientLogoff(Enum):
    """What becomes of a client's Logoff once the router holds the session."""

    IGNORE = "ignore"
    """It ends here: the PC may be switched off without ending the session."""
    FORWARD = "forward"
    """It crosses and ends the session."""


@frozen
class SessionSettings:
    """How the engine runs one session. The defaults suit most campuses."""

    clients: tuple[bytes, ...] = ()
    """MAC addresses (6 bytes each) of the clients that may log in; empty: any."""
    login_timeout: float = 60.0
    """Seconds from a client's last Start in which the login must come to a result."""
    group: GroupMode = GroupMode.KEEP
    mac: MacMode = MacMode.REWRITE
    restore_mac: bool = False
    """With MacMode.CLONE: give the WAN port its own address back when the session stops."""
    fields: FieldsMode = FieldsMode.REWRITE
    successes: int = 1
    """How many logins in a row the campus wants; docs/protocol.md, "Logins"."""
    client_logoff: ClientLogoff = ClientLogoff.IGNORE
    heartbeat_interval: float | None = None
    """Seconds between heartbeats; None: what the grant says, within the engine's bounds."""
    heartbeat_number: int | None = None
    """Number (32 bits) of the first heartbeat; None: the engine chooses, or learns it."""
    renew: bool = True
    """Whether to ask for a renewal of the WAN address after Success."""
