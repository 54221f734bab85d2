"""Where everything that a session asks the machine to do is collected, in its order."""

from __future__ import annotations

from ruijie_proxy.engine.actions import RememberLogins, Report
from ruijie_proxy.rate_limit import RateLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.events import Event

STRANGER_BURST = 3
STRANGER_INTERVAL = 10.0
"""Of things to tell that anybody on the wire can bring about: so many at once, and then one in so
many seconds."""
_CAN_WAIT = (Report, RememberLogins)


class Outbox:
    """Collects actions until they are taken."""

    __slots__ = ("_actions", "_late", "_strangers")

    def __init__(self) -> None:
        self._actions: list[Action] = []
        self._late: list[Action] | None = None
        self._strangers = RateLimit(STRANGER_BURST, STRANGER_INTERVAL)

    def act(self, action: Action) -> None:
        """Ask for something to be done."""
        if self._late is not None and isinstance(action, _CAN_WAIT):
            self._late.append(action)
        else:
            self._actions.append(action)

    def report(self, event: Event) -> None:
        """Tell the user."""
        self.act(Report(event))

    def act_at_once(self, action: Action) -> None:
        """Ask for something to be done before whatever is put off."""
        self._actions.append(action)

    def put_off(self) -> None:
        """Let what can wait do so from now on: the next frame is more urgent than the log."""
        if self._late is None:
            self._late = []

    def catch_up(self) -> None:
        """Ask for all that has waited, and let nothing more wait."""
        if self._late is not None:
            self._actions += self._late
            self._late = None

    def report_stranger(self, event: Event, now: float) -> bool:
        """Tell the user what anybody on the wire can bring about as often as it likes.

        Returns whether it was told, or was one of too many.
        """
        is_told = self._strangers.allows(now)
        if is_told:
            self.report(event)
        return is_told

    def take(self) -> list[Action]:
        """Return what is to be done, in order, and forget it."""
        actions, self._actions = self._actions, []
        return actions
