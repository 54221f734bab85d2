"""A session that clients log in through: it relays their logins, and holds what they get.

It decides which frame crosses, and lets those that need no decision cross the short way.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import (
    HeedClients,
    HeedServers,
    KeepProfile,
    ListenToClient,
    RenewAddress,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.clone import Clone
from ruijie_proxy.engine.edition_seen import edition_seen
from ruijie_proxy.engine.events import (
    AddressNotTaken,
    ChallengedOnline,
    ClientNeeded,
    ClientNotAllowed,
    ClientWaits,
    Dropped,
    EditionSeen,
    LinkBack,
    LinkLost,
    LoggedOff,
    LoginIncomplete,
    LoginRefused,
    LoginStarted,
    LoginSucceeded,
    LoginTimedOut,
    LogoffIgnored,
    LogoffRelayed,
    ProfileDiffers,
    ProfileLearned,
    RequestRelayed,
    ResponseRelayed,
    Resumed,
    ServerFound,
    SessionDoubtful,
    TooLateToResume,
    TurnPassed,
)
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    answers_a_start,
    eap_code,
    eap_method,
    goes_on,
    is_eapol,
    read_heartbeat,
    read_result,
    services_on_offer,
)
from ruijie_proxy.engine.held_session import HEARD_NOTHING, Doubt, HeldSession
from ruijie_proxy.engine.keeper import Authentication
from ruijie_proxy.engine.rate_limit import RateLimit
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.relayed_login import PROOF_PATIENCE, RelayedLogin
from ruijie_proxy.engine.restarts import Restarts, has_private_block, hurdle, start_ignored
from ruijie_proxy.engine.session import Session
from ruijie_proxy.engine.settings import ClientLogoff, Dialect, MacMode
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, Cause, State
from ruijie_proxy.engine.status import LoginFailure, SessionStatus
from ruijie_proxy.engine.turns import Turns, Waiting
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    GROUP_ADDRESSES,
    SOURCE_OFFSET,
    is_group_address,
)
from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.crossing import Crossing
    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.learning import Lesson
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.results import Result

KNOWN_FIRST = 0.5
"""Seconds after a Start in which the server of an earlier login is waited for, before strangers are
taken for one."""

LONGEST_QUEUE = 32
"""Frames that may wait to be looked at after they have crossed the short way …"""
READING_DELAY = 0.1
"""… and for how many seconds: the next frame of the login is more urgent."""

# How many at once, and then one in how many seconds: what a flood may bring about.
START_BURST = 8
"""Hasty clients send several Starts, and to both group addresses."""
START_INTERVAL = 1.0
HEARTBEAT_BURST = 4
HEARTBEAT_INTERVAL = 1.0
"""Of the client's heartbeats, on their way to the server."""
CROSSING_BURST = 60
CROSSING_INTERVAL = 1.0
"""Of frames that crossed and are told of, and of those that a client sends while online: a login
with certificates has dozens at once."""

_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE
_RESULTS = (EapCode.SUCCESS, EapCode.FAILURE)
_OF_SERVERS = (EapCode.REQUEST, *_RESULTS)
"""What no client says."""


@frozen
class RelayEnd:
    """How a client's login, or the session that it got, came to an end."""

    was_refused: bool = False
    """The server said Failure …"""
    was_online: bool = False
    """… to a session that was online …"""
    message: str | None = None
    """… in these words."""
    client_left: bool = False
    """The client's farewell was passed on."""


class RelaySession(Session):
    """One session of clients. Times are seconds on one clock that never goes back."""

    def __init__(
        self,
        settings: SessionSettings,
        facts: RouterFacts,
        link_up: bool,
        outbox: Outbox | None = None,
        unanswered: Unanswered | None = None,
    ) -> None:
        """Begin without a session held; :meth:`resume` goes on with one that was kept."""
        state = State.WAITING if link_up else State.LINK_DOWN
        super().__init__(settings, facts, link_up, state, outbox, unanswered)
        self._login: RelayedLogin | None = None
        self._held_login: RelayedLogin | None = None
        """While a new login is under way: the one that the session held is from."""
        self._authentication: Authentication | None = None
        """What the last login ended in, also while the campus wants another one."""
        self._known_server: bytes | None = None
        """MAC address of the last server that went on with a login …"""
        self._strangers_at = 0.0
        """… and until when others are not heard …"""
        self._held_up: bytes | None = None
        """… and the first request of such a one, which is looked at then."""
        self._heeded: tuple[bytes, ...] = ()
        self._clone = Clone()
        self._client_needed = False
        """Whether the client has left a challenge unanswered."""
        self._doubt_is_clients = False
        """Whether it is for a client to log in anew while the session is doubtful."""
        self._restarts = Restarts()
        self._turns = Turns()
        self.router_may_log_in: Callable[[], bool] = lambda: False
        """Whether the router itself could log in, were it its turn; see :mod:`.auto_session`."""
        self._starts = RateLimit(START_BURST, START_INTERVAL)
        self._heartbeats = RateLimit(HEARTBEAT_BURST, HEARTBEAT_INTERVAL)
        self._crossings = RateLimit(CROSSING_BURST, CROSSING_INTERVAL)
        self._answers = RateLimit(CROSSING_BURST, CROSSING_INTERVAL)
        self._listening = False
        self._lesson: Lesson | None = None
        self._end: RelayEnd | None = None
        self.crossing: Crossing | None = None
        self._crossed: list[tuple[str | None, bytes, float]] = []
        """Frames that have crossed and wait to be looked at: the LAN interface that each came in
        by, or None for the WAN, the frame, and when it came."""
        self._is_out = False
        """Whether the frame that is being looked at has crossed already."""

    # What the caller asks.

    @property
    def next_deadline(self) -> float | None:
        deadlines: list[float | None] = []
        if self._crossed:
            deadlines.append(self._crossed[0][2] + READING_DELAY)
        if self._login is not None and self._state in LOGGING_IN:
            deadlines.append(self._login.deadline)
            if self._held_up is not None:
                deadlines.append(self._strangers_at)
            if self._turns.is_awaited or self._router_waits(self._login):
                deadlines.append(self._idle_at)
        if self._held is not None and self._state in HOLDING:
            deadlines.append(self._held.keeper.next_deadline)
            deadlines.append(self._held.silent_at)
        return min((when for when in deadlines if when is not None), default=None)

    @property
    def status(self) -> SessionStatus:
        held = self._held
        return SessionStatus(
            state=self._state,
            server=self._server,
            client=self._login.client if self._login else None,
            since=held.since if held else None,
            heartbeat=held.keeper.progress if held else None,
            client_needed=self._client_needed
            or (held is not None and held.doubtful and self._doubt_is_clients),
            message=self._message,
            accounting=self._accounting,
            last_failure=self._last_failure,
            asked=self._unanswered.asked,
            doubtful=held is not None and held.doubtful,
        )

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        held = HeldSession.from_kept(kept, self._settings, self._outbox, now)
        login = _login_of(held, now)
        if kept.wan_address == self._facts.mac:
            self._clone.original = kept.original_wan_address
        address = login.wire_address(self._settings, self._facts)
        if not self._may_go_on(kept, held, address, now):
            if self._clone.original is not None and self._settings.mac is not MacMode.CLONE:
                # What the port has is the address of the client before, and not its own.
                self._act(SetWanAddress(self._clone.original))
            return
        self._take(held, login)
        self._report(Resumed(kept.next_number))
        if self._state is State.WAITING:
            self._move(Cause.RESUMED)
        if held.doubtful:
            self._doubt(held, Doubt.KEPT)
        self._update_listening()

    def adopt(self, held: HeldSession, port: str, start: bytes, now: float) -> None:
        """Go on with a session that the router itself has got: a client wants to log in anew.

        ``start`` is that client's Start, which came in by the LAN interface ``port``.
        """
        self._take(held, _login_of(held, now))
        self._move(Cause.ADOPTED)
        self._begin_login(start[SOURCE_OFFSET:_SOURCE_END], port, start, now)

    def serves(self, client: bytes) -> bool:
        """Whether a client of this MAC address may log in."""
        return not self._settings.clients or client in self._settings.clients

    def follow_link(self, up: bool) -> None:
        """Take note of the link while nothing is held and nobody logs in, without a word."""
        if up is self._link_up or self._state is State.STOPPED:
            return
        self._link_up = up
        self._move(Cause.LINK_BACK if up else Cause.LINK_LOST)

    def hand_over(self) -> HeldSession | None:
        """Let go of the session that is held, for the router itself to go on with; None: there is
        none, or a client's login is under way.
        """
        held = self._held
        if held is None or self._state is not State.ONLINE:
            return None
        self._read_crossed()
        self._held = None
        self._move(Cause.HANDED_OVER)
        self._let_go_of_client()
        return held

    def _take(self, held: HeldSession, login: RelayedLogin) -> None:
        self._held = held
        self._authentication = held.authentication
        self._login = login
        self._know(held.authentication.server)
        self._message = held.message
        self._accounting = held.accounting

    def crossed_to_server(self, port: str, frame: bytes, now: float) -> None:
        self._crossed.append((port, frame, now))
        self._read_crossed_results(frame)

    def crossed_to_client(self, frame: bytes, now: float) -> None:
        self._crossed.append((None, frame, now))
        self._read_crossed_results(frame)

    def _read_crossed_results(self, frame: bytes) -> None:
        """Look at what has crossed if there is a result in it: the next frame depends on it."""
        if eap_code(frame) in _RESULTS or len(self._crossed) >= LONGEST_QUEUE:
            self._read_crossed()

    def _read_crossed(self) -> None:
        """Look at the frames that have crossed, in their order, before anything else happens."""
        if not self._crossed:
            return
        crossed, self._crossed = self._crossed, []
        self._is_out = True
        for port, frame, at in crossed:
            if port is None:
                self._from_wan(frame, at)
            else:
                self._from_lan(port, frame, at)
        self._is_out = False

    def receive_from_lan(self, port: str, frame: bytes, now: float) -> None:
        self._read_crossed()
        self._from_lan(port, frame, now)

    def _from_lan(self, port: str, frame: bytes, now: float) -> None:
        if not is_eapol(frame):
            return
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        if is_group_address(source) or source == self._server:
            return  # no client has such an address: forged
        if frame[TYPE_OFFSET] == EapolType.START:
            self._client_starts(source, port, frame, now)
        elif self._login is not None and source == self._login.client:
            self._client_is_at(self._login, port)
            self._client_sends(self._login, frame, now)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        self._read_crossed()
        self._from_wan(frame, now)

    def _from_wan(self, frame: bytes, now: float) -> None:
        if not is_eapol(frame):
            return
        login = self._login
        if login is None or not (self._state in HOLDING or self._state is State.AUTHENTICATING):
            return
        if self._clone.holds_back:
            return  # nothing was asked yet
        destination = frame[:ADDRESS_SIZE]
        if destination not in GROUP_ADDRESSES and destination != login.wire_address(
            self._settings, self._facts
        ):
            return
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        code = eap_code(frame)
        known = self._authentication.server if self._authentication else None
        if login.server is None and answers_a_start(frame, code, known):
            if self._is_held_up(source, frame, now):
                return
            self._found_server(login, source)
        if source != login.server and not self._is_candidate(login, source, frame, now):
            return
        self._unanswered.forget()
        if not login.is_proven and source == login.server and goes_on(frame, code):
            login.is_proven = True
            self._know(source)
        if code == EapCode.SUCCESS:
            self._server_accepts(login, frame, now)
        elif code == EapCode.FAILURE:
            self._server_refuses(login, frame, now)
        elif code == EapCode.REQUEST:
            self._server_asks(login, frame, now)
        else:
            self._pass_to_client(login, frame)

    def _found_server(self, login: RelayedLogin, server: bytes) -> None:
        login.found_server(server)
        if self.crossing is not None:
            self.crossing.server = server
        self._held_up = None
        self._clone.done()
        self._report(ServerFound(server))

    def _is_held_up(self, source: bytes, frame: bytes, now: float) -> bool:
        """Whether a stranger has to wait, for the server of an earlier login may answer, too."""
        if self._known_server in (None, source) or now >= self._strangers_at:
            return False
        if self._held_up is None and eap_code(frame) == EapCode.REQUEST:
            self._held_up = frame
        return True

    def _is_candidate(self, login: RelayedLogin, source: bytes, frame: bytes, now: float) -> bool:
        """Whether somebody else than who answered first is heard: anybody may have answered."""
        if login.is_proven or login.server is None or is_group_address(source):
            return False
        if login.server == self._known_server and now < self._strangers_at:
            return False
        code = eap_code(frame)
        if goes_on(frame, code):
            may_go_on = login.candidates.may_go_on(source)
        elif source == self._known_server and code == EapCode.REQUEST:
            may_go_on = True
        else:
            is_identity = code == EapCode.REQUEST and eap_method(frame) == EapType.IDENTITY
            return is_identity and self._is_heeded(login, login.server, source, frame)
        if may_go_on:
            self._found_server(login, source)
        return may_go_on

    def _is_heeded(self, login: RelayedLogin, first: bytes, source: bytes, frame: bytes) -> bool:
        """Whether a candidate's Request/Identity is among those that the client shall answer."""
        if not login.candidates.asks(source, frame[EAP_IDENTIFIER_AT]):
            return False
        self._act(HeedServers((*self._known_servers, first, *login.candidates.servers)))
        return True

    @property
    def _known_servers(self) -> tuple[bytes, ...]:
        return () if self._known_server is None else (self._known_server,)

    def _know(self, server: bytes) -> None:
        """Take note of a server that has gone on with a login."""
        self._known_server = server
        self._act(HeedServers((server,)))

    def link_changed(self, up: bool, now: float) -> None:
        self._read_crossed()
        if self._state is State.STOPPED or up is self._link_up:
            return
        self._link_up = up
        if not up:
            if self._clone.is_under_way:
                self._clone.link_lost()
                self.crossing = None
            else:
                self._link_lost()
            return
        if self._state is not State.LINK_DOWN:
            self._send_held_back_start()
            return
        goes_on = self._held is not None and self._held.keeper.may_still_hold(now)
        self._report(LinkBack(goes_on))
        if goes_on and self._held is not None:
            self._move(Cause.LINK_BACK_IN_TIME)
            self._doubt(self._held, Doubt.LINK)
            self._update_listening()
        else:
            self._move(Cause.LINK_BACK)
            self._end_session()

    def router_changed(self, facts: RouterFacts, now: float) -> None:  # noqa: ARG002
        self._read_crossed()
        if facts != self._facts:
            self.crossing = None  # it tells the old ones
        had, self._facts = self._facts, facts
        held, login = self._held, self._login
        if held is not None and login is not None and self._state is State.ONLINE:
            address = login.wire_address(self._settings, facts)
            if address != login.wire_address(self._settings, had) and not held.has_address(address):
                self._lose_address(held)
                self._move(Cause.LOGGED_OFF)
                self._end_session()
        self._send_held_back_start()

    def address_not_taken(self, reason: str) -> None:
        self._read_crossed()
        self._report(AddressNotTaken(reason))
        self._clone.refused(self._facts.mac)
        self._send_held_back_start()

    def handle_timer(self, now: float) -> None:
        self._read_crossed()
        if self._held_up is not None and now >= self._strangers_at:
            request, self._held_up = self._held_up, None
            self._from_wan(request, now)
        login = self._login
        if login is not None and self._state in LOGGING_IN and now >= login.deadline:
            self._login_timed_out(login, now)
        self._pass_turn_if_idle(now)
        if self._held is None or self._state not in HOLDING:
            return
        if self._held.keeper.has_overslept(now):
            self._report(TooLateToResume(HEARD_NOTHING))
            self._move(Cause.OVERSLEPT)
            self._end_session()
            return
        silent_at = self._held.silent_at
        if silent_at is not None and now >= silent_at and self._state is State.ONLINE:
            self._doubt(self._held, Doubt.SILENCE)
        self._held.keeper.handle_timer(now)
        self._update_listening()

    def log_off(self, now: float) -> bool:  # noqa: ARG002 - as all sessions
        self._read_crossed()
        if self._state not in HOLDING or not self._log_off_if_held():
            return False
        self._report(LoggedOff())
        self._move(Cause.LOGGED_OFF)
        self._let_go_of_client()
        return True

    def stop(self) -> None:
        self._read_crossed()
        if self._state is State.STOPPED:
            return
        if self._settings.logoff_on_exit and self._link_up and self._log_off_if_held():
            self._report(LoggedOff())
        if self._clone.original is not None and self._settings.restore_mac:
            self._act(SetWanAddress(self._clone.original))
        self._clone.done()
        self._move(Cause.STOPPED)
        self._update_listening()

    # The client's frames.

    def _client_starts(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        if not self.serves(source):
            self._outbox.report_stranger(ClientNotAllowed(source), now)
            return
        if self._state in (State.LINK_DOWN, State.STOPPED):
            return
        login = self._login
        is_its_turn = login is not None and source == login.client
        if login is not None and is_its_turn:
            self._client_is_at(login, port)
        if self._held is not None and not self._may_log_in_anew(
            self._held, frame, is_its_turn=is_its_turn, now=now
        ):
            return
        if self._state in LOGGING_IN and not is_its_turn:
            self._client_waits(source, port, frame, now)
            return
        if not self._starts.allows(now):
            return
        self._begin_login(source, port, frame, now)

    def _client_waits(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        if self._state is State.CHALLENGED:
            self._outbox.report_stranger(ClientWaits(source), now)
            return
        self._turns.wait(Waiting(source, port, frame, now))
        if not self._pass_turn_if_idle(now):
            self._outbox.report_stranger(ClientWaits(source), now)

    @property
    def _idle_at(self) -> float | None:
        """When who logs in will have let its turn pass."""
        if self._login is None or self._state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            return None
        if self._clone.is_under_way:
            return None  # its Start may not even have gone out, and each turn costs the link
        return self._login.is_idle_at

    def _router_waits(self, login: RelayedLogin) -> bool:
        """Whether the router itself is next, where no other client is.

        A client whose call is not answered keeps it from nothing while it holds a session.
        """
        return self.router_may_log_in() and (login.is_asked or self._held is None)

    def _pass_turn_if_idle(self, now: float) -> bool:
        """Let the next client log in, or the router, where the present one does not do its part."""
        login, idle_at = self._login, self._idle_at
        if login is None or idle_at is None or now < idle_at:
            return False
        following = self._turns.next(now)
        if following is None:
            self._turns.disperse()
            if not self._router_waits(login):
                return False
        if login.is_asked:
            self._turns.let_pass(login.client, now)
        self._report(TurnPassed(login.client, now - login.asked_at, login.is_asked))
        self._move(Cause.TIMED_OUT)
        self._return_to_held_login()
        if self._held is None:
            self._let_go_of_client()
        if following is not None:
            self._begin_login(following.client, following.port, following.start, now)
            return True
        if self._held is not None:
            self._doubt(self._held, Doubt.NO_RESULT)
        self._follow_link()
        self._update_listening()
        return True

    def _begin_login(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        login = self._login
        deadline = now + self._settings.login_timeout
        self._strangers_at = now + KNOWN_FIRST
        self._held_up = None
        again = self._state in HOLDING
        if login is None or self._state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            self._held_login = login if again else None
            self._login = login = RelayedLogin(source, port, deadline, now)
            started = [LoginStarted(source, port, again)]
        else:
            login.start_again(deadline)
            started = []
        login.start = frame
        self._move(Cause.CLIENT_STARTED)
        self.crossing = None
        if self._settings.mac is MacMode.CLONE and (
            self._facts.mac != source or self._clone.is_under_way
        ):
            if self._clone.begin(frame, self._facts.mac):
                self._act(SetWanAddress(source))
            self._send_held_back_start()
        else:
            self._send_start(login, frame)
        if self._held is not None:
            # Also for a program that is killed before there is a result.
            self._held.doubt()
        self._update_listening()
        told = self._unanswered.note_start(now)
        for event in (*started, *((told,) if told is not None else ())):
            self._report(event)

    def _may_log_in_anew(
        self, held: HeldSession, start: bytes, *, is_its_turn: bool, now: float
    ) -> bool:
        """Whether a Start that comes while a session is held belongs to a client's new login.

        One that is not, is told once, and costs nothing.
        """
        source = start[SOURCE_OFFSET:_SOURCE_END]
        is_online = self._state is State.ONLINE
        is_needed = is_online and (self._client_needed or held.doubtful)
        may_help = is_needed or (is_its_turn and not is_online)
        why_not = hurdle(start, held, self._settings, is_needed=may_help)
        if why_not is None and (
            not is_online or is_needed or self._restarts.means_a_new_login(source, now)
        ):
            return True
        self._restarts.tell_once(start_ignored(source, why_not, held), self._outbox, now)
        return False

    def _doubt(self, held: HeldSession, doubt: Doubt) -> None:
        """Take note of something that may have ended the session."""
        is_told = held.doubtful and self._doubt_is_clients
        held.doubt()
        self._report(SessionDoubtful(doubt))
        self._doubt_is_clients = not self.router_may_log_in()
        if self._doubt_is_clients and not is_told:
            self._report(ClientNeeded(was_asked=False))

    def _send_held_back_start(self) -> None:
        if self._login is not None and self._link_up:
            start = self._clone.start_to_send(self._login.client, self._facts.mac)
            if start is not None:
                self._send_start(self._login, start)

    def _send_start(self, login: RelayedLogin, start: bytes) -> None:
        sent, self.crossing = login.start_to_server(start, self._settings, self._facts)
        self.crossing.expected = self._known_server
        self._act(HeedServers(self._known_servers, anew=True))
        self._act(SendToServer(sent))

    def _client_sends(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        packet_type = frame[TYPE_OFFSET]
        if self._state not in HOLDING and self._state is not State.AUTHENTICATING:
            return
        if packet_type == EapolType.LOGOFF:
            self._client_logs_off(login, frame, now)
        elif packet_type == EapolType.RUIJIE_HEARTBEAT:
            self._client_beats(login, frame, now)
        elif self._is_out or self._may_cross(frame, now):
            sent = self._pass_to_server(login, frame)
            if eap_code(sent) == EapCode.RESPONSE:
                login.note_answer(frame, eap_method(frame))
                self._client_responds(login, sent, now)

    def _may_cross(self, frame: bytes, now: float) -> bool:
        """Whether a frame of the client's is one of those that a session online has a use for.

        Its address is no secret to anybody on the LAN.
        """
        if self._state not in (State.ONLINE, State.CHALLENGED):
            return True
        return eap_code(frame) not in _OF_SERVERS and self._answers.allows(now)

    def _client_beats(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        if not self._heartbeats.allows(now):
            return
        heartbeat = read_heartbeat(frame)
        if self._held is None:
            if heartbeat is not None:
                login.heartbeat = heartbeat, now
            self._pass_to_server(login, frame)
        elif self._held.keeper.client_heartbeat(heartbeat, now):
            self._pass_to_server(login, frame)
        self._update_listening()

    def _client_is_at(self, login: RelayedLogin, port: str) -> None:
        login.port = port
        if self.crossing is not None:
            self.crossing.port = port

    def _client_responds(self, login: RelayedLogin, sent: bytes, now: float) -> None:
        method = eap_method(sent)
        login.answered_since_result = True
        login.is_asked = False
        if method == EapType.IDENTITY:
            login.identity_response = sent
            login.candidates.is_answered(sent[:ADDRESS_SIZE], sent[EAP_IDENTIFIER_AT])
        if self._state is State.CHALLENGED:
            login.deadline = now + self._settings.login_timeout
        self._report_crossing(ResponseRelayed(method), now)

    def _client_logs_off(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        if self._state in HOLDING and self._settings.client_logoff is ClientLogoff.IGNORE:
            self._outbox.report_stranger(LogoffIgnored(), now)
            if self._held is not None:
                self._held.keeper.client_left(now)
                self._update_listening()
            return
        self._pass_to_server(login, frame)
        self._report(LogoffRelayed())
        self._end = RelayEnd(client_left=True)
        self._move(Cause.CLIENT_LEFT)
        self._end_session()
        self._follow_link()

    # The server's frames.

    def _server_asks(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        method = eap_method(frame)
        online = self._state in (State.ONLINE, State.CHALLENGED)
        held = self._held if online and method == EapType.IDENTITY else None
        if held is not None and held.answer_identity(frame[EAP_IDENTIFIER_AT], now):
            return
        self._pass_to_client(login, frame)
        if not online:
            login.note_request(method, now)
        services: tuple[str, ...] = ()
        if method == EapType.MD5_CHALLENGE:
            services = services_on_offer(frame)
            login.challenge = frame
        self._report_crossing(RequestRelayed(method, services), now)
        if online and method not in (None, EapType.IDENTITY, EapType.NOTIFICATION):
            self._server_challenges(login, now)

    def _server_challenges(self, login: RelayedLogin, now: float) -> None:
        if self._state is State.ONLINE:
            login.answered_since_result = False
            self._report(ChallengedOnline(login.port))
            if self._held is not None:
                self._held.gave_sign()
        if self._state is State.ONLINE or not login.is_asked:
            login.is_asked = True
            login.deadline = now + PROOF_PATIENCE
        self._move(Cause.CHALLENGED)
        self._update_listening()

    def _server_accepts(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        self._pass_to_client(login, frame)
        if self._state is State.ONLINE:
            self._server_accepts_again(login, read_result(frame), now)
            return
        if not login.answered_since_result and (login.successes or self._state in HOLDING):
            return
        result = read_result(frame)
        challenged = self._state is State.CHALLENGED
        login.answered_since_result = False
        login.heartbeat = None
        self._message = result.message
        self._accounting = result.accounting
        interval = result.grant.interval if result.grant else None
        count = 1 if challenged else login.successes + 1
        wanted = 1 if challenged else self._settings.successes
        self._report(LoginSucceeded(result.message, result.accounting, interval, count, wanted))
        if challenged:
            self._move(Cause.SUCCEEDED)
            self._client_needed = False
            if self._held is not None:
                self._held.reauthenticated(result, now)
            self._update_listening()
            return
        login.successes = count
        self._authentication = Authentication(
            server=frame[SOURCE_OFFSET:_SOURCE_END],
            address=login.wire_address(self._settings, self._facts),
            identity_response=login.identity_response,
            grant=result.grant,
        )
        if count < wanted:
            self._move(Cause.SUCCEEDED_IN_PART)
            self._let_go_of_session()
            self._renew()
        else:
            self._go_online(login, now)

    def _server_accepts_again(self, login: RelayedLogin, result: Result, now: float) -> None:
        """Take note of a Success that comes while online: repeated, or the answer was late."""
        proven = login.answered_since_result
        if self._held is None or not self._held.told_success(result, proven=proven, now=now):
            return
        if proven:
            login.answered_since_result = False
            self._client_needed = False
        self._update_listening()

    def _go_online(self, login: RelayedLogin, now: float) -> None:
        if self._authentication is None:
            raise AssertionError("online without an authentication")
        self._move(Cause.SUCCEEDED)
        self._held_login = None
        self._client_needed = False
        self._restarts.forget()
        self._turns.done(login.client)
        self._turns.disperse()
        self._doubt_is_clients = False
        held = self._held = HeldSession(
            self._authentication,
            self._settings,
            self._outbox,
            client=login.client,
            own=False,
            since=now,
            message=self._message,
            accounting=self._accounting,
            private=has_private_block(login.start),
        )
        held.original_wan_address = self._clone.original
        held.keeper.begin(client_may_teach=True, now=now)
        if login.heartbeat is not None:
            held.keeper.client_heartbeat(*login.heartbeat)
        held.save()
        self._update_listening()
        self._renew()
        self._learn_from(login)

    def _learn_from(self, login: RelayedLogin) -> None:
        """Find out which client it was, and whether the router could have been it."""
        account = self._settings.login
        edition = edition_seen(login.start) if login.start is not None else None
        if edition is not None:
            self._report(EditionSeen(edition))
        if account is None or account.dialect is not Dialect.RUIJIE:
            return
        # Loaded when there is something to learn: it computes the client's checks.
        from ruijie_proxy.engine.learning import ObservedLogin, study

        observed = ObservedLogin(login.start, login.own_identity, tuple(login.exchanges))
        lesson = self._lesson = study(observed, account)
        if lesson.profile is not None:
            self._act(KeepProfile(lesson.profile))
            self._report(ProfileLearned(lesson.profile.name, lesson.profile.edition))
        elif lesson.differences:
            self._report(ProfileDiffers(lesson.differences))

    def take_lesson(self) -> Lesson | None:
        """Return what the last login has taught, once."""
        lesson, self._lesson = self._lesson, None
        return lesson

    def take_end(self) -> RelayEnd | None:
        """Return how the last login or session ended, once; None: by no word of anybody."""
        end, self._end = self._end, None
        return end

    def _server_refuses(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        self._pass_to_client(login, frame)
        message = read_result(frame).message
        refusal = read_refusal(message)
        dropped = self._state in (State.ONLINE, State.CHALLENGED)
        self._last_failure = LoginFailure(
            message, refusal.kind, now, refusal.advice, was_online=dropped
        )
        self._end = RelayEnd(was_refused=True, was_online=dropped, message=message)
        self._report(Dropped(message) if dropped else LoginRefused(message))
        self._move(Cause.FAILED)
        self._end_session()
        self._follow_link()

    # Steps in common.

    def _login_timed_out(self, login: RelayedLogin, now: float) -> None:
        if self._state is State.AUTHENTICATING and login.successes:
            self._report(LoginIncomplete(login.successes, self._settings.successes))
            self._go_online(login, now)
        elif self._state is State.CHALLENGED and login.is_asked:
            self._move(Cause.TIMED_OUT)
            self._proof_is_missing()
        else:
            was_relogin = self._state is State.LOGGING_IN_AGAIN
            if login.is_asked:
                self._turns.let_pass(login.client, now)
            self._report(LoginTimedOut(login.server_answered))
            self._move(Cause.TIMED_OUT)
            if self._held is None:
                self._end_session()
            elif was_relogin or self.router_may_log_in():
                self._doubt(self._held, Doubt.NO_RESULT)
            else:
                # The client is there, for it has just answered.
                self._held.doubt()
                self._report(SessionDoubtful(Doubt.NO_RESULT))
        self._turns.disperse()
        self._return_to_held_login()
        self._follow_link()
        self._update_listening()

    def _proof_is_missing(self) -> None:
        """Have the router log in, or call for the client, which has not answered a challenge."""
        if self._held is None:
            raise AssertionError("challenged without a session")
        if self.router_may_log_in():
            self._doubt(self._held, Doubt.NO_RESULT)
        else:
            self._client_needed = True
            self._held.doubt()
            self._report(ClientNeeded())

    def _follow_link(self) -> None:
        """Take note of a link that went while the WAN port was taking another address."""
        if not self._link_up:
            self._link_lost()

    def _link_lost(self) -> None:
        self._unanswered.forget()
        self._report(LinkLost())
        if self._state is State.AUTHENTICATING:
            self._end_session()
        self._move(Cause.LINK_LOST)
        self._return_to_held_login()
        self._update_listening()

    def _return_to_held_login(self) -> None:
        """Be done with a login that came to nothing; the session held before goes on."""
        self._clone.done()
        if self._held_login is not None:
            self._login, self._held_login = self._held_login, None

    def _let_go_of_session(self) -> None:
        """Let go of what was held, but not of the client."""
        if self._held is not None:
            self._held.forget()
        self._held = None
        self._held_login = None
        self._client_needed = False
        self._restarts.forget()

    def _end_session(self) -> None:
        """Let go of the client and of what was held."""
        self._turns.disperse()
        self._let_go_of_session()
        self._let_go_of_client()

    def _let_go_of_client(self) -> None:
        self._held_login = None
        self._client_needed = False
        self._restarts.forget()
        self._authentication = None
        self._login = None
        self._heed_client()
        self._clone.done()
        self._update_listening()

    def _pass_to_server(self, login: RelayedLogin, frame: bytes) -> bytes:
        sent = login.to_server(frame, self._settings, self._facts)
        if not self._is_out:
            self._act(SendToServer(sent))
        return sent

    def _pass_to_client(self, login: RelayedLogin, frame: bytes) -> None:
        if not self._is_out:
            sent = login.to_client(frame, self._settings, self._facts)
            self._act(SendToClient(login.port, sent))

    def _renew(self) -> None:
        if self._settings.renew:
            self._act(RenewAddress())

    def _update_listening(self) -> None:
        """Listen to the client's frames to the server for as long as they can matter."""
        wanted = self._state in LOGGING_IN
        if self._state is State.ONLINE and self._held is not None:
            forwards_logoff = self._settings.client_logoff is ClientLogoff.FORWARD
            wanted = self._held.keeper.wants_to_hear or forwards_logoff
        if wanted is not self._listening:
            self._listening = wanted
            self._act(ListenToClient(wanted))
        self._heed_client()

    def _heed_client(self) -> None:
        """Have the client heard that the session is locked to, where not all of them are named."""
        wanted = () if self._login is None else (self._login.client,)
        if wanted != self._heeded and not self._settings.clients:
            self._heeded = wanted
            self._act(HeedClients(wanted))

    @property
    def _server(self) -> bytes | None:
        if self._login is not None and self._login.server is not None:
            return self._login.server
        return self._authentication.server if self._authentication else None

    def _move(self, cause: Cause) -> None:
        super()._move(cause)
        if self._state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            self.crossing = None

    def _act(self, action: Action) -> None:
        self._outbox.act(action)

    def _report(self, event: Event) -> None:
        self._outbox.report(event)

    def _report_crossing(self, event: Event, now: float) -> None:
        """Report a frame that crossed, unless there are too many to be of a login."""
        if self._crossings.allows(now):
            self._report(event)


def _login_of(held: HeldSession, now: float) -> RelayedLogin:
    """Return the login that a session is from, as far as it matters once that is online."""
    login = RelayedLogin(held.client, "", now, now)
    login.found_server(held.authentication.server)
    login.is_proven = True
    return login
