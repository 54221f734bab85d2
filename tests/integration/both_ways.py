"""A port behind which a switch stands, or a web portal, or both, or nobody, in memory.

The switch and the portal are the strict ones of the virtual campus, and know one account.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.actions import AskPortal, LookForPortal, SendToServer
from ruijie_proxy.engine.auto.turning_session import TurningSession
from ruijie_proxy.engine.login_memory import settings_digest
from ruijie_proxy.engine.portal.finding import find_portal
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.portal.outcomes import Outcome
from ruijie_proxy.protocol.portal.portals import Portal
from tests.integration.conftest import RoutedCampus
from tests.integration.own_campus import LEASED, WAN, account
from tests.integration.portal_campus import PortalCampus

ANSWER_TAKES = 0.5
"""Seconds for a whole conversation with the portal."""
NO_ADDRESS = RouterFacts(WAN)


def a_portal(**options: object) -> PortalCampus:
    """Return a portal that knows the switch's account."""
    values = {"user": DEFAULT_USER, "password": DEFAULT_PASSWORD, **options}
    return PortalCampus(PortalOptions(**values), "10.20.30.101")  # type: ignore[arg-type]


@dataclass
class BothWays(RoutedCampus):
    """The port, and the router behind it."""

    settings: SessionSettings = field(default_factory=lambda: SessionSettings(login=account()))
    mode: Mode = Mode.AUTO
    facts: RouterFacts = LEASED
    portal: PortalCampus | None = None
    """None: there is none, and no gateway leads anywhere."""
    switch_is_there: bool = False

    def __post_init__(self) -> None:
        self.asked: list[AskPortal] = []
        self.looked: list[float] = []
        """When it was looked for a portal."""
        self._under_way: tuple[float, Outcome] | None = None
        self._found: tuple[float, str] | None = None
        super().__post_init__()
        self.switch_options = self.switch.options

    @property
    def is_at_portal(self) -> bool:
        """Whether the portal lets the router through."""
        if self.portal is None:
            return False
        self.portal.now = self.now
        return self.portal.is_online

    @property
    def is_at_switch(self) -> bool:
        """Whether the router holds a session of the switch's."""
        return self.session.held is not None and not self.is_at_portal

    def switch_asks(self) -> None:
        """Let the switch ask everybody who is there, as some do by themselves."""
        request = EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY).encode()
        server = self.switch.address
        frame = EapolFrame.build(PAE_GROUP_ADDRESS, server, EapolType.EAP_PACKET, request)
        self.session.receive_from_wan(frame.encode(), self.now)
        self._carry()

    def address(self, facts: RouterFacts) -> None:
        """Let DHCP give the WAN port an address, or take it away."""
        self.facts = facts
        self.session.router_changed(facts, self.now)
        self._carry()

    def _make_session(self) -> TurningSession:
        self._under_way = self._found = None
        login = self.settings.login
        assert login is not None
        memory = self.memory.for_settings(settings_digest(login))
        return TurningSession(
            self.settings, login, self.facts, True, memory, self.profile, lambda: 0.5
        )

    def _next_deadline(self) -> float | None:
        ready = [one[0] for one in (self._under_way, self._found) if one is not None]
        deadlines = (super()._next_deadline(), *ready)
        return min((when for when in deadlines if when is not None), default=None)

    def _carry(self) -> None:
        if self._under_way is not None and self.now >= self._under_way[0]:
            (_, outcome), self._under_way = self._under_way, None
            self.session.portal_answered(outcome, self.now)
        if self._found is not None and self.now >= self._found[0]:
            (_, site), self._found = self._found, None
            self.session.portal_found(site, self.now)
        super()._carry()

    def _carry_out(self, action: object) -> None:
        match action:
            case SendToServer(frame) if not self.switch_is_there:
                self.to_switch.append(frame)
            case AskPortal():
                self.asked.append(action)
                login = self.settings.login
                assert login is not None
                campus = self.portal or a_portal()
                campus.now = self.now
                campus.portal.is_silent = self.portal is None or campus.portal.is_silent
                self._under_way = self.now + ANSWER_TAKES, campus.converse(action, login)
            case LookForPortal():
                self.looked.append(self.now)
                self._look(self.portal)
            case _:
                super()._carry_out(action)

    def _look(self, campus: PortalCampus | None) -> None:
        if campus is None:
            return
        campus.now = self.now
        found = find_portal(lambda url: campus.ask(url, None, ()))
        if found is not None and found.portal is Portal.EPORTAL:
            self._found = self.now + ANSWER_TAKES, found.page.site
