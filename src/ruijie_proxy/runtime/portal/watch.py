"""Looks for a web portal behind a port on which nobody answers 802.1X, and tells of it."""

from __future__ import annotations

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.protocol.portal.portals import Portal
from ruijie_proxy.runtime.address.dhcp_renewal import has_lease
from ruijie_proxy.runtime.portal.telling import advise, can_log_in_at, describe_portal
from ruijie_proxy.runtime.ports.interface_errors import InterfaceError
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts
from ruijie_proxy.runtime.processes.forked_question import ForkedQuestion
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import Noted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.config.shape.model import Mode
    from ruijie_proxy.runtime.basis.event_loop import EventLoop
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

_TIMEOUT = 24.0
"""Seconds for all that is asked."""


class PortalWatch:
    """Asks when it is told to, one question at a time, and tells each portal once."""

    def __init__(
        self,
        loop: EventLoop,
        interface: str,
        mode: Mode,
        publish: Callable[[MachineEvent], None],
        sees_to: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """``sees_to`` gets the site of an ePortal, and tells whether the session sees to it."""
        self._loop = loop
        self._sees_to = sees_to
        self._interface = interface
        self._mode = mode
        self._publish = publish
        self._question: ForkedQuestion | None = None
        self._told = ""

    @property
    def is_looking(self) -> bool:
        """Whether an answer is awaited."""
        return self._question is not None

    def look(self) -> None:
        """Begin to ask, unless that is under way, or the port has no address to ask from."""
        if self._question is not None:
            return
        try:
            if has_lease(read_interface_facts(self._interface).address):
                self._question = ForkedQuestion(self._loop, self._ask, _TIMEOUT, self._on_report)
        except (InterfaceError, OSError) as error:
            problem = reason_of(error) if isinstance(error, OSError) else str(error)
            text = _("no web portal can be looked for: {problem}", problem=problem)
            self._publish(Noted(Level.WARNING, text))

    def close(self) -> None:
        """End a question that is under way."""
        if self._question is not None:
            self._question.close()
            self._question = None

    def _ask(self) -> str:
        # In the child alone: what reads a gateway's answers is not to stay in the daemon's memory.
        from ruijie_proxy.runtime.portal.recognising import recognise

        found = recognise(self._interface, _TIMEOUT)
        return f"{found.portal.value} {found.page.site}" if found else ""

    def _on_report(self, report: str | None) -> None:
        self._question = None
        name, _blank, site = (report or "").partition(" ")
        portal = next((each for each in Portal if each.value == name), None)
        if portal is None or (can_log_in_at(portal, site) and self._sees_to(site)):
            return
        what = describe_portal(self._interface, portal, site)
        if what != self._told:
            self._told = what
            told = _("{what} {advice}", what=what, advice=advise(portal, site, self._mode))
            self._publish(Noted(Level.WARNING, told))
