"""Which client's Start begins a login: whose turn it is, and when the Start can go out.

One client logs in at a time, and while a session is held a Start must not cost it for nothing.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import SendToServer, SetWanAddress
from ruijie_proxy.engine.events import (
    ClientNotAllowed,
    ClientWaits,
    LoginStarted,
    StartIgnored,
    TurnPassed,
)
from ruijie_proxy.engine.reasons import Doubt, Hurdle
from ruijie_proxy.engine.relay.crossing import Entrance
from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
from ruijie_proxy.engine.relay.restarts import hurdle, start_ignored
from ruijie_proxy.engine.relay.turns import Waiting
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, Cause, State
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET
from ruijie_proxy.rate_limit import RateLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.relay.servers_heard import ServersHeard
    from ruijie_proxy.engine.relay.standing import Standing

# How many at once, and then one in how many seconds: what a flood may bring about.
START_BURST = 8
"""Hasty clients send several Starts, and to both group addresses."""
START_INTERVAL = 1.0
_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE


class Admission:
    """Takes in the clients' Starts. Times are seconds on the engine's clock."""

    def __init__(self, standing: Standing, servers: ServersHeard) -> None:
        """Begin without anybody who waits; ``servers`` is told of each Start."""
        self._standing = standing
        self._servers = servers
        self._starts = RateLimit(START_BURST, START_INTERVAL)
        self._entrance: Entrance | None = None
        self._last_start: bytes | None = None

    def serves(self, client: bytes) -> bool:
        """Whether a client of this MAC address may log in."""
        named = self._standing.settings.clients
        return not named or client in named

    def entrance(self, now: float) -> Entrance | None:
        """Return the short way of the next Start; None where more than its client decides."""
        standing = self._standing
        if (
            standing.state is not State.WAITING
            or standing.login is not None
            or standing.authentication is not None
            or standing.settings.mac is MacMode.CLONE
            or not self._starts.would_allow(now)
        ):
            self._entrance = None
        elif self._entrance is None or self._entrance.facts is not standing.facts:
            self._entrance = Entrance(
                standing.settings, standing.facts, self._servers.known, self._last_start
            )
        return self._entrance

    def start_is_out(self, client: bytes, port: str) -> None:
        """Be ready for what follows a Start that was let in, before it is looked at."""
        entrance, self._entrance = self._entrance, None
        if entrance is not None:
            self._standing.crossing = entrance.crossing(port)
            self._standing.listen_to(client)

    def client_starts(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        """Take in a Start that came in by a LAN interface."""
        standing = self._standing
        if not self.serves(source):
            standing.outbox.report_stranger(ClientNotAllowed(source), now)
            return
        if standing.state in (State.LINK_DOWN, State.STOPPED):
            return
        login = standing.login
        is_its_turn = login is not None and source == login.client
        if login is not None and is_its_turn:
            standing.client_is_at(login, port)
        if standing.held is not None and not self._may_log_in_anew(
            standing.held, frame, is_its_turn=is_its_turn, now=now
        ):
            return
        if standing.state in LOGGING_IN and not is_its_turn:
            self._client_waits(source, port, frame, now)
            return
        if login is not None and is_its_turn and login.keeps_back(port, frame, now):
            awaits = StartIgnored(source, Hurdle.AWAITS_RESULT)
            standing.restarts.tell_once(awaits, standing.outbox, now)
            return
        if not self._starts.allows(now):
            return
        self.begin_login(source, port, frame, now)

    def let_out_kept_back(self, now: float) -> None:
        """Let the Start go out that was kept back, once no result of the login before can come."""
        login = self._standing.login
        if login is None or login.kept_back is None or login.kept_back_until is None:
            return
        if now >= login.kept_back_until:
            self.begin_login(login.client, *login.kept_back, now)

    def _may_log_in_anew(
        self, held: HeldSession, start: bytes, *, is_its_turn: bool, now: float
    ) -> bool:
        """Whether a Start that comes while a session is held belongs to a client's new login.

        One that is not, is told once, and costs nothing.
        """
        standing = self._standing
        source = start[SOURCE_OFFSET:_SOURCE_END]
        is_online = standing.state is State.ONLINE
        is_needed = is_online and (standing.doubts.is_proof_missing or held.doubtful)
        may_help = is_needed or (is_its_turn and not is_online)
        why_not = hurdle(start, held, standing.settings, is_needed=may_help)
        restarts = standing.restarts
        if why_not is None and (
            not is_online or is_needed or restarts.means_a_new_login(source, now)
        ):
            return True
        restarts.tell_once(start_ignored(source, why_not, held), standing.outbox, now)
        return False

    # Turns.

    def _client_waits(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        standing = self._standing
        if standing.state is State.CHALLENGED:
            standing.outbox.report_stranger(ClientWaits(source), now)
            return
        standing.turns.wait(Waiting(source, port, frame, now))
        if not self.pass_turn_if_idle(now):
            standing.outbox.report_stranger(ClientWaits(source), now)

    @property
    def turn_ends_at(self) -> float | None:
        """When the turn will pass to who waits, or to the router; None: it will not."""
        login = self._standing.login
        if self._standing.turns.is_awaited or (login is not None and self._router_waits(login)):
            return self._idle_at
        return None

    @property
    def _idle_at(self) -> float | None:
        """When who logs in will have let its turn pass."""
        login = self._standing.login
        if login is None or self._standing.state not in (
            State.AUTHENTICATING,
            State.LOGGING_IN_AGAIN,
        ):
            return None
        if self._standing.clone.is_under_way:
            return None  # its Start may not even have gone out, and each turn costs the link
        return login.is_idle_at

    def _router_waits(self, login: RelayedLogin) -> bool:
        """Whether the router itself is next, where no other client is.

        A client whose call is not answered keeps it from nothing while it holds a session.
        """
        standing = self._standing
        return standing.router_may_log_in() and (login.is_asked or standing.held is None)

    def pass_turn_if_idle(self, now: float) -> bool:
        """Let the next client log in, or the router, where the present one does not do its part."""
        standing = self._standing
        login, idle_at = standing.login, self._idle_at
        if login is None or idle_at is None or now < idle_at:
            return False
        following = standing.turns.next(now)
        if following is None:
            standing.turns.disperse()
            if not self._router_waits(login):
                return False
        if login.is_asked:
            standing.turns.let_pass(login.client, now)
        standing.outbox.report(TurnPassed(login.client, now - login.asked_at, login.is_asked))
        standing.move(Cause.TIMED_OUT)
        standing.return_to_held_login()
        if standing.held is None:
            standing.let_go_of_client()
        if following is not None:
            self.begin_login(following.client, following.port, following.start, now)
            return True
        if standing.held is not None:
            standing.doubts.doubt(standing.held, Doubt.NO_RESULT)
        standing.follow_link()
        standing.update_listening()
        return True

    # The Start on its way out.

    def begin_login(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        """Let a client's Start go out, or hold it back until the WAN port has its address."""
        standing = self._standing
        login = standing.login
        deadline = now + standing.settings.login_timeout
        self._servers.client_starts(now)
        again = standing.state in HOLDING
        if login is None or standing.state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            standing.held_login = login if again else None
            standing.login = login = RelayedLogin(source, port, deadline, now)
            started = [LoginStarted(source, port, again)]
        else:
            login.start_again(deadline)
            started = []
        self._last_start = login.start = frame
        self._entrance = None
        standing.move(Cause.CLIENT_STARTED)
        standing.close_short_way()
        facts, clone = standing.facts, standing.clone
        if standing.settings.mac is MacMode.CLONE and (facts.mac != source or clone.is_under_way):
            if clone.begin(frame, facts.mac):
                standing.outbox.act(SetWanAddress(source))
            self.send_held_back_start()
        else:
            self._send_start(login, frame)
        if standing.held is not None:
            # Also for a program that is killed before there is a result.
            standing.held.doubt()
        standing.update_listening()
        told = standing.unanswered.note_start(now)
        for event in (*started, *((told,) if told is not None else ())):
            standing.outbox.report(event)

    def send_held_back_start(self) -> None:
        """Let the Start go out that waits for the WAN port's address, if it can now."""
        standing = self._standing
        if standing.login is not None and standing.link_up:
            start = standing.clone.start_to_send(standing.login.client, standing.facts.mac)
            if start is not None:
                self._send_start(standing.login, start)

    def _send_start(self, login: RelayedLogin, start: bytes) -> None:
        standing = self._standing
        sent, crossing = login.start_to_server(start, standing.settings, standing.facts)
        crossing.expect(self._servers.known)
        standing.crossing = crossing
        self._servers.start_goes_out(is_out=standing.is_out)
        if not standing.is_out:
            standing.outbox.act(SendToServer(sent))
