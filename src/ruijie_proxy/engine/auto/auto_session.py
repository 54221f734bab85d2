"""A session that logs in by itself, and relays a client's login where that cannot work.

Of its two parts one is in charge at a time; the other rests. The router's own login is in charge
while there is reason to think that it works. Whatever speaks against it (:mod:`.login_session`
gives up, or a relayed login shows that the campus's client sends what nobody can compute) leaves
the logins to a client, until a client's login teaches how to. A session that is online passes from
one part to the other as it is.
"""

from __future__ import annotations

from ruijie_proxy.engine.events import (
    ClientNotAllowed,
    ClientWaits,
    LeftToClient,
)
from ruijie_proxy.engine.frame_reading import eap_code, eap_method, is_eapol
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.relay.restarts import Restarts, hurdle, start_ignored
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.unanswered import Unanswered
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import ETHERTYPE_OFFSET, SOURCE_OFFSET, is_group_address
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.keeping.short_way import ShortWay
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.login.timetable import LocalTime
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.relay.standing import RelayEnd
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.engine.status import SessionStatus
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile


class AutoSession(Session):
    """One session of the router's own or of a client's. Times are as in its parts."""

    __slots__ = ("_active", "_own", "_relay", "_restarts")

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: RouterFacts,
        link_up: bool,
        memory: LoginMemory,
        profile: ClientProfile | None,
        jitter: Callable[[], float],
        local_time: Callable[[], LocalTime | None] = lambda: None,
        unanswered: Unanswered | None = None,
    ) -> None:
        """Begin without a session held; the arguments are those of the parts."""
        outbox, unanswered = Outbox(), unanswered or Unanswered()
        self._own = LoginSession(
            settings, login, facts, link_up, memory, profile, jitter, outbox, unanswered, local_time
        )
        self._relay = RelaySession(
            settings, facts, link_up, outbox, unanswered, lambda: self.router_may_log_in
        )
        self._active: LoginSession | RelaySession = self._own
        super().__init__(settings, outbox, unanswered)
        self._restarts = Restarts()
        if self._own.tries.is_left_to_client:
            self._leave_to_relay()

    @property
    def state(self) -> State:
        return self._active.state

    @property
    def held(self) -> HeldSession | None:
        return self._active.held

    @property
    def link_up(self) -> bool:
        return self._active.link_up

    @property
    def memory(self) -> LoginMemory:
        """What is remembered of the router's own logins."""
        return self._own.memory

    @property
    def profile(self) -> ClientProfile | None:
        """What is known of a genuine client."""
        return self._own.client.profile

    @property
    def router_may_log_in(self) -> bool:
        """Whether the router itself could log in, were it its turn."""
        return not self._own.tries.is_left_to_client

    @property
    def status(self) -> SessionStatus:
        own, relay = self._own.status, self._relay.status
        failures = [one.last_failure for one in (own, relay) if one.last_failure is not None]
        return replace(
            self._active.status,
            last_failure=max(failures, key=lambda failure: failure.at, default=None),
            services=(relay if self._active is self._relay else own).services
            or own.services
            or relay.services,
            udp_heartbeat=self._active.status.udp_heartbeat
            or own.udp_heartbeat
            or relay.udp_heartbeat,
            hours=own.hours,
        )

    @property
    def next_deadline(self) -> float | None:
        return self._active.next_deadline

    def short_way(self, now: float) -> ShortWay | None:
        return self._relay.short_way(now) if self._active is self._relay else None

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        if kept.own:
            self._take_charge()
            self._own.resume(kept, now)
        else:
            self._leave_to_relay()
            self._relay.resume(kept, now)

    def begin(self, now: float) -> None:
        if self._active is self._own:
            self._own.begin(now)
        else:
            self._own.tries.tell_of_refusal()
        self._follow_up(now)

    def receive_from_lan(self, port: str, frame: bytes, now: float) -> None:
        if self._active is self._relay:
            self._relay.receive_from_lan(port, frame, now)
        elif is_eapol(frame) and frame[TYPE_OFFSET] == EapolType.START:
            self._client_starts(port, frame, now)
        self._follow_up(now)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        if self._active is self._relay and self._wants_a_proof(frame):
            held = self._relay.held
            if held is not None and self._own.client.can_prove(held.authentication):
                self._take_over_from_relay(now)
        self._active.receive_from_wan(frame, now)
        self._follow_up(now)

    def crossed_to_server(self, port: str, frame: bytes, now: float) -> bool:
        changed = self._relay.crossed_to_server(port, frame, now)
        if changed:
            self._follow_up(now)
        return changed

    def crossed_to_client(self, frame: bytes, now: float) -> bool:
        changed = self._relay.crossed_to_client(frame, now)
        if changed:
            self._follow_up(now)
        return changed

    def link_changed(self, up: bool, now: float) -> None:
        self._active.link_changed(up, now)
        resting = self._relay if self._active is self._own else self._own
        resting.follow_link(up)
        self._follow_up(now)

    def router_changed(self, facts: RouterFacts, now: float) -> None:
        self._relay.router_changed(facts, now)
        self._own.router_changed(facts, now)
        self._follow_up(now)

    def address_not_taken(self, reason: str) -> None:
        self._relay.address_not_taken(reason)

    def address_renewed(self, succeeded: bool, now: float) -> None:
        self._active.address_renewed(succeeded, now)
        self._follow_up(now)

    def profile_changed(self, profile: ClientProfile | None, now: float) -> None:
        self._own.profile_changed(profile, now)
        self._follow_up(now)

    def next_login(self, now: float) -> float:
        return self._own.next_login(now)

    def trust_anew(self) -> None:
        self._own.tries.remember_portal(None, 0)

    def try_again(self, now: float) -> None:
        self._own.try_again(now)
        self._follow_up(now)

    def handle_timer(self, now: float) -> None:
        self._active.handle_timer(now)
        self._follow_up(now)

    def log_off(self, now: float) -> bool:
        was_held = self._active.log_off(now)
        if self._active is self._relay:
            self._own.log_off(now)
        else:
            self._leave_to_relay()
        self._follow_up(now)
        return was_held

    def stop(self) -> None:
        self._active.stop()
        for part in (self._own, self._relay):
            part.stop()

    # Who is in charge.

    def _client_starts(self, port: str, frame: bytes, now: float) -> None:
        """Give way to a client that starts, where that costs nothing, or it is patient."""
        client = frame[SOURCE_OFFSET:ETHERTYPE_OFFSET]
        if is_group_address(client):
            return
        if not self._relay.serves(client):
            self._outbox.report_stranger(ClientNotAllowed(client), now)
        elif self._own.state in (
            State.BACKOFF,
            State.PREPARING,
            State.GIVEN_UP,
        ) or self._own.calls_in_vain(now):
            self._leave_to_relay()
            self._relay.receive_from_lan(port, frame, now)
        elif self._own.state is State.AUTHENTICATING:
            self._outbox.report_stranger(ClientWaits(client), now)
        elif self._own.state is State.ONLINE and self._means_a_new_login(client, frame, now):
            held = self._own.hand_over()
            if held is not None:
                self._active = self._relay
                self._relay.adopt(held, port, frame, now)

    def _means_a_new_login(self, client: bytes, start: bytes, now: float) -> bool:
        """Whether a Start that comes while the router holds a session is a client's new login."""
        held = self._own.held
        if held is None:
            return False
        why_not = hurdle(start, held, self._settings, is_needed=held.doubtful)
        if why_not is None and (held.doubtful or self._restarts.means_a_new_login(client, now)):
            return True
        self._restarts.tell_once(start_ignored(client, why_not, held), self._outbox, now)
        return False

    def _wants_a_proof(self, frame: bytes) -> bool:
        return (
            self._relay.state is State.ONLINE
            and is_eapol(frame)
            and eap_code(frame) == EapCode.REQUEST
            and eap_method(frame) == EapType.MD5_CHALLENGE
            and self._relay.held is not None
            and frame[SOURCE_OFFSET:ETHERTYPE_OFFSET] == self._relay.held.authentication.server
        )

    def _follow_up(self, now: float) -> None:
        """Change who is in charge where what just happened asks for it."""
        if self._active is self._relay:
            self._follow_relay(now)
        # Also by what was said to a client just now.
        if (
            self._active is self._own
            and self._own.tries.has_given_up
            and self._own.state is State.GIVEN_UP
        ):
            self._outbox.report(LeftToClient())
            self._leave_to_relay()

    def _follow_relay(self, now: float) -> None:
        end = self._relay.take_end()
        lesson = self._relay.take_lesson()
        if lesson is not None and lesson.profile is not None:
            # The lesson is that its proofs of the password could have been the router's.
            self._own.tries.forget_refusal()
            self._own.profile_changed(lesson.profile, now)
        elif lesson is not None and lesson.differences:
            self._own.tries.leave_to_client()
        held = self._relay.held
        is_doubtful = held is not None and held.doubtful and self.router_may_log_in
        if self._relay.state is State.ONLINE and held is not None and (held.own or is_doubtful):
            # A client wanted to log in anew, and it came to nothing; or it is time for the router.
            self._take_over_from_relay(now)
        elif self._relay.state is State.WAITING and not self._own.tries.is_left_to_client:
            self._end_of_relaying(end, now)

    def _end_of_relaying(self, end: RelayEnd | None, now: float) -> None:
        if end is not None and end.client_left:
            self._own.log_off(now)  # its farewell was passed on: the user wants to be offline
            return
        self._take_charge()
        if end is not None and end.was_refused:
            self._own.after_refusal_of_a_client(end.message, end.was_online, now)
        else:
            self._own.begin(now)

    def _take_over_from_relay(self, now: float) -> None:
        held = self._relay.hand_over()
        if held is not None:
            self._active = self._own
            self._own.adopt(held, now)

    def _take_charge(self) -> None:
        self._active = self._own

    def _leave_to_relay(self) -> None:
        self._own.rest()
        self._active = self._relay
        self._restarts.forget()
