"""A session: one WAN port, the clients that log in through it, and the keeping of what they got.

The session decides which frame crosses. Frames, timers and link changes go in with the time;
actions and the next deadline come out. Nothing here reads a clock or touches a socket, so hours of
a session run in a test in milliseconds.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import (
    ForgetSession,
    KeepSession,
    ListenToClient,
    RenewAddress,
    Report,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.clone import Clone
from ruijie_proxy.engine.events import (
    AddressNotTaken,
    ChallengedOnline,
    ClientNeeded,
    ClientNotAllowed,
    ClientWaits,
    Dropped,
    LinkBack,
    LinkLost,
    LoginIncomplete,
    LoginRefused,
    LoginStarted,
    LoginSucceeded,
    LoginTimedOut,
    LogoffIgnored,
    LogoffRelayed,
    RequestRelayed,
    ResponseRelayed,
    Resumed,
    ServerFound,
    StartIgnored,
    TooLateToResume,
)
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    eap_code,
    eap_method,
    read_heartbeat,
    read_result,
    services_on_offer,
)
from ruijie_proxy.engine.keeper import Authentication, Keeper
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.rate_limit import RateLimit
from ruijie_proxy.engine.refusals import classify_refusal
from ruijie_proxy.engine.relayed_login import RelayedLogin
from ruijie_proxy.engine.restarts import Restarts
from ruijie_proxy.engine.settings import ClientLogoff, MacMode
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, Cause, State, next_state
from ruijie_proxy.engine.status import LoginFailure, SessionStatus
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    ETHERTYPE_OFFSET,
    HEADER_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    SOURCE_OFFSET,
    is_group_address,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.crossing import Crossing
    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.protocol.results import Result

CHALLENGE_WAIT = 10.0
"""Seconds for the client to answer a challenge that came while online: the server repeats it every
3 seconds, 3 times, and then gives up (docs/protocol.md, "Frames")."""

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
PROBE_BURST = 5
PROBE_INTERVAL = 1.0
"""Of identity probes answered; real ones come every 5 to 30 seconds."""
SUCCESS_BURST = 3
SUCCESS_INTERVAL = 10.0
"""Of Successes repeated while online that are heeded."""
CROSSING_BURST = 60
CROSSING_INTERVAL = 1.0
"""Of frames that crossed and are told of: a login with certificates has dozens at once."""
STRANGER_BURST = 3
STRANGER_INTERVAL = 10.0
"""Of things to tell that anybody on the wire can bring about."""

_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE
_GROUP_ADDRESSES = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
_RESULTS = (EapCode.SUCCESS, EapCode.FAILURE)


class Session:
    """One session. Times are seconds on one clock that never goes back."""

    def __init__(self, settings: SessionSettings, facts: RouterFacts, link_up: bool) -> None:
        """Begin without a session held; :meth:`resume` goes on with one that was kept."""
        self._settings = settings
        self._facts = facts
        self._link_up = link_up
        self._state = State.WAITING if link_up else State.LINK_DOWN
        self._login: RelayedLogin | None = None
        self._held_login: RelayedLogin | None = None
        """While a new login is under way: the one that the session held is from."""
        self._keeper: Keeper | None = None
        self._authentication: Authentication | None = None
        self._actions: list[Action] = []
        self._clone = Clone()
        self._since: float | None = None
        self._message: str | None = None
        self._accounting: str | None = None
        self._last_failure: LoginFailure | None = None
        self._client_needed = False
        self._restarts = Restarts()
        self._starts = RateLimit(START_BURST, START_INTERVAL)
        self._heartbeats = RateLimit(HEARTBEAT_BURST, HEARTBEAT_INTERVAL)
        self._probes = RateLimit(PROBE_BURST, PROBE_INTERVAL)
        self._successes = RateLimit(SUCCESS_BURST, SUCCESS_INTERVAL)
        self._crossings = RateLimit(CROSSING_BURST, CROSSING_INTERVAL)
        self._strangers = RateLimit(STRANGER_BURST, STRANGER_INTERVAL)
        self._listening = False
        self.crossing: Crossing | None = None
        """The short way for frames that come in now, or None when there is none. Who passes a frame
        on by it, tells the session afterwards (:meth:`crossed_to_client`,
        :meth:`crossed_to_server`); all other frames go to :meth:`receive_from_lan` and
        :meth:`receive_from_wan`. A plain attribute: it is looked at before every frame."""
        self._crossed: list[tuple[str | None, bytes, float]] = []
        """Frames that have crossed and wait to be looked at: the LAN interface that each came in
        by, or None for the WAN, the frame, and when it came."""
        self._is_out = False
        """Whether the frame that is being looked at has crossed already."""

    # What the caller asks.

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self._state

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`handle_timer` wants to be called, or None."""
        deadlines: list[float | None] = []
        if self._crossed:
            deadlines.append(self._crossed[0][2] + READING_DELAY)
        if self._login is not None and self._state in LOGGING_IN:
            deadlines.append(self._login.deadline)
        if self._keeper is not None and self._state in HOLDING:
            deadlines.append(self._keeper.next_deadline)
        return min((when for when in deadlines if when is not None), default=None)

    @property
    def status(self) -> SessionStatus:
        """What the session is doing."""
        return SessionStatus(
            state=self._state,
            server=self._server,
            client=self._login.client if self._login else None,
            since=self._since,
            heartbeat=self._keeper.progress if self._keeper else None,
            client_needed=self._client_needed,
            message=self._message,
            accounting=self._accounting,
            last_failure=self._last_failure,
        )

    def take_actions(self) -> list[Action]:
        """Return what is to be done, in order, and forget it."""
        actions = self._actions
        self._actions = []
        return actions

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        """Go on with a session that was kept on disk, if it can still be alive.

        To be called once, before anything else.
        """
        authentication = Authentication(
            kept.server, kept.wan_address, kept.identity_response or None, None
        )
        login = RelayedLogin(kept.client, "", now)
        login.found_server(kept.server)
        keeper = Keeper(authentication, self._settings, self._act, self._save)
        keeper.go_on(kept, now)
        if kept.wan_address == self._facts.mac:
            self._clone.original = kept.original_wan_address
        if kept.wan_address != login.wire_address(self._settings, self._facts):
            self._give_up_kept("the WAN port has another MAC address now")
        elif not keeper.may_still_hold(now):
            self._give_up_kept("the switch has heard nothing for longer than the interval")
        else:
            self._keeper = keeper
            self._authentication = authentication
            self._login = login
            self._since = kept.since
            self._message = kept.message
            self._accounting = kept.accounting
            self._report(Resumed(kept.next_number))
            if self._state is State.WAITING:
                self._move(Cause.RESUMED)
            self._update_listening()

    def _give_up_kept(self, reason: str) -> None:
        self._report(TooLateToResume(reason))
        self._act(ForgetSession())

    def crossed_to_server(self, port: str, frame: bytes, now: float) -> None:
        """Take in a frame from a LAN interface that has crossed the short way."""
        self._crossed.append((port, frame, now))
        self._read_crossed_results(frame)

    def crossed_to_client(self, frame: bytes, now: float) -> None:
        """Take in a frame from the WAN port that has crossed the short way."""
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
        """Take in a frame that came in by a LAN interface."""
        self._read_crossed()
        self._from_lan(port, frame, now)

    def _from_lan(self, port: str, frame: bytes, now: float) -> None:
        if not _is_eapol(frame):
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
        """Take in a frame that came in by the WAN port."""
        self._read_crossed()
        self._from_wan(frame, now)

    def _from_wan(self, frame: bytes, now: float) -> None:
        if not _is_eapol(frame):
            return
        login = self._login
        if login is None or not (self._state in HOLDING or self._state is State.AUTHENTICATING):
            return
        if self._clone.holds_back:
            return  # nothing was asked yet
        destination = frame[:ADDRESS_SIZE]
        if destination not in _GROUP_ADDRESSES and destination != login.wire_address(
            self._settings, self._facts
        ):
            return
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        code = eap_code(frame)
        if login.server is None and self._answers_a_start(source, destination, code):
            login.found_server(source)
            if self.crossing is not None:
                self.crossing.server = source
            self._clone.done()
            self._report(ServerFound(source))
        if source != login.server:
            return
        if code == EapCode.SUCCESS:
            self._server_accepts(login, frame, now)
        elif code == EapCode.FAILURE:
            self._server_refuses(login, frame, now)
        elif code == EapCode.REQUEST:
            self._server_asks(login, frame, now)
        else:
            self._pass_to_client(login, frame)

    def link_changed(self, up: bool, now: float) -> None:
        """Take note that the WAN port got or lost its carrier, came or went."""
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
        goes_on = self._keeper is not None and self._keeper.may_still_hold(now)
        self._report(LinkBack(goes_on))
        if goes_on:
            self._move(Cause.LINK_BACK_IN_TIME)
            self._update_listening()
        else:
            self._move(Cause.LINK_BACK)
            self._end_session()

    def router_changed(self, facts: RouterFacts) -> None:
        """Take note of what the router's addresses are now."""
        self._read_crossed()
        if facts != self._facts:
            self.crossing = None  # it tells the old ones
        self._facts = facts
        self._send_held_back_start()

    def address_not_taken(self, reason: str) -> None:
        """Take note that the WAN port could not be given the client's MAC address."""
        self._read_crossed()
        self._report(AddressNotTaken(reason))
        self._clone.refused(self._facts.mac)
        self._send_held_back_start()

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        self._read_crossed()
        login = self._login
        if login is not None and self._state in LOGGING_IN and now >= login.deadline:
            self._login_timed_out(login, now)
        if self._keeper is not None and self._state in HOLDING:
            self._keeper.handle_timer(now)
            self._update_listening()

    def stop(self) -> None:
        """End for good. What was kept stays on disk, for a restarted program to go on with."""
        self._read_crossed()
        if self._state is State.STOPPED:
            return
        if self._clone.original is not None and self._settings.restore_mac:
            self._act(SetWanAddress(self._clone.original))
        self._clone.done()
        self._move(Cause.STOPPED)
        self._update_listening()

    # The client's frames.

    def _client_starts(self, source: bytes, port: str, frame: bytes, now: float) -> None:
        if self._settings.clients and source not in self._settings.clients:
            self._report_stranger(ClientNotAllowed(source), now)
            return
        if self._state in (State.LINK_DOWN, State.STOPPED):
            return
        login = self._login
        if login is not None and source == login.client:
            self._client_is_at(login, port)
        elif self._state in LOGGING_IN:
            self._report_stranger(ClientWaits(source), now)
            return
        if self._state is State.ONLINE and not self._means_a_new_login(source, now):
            self._report_stranger(StartIgnored(source), now)
            return
        if not self._starts.allows(now):
            return
        deadline = now + self._settings.login_timeout
        again = self._state in HOLDING
        if login is None or self._state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            self._held_login = login if again else None
            self._login = login = RelayedLogin(source, port, deadline)
            started = [LoginStarted(source, port, again)]
        else:
            login.start_again(deadline)
            started = []
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
        self._update_listening()
        for event in started:
            self._report(event)

    def _means_a_new_login(self, source: bytes, now: float) -> bool:
        """Whether a Start that comes while online is a client that wants to log in anew."""
        if self._client_needed:
            return True
        is_holder = self._login is not None and source == self._login.client
        if self._settings.mac is MacMode.CLONE and not is_holder:
            return False  # to take its address would end the session at once
        return self._restarts.means_a_new_login(source, now)

    def _send_held_back_start(self) -> None:
        if self._login is not None and self._link_up:
            start = self._clone.start_to_send(self._login.client, self._facts.mac)
            if start is not None:
                self._send_start(self._login, start)

    def _send_start(self, login: RelayedLogin, start: bytes) -> None:
        sent, self.crossing = login.start_to_server(start, self._settings, self._facts)
        self._act(SendToServer(sent))

    def _client_sends(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        packet_type = frame[TYPE_OFFSET]
        if self._state not in HOLDING and self._state is not State.AUTHENTICATING:
            return
        if packet_type == EapolType.LOGOFF:
            self._client_logs_off(login, frame, now)
        elif packet_type == EapolType.RUIJIE_HEARTBEAT:
            self._client_beats(login, frame, now)
        else:
            sent = self._pass_to_server(login, frame)
            if eap_code(sent) == EapCode.RESPONSE:
                self._client_responds(login, sent, now)

    def _client_beats(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        if not self._heartbeats.allows(now):
            return
        heartbeat = read_heartbeat(frame)
        if self._keeper is None:
            if heartbeat is not None:
                login.heartbeat = heartbeat, now
            self._pass_to_server(login, frame)
        elif self._keeper.client_heartbeat(heartbeat, now):
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
        if self._state is State.CHALLENGED:
            login.deadline = now + self._settings.login_timeout
        self._report_crossing(ResponseRelayed(method), now)

    def _client_logs_off(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        if self._state in HOLDING and self._settings.client_logoff is ClientLogoff.IGNORE:
            self._report_stranger(LogoffIgnored(), now)
            if self._keeper is not None:
                self._keeper.client_left(now)
                self._update_listening()
            return
        self._pass_to_server(login, frame)
        self._report(LogoffRelayed())
        self._move(Cause.CLIENT_LEFT)
        self._end_session()
        self._follow_link()

    # The server's frames.

    def _server_asks(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        method = eap_method(frame)
        online = self._state in (State.ONLINE, State.CHALLENGED)
        if online and method == EapType.IDENTITY and self._keeper is not None:
            if not self._probes.allows(now):
                return
            if self._keeper.answer_identity(frame[EAP_IDENTIFIER_AT], now):
                return
        self._pass_to_client(login, frame)
        services = services_on_offer(frame) if method == EapType.MD5_CHALLENGE else ()
        self._report_crossing(RequestRelayed(method, services), now)
        if online and method not in (None, EapType.IDENTITY, EapType.NOTIFICATION):
            self._server_challenges(login, now)

    def _server_challenges(self, login: RelayedLogin, now: float) -> None:
        if self._state is State.ONLINE:
            login.answered_since_result = False
            self._report(ChallengedOnline(login.port))
        if self._state is State.ONLINE or not login.is_asked:
            login.is_asked = True
            login.deadline = now + CHALLENGE_WAIT
        self._move(Cause.CHALLENGED)
        self._update_listening()

    def _answers_a_start(self, source: bytes, destination: bytes, code: int | None) -> bool:
        """Whether a frame is a server's first answer, and not meant for other people."""
        if self._authentication is not None and source == self._authentication.server:
            return True
        if is_group_address(source):
            return False
        return code == EapCode.REQUEST or (
            # One that has asked nothing yet tells the group of other people's results.
            code in _RESULTS and destination not in _GROUP_ADDRESSES
        )

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
            if self._keeper is not None:
                self._keeper.reauthenticated(result.grant, now)
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
        if self._keeper is None or not self._successes.allows(now):
            return
        if login.answered_since_result:
            login.answered_since_result = False
            self._client_needed = False
            self._keeper.reauthenticated(result.grant, now)
        else:
            self._keeper.told_success(result.grant, now)
        self._update_listening()

    def _go_online(self, login: RelayedLogin, now: float) -> None:
        if self._authentication is None:
            raise AssertionError("online without an authentication")
        self._move(Cause.SUCCEEDED)
        self._held_login = None
        self._client_needed = False
        self._restarts.forget()
        self._since = now
        self._keeper = Keeper(self._authentication, self._settings, self._act, self._save)
        self._keeper.begin(client_may_teach=True, now=now)
        if login.heartbeat is not None:
            self._keeper.client_heartbeat(*login.heartbeat)
        self._save()
        self._update_listening()
        self._renew()

    def _server_refuses(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        self._pass_to_client(login, frame)
        message = read_result(frame).message
        self._last_failure = LoginFailure(message, classify_refusal(message), now)
        dropped = self._state in (State.ONLINE, State.CHALLENGED)
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
            self._client_needed = True
            self._move(Cause.TIMED_OUT)
            self._report(ClientNeeded())
        else:
            self._report(LoginTimedOut(login.server_answered))
            self._move(Cause.TIMED_OUT)
            if self._state is State.WAITING:
                self._end_session()
        self._return_to_held_login()
        self._follow_link()
        self._update_listening()

    def _follow_link(self) -> None:
        """Take note of a link that went while the WAN port was taking another address."""
        if not self._link_up:
            self._link_lost()

    def _link_lost(self) -> None:
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
        if self._keeper is not None:
            self._act(ForgetSession())
        self._keeper = None
        self._held_login = None
        self._since = None
        self._client_needed = False
        self._restarts.forget()

    def _end_session(self) -> None:
        """Let go of the client and of what was held."""
        self._let_go_of_session()
        self._authentication = None
        self._login = None
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

    def _save(self) -> None:
        keeper, authentication = self._keeper, self._authentication
        login = self._held_login or self._login
        if keeper is None or login is None or authentication is None or self._since is None:
            return  # the keeper is just being made; the session saves when it is complete
        point = keeper.resume_point
        self._act(
            KeepSession(
                KeptSession(
                    server=authentication.server,
                    client=login.client,
                    wan_address=authentication.address,
                    original_wan_address=self._clone.original,
                    identity_response=authentication.identity_response or b"",
                    key=point.key,
                    next_number=point.next_number,
                    interval=keeper.granted_interval,
                    observed_interval=keeper.observed_interval,
                    source=point.source.value if point.source else None,
                    last_heartbeat=keeper.progress.last,
                    since=self._since,
                    message=self._message,
                    accounting=self._accounting,
                )
            )
        )

    def _update_listening(self) -> None:
        """Listen to the client's frames to the server for as long as they can matter."""
        wanted = self._state in LOGGING_IN
        if self._state is State.ONLINE and self._keeper is not None:
            forwards_logoff = self._settings.client_logoff is ClientLogoff.FORWARD
            wanted = self._keeper.wants_to_hear or forwards_logoff
        if wanted is not self._listening:
            self._listening = wanted
            self._act(ListenToClient(wanted))

    @property
    def _server(self) -> bytes | None:
        if self._login is not None and self._login.server is not None:
            return self._login.server
        return self._authentication.server if self._authentication else None

    def _move(self, cause: Cause) -> None:
        self._state = next_state(self._state, cause)
        if self._state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            self.crossing = None

    def _act(self, action: Action) -> None:
        self._actions.append(action)

    def _report(self, event: Event) -> None:
        self._actions.append(Report(event))

    def _report_stranger(self, event: Event, now: float) -> None:
        """Report what anybody on the wire can bring about as often as it likes."""
        if self._strangers.allows(now):
            self._report(event)

    def _report_crossing(self, event: Event, now: float) -> None:
        """Report a frame that crossed, unless there are too many to be of a login."""
        if self._crossings.allows(now):
            self._report(event)


def _is_eapol(frame: bytes) -> bool:
    return (
        len(frame) >= BODY_OFFSET and frame[ETHERTYPE_OFFSET:HEADER_SIZE] == ETHERTYPE_EAPOL_BYTES
    )
