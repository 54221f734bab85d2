"""What to do while a session is online and the way out does not work.

That the switch lets a port through is not that anything is reached through it: the address may be
one of a quarantine network, the gateway may be gone, a portal may stand in the way. So the way out
is checked now and then, and what fails so many times in a row is treated: first the address is
renewed, which disturbs nobody; if that does not help, the router logs in anew, or, where a client's
login was relayed, says that the client is needed. Then it waits, longer each time, because a
campus that is down is not mended by a login, and many logins get their user banned.

Like everything here this does no input or output: results and times go in, orders and events come
out.
"""

from __future__ import annotations

from ruijie_proxy.choices import Enum
from ruijie_proxy.engine.way_out import Check, HealthActed, HealthFailed, HealthRestored, Remedy
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

SETTLING = 5.0
"""Seconds after a login, a renewal or a remedy, at least, before the next check; chance adds up to
as much again."""
BUSY_PAUSE = 5.0
"""Seconds until a check is tried again that a login or a renewal was in the way of."""
MOST_JITTER = 0.1
"""Part of the interval that chance adds or takes, so that a dormitory does not check as one."""
PAUSES = (600.0, 1800.0, 3600.0, 7200.0)
"""Seconds from a login for the sake of the way out until anything is done again: the first, the
second, ... and all later ones. With them alone the limits of :mod:`.login_memory` are kept, which
hold for these logins as for any other."""
PAUSE_JITTER = 0.25
"""Part of a pause that chance adds."""
RENEWAL_PAUSE = 300.0
"""Seconds between two renewals, where each helps, and not for long."""
STABLE_AFTER = 3600.0
"""Seconds of a way out that works after which the pauses begin with the shortest again."""


class Order(Enum):
    """What is to be carried out."""

    CHECK = "check"
    """Check now; what comes of it goes to :meth:`Health.checked`."""
    RENEW = "renew"
    LOG_IN = "log-in"


class Failure(Frozen):
    """A check has failed; those behind it were not made."""

    check: Check
    detail: str
    """What is wrong, for people."""


class Impossible(Frozen):
    """Nothing can be said about the way out: this machine could not check it."""

    detail: str


if TYPE_CHECKING:
    HealthEvent: TypeAlias = HealthFailed | HealthActed | HealthRestored
    Demand: TypeAlias = Order | HealthEvent


class Health:
    """The way out of one session. Times are seconds on one clock that never goes back."""

    def __init__(
        self,
        interval: float,
        failures: int,
        can_renew: bool,
        may_log_in: Callable[[float], bool],
        jitter: Callable[[], float],
    ) -> None:
        """Begin offline.

        ``interval``: seconds between checks. ``failures``: how many in a row must fail before
        something is done. ``can_renew``: whether the address can be renewed. ``may_log_in`` tells
        whether a login would begin at once at a time: else the port had better stay as it is.
        ``jitter`` gives numbers by chance, from 0 to 1.
        """
        self._interval = interval
        self._failures = failures
        self._can_renew = can_renew
        self._may_log_in = may_log_in
        self._jitter = jitter
        self._demands: list[Demand] = []
        self._is_online = False
        self._own = False
        self._deadline: float | None = None
        self._is_checking = False
        self._is_void = False
        """Whether something happened during the check under way that makes it say nothing."""
        self._in_a_row = 0
        self._failing_since = 0.0
        self._told: Check | None = None
        """The check whose failure was told last, in this row."""
        self._works_since: float | None = None
        self._remedy: Remedy | None = None
        """What was done last, in this row."""
        self._renewal_tried = False
        self._next_renewal: float | None = None
        self._logins = 0
        """How many were made for the sake of the way out since it was stable."""
        self._not_before: float | None = None
        """Until when nothing is done."""

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`handle_timer` wants to be called, or None."""
        return self._deadline

    def take_demands(self) -> list[Demand]:
        """Return what is to be done and told, in order, and forget it."""
        taken, self._demands = self._demands, []
        return taken

    def went_online(self, own: bool, now: float) -> None:
        """Begin to check. ``own``: whether the router itself has logged in, and can again."""
        self._is_online = True
        self._own = own
        self._plan_soon(now)

    def went_offline(self) -> None:
        """Check no more; a check under way says nothing."""
        self._is_online = False
        self._deadline = None
        self._is_checking = False
        self._works_since = None

    def address_renewed(self, now: float) -> None:
        """Take note that a renewal has ended, whoever wanted it."""
        if self._is_online:
            self._is_void = True
            self._plan_soon(now)

    def handle_timer(self, now: float, busy: bool) -> None:
        """Do what is due. ``busy``: whether a login or a renewal is under way."""
        if self._deadline is None or now < self._deadline:
            return
        if busy or self._is_checking:
            self._deadline = now + BUSY_PAUSE
            return
        self._deadline = None
        self._is_checking = True
        self._is_void = False
        self._demands.append(Order.CHECK)

    def checked(self, result: Failure | Impossible | None, now: float, busy: bool) -> None:
        """Take note of what a check came to; None: everything works."""
        if not self._is_checking:
            return
        self._is_checking = False
        if self._deadline is None:
            self._plan(now)
        if busy or self._is_void or isinstance(result, Impossible):
            return
        if result is None:
            self._works(now)
        else:
            self._fails(result, now)

    def _works(self, now: float) -> None:
        if self._in_a_row:
            helped = None if self._remedy is Remedy.CLIENT else self._remedy
            self._demands.append(HealthRestored(helped, now - self._failing_since))
        self._in_a_row = 0
        self._told = self._remedy = None
        self._renewal_tried = False
        if self._works_since is None:
            self._works_since = now
        elif now - self._works_since >= STABLE_AFTER:
            self._logins = 0

    def _fails(self, failure: Failure, now: float) -> None:
        self._works_since = None
        if not self._in_a_row:
            self._failing_since = now
        self._in_a_row += 1
        if self._in_a_row <= self._failures or failure.check is not self._told:
            # Not each of the hundreds that a day without a way out has.
            self._told = failure.check
            self._demands.append(
                HealthFailed(failure.check, failure.detail, self._in_a_row, self._failures)
            )
        if self._in_a_row >= self._failures and now >= (self._not_before or now):
            self._act(now)

    def _act(self, now: float) -> None:
        if self._can_renew and not self._renewal_tried:
            if now < (self._next_renewal or now):
                return
            self._renewal_tried = True
            self._next_renewal = now + RENEWAL_PAUSE
            self._remedy = Remedy.RENEW
            order = [Order.RENEW]
        elif self._own and not self._may_log_in(now):
            return  # there were many logins lately: in a later check
        else:
            # The next time begins with a renewal again.
            self._renewal_tried = False
            pause = PAUSES[min(self._logins, len(PAUSES) - 1)]
            self._logins += 1
            self._not_before = now + pause * (1 + PAUSE_JITTER * self._jitter())
            self._remedy = Remedy.LOG_IN if self._own else Remedy.CLIENT
            order = [Order.LOG_IN] if self._own else []
        self._demands += [HealthActed(self._remedy), *order]
        self._plan_soon(now)

    def _plan(self, now: float) -> None:
        self._deadline = now + self._interval * (1 + MOST_JITTER * (2 * self._jitter() - 1))

    def _plan_soon(self, now: float) -> None:
        self._deadline = now + SETTLING * (1 + self._jitter())
