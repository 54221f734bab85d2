"""The engine between the virtual campus's switch and its client, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ruijie_proxy.engine.actions import (
    ForgetSession,
    KeepSession,
    RenewAddress,
    Report,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.lab.client import Client
from ruijie_proxy.lab.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions
from ruijie_proxy.lab.switch import Switch
from ruijie_proxy.values import replace

ROUTER = RouterFacts(mac=bytes.fromhex("0200000000e1"))
PORT = "lan2"


@dataclass
class RoutedCampus:
    """Switch, router and client, joined in memory."""

    switch_options: SwitchOptions = field(default_factory=SwitchOptions)
    client_options: ClientOptions = field(default_factory=ClientOptions)
    settings: SessionSettings = field(default_factory=SessionSettings)

    def __post_init__(self) -> None:
        self.switch = Switch(self.switch_options, SWITCH_ADDRESS)
        self.client = Client(self.client_options, CLIENT_ADDRESS)
        self.session = RelaySession(self.settings, ROUTER, link_up=True)
        self.now = 1000.0
        self.pc_is_there = True
        self.events: list[object] = []
        self.kept: KeptSession | None = None
        self.renewals = 0
        self.to_switch: list[bytes] = []
        self.to_client: list[bytes] = []

    def login(self, seconds: float = 2.0) -> None:
        """Let the client log in, and some time pass."""
        self.client.login(self.now)
        self.run(seconds)

    def take_pc_away(self) -> None:
        """Switch the PC off without a word."""
        self.pc_is_there = False

    def restart_router(self, away: float = 1.0) -> None:
        """Kill the daemon, and start it again after some seconds."""
        self.run_without_router(away)
        self.session = RelaySession(self.settings, ROUTER, link_up=True)
        if self.kept is not None:
            self.session.resume(self.kept, self.now)
        self._carry()

    def run_without_router(self, seconds: float) -> None:
        """Let time pass while the daemon is not running."""
        end = self.now + seconds
        while (deadline := self.switch.next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.switch.handle_timer(self.now)
            self.switch.frames_to_send()
        self.now = end

    def run(self, seconds: float = 0.0) -> None:
        """Let time pass, and carry frames as they come."""
        end = self.now + seconds
        self._carry()
        while (deadline := self._next_deadline()) is not None and deadline <= end:
            self.now = max(self.now, deadline)
            self.switch.handle_timer(self.now)
            self.session.handle_timer(self.now)
            if self.pc_is_there:
                self.client.handle_timer(self.now)
            self._carry()
        self.now = end

    def of(self, kind: type) -> list[object]:
        """Return the session's events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def _next_deadline(self) -> float | None:
        deadlines = [self.switch.next_deadline(), self.session.next_deadline]
        if self.pc_is_there:
            deadlines.append(self.client.next_deadline())
        return min((when for when in deadlines if when is not None), default=None)

    def _carry(self) -> None:
        moved = True
        while moved:
            moved = False
            for frame in self.switch.frames_to_send():
                moved = True
                self.session.receive_from_wan(frame, self.now)
            if self.pc_is_there:
                for frame in self.client.frames_to_send():
                    moved = True
                    self.session.receive_from_lan(PORT, frame, self.now)
            for action in self.session.take_actions():
                moved = True
                self._carry_out(action)

    def _carry_out(self, action: object) -> None:
        match action:
            case SendToServer(frame):
                self.to_switch.append(frame)
                self.switch.receive(frame, self.now)
            case SendToClient(port, frame):
                assert port in (PORT, "")
                self.to_client.append(frame)
                if self.pc_is_there:
                    self.client.receive(frame, self.now)
            case SetWanAddress(address):
                self.session.router_changed(replace(ROUTER, mac=address), self.now)
            case KeepSession(kept):
                # What survives is what can be written down.
                self.kept = KeptSession.from_plain(kept.to_plain())
            case ForgetSession():
                self.kept = None
            case RenewAddress():
                self.renewals += 1
            case Report(event):
                self.events.append(event)


@pytest.fixture
def routed() -> Callable[..., RoutedCampus]:
    """Make a campus: ``routed(SwitchOptions(…), ClientOptions(…), SessionSettings(…))``."""
    return RoutedCampus
