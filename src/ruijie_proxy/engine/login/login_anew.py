"""A session that may have ended, and the new login that is to find it out."""

from __future__ import annotations

from ruijie_proxy.engine.events import SessionDoubtful
from ruijie_proxy.engine.reasons import Doubt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.login.tries import Tries
    from ruijie_proxy.engine.outbox import Outbox


class LoginAnew:
    """Ends a doubtful session in a new login, once one may begin: until then it goes on.

    Times are seconds on the engine's clock.
    """

    __slots__ = ("_begins", "_look_again_at", "_outbox", "_tries")

    def __init__(self, tries: Tries, outbox: Outbox) -> None:
        self._tries = tries
        self._outbox = outbox
        self._begins: float | None = None
        """When to log in anew, since the session that is held is doubtful …"""
        self._look_again_at: float | None = None
        """… and when to see, in closed hours, what the clock on the wall says by then."""

    def doubt(self, held: HeldSession, doubt: Doubt, now: float) -> None:
        """Take note of something that may have ended the session."""
        held.doubt()
        self._outbox.report(SessionDoubtful(doubt))
        self.plan(now)

    def plan(self, now: float) -> None:
        """Set the time of the new login, if there is to be one."""
        gave_up = self._tries.has_given_up or self._tries.is_refused
        self._begins = None if gave_up else self._tries.may_begin(now)
        self._look_again_at = self._tries.looks_again_at(self._begins, now)

    def next_deadline(self, held: HeldSession) -> float | None:
        """Return when :meth:`is_due` wants to be called, or None."""
        if not held.doubtful:
            return held.silent_at
        if self._begins is None or self._look_again_at is None:
            return self._begins
        return min(self._begins, self._look_again_at)

    def is_due(self, held: HeldSession, now: float) -> bool:
        """Doubt the session where the switch owes a sign of it; tell whether to log in anew now."""
        if _has_come(held.silent_at, now):
            self.doubt(held, Doubt.SILENCE, now)
            return False
        if held.doubtful and _has_come(self._look_again_at, now):
            self.plan(now)
        return held.doubtful and _has_come(self._begins, now)


def _has_come(when: float | None, now: float) -> bool:
    return when is not None and now >= when
