"""Whether and when there is another try: the limits, the pauses, and what only the user can mend.

What is decided here follows from what is remembered (:mod:`..login_memory`) and from what the
server said (:mod:`..refusals`); whatever changes it is written down.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import RememberLogins, RenewAddress
from ruijie_proxy.engine.events import GaveUp, NextTryPlanned, RefusedBefore
from ruijie_proxy.engine.learned import HoursLearned
from ruijie_proxy.engine.login.timetable import LOOK_AGAIN, Timetable, text_of
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.refused_account import SALT_LIMIT, RefusedAccount
from ruijie_proxy.engine.settings import DhcpMode
from ruijie_proxy.engine.status import LoginFailure
from ruijie_proxy.engine.unanswered import RESULT_SPREAD
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.login.timetable import LocalTime
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.refusals import Refusal
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.protocol.clients.client_shape import ClientShape

STABLE_AFTER = 600.0
"""Seconds online after which the failures before count no more."""
QUIET_PERIOD = 12.0
"""Seconds after a Failure before another try: a switch answers nobody for 10
(docs/protocol.md, "Frames")."""
_NO_RESULT = "no-result", (RESULT_SPREAD, RESULT_SPREAD, 60.0, 300.0, 600.0)
"""How a login is remembered that came to no result, and the seconds before the next one at the
most: the silence was a pause already."""
_NO_SERVER = "no-server", (5.0, 15.0, 30.0, 60.0)
"""The same of one that nobody answered."""
_AT_THE_OPENING = (60.0, 90.0)
"""Seconds to pause where the server's clock says that it is closed still: the limits leave three
tries."""
MOST_JITTER = 0.25
"""Part of a pause that chance adds, so that a dormitory does not come back as one after a fault …
"""
LIMIT_SPREAD = 60.0
"""… and seconds that it adds to a wait for the limits, at the most."""


class Tries:
    """The tries of one session, made and to come. Times are seconds on the engine's clock."""

    __slots__ = (
        "_login",
        "_look_again_at",
        "_memory",
        "_outbox",
        "_renews",
        "_timetable",
        "has_given_up",
        "jitter",
        "made",
        "next_at",
        "services",
        "wanted",
    )

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        memory: LoginMemory,
        jitter: Callable[[], float],
        outbox: Outbox,
        local_time: Callable[[], LocalTime | None],
    ) -> None:
        """Go on from what was written down.

        ``jitter`` gives numbers by chance, from 0 to 1; ``local_time`` tells the time on the wall,
        None while nobody knows it.
        """
        self._login = login
        self._renews = settings.renew
        self.jitter = jitter
        self._outbox = outbox
        self.wanted = 2 if settings.dhcp is DhcpMode.DOUBLE else 1
        """How many logins in a row make a session …"""
        self.made = 0
        """… and how many of them have succeeded, where it takes several."""
        self.has_given_up = False
        """Whether there is no next try, until something is changed."""
        self.next_at: float | None = None
        """When to begin, in a back-off."""
        self._look_again_at: float | None = None
        """When to see, in closed hours, what the clock on the wall says by then."""
        self._timetable = Timetable(settings.hours, memory.hours, local_time, jitter)
        self.services: tuple[str, ...] = ()
        """Those that a server has offered in the last login, when that came to a result."""
        refused = memory.refused
        if refused is not None and not refused.is_of(login):
            memory = replace(memory, refused=None)
        self._memory = memory

    @property
    def memory(self) -> LoginMemory:
        """What is remembered of this session's logins."""
        return self._memory

    @property
    def is_refused(self) -> bool:
        """Whether the server has refused the password, which nobody has changed since."""
        return self._memory.refused is not None

    @property
    def refused_before(self) -> LoginFailure | None:
        """The refusal, also one of an earlier run, that keeps the password from being tried."""
        refused = self._memory.refused
        if refused is None:
            return None
        return LoginFailure(
            refused.text, RefusalKind.CREDENTIALS, refused.at, Advice.CHECK_PASSWORD
        )

    @property
    def is_left_to_client(self) -> bool:
        """Whether it is of no use here that the router logs in by itself."""
        return self.has_given_up or self._memory.left_to_client or self.is_refused

    # The next one.

    def may_begin(self, now: float) -> float:
        """Return when the next login may begin, by what is remembered and the campus's hours.

        The first one since the machine has started is free of these: its clock may be wrong until
        there is a network to set it by.
        """
        return self._in_hours(self._memory.next_try(self.wanted, now), now)

    def _in_hours(self, earliest: float, now: float) -> float:
        if self._memory.is_untried:
            return earliest
        return self._timetable.from_then(earliest, now)

    @property
    def hours(self) -> str | None:
        """The campus's hours, as the configuration writes them; None: they are not known."""
        return text_of(self._timetable.hours) or None

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`is_due` wants to be called, in a back-off, or None."""
        if self.next_at is None or self._look_again_at is None:
            return self.next_at
        return min(self.next_at, self._look_again_at)

    def is_due(self, now: float) -> bool:
        """Tell, once, to begin a login now: it is time, and the clock on the wall agrees."""
        if self.next_at is None or self.next_deadline is None or now < self.next_deadline:
            return False
        if self._timetable.is_closed() and self._memory.failure == RefusalKind.HOURS.value:
            # The pause was for not knowing until when: the clock has been set since.
            self._memory = replace(self._memory, not_before=None)
        begins = self.may_begin(now)
        self.next_at = begins if begins > now else None
        self._look_again_at = self.looks_again_at(self.next_at, now)
        return begins <= now

    def looks_again_at(self, begins: float | None, now: float) -> float | None:
        """Return when to ask the clock on the wall anew for a login that is to begin then."""
        waits_for_hours = self._timetable.hours and begins is not None and begins > now
        return now + LOOK_AGAIN if waits_for_hours else None

    def plan(
        self, now: float, *, was_failure: bool, advice: Advice | None = None
    ) -> NextTryPlanned | GaveUp | None:
        """Set the time of the next try, if there is one; return what is to be told, or None."""
        if self.is_refused:
            return self._give_up(Advice.CHECK_PASSWORD, self.services)
        free_at = self._memory.next_try(self.wanted, now)
        pause_ends = max(now, self._memory.not_before or now)
        if free_at > pause_ends:
            free_at += LIMIT_SPREAD * self.jitter()
        begins = self.next_at = self._in_hours(free_at, now)
        self._look_again_at = self.looks_again_at(begins, now)
        if begins <= now and not was_failure:
            return None
        closed = self.hours if begins > free_at else None
        return NextTryPlanned(begins - now, free_at > pause_ends, advice, closed)

    def pause(
        self, refusal: Refusal, now: float, services: tuple[str, ...] = ()
    ) -> NextTryPlanned | GaveUp | None:
        """Plan to pause as long as a refusal asks for, or to give up; return as :meth:`plan`.

        ``services`` are those that the server has offered.
        """
        kind = refusal.kind.value
        before = self._without_old_failures(now) if refusal.ends else self._memory
        is_over = refusal.is_over_after(before.failures_of(kind))
        pauses = () if is_over else refusal.pauses
        if refusal.kind is RefusalKind.HOURS and self._timetable.is_closed():
            pauses = _AT_THE_OPENING  # at other times the hours decide
        memory = before.after_failure(kind, pauses, self._stretch, now)
        if is_over:
            # For a program that is restarted at once.
            memory = replace(memory, not_before=now + QUIET_PERIOD)
        self._remember(memory)
        if is_over:
            if refusal.kind is RefusalKind.CLIENT_REJECTED:
                self.leave_to_client()
            return self._give_up(refusal.advice, services)
        if refusal.wants_renewal and self._renews:
            self._outbox.act(RenewAddress())
        advice = None if refusal.advice is Advice.RETRIED else refusal.advice
        return self.plan(now, was_failure=True, advice=advice)

    def _without_old_failures(self, now: float) -> LoginMemory:
        """Return what is remembered; failures before a login that lasted are in no row."""
        memory = self._memory
        last = max(memory.logins, default=None)
        is_old = last is not None and (memory.not_before or now) <= last <= now - STABLE_AFTER
        return replace(memory, failures=0) if is_old else memory

    def _give_up(self, advice: Advice, services: tuple[str, ...]) -> GaveUp:
        self.has_given_up = True
        return GaveUp(advice, services)

    def take_up_again(self) -> None:
        """Take note that something was changed, which may have been what logins failed for."""
        if self.has_given_up:
            self._memory = replace(self._memory, failures=0)
        self.has_given_up = self.is_refused
        if self._memory.left_to_client:
            self._remember(replace(self._memory, left_to_client=False))

    # What became of the last one.

    def was_answered(self, began: float, group: str) -> None:
        """Take note that a server answers at a group address: it is a try from now on."""
        self._memory = replace(self._memory, group=group)
        self.note_try(began)

    def note_try(self, began: float) -> None:
        """Take note of a try, before a result can come: the limits hold whatever happens then."""
        self._memory = self._memory.with_tries((began,))
        self._outbox.act_at_once(RememberLogins(self._memory))

    def was_no_try(self, began: float) -> None:
        """Take note that what began as one has come to none: nothing was sent that counts."""
        self._remember(self._memory.without_try(began))

    def remember_portal(self, page: str | None, keepalive: int) -> None:
        """Take note of the portal that has let the router in; None: of none."""
        memory = replace(self._memory, portal=page, keepalive=keepalive, met_at=None)
        if memory != self._memory:
            self._remember(memory)

    def note_met_at(self, page: str | None) -> None:
        """Take note of the portal that may let the router in, or has; None: of none.

        It is written down with the pause that follows.
        """
        self._memory = replace(self._memory, met_at=page or None)

    def came_to_nothing(self, was_answered: bool, now: float) -> None:
        """Take note of a login without a result."""
        failure, pauses = _NO_RESULT if was_answered else _NO_SERVER
        stretch = self.jitter() if was_answered else self._stretch
        self._remember(self._memory.after_failure(failure, pauses, stretch, now))

    def succeeded(self, began: float, now: float) -> None:
        """Take note of a login that succeeded."""
        self._remember(self._memory.after_success(began, now))

    def client_was_right(
        self, edition: int | None, shape: ClientShape | None, *, by_vendor: bool
    ) -> None:
        """Take note of what a login succeeded with, and whether its vendor speaks for the shape."""
        memory = replace(self._memory, edition=edition, shape=shape.value if shape else None)
        if not by_vendor:
            memory = replace(memory, shape_was_refused=True)
        if memory != self._memory:
            self._remember(memory)

    def try_other_edition(self, edition: int, shape: ClientShape | None, now: float) -> None:
        """Have the next try be made with another edition in this shape, which happens but once."""
        memory = replace(self._memory, edition=edition, edition_was_refused=True)
        memory = replace(memory, shape=shape.value if shape else None)
        self._remember(replace(memory, not_before=now + QUIET_PERIOD))

    def try_other_shape(self, shape: ClientShape, now: float) -> None:
        """Have the next try be made in another shape, which happens but once."""
        memory = replace(self._memory, edition=None, shape=shape.value, shape_was_refused=True)
        self._remember(replace(memory, not_before=now + QUIET_PERIOD))

    def was_dropped(self, since: float, own: bool, now: float) -> None:
        """Take note that a session, online since then, was ended by the server.

        It is written down with the pause that follows.
        """
        if now - since >= STABLE_AFTER:
            self._memory = replace(self._memory, failures=0)
        elif own:
            # Campuses count drops in a row as they count refusals.
            self._memory = self._memory.with_tries((since,))

    def note_refused_password(self, refusal: Refusal, message: str | None, now: float) -> None:
        """Let the password not be tried again before somebody has changed it.

        It is written down with the pause that follows.
        """
        if refusal.kind is RefusalKind.CREDENTIALS:
            salt = int(self.jitter() * (SALT_LIMIT - 1))
            refused = RefusedAccount.of(self._login, salt, message, now)
            self._memory = replace(self._memory, refused=refused)

    def note_hours(self, refusal: Refusal, message: str | None) -> None:
        """Learn the campus's hours from a refusal for being out of them, if it names any."""
        if refusal.kind is not RefusalKind.HOURS:
            return
        learned = self._timetable.learn(message)
        if learned is None:
            return
        self._memory = replace(self._memory, hours=learned)
        if learned:
            self._outbox.report(HoursLearned(text_of(learned)))

    # What the user or a client changes.

    def tell_of_refusal(self) -> None:
        """Say that the password is not tried, where that is so since an earlier run."""
        refused = self._memory.refused
        if refused is not None:
            self._outbox.report(RefusedBefore(refused.text, Advice.CHECK_PASSWORD))

    def forget_refusal(self) -> None:
        """Let the password that was refused be tried again, although nobody has changed it."""
        if self.is_refused:
            self._remember(replace(self._memory, refused=None))

    def forget_client(self) -> None:
        """Let edition and shape be found out anew: another client is known now."""
        memory = replace(self._memory, edition=None, edition_was_refused=False)
        self._remember(replace(memory, shape=None, shape_was_refused=False))

    def leave_to_client(self) -> None:
        """Take note that the router's own login is of no use here."""
        if not self._memory.left_to_client:
            self._remember(replace(self._memory, left_to_client=True))

    @property
    def _stretch(self) -> float:
        return 1 + MOST_JITTER * self.jitter()

    def _remember(self, memory: LoginMemory) -> None:
        self._memory = memory
        self._outbox.act(RememberLogins(memory))
