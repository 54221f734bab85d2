"""The engine between the virtual campus's switch and its client, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine.actions import (
    ForgetSession,
    KeepProfile,
    KeepSession,
    RememberLogins,
    RenewAddress,
    Report,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.auto.auto_session import AutoSession
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.login.login_session import LoginSession
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from ruijie_proxy.lab.client.client import Client
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.clients.client_profile import ClientProfile
from ruijie_proxy.protocol.clients.profile_data import profile_from_plain, profile_to_plain
from ruijie_proxy.protocol.ethernet import parse_mac
from ruijie_proxy.values import replace

ROUTER = RouterFacts(mac=bytes.fromhex("0200000000e1"))
PORT = "lan2"


@dataclass
class RoutedCampus:
    """Switch, router and client, joined in memory."""

    switch_options: SwitchOptions = field(default_factory=SwitchOptions)
    client_options: ClientOptions = field(default_factory=ClientOptions)
    settings: SessionSettings = field(default_factory=SessionSettings)
    mode: Mode = Mode.RELAY
    facts: RouterFacts = ROUTER
    switch_address: bytes | None = None
    """None: that of a switch of its kind."""
    local_time: Callable[[float], tuple[int, float] | None] = lambda _now: None
    """Day of the week and seconds since midnight by the router's clock on the wall."""

    def __post_init__(self) -> None:
        address = self.switch_address or parse_mac(self.switch_options.usual_address)
        self.switch = Switch(self.switch_options, address)
        self.client = Client(self.client_options, CLIENT_ADDRESS)
        self.now = 1000.0
        self.pc_is_there = True
        self.events: list[object] = []
        self.kept: KeptSession | None = None
        self.memory = LoginMemory()
        self.profile: ClientProfile | None = None
        self.renewals = 0
        self.renew: Callable[[], None] = lambda: None
        """What the renewal of the WAN address does."""
        self.to_switch: list[bytes] = []
        self.to_client: list[bytes] = []
        self.session = self._make_session()

    def begin(self, seconds: float = 2.0) -> None:
        """Let the session begin by itself, and some time pass."""
        self.session.begin(self.now)
        self.run(seconds)

    def link(self, up: bool) -> None:
        """Let the WAN link come or go."""
        self.session.link_changed(up, self.now)
        self._carry()

    def lease(self, facts: RouterFacts | None) -> None:
        """End the renewal: the WAN port has these addresses now, or got none."""
        if facts is not None:
            self.facts = facts
            self.session.router_changed(facts, self.now)
        self.session.address_renewed(facts is not None, self.now)
        self._carry()

    def log_off(self) -> bool:
        """Log off, as the user asks."""
        was_held = self.session.log_off(self.now)
        self._carry()
        return was_held

    def stop(self) -> None:
        """End the session in an orderly way."""
        self.session.stop()
        self._carry()

    def _make_session(self) -> Session:
        login = self.settings.login
        if login is None or self.mode is Mode.RELAY:
            return RelaySession(self.settings, self.facts, link_up=True)
        memory = self.memory.for_settings(settings_digest(login))
        kind = LoginSession if self.mode is Mode.LOGIN else AutoSession
        return kind(
            self.settings,
            login,
            self.facts,
            True,
            memory,
            self.profile,
            lambda: 0.5,
            local_time=lambda: self.local_time(self.now),
        )

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
        self.session = self._make_session()
        if self.kept is not None:
            self.session.resume(self.kept, self.now)
        self.session.begin(self.now)
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

    def state(self) -> State:
        """Return where the session stands."""
        return self.session.state

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
                self.facts = replace(self.facts, mac=address)
                self.session.router_changed(self.facts, self.now)
            case KeepSession(kept):
                # What survives is what can be written down.
                self.kept = KeptSession.from_plain(kept.to_plain())
            case ForgetSession():
                self.kept = None
            case RenewAddress():
                self.renewals += 1
                self.renew()
            case RememberLogins(memory):
                self.memory = LoginMemory.from_plain(memory.to_plain())
            case KeepProfile(profile):
                self.profile = profile_from_plain(profile_to_plain(profile))
            case Report(event):
                self.events.append(event)


@pytest.fixture
def routed() -> Callable[..., RoutedCampus]:
    """Make a campus: ``routed(SwitchOptions(…), ClientOptions(…), SessionSettings(…))``."""
    return RoutedCampus
