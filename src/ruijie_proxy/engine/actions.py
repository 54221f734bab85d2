"""What the engine asks the machine to do. Carried out in the order given."""

from __future__ import annotations

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.protocol.portal.outcomes import Order


class SendToServer(Frozen):
    """Send a frame out of the WAN port."""

    frame: bytes
    """A whole Ethernet frame."""


class SendToClient(Frozen):
    """Send a frame out of the LAN port where the client is."""

    port: str
    """Name of the LAN interface, as given with the client's frames; empty while no frame of the
    client has come since the program was started: then by the LAN as a whole."""
    frame: bytes
    """A whole Ethernet frame."""


class ListenToClient(Frozen):
    """Take in frames that the client addresses to the server, or leave off doing so.

    They carry the server's own MAC address, which no interface of the router has.
    """

    listening: bool
    """Whether such frames are wanted from now on."""


class HeedClients(Frozen):
    """Hear these clients on the LAN, however much strangers send there."""

    clients: tuple[bytes, ...]
    """Their MAC addresses; none: everybody may be one."""


class HeedServers(Frozen):
    """Hear these servers on the WAN, however much strangers send there."""

    servers: tuple[bytes, ...]
    """Their MAC addresses; none: everybody may be one."""
    anew: bool = False
    """Whether it is about to be asked who is one: what was said before is no answer."""


class SetWanAddress(Frozen):
    """Give the WAN port another MAC address, and tell the engine how that went."""

    address: bytes
    """MAC address, 6 bytes."""


class RenewAddress(Frozen):
    """Have the WAN port's IPv4 address renewed by whatever DHCP client is in charge of it."""


class KeepSession(Frozen):
    """Write the session down, so that it survives the program. Replaces what was kept before."""

    kept: KeptSession
    """All that is needed to go on."""


class ForgetSession(Frozen):
    """Remove what was kept: the session has ended."""


class RememberLogins(Frozen):
    """Write down what the next start of the program must know of the router's own logins."""

    memory: LoginMemory


class KeepProfile(Frozen):
    """Write down what was learned of a client."""

    profile: ClientProfile


class AskPortal(Frozen):
    """Ask a web portal for something, beside the loop, and tell the engine what it came to."""

    order: Order
    page: str
    """The page that is trusted with the password; "": the first that comes."""
    user_index: str
    """What the portal calls the session that is held: a secret; "": none is."""

    def __repr__(self) -> str:
        return f"AskPortal({self.order}, {self.page!r}, …)"


class LookForPortal(Frozen):
    """Ask, by the WAN port's address, whether a gateway leads to a web portal."""


class Report(Frozen):
    """Tell the user."""

    event: Event
    """What happened."""


if TYPE_CHECKING:
    Action: TypeAlias = (
        SendToServer
        | SendToClient
        | ListenToClient
        | HeedClients
        | HeedServers
        | SetWanAddress
        | RenewAddress
        | KeepSession
        | ForgetSession
        | RememberLogins
        | KeepProfile
        | AskPortal
        | LookForPortal
        | Report
    )
