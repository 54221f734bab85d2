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
from ruijie_proxy.engine.keeper import Authentication, Keeper
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.rate_limit import RateLimit
from ruijie_proxy.engine.refusals import classify_refusal
from ruijie_proxy.engine.relayed_login import RelayedLogin
from ruijie_proxy.engine.settings import ClientLogoff, MacMode
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, Cause, State, next_state
from ruijie_proxy.engine.status import LoginFailure, SessionStatus
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    HEADER_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    SOURCE_OFFSET,
    is_group_address,
)
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings

CHALLENGE_WAIT = 12.0
"""Seconds for the client to answer a challenge that came while online: the server repeats it after
3 seconds, at most 3 times (docs/protocol.md, "Frames")."""
PATIENT_RESTART = (1.0, 60.0)
"""Seconds between two Starts of the client, at least and at most, that make the second one count
while online. A client that found no session repeats its Start after some seconds; a flood does not
wait, and one stray Start must not cost the session."""
START_BURST = 4
START_INTERVAL = 1.0
"""Seconds: so fast may a client's Starts, and its heartbeats, go out, after a burst."""
PROBE_BURST = 5
PROBE_INTERVAL = 1.0
"""Seconds: so fast are identity probes answered, after a burst; real ones come every 5 to 30 s."""
REPORT_BURST = 3
REPORT_INTERVAL = 10.0
"""Seconds: so fast may strangers' frames make entries in the log, after a burst."""

_EAP_CODE_AT = BODY_OFFSET
_EAP_TYPE_AT = BODY_OFFSET + EAP_HEADER_SIZE
_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE
_GROUP_ADDRESSES = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
_AUTHENTICATOR_CODES = (EapCode.REQUEST, EapCode.SUCCESS, EapCode.FAILURE)


class Session:
    """One session. Times are seconds on one clock that never goes back."""

    def __init__(self, settings: SessionSettings, facts: RouterFacts, link_up: bool) -> None:
        """Begin without a session held; :meth:`resume` goes on with one that was kept."""
        self._settings = settings
        self._facts = facts
        self._link_up = link_up
        self._state = State.WAITING if link_up else State.LINK_DOWN
        self._login: RelayedLogin | None = None
        self._keeper: Keeper | None = None
        self._authentication: Authentication | None = None
        self._actions: list[Action] = []
        self._pending_start: bytes | None = None
        """The client's Start that waits for the WAN port to take the client's address."""
        self._original_address: bytes | None = None
        """The WAN port's own MAC address while it has the client's."""
        self._since: float | None = None
        self._message: str | None = None
        self._accounting: str | None = None
        self._last_failure: LoginFailure | None = None
        self._client_needed = False
        self._challenge_deadline: float | None = None
        self._last_start: float | None = None
        self._starts = RateLimit(START_BURST, START_INTERVAL)
        self._heartbeats = RateLimit(START_BURST, START_INTERVAL)
        self._probes = RateLimit(PROBE_BURST, PROBE_INTERVAL)
        self._reports = RateLimit(REPORT_BURST, REPORT_INTERVAL)
        self._listening = False

    # What the caller asks.

    @property
    def state(self) -> State:
        """Where the session stands."""
        return self._state

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`handle_timer` wants to be called, or None."""
        deadlines = [self._challenge_deadline]
        if self._login is not None and self._state in (
            State.AUTHENTICATING,
            State.LOGGING_IN_AGAIN,
        ):
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
        keeper = Keeper(authentication, self._settings, self._act, self._save)
        keeper.go_on(kept, now)
        self._original_address = kept.original_wan_address
        if self._settings.mac is not MacMode.KEEP and kept.wan_address != self._facts.mac:
            self._give_up_kept("the WAN port has another MAC address now")
        elif not keeper.may_still_hold(now):
            self._give_up_kept("the switch has heard nothing for longer than the interval")
        else:
            self._keeper = keeper
            self._authentication = authentication
            self._login = RelayedLogin(kept.client, "", now)
            self._login.server = kept.server
            self._since = kept.since
            self._message = kept.message
            self._accounting = kept.accounting
            self._report(Resumed(kept.next_number))
            if self._state is State.WAITING:
                self._move(Cause.RESUMED)

    def _give_up_kept(self, reason: str) -> None:
        self._report(TooLateToResume(reason))
        self._act(ForgetSession())

    def receive_from_lan(self, port: str, frame: bytes, now: float) -> None:
        """Take in a frame that came in by a LAN interface."""
        if len(frame) < BODY_OFFSET or frame[HEADER_SIZE - 2 : HEADER_SIZE] != (
            ETHERTYPE_EAPOL_BYTES
        ):
            return
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        if is_group_address(source) or source == self._server:
            return  # no client has such an address: forged
        if frame[TYPE_OFFSET] == EapolType.START:
            self._client_starts(source, port, frame, now)
        elif self._login is not None and source == self._login.client:
            self._login.port = port
            self._client_sends(self._login, frame, now)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        """Take in a frame that came in by the WAN port."""
        if len(frame) < BODY_OFFSET or frame[HEADER_SIZE - 2 : HEADER_SIZE] != (
            ETHERTYPE_EAPOL_BYTES
        ):
            return
        login = self._login
        if login is None or not (self._state in HOLDING or self._state is State.AUTHENTICATING):
            return
        destination = frame[:ADDRESS_SIZE]
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        if destination not in _GROUP_ADDRESSES and destination != login.wire_address(
            self._settings, self._facts
        ):
            return
        is_eap = frame[TYPE_OFFSET] == EapolType.EAP_PACKET and len(frame) > _EAP_CODE_AT
        code = frame[_EAP_CODE_AT] if is_eap else None
        if login.server is None:
            if code not in _AUTHENTICATOR_CODES or is_group_address(source):
                return
            login.server = source
            self._report(ServerFound(source))
        elif source != login.server:
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
        if self._state is State.STOPPED or up is self._link_up:
            return
        self._link_up = up
        if self._pending_start is not None:
            # Many ports go down for a moment while they take another address.
            self._send_pending_start()
            return
        if not up:
            self._link_lost()
            return
        goes_on = self._keeper is not None and self._keeper.may_still_hold(now)
        self._report(LinkBack(goes_on))
        if goes_on:
            self._move(Cause.LINK_BACK_IN_TIME)
        else:
            self._move(Cause.LINK_BACK)
            self._end_session()

    def router_changed(self, facts: RouterFacts) -> None:
        """Take note of what the router's addresses are now."""
        self._facts = facts
        self._send_pending_start()

    def address_not_taken(self, reason: str) -> None:
        """Take note that the WAN port could not be given the client's MAC address."""
        self._report(AddressNotTaken(reason))
        self._original_address = None
        self._send_pending_start(with_own_address=True)

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        if self._challenge_deadline is not None and now >= self._challenge_deadline:
            self._challenge_deadline = None
            self._client_needed = True
            self._move(Cause.TIMED_OUT)
            self._report(ClientNeeded())
        login = self._login
        if (
            login is not None
            and self._state in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN)
            and now >= login.deadline
        ):
            self._login_timed_out(login, now)
        if self._keeper is not None and self._state in HOLDING:
            self._keeper.handle_timer(now)
            self._update_listening()

    def stop(self) -> None:
        """End for good. What was kept stays on disk, for a restarted program to go on with."""
        if self._original_address is not None and self._settings.restore_mac:
            self._act(SetWanAddress(self._original_address))
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
        if self._state is State.WAITING or login is None:
            login = RelayedLogin(source, port, now)
        elif source != login.client:
            self._report_stranger(ClientWaits(source), now)
            return
        elif self._state is State.ONLINE and not self._means_a_new_login(now):
            self._report_stranger(StartIgnored(source), now)
            return
        if not self._starts.allows(now):
            return
        login.start_again(port, now + self._settings.login_timeout)
        self._login = login
        self._challenge_deadline = None
        again = self._state in HOLDING
        if self._state not in (State.AUTHENTICATING, State.LOGGING_IN_AGAIN):
            login.successes = 0
            login.answered_since_result = False
            self._report(LoginStarted(source, port, again))
        self._move(Cause.CLIENT_STARTED)
        self._update_listening()
        if self._settings.mac is MacMode.CLONE and self._facts.mac != source:
            if self._original_address is None:
                self._original_address = self._facts.mac
            self._pending_start = frame
            self._act(SetWanAddress(source))
        else:
            self._act(SendToServer(login.start_to_server(frame, self._settings, self._facts)))

    def _means_a_new_login(self, now: float) -> bool:
        """Whether a Start that comes while online is a client that wants to log in anew."""
        last, self._last_start = self._last_start, now
        shortest, longest = PATIENT_RESTART
        return self._client_needed or (last is not None and shortest <= now - last <= longest)

    def _send_pending_start(self, with_own_address: bool = False) -> None:
        login, start = self._login, self._pending_start
        if login is None or start is None or not self._link_up:
            return
        if self._facts.mac == login.client or with_own_address:
            self._pending_start = None
            self._act(SendToServer(login.start_to_server(start, self._settings, self._facts)))

    def _client_sends(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        packet_type = frame[TYPE_OFFSET]
        if self._state not in HOLDING and self._state is not State.AUTHENTICATING:
            return
        if packet_type == EapolType.LOGOFF:
            self._client_logs_off(login, frame, now)
        elif packet_type == EapolType.RUIJIE_HEARTBEAT and self._keeper is not None:
            if self._heartbeats.allows(now) and (
                self._keeper.client_heartbeat(_read_heartbeat(frame), now)
            ):
                self._pass_to_server(login, frame)
            self._update_listening()
        else:
            sent = self._pass_to_server(login, frame)
            if packet_type == EapolType.EAP_PACKET and len(frame) > _EAP_TYPE_AT:
                self._client_responds(login, sent)

    def _client_responds(self, login: RelayedLogin, sent: bytes) -> None:
        if sent[_EAP_CODE_AT] != EapCode.RESPONSE:
            return
        method = sent[_EAP_TYPE_AT]
        login.answered_since_result = True
        if method == EapType.IDENTITY:
            login.identity_response = sent
        self._report(ResponseRelayed(method))

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

    # The server's frames.

    def _server_asks(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        method = frame[_EAP_TYPE_AT] if len(frame) > _EAP_TYPE_AT else None
        online = self._state in (State.ONLINE, State.CHALLENGED)
        if online and method == EapType.IDENTITY and self._keeper is not None:
            if not self._probes.allows(now):
                return
            if self._keeper.answer_identity(frame[_EAP_CODE_AT + 1], now):
                return
        self._pass_to_client(login, frame)
        services = _services_on_offer(frame) if method == EapType.MD5_CHALLENGE else ()
        self._report(RequestRelayed(method, services))
        if online and method not in (EapType.IDENTITY, EapType.NOTIFICATION):
            if self._state is State.ONLINE:
                self._challenge_deadline = now + CHALLENGE_WAIT
                login.answered_since_result = False
                login.successes = 0
                self._report(ChallengedOnline(login.port))
            self._move(Cause.CHALLENGED)
            self._update_listening()

    def _server_accepts(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        self._pass_to_client(login, frame)
        repeated = not login.answered_since_result and (
            login.successes > 0 or self._state in HOLDING
        )
        result = _read_result(frame)
        if repeated and self._state is not State.ONLINE:
            return
        if repeated and self._keeper is not None:
            self._keeper.told_success(result.grant, now)
            return
        login.answered_since_result = False
        login.successes += 1
        self._message = result.message
        self._accounting = result.accounting
        interval = result.grant.interval if result.grant else None
        wanted = 1 if self._state is State.CHALLENGED else self._settings.successes
        self._report(
            LoginSucceeded(result.message, result.accounting, interval, login.successes, wanted)
        )
        self._authentication = Authentication(
            server=frame[SOURCE_OFFSET:_SOURCE_END],
            address=login.wire_address(self._settings, self._facts),
            identity_response=login.identity_response,
            grant=result.grant,
        )
        if login.successes < wanted:
            self._renew()
        else:
            self._go_online(now)

    def _go_online(self, now: float) -> None:
        challenged = self._state is State.CHALLENGED
        self._move(Cause.SUCCEEDED)
        self._challenge_deadline = None
        self._client_needed = False
        self._last_start = None
        if self._authentication is None:
            raise AssertionError("online without an authentication")
        if challenged and self._keeper is not None:
            self._keeper.told_success(self._authentication.grant, now)
            return
        self._since = now
        self._keeper = Keeper(self._authentication, self._settings, self._act, self._save)
        self._keeper.begin(client_may_teach=True, now=now)
        self._save()
        self._update_listening()
        self._renew()

    def _server_refuses(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        self._pass_to_client(login, frame)
        message = _read_result(frame).message
        self._last_failure = LoginFailure(message, classify_refusal(message), now)
        dropped = self._state in (State.ONLINE, State.CHALLENGED)
        self._report(Dropped(message) if dropped else LoginRefused(message))
        self._move(Cause.FAILED)
        self._end_session()

    # Steps in common.

    def _login_timed_out(self, login: RelayedLogin, now: float) -> None:
        if self._state is State.AUTHENTICATING and login.successes:
            self._report(LoginIncomplete(login.successes, self._settings.successes))
            self._go_online(now)
            return
        self._report(LoginTimedOut(login.server is not None))
        self._move(Cause.TIMED_OUT)
        if self._state in HOLDING and self._authentication is not None:
            login.server = self._authentication.server
        elif self._state is State.WAITING:
            self._end_session()
            if not self._link_up:
                self._link_lost()
        self._update_listening()

    def _link_lost(self) -> None:
        self._report(LinkLost())
        if self._state is State.AUTHENTICATING:
            self._end_session()
        self._move(Cause.LINK_LOST)
        self._challenge_deadline = None
        self._update_listening()

    def _end_session(self) -> None:
        """Let go of the client and of what was held."""
        if self._keeper is not None:
            self._act(ForgetSession())
        self._keeper = None
        self._authentication = None
        self._login = None
        self._pending_start = None
        self._since = None
        self._client_needed = False
        self._challenge_deadline = None
        self._last_start = None
        self._update_listening()

    def _pass_to_server(self, login: RelayedLogin, frame: bytes) -> bytes:
        sent = login.to_server(frame, self._settings, self._facts)
        self._act(SendToServer(sent))
        return sent

    def _pass_to_client(self, login: RelayedLogin, frame: bytes) -> None:
        self._act(SendToClient(login.port, login.to_client(frame, self._settings)))

    def _renew(self) -> None:
        if self._settings.renew:
            self._act(RenewAddress())

    def _save(self) -> None:
        keeper, login, authentication = self._keeper, self._login, self._authentication
        if keeper is None or login is None or authentication is None or self._since is None:
            return  # the keeper is just being made; the session saves when it is complete
        point = keeper.resume_point
        self._act(
            KeepSession(
                KeptSession(
                    server=authentication.server,
                    client=login.client,
                    wan_address=authentication.address,
                    original_wan_address=self._original_address,
                    identity_response=authentication.identity_response or b"",
                    key=point.key,
                    next_number=point.next_number,
                    interval=keeper.granted_interval,
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
        learning = (
            self._state is State.ONLINE
            and self._keeper is not None
            and not self._keeper.has_taken_over
        )
        wanted = learning or self._state in LOGGING_IN
        if wanted is not self._listening:
            self._listening = wanted
            self._act(ListenToClient(wanted))

    @property
    def _server(self) -> bytes | None:
        return self._login.server if self._login else None

    def _move(self, cause: Cause) -> None:
        self._state = next_state(self._state, cause)

    def _act(self, action: Action) -> None:
        self._actions.append(action)

    def _report(self, event: Event) -> None:
        self._actions.append(Report(event))

    def _report_stranger(self, event: Event, now: float) -> None:
        """Report what anybody on the wire can bring about as often as it likes."""
        if self._reports.allows(now):
            self._report(event)


def _read_heartbeat(frame: bytes) -> Heartbeat | None:
    try:
        return Heartbeat.parse(frame)
    except ProtocolError:
        return None


def _read_result(frame: bytes) -> Result:
    """Read a Success or Failure; what is cut too short to be one says nothing."""
    body = EapolFrame.parse(frame).body
    try:
        return Result.parse(body)
    except ProtocolError:
        return Result(frame[_EAP_CODE_AT], 0, b"", ())


def _services_on_offer(frame: bytes) -> tuple[str, ...]:
    try:
        packet, _ = EapPacket.parse(EapolFrame.parse(frame).body)
        return Md5Challenge.parse(packet).services
    except ProtocolError:
        return ()
