"""Where a relay session stands: who logs in, what is held, and how either comes to an end.

What decides (:mod:`.admission`, :mod:`.locked_client`, :mod:`.results`, :mod:`.reauthentication`,
:mod:`.relay_session`) knows the session by this alone, and not one another's affairs.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import SendToClient, SendToServer
from ruijie_proxy.engine.events import LinkLost
from ruijie_proxy.engine.relay.clone import Clone
from ruijie_proxy.engine.relay.doubts import Doubts
from ruijie_proxy.engine.relay.listening import Listening
from ruijie_proxy.engine.relay.restarts import Restarts
from ruijie_proxy.engine.relay.turns import Turns
from ruijie_proxy.engine.states import Cause, State, next_state
from ruijie_proxy.rate_limit import RateLimit
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.heartbeats import Authentication
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.relay.crossing import Crossing
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat

# How many at once, and then one in how many seconds: what a flood may bring about.
CROSSING_BURST = 60
CROSSING_INTERVAL = 1.0
"""Of frames that crossed and are told of, and of those that a client sends while online: a login
with certificates has dozens at once."""


class RelayEnd(Frozen):
    """How a client's login, or the session that it got, came to an end."""

    was_refused: bool = False
    """The server said Failure …"""
    was_online: bool = False
    """… to a session that was online …"""
    message: str | None = None
    """… in these words."""
    client_left: bool = False
    """The client's farewell was passed on."""


class Standing:
    """The state, and the one place that lets go of it, so that nothing of it is forgotten."""

    def __init__(
        self,
        settings: SessionSettings,
        facts: RouterFacts,
        link_up: bool,
        outbox: Outbox,
        unanswered: Unanswered,
        *,
        router_may_log_in: Callable[[], bool],
    ) -> None:
        """Begin without a session held.

        ``router_may_log_in`` tells whether the router itself could log in, were it its turn.
        """
        self.settings = settings
        self.facts = facts
        self.link_up = link_up
        self.outbox = outbox
        self.unanswered = unanswered
        self.router_may_log_in = router_may_log_in
        self.state = State.WAITING if link_up else State.LINK_DOWN
        self.login: RelayedLogin | None = None
        """The login of the client that the session is locked to …"""
        self.held_login: RelayedLogin | None = None
        """… and, while that is a new one: the one that the session held is from."""
        self.held: HeldSession | None = None
        """What is held while online."""
        self.authentication: Authentication | None = None
        """What the last login ended in, also while the campus wants another one."""
        self.message: str | None = None
        self.accounting: str | None = None
        self.udp_heartbeat: UdpHeartbeat | None = None
        """The heartbeat by UDP that the campus wanted at the last Success."""
        self.services: tuple[str, ...] = ()
        """The services that a server has named last."""
        self.end: RelayEnd | None = None
        """How the last login or session ended, until somebody asks."""
        self.clone = Clone()
        self.turns = Turns()
        self.restarts = Restarts()
        self.doubts = Doubts(outbox, router_may_log_in)
        self._listening = Listening(settings, outbox)
        self._crossings = RateLimit(CROSSING_BURST, CROSSING_INTERVAL)
        self.crossing: Crossing | None = None
        """The short way of the login's frames; None: there is none."""
        self.is_out = False
        """Whether the frame that is being looked at has crossed already."""

    @property
    def server(self) -> bytes | None:
        """MAC address of the server of the login, or of the session held."""
        if self.login is not None and self.login.server is not None:
            return self.login.server
        return self.authentication.server if self.authentication else None

    def take(self, held: HeldSession, login: RelayedLogin) -> None:
        """Hold a session that comes from elsewhere, and the login that it is from."""
        self.held = held
        self.authentication = held.authentication
        self.login = login
        self.message = held.message
        self.accounting = held.accounting
        self.udp_heartbeat = held.udp_heartbeat

    def move(self, cause: Cause) -> None:
        """Go to the next state, as the table has it."""
        self.state = next_state(self.state, cause)
        if self.state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            self.close_short_way()

    def report_crossing(self, event: Event, now: float) -> None:
        """Report a frame that crossed, unless there are too many to be of a login."""
        if self._crossings.allows(now):
            self.outbox.report(event)

    def update_listening(self) -> None:
        """Listen to the client's frames to the server for as long as they can matter."""
        self._listening.update(self.state, self.held)
        self._listening.heed(None if self.login is None else self.login.client)

    def listen_to(self, client: bytes) -> None:
        """Listen to a client whose login begins."""
        self._listening.update(State.AUTHENTICATING, None)
        self._listening.heed(client)

    # How frames cross.

    def close_short_way(self) -> None:
        """Let no frame cross without a decision."""
        self.crossing = None

    def client_is_at(self, login: RelayedLogin, port: str) -> None:
        """Take note of the LAN interface where the client was seen last."""
        login.port = port
        if self.crossing is not None:
            self.crossing.port = port

    def found_server(self, server: bytes) -> None:
        """Take note of who answered the Start, or goes on with the login in place of that one."""
        if self.crossing is not None:
            self.crossing.found_server(server)
        self.clone.done()

    def pass_to_server(self, login: RelayedLogin, frame: bytes) -> bytes:
        """Send a client's frame on, unless it is out already; return it as the server gets it."""
        sent = login.to_server(frame, self.settings, self.facts)
        if not self.is_out:
            self.outbox.act(SendToServer(sent))
        return sent

    def pass_to_client(self, login: RelayedLogin, frame: bytes) -> None:
        """Send a server's frame on, unless it is out already."""
        if not self.is_out:
            sent = login.to_client(frame, self.settings, self.facts)
            self.outbox.act(SendToClient(login.port, sent))

    # How things come to an end.

    def follow_link(self) -> None:
        """Take note of a link that went while the WAN port was taking another address."""
        if not self.link_up:
            self.link_lost()

    def link_lost(self) -> None:
        """Take note that the link is down; a session that is held may outlast that."""
        self.unanswered.forget()
        self.outbox.report(LinkLost())
        if self.state is State.AUTHENTICATING:
            self.end_session()
        self.move(Cause.LINK_LOST)
        self.return_to_held_login()
        self.update_listening()

    def return_to_held_login(self) -> None:
        """Be done with a login that came to nothing; the session held before goes on."""
        self.clone.done()
        if self.held_login is not None:
            self.login, self.held_login = self.held_login, None

    def let_go_of_session(self) -> None:
        """Let go of what was held, but not of the client."""
        if self.held is not None:
            self.held.forget()
        self.held = None
        self._forget_what_was_held()

    def end_session(self) -> None:
        """Let go of the client and of what was held."""
        self.turns.disperse()
        self.let_go_of_session()
        self.let_go_of_client()

    def let_go_of_client(self) -> None:
        """Be locked to nobody. What was held is no longer, or somebody else's now."""
        self._forget_what_was_held()
        self.authentication = None
        self.login = None
        self._listening.heed(None)
        self.clone.done()
        self.update_listening()

    def _forget_what_was_held(self) -> None:
        self.held_login = None
        self.doubts.proof_was_given()

    def say_goodbye(self) -> bool:
        """Log off, if a session is held, and let go of it; tell whether one was."""
        held, self.held = self.held, None
        if held is None:
            return False
        held.log_off()
        return True
