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
from ruijie_proxy.engine.portal.upkeep import PUTS_OFF, Upkeep
from ruijie_proxy.engine.refusals import read_refusal
from ruijie_proxy.engine.states import Cause, State, next_state
from ruijie_proxy.engine.status import LoginFailure, PortalStatus, SessionStatus, Unread
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

_WAIT = 3.0
"""Seconds that a portal that is not ready is given."""
_MOST_WAITS = 10


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
        self._may_live = bool(self._page or self._met_at)
        """Whether a session may be there that is not known of, so that looking comes first."""
        self._upkeep = Upkeep(jitter, self._outbox)
        self._waits = 0
        """How often in a row the portal wanted to be asked again in a moment."""
        self.silence = Silence()
        self._last_failure: LoginFailure | None = self.tries.refused_before
        self._message: str | None = None
        self._services: tuple[str, ...] = ()
        self._site = self._page or self._met_at
        self._unclear: Unread | None = None
        """What a portal is that has not let the router in for it."""
        self._awaits_address_since: float | None = None

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
        held, upkeep = self._held, self._upkeep
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
            portal=PortalStatus(
                self._site or None, keepalive, upkeep.last_kept, self._unread, upkeep.looks_at
            ),
            awaits_address_since=self._awaits_address_since,
        )

    @property
    def next_deadline(self) -> float | None:
        if self._asking is not None:
            return None
        if self._state is State.BACKOFF:
            return self.tries.next_deadline
        return self._upkeep.next_deadline if self._state is State.ONLINE else None

    @property
    def _page(self) -> str:
        """The page that is trusted with the password; "": the first that comes."""
        portal = self._login.portal
        return (portal and portal.page) or self.tries.memory.portal or ""

    @property
    def _met_at(self) -> str:
        """Where it was last; the router may be let in there, and no gateway leads there then."""
        return self.tries.memory.met_at or ""

    @property
    def _unread(self) -> Unread | None:
        silent = None if self.silence.since is None else Unread(self.silence.since, "")
        return silent or self._upkeep.unread or self._unclear

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
            self._upkeep.look_at(now)
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

    def handle_timer(self, now: float) -> None:
        if self._asking is not None:
            return
        if self._state is State.BACKOFF and self.tries.is_due(now):
            self._ask_to_be_let_in(now)
        elif self._state is State.ONLINE and self._held is not None:
            order = self._upkeep.due(now)
            if order is not None:
                self._ask(order, now)

    def log_off(self, now: float) -> bool:
        was_held = self._log_out(now)
        if self._state in (State.BACKOFF, State.PREPARING, State.AUTHENTICATING, State.ONLINE):
            self._move(Cause.GAVE_UP)
        # What is under way goes on: a login that the portal grants after all is taken back.
        self._held = self._awaits_address_since = None
        self._upkeep.end()
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
        self._may_live = True
        self.tries.note_met_at(outcome.page)
        if self._state is State.GIVEN_UP:
            self._held = HeldAtPortal(now, outcome.page, outcome.user_index, 0)
            self._log_out(now)
            self._let_go()

    # To be let in.

    def _go_on(self, now: float) -> None:
        """Begin as soon as that may be; look at once whether a session lives."""
        self._awaits_address_since = None
        may_look = self._may_live and self._facts.address is not None and not self.tries.is_refused
        if may_look and (not self._page or self.tries.may_begin(now) > now):
            self._may_live = False
            self._move(Cause.OWN_LOGIN_BEGUN)
            self._ask(Order.LOOK, now)
            return
        self._follow(self.tries.plan(now, was_failure=False))
        self.handle_timer(now)

    def _ask_to_be_let_in(self, now: float) -> None:
        if self._facts.address is None:
            self._outbox.report(LeaseAwaited())
            self._awaits_address_since = now
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
            self._refused(replace(outcome, came=Came.UNCLEAR, message=PUTS_OFF), now)

    def _adopt(self, outcome: Outcome, now: float) -> None:
        memory = self.tries.memory
        keepalive = memory.keepalive if outcome.page == memory.portal else 0
        self.tries.remember_portal(outcome.page, keepalive)
        self._hold(outcome, keepalive, now)
        self._outbox.report(PortalAdopted(outcome.page))

    def _hold(self, outcome: Outcome, keepalive: int, now: float) -> None:
        self._waits, self._last_failure, self._unclear = 0, None, None
        self._held = HeldAtPortal(now, outcome.page, outcome.user_index, keepalive)
        self._site = outcome.page
        # One that was found is kept at once: nobody knows when it was kept last.
        self._upkeep.begin(keepalive, now if outcome.came is Came.ONLINE else now - keepalive, now)
        self._move(Cause.SUCCEEDED)

    def _refused(self, outcome: Outcome, now: float) -> None:
        refusal = refusal_of(outcome)
        came = outcome.came
        self._waits = 0
        self.tries.note_met_at(outcome.page if came in (Came.CAPTCHA, Came.REFUSED) else None)
        since = self._unclear.since if self._unclear else now
        self._unclear = Unread(since, outcome.message) if came is Came.UNCLEAR else None
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
            self._may_live = True  # its answer was lost
            self.tries.note_met_at(outcome.page)
        self.tries.came_to_nothing(outcome.has_tried, now)
        self._move(Cause.BACKED_OFF)
        self.tries.plan(now, was_failure=False)

    # While online.

    def _looked(self, held: HeldAtPortal, outcome: Outcome, now: float) -> None:
        if outcome.came is Came.FOUND_ONLINE:
            self._held = replace(held, user_index=outcome.user_index)
            self._upkeep.found(outcome.page, now)
        elif outcome.came is Came.OFFLINE:
            self._dropped(held, now)
        else:
            self._upkeep.looked_in_vain(outcome, now)

    def _kept(self, held: HeldAtPortal, outcome: Outcome, now: float) -> None:
        if outcome.came is Came.ONLINE:
            self._upkeep.kept(held.page, self._began, now)
        else:
            self._upkeep.kept_in_vain(now)

    def _dropped(self, held: HeldAtPortal, now: float) -> None:
        refusal = read_refusal(None, was_online=True)
        self._last_failure = LoginFailure(None, refusal.kind, now, refusal.advice, was_online=True)
        self._outbox.report(Dropped(None))
        self.tries.was_dropped(held.since, held.own, now)
        self._let_go()
        self._move(Cause.BACKED_OFF)
        self._follow(self.tries.pause(refusal, now))

    # Steps in common.

    def _move(self, cause: Cause) -> None:
        self._state = next_state(self._state, cause)

    def _follow(self, planned: NextTryPlanned | GaveUp | None) -> None:
        if isinstance(planned, GaveUp):
            self._move(Cause.GAVE_UP)
        if planned is not None:
            self._outbox.report(planned)

    def _let_go(self) -> None:
        self._held = self._awaits_address_since = None
        self._upkeep.end()
        if self._asking is not Order.LOG_OUT:
            self._asking = None

    def _log_out(self, now: float) -> bool:
        if self._held is None:
            return False
        self._ask(Order.LOG_OUT, now)
        self._outbox.report(LoggedOff(self._held.page))
        return True
