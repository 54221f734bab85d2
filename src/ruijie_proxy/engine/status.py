"""What a session is doing, as a value for people and programs to look at."""

from __future__ import annotations

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.heartbeats import HeartbeatProgress
    from ruijie_proxy.engine.refusals import Advice, RefusalKind
    from ruijie_proxy.engine.states import State
    from ruijie_proxy.engine.unanswered import Asked
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat


class LoginFailure(Frozen):
    """The last login that came to nothing, or the last time the server ended the session."""

    text: str | None
    """The server's words."""
    kind: RefusalKind
    at: float
    """Seconds on the engine's clock."""
    advice: Advice
    was_online: bool = False
    """Whether it ended a session, and not a login."""


class Unread(Frozen):
    """A web portal that cannot be read."""

    since: float
    """Seconds on the engine's clock."""
    why: str
    """A message to be translated; "": it does not answer."""


class PortalStatus(Frozen):
    """What is known of the web portal that a session is at."""

    page: str | None
    """The address of its page, without the query; None: not yet."""
    keepalive: int
    """Seconds between the calls that keep the session; 0: none are wanted."""
    last: float | None
    """When it was kept last, in seconds on the engine's clock."""
    unread: Unread | None = None
    """Since when it is not heard, or cannot be read, and why; None: it answers as it should."""
    next_look: float | None = None
    """When it is asked next whether the session that is held lives; as ``last``."""


class SessionStatus(Frozen):
    """What a session is doing."""

    state: State
    server: bytes | None
    """MAC address."""
    client: bytes | None
    """MAC address of the client that logged in, or is about to."""
    since: float | None
    """When the session that is held went online, in seconds on the engine's clock."""
    heartbeat: HeartbeatProgress | None
    client_needed: bool
    """Whether only a client can help: the server waits for its answer, or the session is doubtful
    and the router cannot log in by itself."""
    message: str | None
    """The server's words at the last Success."""
    accounting: str | None
    """The server's words on the account at the last Success."""
    last_failure: LoginFailure | None
    next_try: float | None = None
    """When the router logs in again by itself, in a back-off; as ``since``."""
    services: tuple[str, ...] = ()
    """The services that the server offers, as far as it has told."""
    asked: Asked | None = None
    """How often a server was called in vain; None: there is one that answers, or nobody called."""
    doubtful: bool = False
    """Whether something has happened that may have ended the session that is held, and the switch
    gave no sign since."""
    udp_heartbeat: UdpHeartbeat | None = None
    """The heartbeat by UDP that the campus wanted at the last Success: it explains a drop."""
    hours: str | None = None
    """The hours in which the campus lets people in, as the configuration writes them."""
    portal: PortalStatus | None = None
    """Of a session at a web portal alone."""
    awaits_address_since: float | None = None
    """Since when the login waits for an address of the WAN port; None: it does not. As ``since``.
    """
