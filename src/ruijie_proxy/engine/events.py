"""What happens to a session, told as values: they feed the log, the status and the tests."""

from __future__ import annotations

# Events like all others, which stand with what they tell of.
from ruijie_proxy.engine.heartbeats import HeartbeatMismatch as HeartbeatMismatch
from ruijie_proxy.engine.heartbeats import HeartbeatSent as HeartbeatSent
from ruijie_proxy.engine.heartbeats import NoHeartbeats as NoHeartbeats
from ruijie_proxy.engine.heartbeats import NothingGranted as NothingGranted
from ruijie_proxy.engine.heartbeats import OnlyProbes as OnlyProbes
from ruijie_proxy.engine.heartbeats import TookOver as TookOver
from ruijie_proxy.engine.learned import EditionSeen as EditionSeen
from ruijie_proxy.engine.learned import HoursLearned as HoursLearned
from ruijie_proxy.engine.learned import OtherEditionNext as OtherEditionNext
from ruijie_proxy.engine.learned import OtherShapeNext as OtherShapeNext
from ruijie_proxy.engine.learned import ProfileDiffers as ProfileDiffers
from ruijie_proxy.engine.learned import ProfileLearned as ProfileLearned
from ruijie_proxy.engine.learned import ShapeByVendor as ShapeByVendor
from ruijie_proxy.engine.reasons import ClearPasswordWanted as ClearPasswordWanted
from ruijie_proxy.engine.reasons import SessionDoubtful as SessionDoubtful
from ruijie_proxy.engine.unanswered import NobodyAnswers as NobodyAnswers
from ruijie_proxy.engine.way_in import PortalAdopted as PortalAdopted
from ruijie_proxy.engine.way_in import PortalHindered as PortalHindered
from ruijie_proxy.engine.way_in import PortalLoginBegun as PortalLoginBegun
from ruijie_proxy.engine.way_in import PortalNotTrusted as PortalNotTrusted
from ruijie_proxy.engine.way_in import PortalReadAgain as PortalReadAgain
from ruijie_proxy.engine.way_in import PortalSilent as PortalSilent
from ruijie_proxy.engine.way_in import PortalUnread as PortalUnread
from ruijie_proxy.engine.way_in import TurnedToPortal as TurnedToPortal
from ruijie_proxy.engine.way_in import TurnedToSwitch as TurnedToSwitch
from ruijie_proxy.engine.way_out import HealthActed as HealthActed
from ruijie_proxy.engine.way_out import HealthFailed as HealthFailed
from ruijie_proxy.engine.way_out import HealthRestored as HealthRestored
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ruijie_proxy.engine.reasons import Hurdle
    from ruijie_proxy.engine.refusals import Advice


class LoginStarted(Frozen):
    """A client's Start has locked the session to that client and went out to the switch."""

    client: bytes
    """MAC address, 6 bytes."""
    port: str
    """The LAN interface it came in by."""
    again: bool
    """Whether a session was already held."""


class ClientWaits(Frozen):
    """Another client wants to log in while one is being served."""

    client: bytes
    """MAC address, 6 bytes."""


class ClientNotAllowed(Frozen):
    """A client that is not among the pinned ones wants to log in."""

    client: bytes
    """MAC address, 6 bytes."""


class TurnPassed(Frozen):
    """A client did not answer the server, or no server the client, and it lost its turn to one that
    waited."""

    client: bytes
    """MAC address, 6 bytes."""
    seconds: float
    """For which the server had waited for its answer, or the client for a server's."""
    was_asked: bool
    """Whether a server has asked it anything."""


class StartIgnored(Frozen):
    """A client's Start was not passed on, because the session is online or about to be."""

    client: bytes
    """MAC address, 6 bytes."""
    hurdle: Hurdle | None = None
    """Why not; None: it has come but once, and goes out if the client repeats it."""
    holder: bytes | None = None
    """MAC address of the client that alone may log in now; None: there is none."""


class ServerFound(Frozen):
    """A server has answered; from now on only its frames count."""

    server: bytes
    """MAC address, 6 bytes."""


class RequestRelayed(Frozen):
    """A request of the server went to the client."""

    method: int | None
    """The EAP method type; None for a packet that is no EAP request."""
    services: tuple[str, ...] = ()
    """The names of the services on offer, where the request says them."""


class ResponseRelayed(Frozen):
    """A response of the client went to the server."""

    method: int | None
    """The EAP method type; None for a packet that is no EAP response."""


class LoginSucceeded(Frozen):
    """The server said Success to the client."""

    message: str | None
    """The server's words."""
    accounting: str | None
    """The server's words on the account."""
    granted_interval: int | None
    """Seconds between heartbeats as granted; None: no grant."""
    count: int
    """The how-manyeth Success of this login it is."""
    wanted: int
    """How many the campus wants."""
    forbids_heartbeats: bool = False
    """Whether the server says that none shall be sent."""
    page: str = ""
    """That of the web portal that has let the router in, where it was one."""


class UdpHeartbeatWanted(Frozen):
    """The server also wants a heartbeat by UDP, which only the genuine client sends."""

    server: bytes
    """IPv4 address that it is to be sent to, 4 bytes."""
    port: int
    own: bool
    """Whether the router itself has logged in; else the client can send it while it is there."""


class LoginRefused(Frozen):
    """The server said Failure during a login."""

    message: str | None
    """The server's words."""
    own: bool = False
    """Whether it was the router's own login; what is done about it is told by another event."""


class LoginTimedOut(Frozen):
    """A login came to no result in time."""

    server_answered: bool
    """Whether the server said anything at all."""
    client_is_awaited: bool = True
    """Whether it is a client that has to start again, and not the router."""


class LoginIncomplete(Frozen):
    """Fewer Successes came than the campus is said to want; the session goes on with them."""

    count: int
    wanted: int


class LogoffRelayed(Frozen):
    """The client's Logoff went out to the switch."""


class LogoffIgnored(Frozen):
    """The client's Logoff was swallowed: the router holds the session."""


class ProbeAnswered(Frozen):
    """The server asked for the identity while online, and the router answered."""

    identifier: int


class EchoAnswered(Frozen):
    """The server asked in Cernet's way whether the client is there, and the router answered."""


class ChallengedOnline(Frozen):
    """The server asked, while online, for a proof that only the client can give."""

    port: str
    """The LAN interface where the client was last seen, and where the challenge went."""


class ClientNeeded(Frozen):
    """A client has to be started, or the session will end, if it has not."""

    was_asked: bool = True
    """Whether it did not answer a challenge; otherwise the session is doubtful."""


class SessionConfirmed(Frozen):
    """The switch gave a sign of a session that was doubtful."""


class Dropped(Frozen):
    """The server said Failure while online."""

    message: str | None
    """The server's words."""


class LinkLost(Frozen):
    """The WAN port lost its carrier or vanished."""


class LinkBack(Frozen):
    """The WAN port has its carrier back."""

    session_goes_on: bool
    """Whether a session is still held."""
    client_is_awaited: bool = True
    """Whether otherwise it is a client that has to log in, and not the router."""
    portal_is_asked: bool = False
    """Whether otherwise a web portal is asked first whether the session lives."""
    session_was_held: bool = False
    """Whether the router held one of its own when the carrier went."""


class Resumed(Frozen):
    """The session that was kept on disk goes on."""

    next_number: int | None


class TooLateToResume(Frozen):
    """The session kept on disk cannot be held any more."""

    reason: str


class AddressNotTaken(Frozen):
    """The WAN port would not take the client's MAC address; its own is used instead."""

    reason: str


class OwnLoginBegun(Frozen):
    """The router's own Start went out."""

    client: str
    """Which client it says to be: a profile's name, or the dialect's."""
    edition: int | None
    """Of the V4 check, where the client has one."""
    count: int
    """The how-manyeth login of those that make one session it is."""


class RequestAnswered(Frozen):
    """The router answered a request of the server during its own login."""

    method: int | None
    """The EAP method type; None for a packet that is no EAP request."""
    services: tuple[str, ...] = ()
    """The names of the services on offer, where the request says them."""


class ServerSaid(Frozen):
    """The server told the user something in a request."""

    message: str


class ProofGivenAgain(Frozen):
    """The server wanted the password proven again while online, and the router did."""


class NextTryPlanned(Frozen):
    """The router will log in again by itself."""

    seconds: float
    """Until then."""
    limited: bool
    """Whether that is because there were many tries lately."""
    advice: Advice | None = None
    """What the user can look at meanwhile, where that may help."""
    hours: str | None = None
    """The campus's hours, where it is because of them that it waits."""


class GaveUp(Frozen):
    """The router will not log in again by itself until something is changed."""

    advice: Advice
    services: tuple[str, ...]
    """The services that the server has offered, as far as it told."""


class RefusedBefore(Frozen):
    """The server has refused this password in an earlier run of the program; nothing is tried."""

    message: str | None
    """The server's words at that time."""
    advice: Advice


class LeftToClient(Frozen):
    """The router's own login came to nothing, so it waits for a client on the LAN."""


class LeaseAwaited(Frozen):
    """The router's own login goes on when the WAN port has an address."""


class LeaseMissing(Frozen):
    """No address came in time; the login goes on without it."""


class LoggedOff(Frozen):
    """The router said goodbye to the switch, or to the web portal."""

    page: str = ""
    """The portal's; "": it was a switch."""


if TYPE_CHECKING:
    Event: TypeAlias = (
        LoginStarted
        | ClientWaits
        | ClientNotAllowed
        | TurnPassed
        | StartIgnored
        | ServerFound
        | RequestRelayed
        | ResponseRelayed
        | LoginSucceeded
        | UdpHeartbeatWanted
        | LoginRefused
        | LoginTimedOut
        | NobodyAnswers
        | LoginIncomplete
        | LogoffRelayed
        | LogoffIgnored
        | HeartbeatMismatch
        | TookOver
        | NothingGranted
        | OnlyProbes
        | NoHeartbeats
        | HeartbeatSent
        | ProbeAnswered
        | ChallengedOnline
        | ClientNeeded
        | SessionDoubtful
        | SessionConfirmed
        | Dropped
        | LinkLost
        | LinkBack
        | Resumed
        | TooLateToResume
        | AddressNotTaken
        | EchoAnswered
        | OwnLoginBegun
        | RequestAnswered
        | ClearPasswordWanted
        | ServerSaid
        | ProofGivenAgain
        | OtherEditionNext
        | OtherShapeNext
        | ShapeByVendor
        | NextTryPlanned
        | HoursLearned
        | GaveUp
        | RefusedBefore
        | LeftToClient
        | LeaseAwaited
        | LeaseMissing
        | PortalLoginBegun
        | PortalAdopted
        | PortalSilent
        | PortalUnread
        | PortalReadAgain
        | PortalHindered
        | PortalNotTrusted
        | TurnedToPortal
        | TurnedToSwitch
        | LoggedOff
        | EditionSeen
        | ProfileLearned
        | ProfileDiffers
        | HealthFailed
        | HealthActed
        | HealthRestored
    )
