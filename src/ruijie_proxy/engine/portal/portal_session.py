"""The router logs in at a web portal, and keeps what it has got.

It has no frames: an order goes out (:class:`~ruijie_proxy.engine.actions.AskPortal`), and what it
came to comes back (:meth:`PortalSession.portal_answered`), one at a time. A session that lives is
adopted before a password is sent, whatever came before: the server knows who is online by their
address, so nothing has to be kept for that but the portal's own.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import AskPortal
from ruijie_proxy.engine.events import (
    Dropped,
    GaveUp,
    LeaseAwaited,
    LinkBack,
    LinkLost,
    LoggedOff,
    LoginRefused,
    LoginSucceeded,
    PortalAdopted,
    PortalHindered,
    PortalLoginBegun,
    PortalSilent,
)
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.login.tries import Tries
from ruijie_proxy.engine.portal.held import HeldAtPortal
from ruijie_proxy.engine.portal.refusals import REFUSING, failure_of, refusal_of
from ruijie_proxy.engine.portal.silence import Silence
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.states import Cause, State, next_state
from ruijie_proxy.engine.status import LoginFailure, PortalStatus, SessionStatus
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.portal.outcomes import LET_IN, Came, Order
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.events import NextTryPlanned
    from ruijie_proxy.engine.login.timetable import LocalTime
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.protocol.portal.outcomes import Outcome

LOOK_EVERY = 300.0
"""Seconds between looks whether the session lives, where nothing tells that it may not."""
LOOK_AGAIN = 30.0
"""Seconds after a look that nobody answered, or a keepalive that came to nothing."""
_WAIT = 3.0
"""Seconds that a portal that is not ready is given."""
_MOST_WAITS = 10
_PART_BY_CHANCE = 0.1
"""Of the time between looks, so that a dormitory does not look as one."""


class PortalSession(Session):
    """One session at a portal. Times are seconds on the engine's clock."""

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: RouterFacts,
        link_up: bool,
        memory: LoginMemory,
        jitter: Callable[[], float],
        *,
        local_time: Callable[[], LocalTime | None] = lambda: None,
    ) -> None:
        """Begin without a session. ``jitter`` gives numbers by chance, from 0 to 1."""
        super().__init__(settings, None, None)
        self._login = login
        self._facts = facts
        self._link_up = link_up
        self._jitter = jitter
        self._state = State.BACKOFF if link_up else State.LINK_DOWN
        self.tries = Tries(settings, login, memory, jitter, self._outbox, local_time)
        self._held: HeldAtPortal | None = None
        self._asking: Order | None = None
        """What is under way."""
        self._began = 0.0
        """When that began."""
        self._may_live = bool(self._page)
        """Whether a session may be there that is not known of, so that looking comes first."""
        self._looks_at: float | None = None
        self._keeps_at: float | None = None
        self._waits = 0
        """How often in a row the portal wanted to be asked again in a moment."""
        self.silence = Silence()
        self._last_failure: LoginFailure | None = self.tries.refused_before
        self._message: str | None = None
        self._services: tuple[str, ...] = ()
        self._last_kept: float | None = None
        self._site = self._page
        self._met_at = ""
        """Where it was last; the router may be let in there, and no gateway leads there then."""

    # What it is.

    @property
    def state(self) -> State:
        return self._state

    @property
    def held(self) -> HeldAtPortal | None:
        return self._held

    @property
    def link_up(self) -> bool:
        return self._link_up

    @property
    def memory(self) -> LoginMemory:
        """What is remembered of this session's logins."""
        return self.tries.memory

    @property
    def status(self) -> SessionStatus:
        held = self._held
        keepalive = held.keepalive if held else 0
        return SessionStatus(
            state=self._state,
            server=None,
            client=None,
            since=held.since if held else None,
            heartbeat=None,
            client_needed=False,
            message=self._message,
            accounting=None,
            last_failure=self._last_failure,
            next_try=self.tries.next_at if self._state is State.BACKOFF else None,
            services=self._services,
            hours=self.tries.hours,
            portal=PortalStatus(self._site or None, keepalive, self._last_kept),
        )

    @property
    def next_deadline(self) -> float | None:
        if self._asking is not None:
            return None
        if self._state is State.BACKOFF:
            return self.tries.next_deadline
        if self._state is State.ONLINE:
            times = (self._looks_at, self._keeps_at)
            return min((when for when in times if when is not None), default=None)
        return None

    @property
    def _page(self) -> str:
        """The page that is trusted with the password; "": the first that comes."""
        portal = self._login.portal
        return (portal and portal.page) or self.tries.memory.portal or ""

    # What happens to it.

    def resume(self, kept: object, now: float) -> None:
        """Take no note: what was kept is a session at a switch."""

    def begin(self, now: float) -> None:
        self.tries.tell_of_refusal()
        if self._state is State.BACKOFF:
            self._go_on(now)

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        """Take no note: a portal sends no frames."""

    def link_changed(self, up: bool, now: float) -> None:
        if self._state is State.STOPPED or up is self._link_up:
            return
        self._link_up = up
        self.silence.is_over()
        if not up:
            self._outbox.report(LinkLost())
            self._let_go()
            self._move(Cause.LINK_LOST)
            return
        self._outbox.report(
            LinkBack(False, client_is_awaited=False, portal_is_asked=bool(self._page))
        )
        if self.tries.has_given_up:
            self._move(Cause.LINK_BACK_IN_VAIN)
            return
        self._move(Cause.LINK_BACK_TO_TRY)
        self._may_live = bool(self._page)
        self._go_on(now)

    def router_changed(self, facts: RouterFacts, now: float) -> None:
        had, self._facts = self._facts.address, facts
        if facts.address in (None, had):
            return
        if self._state is State.PREPARING:
            self._move(Cause.BACKED_OFF)
            self._go_on(now)
        elif self._state is State.ONLINE:
            # The server goes by the address.
            self._looks_at = now
            self.handle_timer(now)

    def next_login(self, now: float) -> float:
        return self.tries.may_begin(now)

    def try_again(self, now: float) -> None:
        self._may_live = bool(self._met_at)
        self.tries.forget_refusal()
        self.tries.take_up_again()
        if not self.tries.is_refused and self._state in (State.GIVEN_UP, State.BACKOFF):
            self._move(Cause.TRY_AGAIN)
            self._go_on(now)

    def trust_anew(self) -> None:
        self.tries.remember_portal(None, 0)
        self._met_at = ""

    def handle_timer(self, now: float) -> None:
        if self._asking is not None:
            return
        if self._state is State.BACKOFF and self.tries.is_due(now):
            self._ask_to_be_let_in(now)
        elif self._state is State.ONLINE and self._held is not None:
            if self._keeps_at is not None and now >= self._keeps_at:
                self._ask(Order.KEEP, now)
            elif self._looks_at is not None and now >= self._looks_at:
                self._ask(Order.LOOK, now)

    def log_off(self, now: float) -> bool:
        was_held = self._log_out(now)
        if self._state in (State.BACKOFF, State.PREPARING, State.AUTHENTICATING, State.ONLINE):
            self._move(Cause.GAVE_UP)
        # What is under way goes on: a login that the portal grants after all is taken back.
        self._held = self._looks_at = self._keeps_at = None
        self.tries.has_given_up = True
        return was_held

    def stop(self) -> None:
        if self._state is State.STOPPED:
            return
        if self._settings.logoff_on_exit and self._link_up:
            self._log_out(self._began)
        self._let_go()
        self._move(Cause.STOPPED)

    def portal_answered(self, outcome: Outcome, now: float) -> None:
        """Take note of what an order has come to."""
        order, self._asking = self._asking, None
        if order is None or order is Order.LOG_OUT or self._state is State.STOPPED:
            self.handle_timer(now)
            return
        if outcome.came not in (Came.SILENT, Came.NO_PORTAL):
            self.silence.is_over()
        if self._state is State.AUTHENTICATING:
            self._site = outcome.page or self._site
            self._services = outcome.services or self._services
            if order is Order.LOOK:
                self._looked_first(outcome, now)
            else:
                self._logged_in(outcome, now)
        elif self._state is State.ONLINE and self._held is not None:
            if order is Order.LOOK:
                self._looked(self._held, outcome, now)
            elif order is Order.KEEP:
                self._kept(self._held, outcome, now)
        elif outcome.came in LET_IN:
            self._let_in_late(outcome, now)
        self.handle_timer(now)

    def _let_in_late(self, outcome: Outcome, now: float) -> None:
        """Take back what the portal has granted since the user logged off, unless on again."""
        self._may_live, self._met_at = True, outcome.page
        if self._state is State.GIVEN_UP:
            self._held = HeldAtPortal(now, outcome.page, outcome.user_index, 0)
            self._log_out(now)
            self._let_go()

    # To be let in.

    def _go_on(self, now: float) -> None:
        """Begin as soon as that may be; look at once whether a session lives."""
        may_look = self._may_live and self._facts.address is not None and not self.tries.is_refused
        if may_look and self.tries.may_begin(now) > now:
            self._may_live = False
            self._move(Cause.OWN_LOGIN_BEGUN)
            self._ask(Order.LOOK, now)
            return
        self._follow(self.tries.plan(now, was_failure=False))
        self.handle_timer(now)

    def _ask_to_be_let_in(self, now: float) -> None:
        if self._facts.address is None:
            self._outbox.report(LeaseAwaited())
            self._move(Cause.LEASE_WANTED)
            return
        self._move(Cause.OWN_LOGIN_BEGUN)
        if self.silence.since is None:
            self._outbox.report(PortalLoginBegun(self._page))
        # Before a result can come: the limits hold whatever happens then.
        self.tries.note_try(now)
        self._ask(Order.COME_BACK if self._may_live else Order.LOG_IN, now)
        self._may_live = False

    def _ask(self, order: Order, now: float) -> None:
        self._asking, self._began = order, now
        held = self._held
        met = "" if order is Order.LOG_IN else self._met_at
        page = held.page if held else self._page or met
        self._outbox.act(AskPortal(order, page, held.user_index if held else ""))

    def _looked_first(self, outcome: Outcome, now: float) -> None:
        if outcome.came is Came.FOUND_ONLINE:
            self._adopt(outcome, now)
            return
        self._move(Cause.BACKED_OFF)
        self._follow(self.tries.plan(now, was_failure=False))

    def _logged_in(self, outcome: Outcome, now: float) -> None:
        if not outcome.has_tried:
            self.tries.was_no_try(self._began)
        if outcome.came is Came.ONLINE:
            self.tries.succeeded(self._began, now)
            self.tries.remember_portal(outcome.page, outcome.keepalive)
            self._message = outcome.message or None
            self._hold(outcome, outcome.keepalive, now)
            self._outbox.report(
                LoginSucceeded(
                    self._message,
                    None,
                    outcome.keepalive or None,
                    count=1,
                    wanted=1,
                    page=outcome.page,
                )
            )
        elif outcome.came is Came.FOUND_ONLINE:
            self._adopt(outcome, now)
        elif outcome.came is Came.WAIT:
            self._put_off(outcome, now)
        elif outcome.came in REFUSING:
            self._refused(outcome, now)
        else:
            self._came_to_nothing(outcome, now)

    def _put_off(self, outcome: Outcome, now: float) -> None:
        if self._waits < _MOST_WAITS:
            self._waits += 1
            self._move(Cause.BACKED_OFF)
            self.tries.next_at = now + _WAIT
        else:
            why = N_("it puts off whoever asks, time and again")
            self._refused(replace(outcome, came=Came.UNCLEAR, message=why), now)

    def _adopt(self, outcome: Outcome, now: float) -> None:
        memory = self.tries.memory
        keepalive = memory.keepalive if outcome.page == memory.portal else 0
        self.tries.remember_portal(outcome.page, keepalive)
        self._hold(outcome, keepalive, now)
        self._outbox.report(PortalAdopted(outcome.page))

    def _hold(self, outcome: Outcome, keepalive: int, now: float) -> None:
        self._waits, self._met_at, self._last_failure = 0, "", None
        self._held = HeldAtPortal(now, outcome.page, outcome.user_index, keepalive)
        self._site = outcome.page
        self._looks_at = self._next_look(now)
        # One that was found is kept at once: nobody knows when it was kept last.
        kept_at = now if outcome.came is Came.ONLINE else now - keepalive
        self._keeps_at = kept_at + keepalive if keepalive else None
        self._move(Cause.SUCCEEDED)

    def _refused(self, outcome: Outcome, now: float) -> None:
        refusal = refusal_of(outcome)
        came = outcome.came
        self._waits = 0
        self._met_at = outcome.page if came in (Came.CAPTCHA, Came.REFUSED) else ""
        self._last_failure = failure_of(outcome, refusal, now)
        if came is not Came.REFUSED:
            self._outbox.report(PortalHindered(came, refusal.kind, outcome.message, outcome.page))
        else:
            self._outbox.report(LoginRefused(outcome.message or None, own=True))
            self.tries.note_hours(refusal, outcome.message)
            self.tries.note_refused_password(refusal, outcome.message, now)
        self._move(Cause.BACKED_OFF)
        self._follow(self.tries.pause(refusal, now, self._services))

    def _came_to_nothing(self, outcome: Outcome, now: float) -> None:
        seconds = self.silence.goes_on(now)
        if seconds is not None:
            self._outbox.report(PortalSilent(seconds, outcome.page))
        self._waits = 0
        if outcome.has_tried and outcome.page:
            self._may_live, self._met_at = True, outcome.page  # its answer was lost
        self.tries.came_to_nothing(outcome.has_tried, now)
        self._move(Cause.BACKED_OFF)
        self.tries.plan(now, was_failure=False)

    # While online.

    def _looked(self, held: HeldAtPortal, outcome: Outcome, now: float) -> None:
        if outcome.came is Came.FOUND_ONLINE:
            self._held = replace(held, user_index=outcome.user_index)
            self._looks_at = self._next_look(now)
        elif outcome.came is Came.OFFLINE:
            self._dropped(held, now)
        else:
            self._looks_at = now + LOOK_AGAIN

    def _kept(self, held: HeldAtPortal, outcome: Outcome, now: float) -> None:
        if outcome.came is Came.ONLINE:
            self._last_kept = now
            self._keeps_at = self._began + held.keepalive
        else:
            # It may be over, or the call was lost.
            self._keeps_at = now + min(LOOK_AGAIN, held.keepalive)
            self._looks_at = now

    def _dropped(self, held: HeldAtPortal, now: float) -> None:
        refusal = read_refusal(None, was_online=True)
        self._last_failure = LoginFailure(None, refusal.kind, now, refusal.advice, was_online=True)
        self._outbox.report(Dropped(None))
        self.tries.was_dropped(held.since, held.own, now)
        self._let_go()
        self._move(Cause.BACKED_OFF)
        self._follow(self.tries.pause(refusal, now))

    def _next_look(self, now: float) -> float:
        return now + LOOK_EVERY * (1 + _PART_BY_CHANCE * self._jitter())

    # Steps in common.

    def _move(self, cause: Cause) -> None:
        self._state = next_state(self._state, cause)

    def _follow(self, planned: NextTryPlanned | GaveUp | None) -> None:
        if isinstance(planned, GaveUp):
            self._move(Cause.GAVE_UP)
        if planned is not None:
            self._outbox.report(planned)

    def _let_go(self) -> None:
        self._held = self._looks_at = self._keeps_at = None
        if self._asking is not Order.LOG_OUT:
            self._asking = None

    def _log_out(self, now: float) -> bool:
        if self._held is None:
            return False
        self._ask(Order.LOG_OUT, now)
        self._outbox.report(LoggedOff(self._held.page))
        return True
