"""A session that the router logs in to by itself, and logs in to again when it is lost.

It begins in a back-off, whose length follows from what is remembered; when that ends, and the WAN
port has an address if one has to come first, a supplicant logs in. A Success makes a held session,
as a relayed login does. Whatever comes to nothing leads back to a back-off, or to giving up. In
neither is anything answered: a server's invitation right after a Failure is how programs looped
into a ban (docs/protocol.md, "Identity probes").

Here is what leads from one state to another; what happens within each is its own part's:
:mod:`.tries` (the back-off), :mod:`.lease_wait`, :mod:`.own_login`, and, while online,
:mod:`.online_talk` and :mod:`.login_anew`. A Failure, in either, is :mod:`.failures`'.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import HeedServers, RenewAddress
from ruijie_proxy.engine.events import (
    GaveUp,
    LinkBack,
    LinkLost,
    LoggedOff,
    NextTryPlanned,
    Resumed,
    TooLateToResume,
)
from ruijie_proxy.engine.frame_reading import is_eapol
from ruijie_proxy.engine.keeping.held_session import HEARD_NOTHING, HeldSession
from ruijie_proxy.engine.keeping.switch_session import PlainSession
from ruijie_proxy.engine.keeping.wanted import ANOTHER_ACCOUNT
from ruijie_proxy.engine.login.failures import Failures
from ruijie_proxy.engine.login.lease_wait import LeaseWait
from ruijie_proxy.engine.login.login_anew import LoginAnew
from ruijie_proxy.engine.login.online_talk import OnlineTalk
from ruijie_proxy.engine.login.own_login import OwnLogin
from ruijie_proxy.engine.login.router_client import RouterClient
from ruijie_proxy.engine.login.supplicant import EAGER_FOR, Supplicant
from ruijie_proxy.engine.login.tries import Tries
from ruijie_proxy.engine.reasons import Doubt
from ruijie_proxy.engine.settings import DhcpMode
from ruijie_proxy.engine.states import Cause, State
from ruijie_proxy.engine.status import SessionStatus
from ruijie_proxy.protocol.clients.client_shape import ClientShape
from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_OFFSET,
    GROUP_ADDRESSES,
    SOURCE_OFFSET,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.login.timetable import LocalTime
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.protocol.results import Result


class LoginSession(PlainSession):
    """One session of the router's own. Times are seconds on one clock that never goes back."""

    __slots__ = (
        "_anew",
        "_failures",
        "_is_resting",
        "_lease",
        "_login",
        "_talk",
        "client",
        "tries",
    )

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: RouterFacts,
        link_up: bool,
        memory: LoginMemory,
        profile: ClientProfile | None,
        jitter: Callable[[], float],
        outbox: Outbox | None = None,
        unanswered: Unanswered | None = None,
        local_time: Callable[[], LocalTime | None] = lambda: None,
    ) -> None:
        """Begin without a session held.

        ``memory`` is of earlier logins, ``profile`` of a genuine client; see :class:`.Tries`.
        """
        state = State.BACKOFF if link_up else State.LINK_DOWN
        super().__init__(settings, facts, link_up, state, outbox, unanswered)
        tries = self.tries = Tries(settings, login, memory, jitter, self._outbox, local_time)
        self._lease = LeaseWait(settings, self._outbox)
        client = self.client = RouterClient(settings, login, facts, profile, tries)
        self._login = OwnLogin(
            settings.login_timeout, client, self._unanswered, tries, self._outbox
        )
        self._talk = OnlineTalk(self._login, client, self._outbox)
        self._anew = LoginAnew(tries, self._outbox)
        self._failures = Failures(tries, client, self._outbox)
        self._is_resting = False

    @property
    def memory(self) -> LoginMemory:
        """What is remembered of this session's logins."""
        return self.tries.memory

    @property
    def status(self) -> SessionStatus:
        held, supplicant = self._held, self._login.supplicant
        return SessionStatus(
            state=self._state,
            server=held.authentication.server if held else self._login.server,
            client=held.client if held and not held.own else None,
            since=held.since if held else None,
            heartbeat=held.keeper.progress if held else None,
            client_needed=False,
            message=self._message,
            accounting=self._accounting,
            last_failure=self._failures.last,
            next_try=self.tries.next_at if self._state is State.BACKOFF else None,
            services=(supplicant or self.tries).services,
            asked=self._unanswered.asked,
            doubtful=held is not None and held.doubtful,
            udp_heartbeat=held.udp_heartbeat if held else self._login.udp_heartbeat,
            hours=self.tries.hours,
            awaits_address_since=self._lease.since if self._state is State.PREPARING else None,
        )

    @property
    def next_deadline(self) -> float | None:
        if self._is_resting:
            return None
        if self._state is State.BACKOFF:
            return self.tries.next_deadline
        if self._state is State.PREPARING:
            return self._lease.deadline
        if self._state is State.AUTHENTICATING:
            return self._login.next_deadline
        if self._state is State.ONLINE and self._held is not None:
            deadlines = (self._held.keeper.next_deadline, self._anew.next_deadline(self._held))
            return min((when for when in deadlines if when is not None), default=None)
        return None

    # What happens to the session.

    def resume(self, kept: KeptSession, now: float) -> None:
        held = HeldSession.from_kept(kept, self._settings, self._outbox, now)
        if not self._may_go_on(kept, held, self._facts.mac, now):
            return
        self._hold(held)
        self._outbox.report(Resumed(kept.next_number))
        if self._state is State.BACKOFF:
            self._move(Cause.RESUMED)
        if held.doubtful:
            self._anew.doubt(held, Doubt.KEPT, now)

    def _why_unwanted(self, kept: KeptSession) -> str | None:
        if kept.own or not kept.identity_response:
            return super()._why_unwanted(kept)
        # A client had logged in: it may have been the same user.
        is_ours = self.client.would_say(kept.identity_response, kept.server)
        return None if is_ours else ANOTHER_ACCOUNT

    def begin(self, now: float) -> None:
        self._is_resting = False
        self.tries.tell_of_refusal()
        if self._state is State.BACKOFF:
            self._plan(now, was_failure=False)

    def adopt(self, held: HeldSession, now: float) -> None:
        """Go on with a session that a client has got; log in anew where it is doubtful."""
        self._hold(held)
        self._is_resting = False
        self.tries.has_given_up = False
        self._move(Cause.ADOPTED)
        if held.doubtful:
            self._anew.plan(now)

    def hand_over(self) -> HeldSession | None:
        """Let go of the session that is held, for a client to log in anew; None: there is none."""
        held, self._held = self._held, None
        if held is not None:
            self._move(Cause.BACKED_OFF)
            self.rest()
        return held

    def rest(self) -> None:
        """Do nothing by itself until it is told to begin: a client is logging in, or shall."""
        if self._state in (State.PREPARING, State.AUTHENTICATING):
            self._login.forget()
            self._move(Cause.BACKED_OFF)
        self._is_resting = True

    def follow_link(self, up: bool) -> None:
        """Take note of the link while it rests, without a word."""
        if up is self._link_up or self._state is State.STOPPED:
            return
        self._link_up = up
        back = Cause.LINK_BACK_IN_VAIN if self.tries.has_given_up else Cause.LINK_BACK_TO_TRY
        self._move(back if up else Cause.LINK_LOST)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        if not is_eapol(frame):
            return
        destination = frame[:ADDRESS_SIZE]
        if destination != self._facts.mac and destination not in GROUP_ADDRESSES:
            return
        if self._state is State.AUTHENTICATING:
            self._during_login(frame, now)
        elif self._state is State.ONLINE and self._held is not None:
            source = frame[SOURCE_OFFSET:ETHERTYPE_OFFSET]
            if source == self._held.authentication.server:
                self._while_online(self._held, frame, now)

    def link_changed(self, up: bool, now: float) -> None:
        if self._state is State.STOPPED or up is self._link_up:
            return
        self._link_up = up
        self._unanswered.forget()
        if not up:
            self._outbox.report(LinkLost())
            self._login.forget()
            self.tries.made = 0
            self._move(Cause.LINK_LOST)
            return
        held = self._held
        goes_on = held is not None and held.keeper.may_still_hold(now)
        was_held = held is not None
        self._outbox.report(LinkBack(goes_on, client_is_awaited=False, session_was_held=was_held))
        if held is not None and goes_on:
            self._move(Cause.LINK_BACK_IN_TIME)
            self._anew.doubt(held, Doubt.LINK, now)
            return
        self._let_go()
        if self.tries.has_given_up:
            self._move(Cause.LINK_BACK_IN_VAIN)
        else:
            self._move(Cause.LINK_BACK_TO_TRY)
            self._plan(now, was_failure=False)

    def router_changed(self, facts: RouterFacts, now: float) -> None:
        had, self._facts = self._facts.mac, facts
        self.client.facts = facts
        held = self._held if self._state is State.ONLINE else None
        if held is not None and held.loses_address(had, facts.mac):
            self._lose_address(held)
            self._log_in_again(now)
        if self._is_calling:
            self._login.change_frames(self.client.frames())
        if self._state is State.PREPARING and self._lease.ends_with(facts, now):
            self._start_login(now)

    def address_renewed(self, succeeded: bool, now: float) -> None:
        lease, facts = self._lease, self._facts
        if self._state is State.PREPARING and lease.renewal_ended(succeeded, facts, now):
            self._start_login(now)

    def profile_changed(self, profile: ClientProfile | None, now: float) -> None:
        if profile == self.client.profile:
            return
        self.client.profile = profile
        self.tries.forget_client()
        self._take_up_again(now)

    def next_login(self, now: float) -> float:
        return self.tries.may_begin(now)

    def try_again(self, now: float) -> None:
        self.tries.forget_refusal()
        self._take_up_again(now)

    def _take_up_again(self, now: float) -> None:
        self.tries.take_up_again()
        if self.tries.is_refused or self._state not in (State.GIVEN_UP, State.BACKOFF):
            return
        self._move(Cause.TRY_AGAIN)
        self._plan(now, was_failure=False)

    def after_refusal_of_a_client(self, message: str | None, dropped: bool, now: float) -> None:
        """Take note of what a server said to a client on the LAN: it holds for the router, too."""
        self._is_resting = False
        if self._state is State.BACKOFF:
            self._follow(self._failures.of_a_client(message, dropped, now))

    def handle_timer(self, now: float) -> None:
        if self._state is State.BACKOFF and self.tries.is_due(now):
            if self._lease.is_wanted(self._facts):
                self._await_lease(now)
            else:
                self._start_login(now)
        elif self._state is State.PREPARING and self._lease.has_timed_out(now):
            self._start_login(now)
        elif self._state is State.AUTHENTICATING:
            self._login.tell_if_due(now)
            if self._login.has_called_for_its_time(now) and not self.tries.made:
                self._await_lease(now)  # which was given up too early, as it seems
            elif self._login.handle_timer(now):
                self._login_timed_out(now)
        elif self._state is State.ONLINE and self._held is not None:
            self._keep(self._held, now)

    def log_off(self, now: float) -> bool:  # noqa: ARG002 - as all sessions
        was_held = self._say_goodbye()
        if self._state in (State.BACKOFF, State.PREPARING, State.AUTHENTICATING, State.ONLINE):
            self._login.forget()
            self._move(Cause.GAVE_UP)
        self.tries.has_given_up = True
        return was_held

    def stop(self) -> None:
        if self._state is State.STOPPED:
            return
        if self._settings.logoff_on_exit and self._link_up:
            self._say_goodbye()
        self._login.forget()
        self._move(Cause.STOPPED)

    # One login.

    def _plan(self, now: float, *, was_failure: bool) -> None:
        """Go on, in a back-off, by what is remembered."""
        self._follow(self.tries.plan(now, was_failure=was_failure))

    def _follow(self, planned: NextTryPlanned | GaveUp | None) -> None:
        """Carry out what is planned, and tell of it."""
        self.tries.made = 0
        if isinstance(planned, GaveUp):
            self._move(Cause.GAVE_UP)
            self._outbox.report(planned)
        elif planned is not None and not self._is_resting:
            self._outbox.report(planned)

    def _await_lease(self, now: float) -> None:
        self._login.forget()
        self._move(Cause.LEASE_WANTED)
        self._lease.begin(self._facts, now)

    def _start_login(self, now: float) -> None:
        self._move(Cause.OWN_LOGIN_BEGUN)
        came_early = self._lease.is_wanted(self._facts)
        self._login.begin(now, calls_for_a_time=came_early or self.tries.made > 0)

    @property
    def _is_calling(self) -> bool:
        return self._state is State.AUTHENTICATING and self._login.is_calling

    def calls_in_vain(self, now: float) -> bool:
        """Whether it has called for so long that somebody else may try."""
        return self._is_calling and self._unanswered.seconds(now) >= EAGER_FOR

    def _during_login(self, frame: bytes, now: float) -> None:
        result, supplicant = self._login.receive(frame, now), self._login.supplicant
        if result is None or supplicant is None:
            return
        if result.code == EapCode.SUCCESS:
            self._accepted(supplicant, result, now)
        else:
            planned = self._failures.login_refused(supplicant, result, now)
            self._login.forget()
            self._move(Cause.BACKED_OFF)
            self._follow(planned)

    def _accepted(self, supplicant: Supplicant, result: Result, now: float) -> None:
        authentication = self._login.succeeded(result, self._facts.mac, now)
        self._message = result.message
        self._accounting = result.accounting or supplicant.account
        self.client.was_right(supplicant)
        if self.tries.made < self.tries.wanted:
            self._await_lease(now)
            return
        self._move(Cause.SUCCEEDED)
        held = self._held = HeldSession.of_own_login(
            authentication, self._message, self._accounting, self._settings, self._outbox, now
        )
        self._talk.begin()
        is_bare = supplicant.frames.shape is ClientShape.BARE
        held.keeper.begin(client_may_teach=False, now=now, is_bare=is_bare)
        held.keeper.handle_timer(now)
        held.save()
        if self._settings.renew and self._settings.dhcp is DhcpMode.AFTER:
            self._outbox.act(RenewAddress())

    def _login_timed_out(self, now: float) -> None:
        self._failures.without_result(self._login.timed_out(now))
        self._move(Cause.BACKED_OFF)
        self._plan(now, was_failure=True)

    # While online.

    def _while_online(self, held: HeldSession, frame: bytes, now: float) -> None:
        failure = self._talk.receive(held, frame, now)
        self._message, self._accounting = held.message, held.accounting
        if failure is not None:
            words = failure.reason or self._login.last_words(now)
            refusal = self._failures.dropped(held, words, now)
            self._let_go()
            self._move(Cause.BACKED_OFF)
            self._follow(self.tries.pause(refusal, now))

    def _keep(self, held: HeldSession, now: float) -> None:
        if held.keeper.has_overslept(now):
            self._outbox.report(TooLateToResume(HEARD_NOTHING))
            self._log_in_again(now)
            return
        held.keeper.handle_timer(now)
        if self._anew.is_due(held, now):
            self._log_in_again(now)

    def _log_in_again(self, now: float) -> None:
        """Let go of the session that is held, and log in, once that may be."""
        self._let_go()
        self._move(Cause.BACKED_OFF)
        self._plan(now, was_failure=False)

    # Steps in common.

    def _move(self, cause: Cause) -> None:
        super()._move(cause)
        if self._state is not State.AUTHENTICATING:
            self._login.tell()

    def _hold(self, held: HeldSession) -> None:
        self._held = held
        server = self._login.known_server = held.authentication.server
        self._outbox.act(HeedServers((server,)))
        self._login.forget()
        self._talk.begin()
        self._message, self._accounting = held.message, held.accounting

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.forget()
        self._held = None
        self._login.forget()

    def _say_goodbye(self) -> bool:
        held, self._held = self._held, None
        if held is None:
            return False
        held.log_off(self.client.frames().logoff(held.authentication.server))
        self._outbox.report(LoggedOff())
        return True
