"""A session that clients log in through: it relays their logins, and holds what they get.

It decides which frame crosses, and lets those that need no decision cross the short way. What comes
in is looked at here for whose it is; what follows from it is decided by its parts: whose Start
begins a login (:mod:`.admission`), who is heard as its server (:mod:`.servers_heard`), what the
client says (:mod:`.locked_client`), what the login comes to (:mod:`.results`), and what the server
asks of a session online (:mod:`.reauthentication`). They share where it stands (:mod:`.standing`).
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import SetWanAddress
from ruijie_proxy.engine.events import (
    AddressNotTaken,
    LinkBack,
    LoggedOff,
    RequestRelayed,
    Resumed,
    TooLateToResume,
)
from ruijie_proxy.engine.frame_reading import eap_code, eap_method, is_eapol
from ruijie_proxy.engine.keeping.held_session import HEARD_NOTHING, HeldSession
from ruijie_proxy.engine.keeping.switch_session import SwitchSession
from ruijie_proxy.engine.reasons import Doubt
from ruijie_proxy.engine.relay.admission import Admission
from ruijie_proxy.engine.relay.crossed_frames import CrossedFrames
from ruijie_proxy.engine.relay.locked_client import LockedClient
from ruijie_proxy.engine.relay.reauthentication import Reauthentication
from ruijie_proxy.engine.relay.relayed_login import login_of
from ruijie_proxy.engine.relay.requests_read import RequestsRead
from ruijie_proxy.engine.relay.results import Results
from ruijie_proxy.engine.relay.servers_heard import ServersHeard
from ruijie_proxy.engine.relay.standing import Standing
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.engine.states import HOLDING, LOGGING_IN, Cause, State
from ruijie_proxy.engine.status import SessionStatus
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    GROUP_ADDRESSES,
    SOURCE_OFFSET,
    is_group_address,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.keeping.short_way import ShortWay
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.relay.learning import Lesson
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
    from ruijie_proxy.engine.relay.standing import RelayEnd
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered

_SERVER_HEARD_IN = (*HOLDING, State.AUTHENTICATING)
_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE


def _never() -> bool:
    return False


class RelaySession(SwitchSession):
    """One session of clients. Times are seconds on one clock that never goes back."""

    __slots__ = (
        "_admission",
        "_client",
        "_crossed",
        "_reauthentication",
        "_requests",
        "_results",
        "_servers",
        "_standing",
    )

    def __init__(
        self,
        settings: SessionSettings,
        facts: RouterFacts,
        link_up: bool,
        outbox: Outbox | None = None,
        unanswered: Unanswered | None = None,
        router_may_log_in: Callable[[], bool] = _never,
    ) -> None:
        """Begin without a session held; :meth:`resume` goes on with one that was kept.

        ``router_may_log_in`` tells whether the router itself could log in, were it its turn; see
        :mod:`..auto.auto_session`.
        """
        super().__init__(settings, outbox, unanswered)
        standing = self._standing = Standing(
            settings,
            facts,
            link_up,
            self._outbox,
            self._unanswered,
            router_may_log_in=router_may_log_in,
        )
        self._servers = ServersHeard(self._outbox)
        self._admission = Admission(standing, self._servers)
        self._client = LockedClient(standing)
        self._reauthentication = Reauthentication(standing)
        self._requests = RequestsRead(standing)
        self._results = Results(standing, self._reauthentication)
        self._crossed = CrossedFrames()

    # What the caller asks.

    @property
    def state(self) -> State:
        return self._standing.state

    @property
    def held(self) -> HeldSession | None:
        return self._standing.held

    @property
    def link_up(self) -> bool:
        return self._standing.link_up

    @property
    def next_deadline(self) -> float | None:
        standing = self._standing
        deadlines = [self._crossed.due_at]
        if standing.login is not None and standing.state in LOGGING_IN:
            deadlines += (standing.login.deadline, standing.login.kept_back_until)
            deadlines.append(self._servers.held_up_until)
            deadlines.append(self._admission.turn_ends_at)
        if standing.held is not None and standing.state in HOLDING:
            deadlines.append(standing.held.keeper.next_deadline)
            deadlines.append(standing.held.silent_at)
        return min((when for when in deadlines if when is not None), default=None)

    @property
    def status(self) -> SessionStatus:
        standing, held = self._standing, self._standing.held
        return SessionStatus(
            state=standing.state,
            server=standing.server,
            client=standing.login.client if standing.login else None,
            since=held.since if held else None,
            heartbeat=held.keeper.progress if held else None,
            client_needed=standing.doubts.call_for_client(held),
            message=standing.message,
            accounting=standing.accounting,
            last_failure=self._results.last_failure,
            services=standing.services,
            asked=self._unanswered.asked,
            doubtful=held is not None and held.doubtful,
            udp_heartbeat=held.udp_heartbeat if held else standing.udp_heartbeat,
        )

    def short_way(self, now: float) -> ShortWay | None:
        return self._standing.crossing or self._admission.entrance(now)

    def serves(self, client: bytes) -> bool:
        """Whether a client of this MAC address may log in."""
        return self._admission.serves(client)

    def take_lesson(self) -> Lesson | None:
        """Return what the last login has taught, once."""
        return self._results.take_lesson()

    def take_end(self) -> RelayEnd | None:
        """Return how the last login or session ended, once; None: by no word of anybody."""
        end, self._standing.end = self._standing.end, None
        return end

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        standing = self._standing
        held = HeldSession.from_kept(kept, self._settings, self._outbox, now)
        login = login_of(held, now)
        original = kept.original_wan_address
        if kept.wan_address == standing.facts.mac:
            standing.clone.original = original
        address = login.wire_address(self._settings, standing.facts)
        if not self._may_go_on(kept, held, address, now):
            if standing.clone.original is not None and self._settings.mac is not MacMode.CLONE:
                # What the port has is the address of the client before, and not its own.
                self._outbox.act(SetWanAddress(standing.clone.original))
            return
        self._take(held, login)
        self._outbox.report(Resumed(kept.next_number))
        if standing.state is State.WAITING:
            standing.move(Cause.RESUMED)
        if held.doubtful:
            standing.doubts.doubt(held, Doubt.KEPT)
        standing.update_listening()

    def adopt(self, held: HeldSession, port: str, start: bytes, now: float) -> None:
        """Go on with a session that the router itself has got: a client wants to log in anew.

        ``start`` is that client's Start, which came in by the LAN interface ``port``.
        """
        self._take(held, login_of(held, now))
        self._standing.move(Cause.ADOPTED)
        self._admission.begin_login(start[SOURCE_OFFSET:_SOURCE_END], port, start, now)

    def follow_link(self, up: bool) -> None:
        """Take note of the link while nothing is held and nobody logs in, without a word."""
        standing = self._standing
        if up is standing.link_up or standing.state is State.STOPPED:
            return
        standing.link_up = up
        standing.move(Cause.LINK_BACK if up else Cause.LINK_LOST)

    def hand_over(self) -> HeldSession | None:
        """Let go of the session that is held, for the router itself to go on with; None: there is
        none, or a client's login is under way.
        """
        standing = self._standing
        held = standing.held
        if held is None or standing.state is not State.ONLINE:
            return None
        self._read_crossed()
        standing.held = None
        standing.move(Cause.HANDED_OVER)
        standing.let_go_of_client()
        return held

    def _take(self, held: HeldSession, login: RelayedLogin) -> None:
        self._standing.take(held, login)
        self._servers.know(held.authentication.server)

    # Frames.

    def crossed_to_server(self, port: str, frame: bytes, now: float) -> bool:
        if frame[TYPE_OFFSET] == EapolType.START:
            self._admission.start_is_out(frame[SOURCE_OFFSET:_SOURCE_END], port)
        return self._wait_to_be_read(port, frame, now)

    def crossed_to_client(self, frame: bytes, now: float) -> bool:
        if self._standing.crossing is not None:
            self._standing.crossing.be_ready()
        return self._wait_to_be_read(None, frame, now)

    def _wait_to_be_read(self, port: str | None, frame: bytes, now: float) -> bool:
        is_first = self._crossed.due_at is None
        if self._crossed.add(port, frame, now):
            self._read_crossed()
            return True
        return is_first

    def _read_crossed(self) -> None:
        """Look at the frames that have crossed, in their order, before anything else happens."""
        crossed = self._crossed.take()
        if not crossed:
            return
        self._standing.is_out = True
        for port, frame, at in crossed:
            if port is None:
                self._from_wan(frame, at)
            else:
                self._from_lan(port, frame, at)
        self._standing.is_out = False

    def receive_from_lan(self, port: str, frame: bytes, now: float) -> None:
        self._read_crossed()
        self._from_lan(port, frame, now)

    def _from_lan(self, port: str, frame: bytes, now: float) -> None:
        if not is_eapol(frame):
            return
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        if is_group_address(source) or source == self._standing.server:
            return  # no client has such an address: forged
        login = self._standing.login
        if frame[TYPE_OFFSET] == EapolType.START:
            self._admission.client_starts(source, port, frame, now)
        elif login is not None and source == login.client:
            self._standing.client_is_at(login, port)
            self._client.sends(login, frame, now)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        self._read_crossed()
        self._from_wan(frame, now)

    def _from_wan(self, frame: bytes, now: float) -> None:
        if not is_eapol(frame):
            return
        standing = self._standing
        login = standing.login
        if login is None or standing.state not in _SERVER_HEARD_IN:
            return
        if standing.clone.holds_back:
            return  # nothing was asked yet
        destination = frame[:ADDRESS_SIZE]
        if destination not in GROUP_ADDRESSES and destination != login.wire_address(
            self._settings, standing.facts
        ):
            return
        code = eap_code(frame)
        earlier = standing.authentication.server if standing.authentication else None
        before = login.server
        if not self._servers.hears(login, frame, code, earlier, now):
            return
        if login.server is not None and login.server != before:
            standing.found_server(login.server)
        self._unanswered.forget()
        if code == EapCode.SUCCESS:
            self._results.server_accepts(login, frame, now)
        elif code == EapCode.FAILURE:
            self._results.server_refuses(login, frame, now)
        elif code == EapCode.REQUEST:
            self._server_asks(login, frame, now)
        else:
            standing.pass_to_client(login, frame)

    def _server_asks(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        method = eap_method(frame)
        if self._reauthentication.answers_itself(method, frame, now):
            return
        self._standing.pass_to_client(login, frame)
        is_online = self._reauthentication.is_online
        if not is_online:
            login.note_request(method, now)
        services: tuple[str, ...] = ()
        if method == EapType.MD5_CHALLENGE:
            login.challenge = frame
            services = self._requests.read_challenge(login, frame, now)
        self._standing.report_crossing(RequestRelayed(method, services), now)
        if method == EapType.NOTIFICATION:
            self._requests.read_notification(login, frame, now)
        if is_online:
            self._reauthentication.server_asks(login, method, now)

    # The machine.

    def link_changed(self, up: bool, now: float) -> None:
        self._read_crossed()
        standing = self._standing
        if standing.state is State.STOPPED or up is standing.link_up:
            return
        standing.link_up = up
        if not up:
            if standing.clone.is_under_way:
                standing.clone.link_lost()
                standing.close_short_way()
            else:
                standing.link_lost()
            return
        if standing.state is not State.LINK_DOWN:
            self._admission.send_held_back_start()
            return
        goes_on = standing.held is not None and standing.held.keeper.may_still_hold(now)
        self._outbox.report(LinkBack(goes_on))
        if goes_on and standing.held is not None:
            standing.move(Cause.LINK_BACK_IN_TIME)
            standing.doubts.doubt(standing.held, Doubt.LINK)
            standing.update_listening()
        else:
            standing.move(Cause.LINK_BACK)
            standing.end_session()

    def router_changed(self, facts: RouterFacts, now: float) -> None:  # noqa: ARG002
        self._read_crossed()
        standing = self._standing
        if facts != standing.facts:
            standing.close_short_way()  # it tells the old ones
        had, standing.facts = standing.facts, facts
        held, login = standing.held, standing.login
        if held is not None and login is not None and standing.state is State.ONLINE:
            address = login.wire_address(self._settings, facts)
            if held.loses_address(login.wire_address(self._settings, had), address):
                self._lose_address(held)
                standing.move(Cause.LOGGED_OFF)
                standing.end_session()
        self._admission.send_held_back_start()

    def address_not_taken(self, reason: str) -> None:
        self._read_crossed()
        self._outbox.report(AddressNotTaken(reason))
        self._standing.clone.refused(self._standing.facts.mac)
        self._admission.send_held_back_start()

    def handle_timer(self, now: float) -> None:
        self._read_crossed()
        request = self._servers.take_held_up(now)
        if request is not None:
            self._from_wan(request, now)
        standing = self._standing
        login = standing.login
        if login is not None and standing.state in LOGGING_IN and now >= login.deadline:
            self._results.none_in_time(login, now)
        if standing.state in LOGGING_IN:
            self._admission.let_out_kept_back(now)
        self._admission.pass_turn_if_idle(now)
        held = standing.held
        if held is None or standing.state not in HOLDING:
            return
        if held.keeper.has_overslept(now):
            self._outbox.report(TooLateToResume(HEARD_NOTHING))
            standing.move(Cause.OVERSLEPT)
            standing.end_session()
            return
        silent_at = held.silent_at
        if silent_at is not None and now >= silent_at and standing.state is State.ONLINE:
            standing.doubts.doubt(held, Doubt.SILENCE)
        held.keeper.handle_timer(now)
        standing.update_listening()

    def log_off(self, now: float) -> bool:  # noqa: ARG002 - as all sessions
        self._read_crossed()
        standing = self._standing
        if standing.state not in HOLDING or not standing.say_goodbye():
            return False
        self._outbox.report(LoggedOff())
        standing.move(Cause.LOGGED_OFF)
        standing.let_go_of_client()
        return True

    def stop(self) -> None:
        self._read_crossed()
        standing = self._standing
        if standing.state is State.STOPPED:
            return
        if self._settings.logoff_on_exit and standing.link_up and standing.say_goodbye():
            self._outbox.report(LoggedOff())
        if standing.clone.original is not None and self._settings.restore_mac:
            self._outbox.act(SetWanAddress(standing.clone.original))
        standing.clone.done()
        standing.move(Cause.STOPPED)
        standing.update_listening()
