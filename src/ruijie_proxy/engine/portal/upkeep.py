"""When a session at a portal is looked for and kept, and what is told where that comes to nothing.

A portal that is silent, or that answers what no portal does, ends no session: the port is open as
long as no gateway asks for a login, which a look would find out, too.
"""

from __future__ import annotations

from ruijie_proxy.engine.status import Unread
from ruijie_proxy.engine.way_in import PortalReadAgain, PortalUnread
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.portal.outcomes import Came, Order

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.protocol.portal.outcomes import Outcome

LOOK_EVERY = 300.0
"""Seconds between looks whether the session lives, where nothing tells that it may not. It is never
looked for more rarely: its end has to be found out however a portal answers."""
LOOK_AGAIN = 30.0
"""Seconds after a look or a keepalive that came to nothing, for the first time; then as long as
that has been so."""
_PART_BY_CHANCE = 0.1
"""Of the time between looks, so that a dormitory does not look as one."""
PUTS_OFF = N_("it puts off whoever asks, time and again")


class Upkeep:
    """The looks and keepalives of one session. Times are seconds on the engine's clock."""

    __slots__ = (
        "_is_told",
        "_jitter",
        "_keepalive",
        "_keeps_at",
        "_outbox",
        "_unkept_since",
        "last_kept",
        "looks_at",
        "unread",
    )

    def __init__(self, jitter: Callable[[], float], outbox: Outbox) -> None:
        """Begin without a session. ``jitter`` gives numbers by chance, from 0 to 1."""
        self._jitter = jitter
        self._outbox = outbox
        self._keepalive = 0
        self._keeps_at: float | None = None
        self._unkept_since: float | None = None
        """Since when no keepalive was answered as it should be."""
        self._is_told = False
        """Whether the user knows of :attr:`unread`."""
        self.last_kept: float | None = None
        self.looks_at: float | None = None
        self.unread: Unread | None = None

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`due` has something to say, or None."""
        times = (self.looks_at, self._keeps_at)
        return min((when for when in times if when is not None), default=None)

    def begin(self, keepalive: int, kept: float, now: float) -> None:
        """Take note of a session that wants to be kept so often, and was so at that time."""
        self.end()
        self._keepalive = keepalive
        self.looks_at = self._next_look(now)
        self._keeps_at = kept + keepalive if keepalive else None

    def end(self) -> None:
        """Take note that no session is held any more."""
        self.looks_at = self._keeps_at = self._unkept_since = self.unread = None
        self._is_told = False

    def look_at(self, when: float) -> None:
        """Have the session be looked for at that time."""
        self.looks_at = when

    def due(self, now: float) -> Order | None:
        """Return what the portal is to be asked for now, or None."""
        if self._keeps_at is not None and now >= self._keeps_at:
            return Order.KEEP
        return Order.LOOK if self.looks_at is not None and now >= self.looks_at else None

    def found(self, page: str, now: float) -> None:
        """Take note that a look has found the session."""
        self._was_read(page, now)
        self.looks_at = self._next_look(now)

    def kept(self, page: str, began: float, now: float) -> None:
        """Take note that a keepalive that began then was answered as it should be."""
        self._was_read(page, now)
        self.last_kept, self._unkept_since = now, None
        self._keeps_at = began + self._keepalive

    def looked_in_vain(self, outcome: Outcome, now: float) -> None:
        """Take note of a look that came to nothing, and tell of the second one in a row."""
        why = PUTS_OFF if outcome.came is Came.WAIT else outcome.message
        why = "" if outcome.came is Came.SILENT else why
        since = self.unread.since if self.unread else now
        self.unread = Unread(since, why)
        if now - since >= LOOK_AGAIN and not self._is_told:
            self._is_told = True
            self._outbox.report(PortalUnread(outcome.page, why))
        self.looks_at = now + min(max(LOOK_AGAIN, now - since), LOOK_EVERY)

    def kept_in_vain(self, now: float) -> None:
        """Take note of a keepalive that came to nothing: it may be over, or the call was lost."""
        if self._unkept_since is None:
            self._unkept_since = now
        self._keeps_at = now + min(max(LOOK_AGAIN, now - self._unkept_since), self._keepalive)
        if self.unread is None:
            self.looks_at = now

    def _was_read(self, page: str, now: float) -> None:
        if self.unread is not None and self._is_told:
            self._outbox.report(PortalReadAgain(page, now - self.unread.since))
        self.unread, self._is_told = None, False

    def _next_look(self, now: float) -> float:
        return now + LOOK_EVERY * (1 + _PART_BY_CHANCE * self._jitter())
