"""Where everything that a session asks the machine to do is collected, in its order."""

from __future__ import annotations

from ruijie_proxy.engine.actions import Report
from ruijie_proxy.engine.rate_limit import RateLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.events import Event

STRANGER_BURST = 3
STRANGER_INTERVAL = 10.0
"""Of things to tell that anybody on the wire can bring about: so many at once, and then one in so
many seconds."""


class Outbox:
    """Collects actions until they are taken."""

    def __init__(self) -> None:
        self._actions: list[Action] = []
        self._strangers = RateLimit(STRANGER_BURST, STRANGER_INTERVAL)

    def act(self, action: Action) -> None:
        """Ask for something to be done."""
        self._actions.append(action)

    def report(self, event: Event) -> None:
        """Tell the user."""
        self._actions.append(Report(event))

    def report_stranger(self, event: Event, now: float) -> None:
        """Tell the user what anybody on the wire can bring about as often as it likes."""
        if self._strangers.allows(now):
            self.report(event)

    def take(self) -> list[Action]:
        """Return what is to be done, in order, and forget it."""
        actions, self._actions = self._actions, []
        return actions
