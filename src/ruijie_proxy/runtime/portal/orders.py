"""Carries out what a session asks of a web portal: one conversation at a time, in a child process.

Everything of HTTP and of the portal's calls is loaded in the child alone, which ends with the
conversation; what it came to crosses a pipe, as JSON.
"""

from __future__ import annotations

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.protocol.portal.outcomes import Came, Order, Outcome
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.json_text import from_json, to_json
from ruijie_proxy.runtime.ports.interface_facts import ROUTE_FOLLOWS
from ruijie_proxy.runtime.processes.forked_question import ForkedQuestion
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import Noted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.actions import AskPortal
    from ruijie_proxy.engine.settings import LoginSettings
    from ruijie_proxy.protocol.portal.http import HttpAnswer
    from ruijie_proxy.protocol.portal.url import Url
    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

_CALL_TIMEOUT = 10.0
"""Seconds for each request; what a browser's page waits for, too."""
_CONVERSATION_TIMEOUT = 60.0
"""Seconds for all of it: it has no more than ten requests."""
_GOODBYE_TIMEOUT = 3.0
"""Seconds that the end of the program waits for one."""
_SENDING = (Order.LOG_IN, Order.COME_BACK)
"""What may send the password."""
_REPORT_LIMIT = 64 * 1024
"""Bytes that can come of it: the names of all services, at their longest."""


class PortalOrders:
    """Asks the portal behind one port. ``on_answer`` gets what it came to, from the loop."""

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        login: LoginSettings,
        on_answer: Callable[[Outcome], None],
        publish: Callable[[MachineEvent], None],
    ) -> None:
        self._loop = loop
        self._interface = interface
        self._login = login
        self._on_answer = on_answer
        self._publish = publish
        self._question: ForkedQuestion | None = None
        self._order: Order | None = None
        self._failed = loop.timer(lambda: on_answer(Outcome(Came.SILENT)))

    def carry_out(self, action: AskPortal) -> None:
        """Begin it; what is under way is given up."""
        self._give_up()
        try:
            self._question = ForkedQuestion(
                self._loop,
                lambda: _converse(self._interface, self._login, action),
                _CONVERSATION_TIMEOUT,
                self._on_report,
                _REPORT_LIMIT,
            )
            self._order = action.order
        except OSError as error:
            text = _("the web portal cannot be asked: {problem}", problem=reason_of(error))
            self._publish(Noted(Level.WARNING, text))
            # Not before the session has seen the action carried out.
            self._failed.set(clock.now())

    def close(self) -> None:
        """Ask nothing more. A goodbye that is under way is waited for, but not for long: a service
        manager ends what a service leaves behind.
        """
        self._failed.set(None)
        if self._question is not None and self._order is Order.LOG_OUT:
            self._question.wait(_GOODBYE_TIMEOUT)
        self._give_up()

    def _give_up(self) -> None:
        if self._question is not None:
            self._question.close()
            self._question = None

    def _on_report(self, report: str | None) -> None:
        self._question = None
        try:
            outcome = Outcome.from_plain(from_json(report or ""))
        except (ValueError, KeyError, TypeError):
            # It took too long, or has failed, of which the child itself has told; and nobody knows
            # how far it came.
            outcome = Outcome(Came.SILENT, has_tried=self._order in _SENDING)
        self._on_answer(outcome)


def _converse(interface: str, login: LoginSettings, action: AskPortal) -> str:
    """Carry out an order and return what it came to, as JSON. In the child: it waits."""
    from ruijie_proxy.engine.portal.dialogue import Dialogue
    from ruijie_proxy.protocol.portal.calls import CONTENT_TYPE
    from ruijie_proxy.runtime.portal.http_call import call
    from ruijie_proxy.runtime.portal.way_out import wait_for_way_out

    def ask(url: Url, body: str | None, cookies: tuple[tuple[str, str], ...]) -> HttpAnswer:
        return call(
            interface, url, _CALL_TIMEOUT, body=body, content_type=CONTENT_TYPE, cookies=cookies
        )

    wait_for_way_out(interface, ROUTE_FOLLOWS)
    outcome = Dialogue(ask, login, action.page).carry_out(action.order, action.user_index)
    return to_json(outcome.to_plain())
