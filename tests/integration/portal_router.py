"""A router's session at a virtual portal, in memory: a week takes a moment."""

from __future__ import annotations

from random import Random
from typing import Any

from ruijie_proxy.engine.actions import AskPortal, RememberLogins, Report
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.engine.portal.portal_session import PortalSession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.portal.outcomes import Order, Outcome
from tests.integration.portal_campus import PortalCampus

MAC = bytes.fromhex("020000000001")
ANSWER_TAKES = 0.5
"""Seconds for a whole conversation."""


class PortalRouter:
    """One session, its campus, and the clock of both."""

    def __init__(
        self,
        campus: PortalCampus,
        *,
        now: float = 1000.0,
        memory: LoginMemory | None = None,
        has_address: bool = True,
        settings: SessionSettings | None = None,
        **login: Any,
    ) -> None:
        self.campus = campus
        self.now = now
        self.memory = memory or LoginMemory()
        self.login = campus.login(**login)
        self.events: list[object] = []
        self.answered: list[tuple[float, Order, Outcome]] = []
        """When, what was asked for, and what it came to."""
        self.loses_answers = False
        """Whether nothing that comes back is heard."""
        self._settings = settings or SessionSettings()
        self._under_way: tuple[float, Order, Outcome] | None = None
        self.session = self._make(has_address)
        self.session.begin(self.now)
        self._carry_out()

    def restart(self, after: float = 0.0) -> None:
        """End the program, and start it again."""
        self.session.stop()
        self._carry_out()
        self.now += after
        self._under_way = None
        self.session = self._make(has_address=True)
        self.session.begin(self.now)
        self._carry_out()

    def run(self, seconds: float) -> None:
        """Let the time pass."""
        end = self.now + seconds
        while True:
            due = self.session.next_deadline
            ready = self._under_way[0] if self._under_way else None
            times = [when for when in (due, ready) if when is not None]
            if not times or min(times) > end:
                break
            self.now = max(self.now, min(times))
            if ready is not None and ready <= self.now and self._under_way:
                (_, order, outcome), self._under_way = self._under_way, None
                self.answered.append((self.now, order, outcome))
                self.session.portal_answered(outcome, self.now)
            else:
                self.session.handle_timer(self.now)
            self._carry_out()
        self.now = end

    def give_address(self, address: str | None) -> None:
        """Let DHCP give the WAN port an address, or take it away."""
        if address is not None:
            self.campus.address = address
        self.session.router_changed(self._facts(address is not None), self.now)
        self._carry_out()

    def do(self, command: str) -> None:
        """Carry out a command of the user's: a method's name."""
        getattr(self.session, command)(self.now)
        self._carry_out()

    def link(self, up: bool) -> None:
        self.session.link_changed(up, self.now)
        self._carry_out()

    def is_in(self, state: State) -> bool:
        """Whether the session stands there."""
        return self.session.state is state

    def told(self, kind: type) -> list[Any]:
        """Return the events of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def _make(self, has_address: bool) -> PortalSession:
        chance = Random(7)
        return PortalSession(
            self._settings, self.login, self._facts(has_address), True, self.memory, chance.random
        )

    def _facts(self, has_address: bool) -> RouterFacts:
        address = bytes(map(int, self.campus.address.split("."))) if has_address else None
        return RouterFacts(MAC, address=address)

    def _carry_out(self) -> None:
        for action in self.session.take_actions():
            if isinstance(action, AskPortal):
                self.campus.now = self.now
                outcome = self.campus.converse(action, self.login)
                self._under_way = (self.now + ANSWER_TAKES, action.order, outcome)
            elif isinstance(action, RememberLogins):
                # What is written down is what a restarted program reads.
                self.memory = LoginMemory.from_plain(action.memory.to_plain())
            elif isinstance(action, Report):
                self.events.append(action.event)
