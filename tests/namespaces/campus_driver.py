"""The virtual campus with the real daemon, steered by a test in a few words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import TracebackType
from typing import Any

from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import PC_INTERFACE, SWITCH_INTERFACE, Layout, Role
from ruijie_proxy.lab.events import Detail, Event, EventKind
from ruijie_proxy.lab.options import RUIJIES_SWITCH, ClientOptions, SwitchOptions

PATIENCE = 60.0
"""Seconds in which what is waited for has to happen; on an idle machine it takes no five."""
FIRST_HEARTBEAT_WITHIN = 20.0
"""Seconds that the switch waits for a first heartbeat: as many as a loaded machine needs. That it
comes at once is for the tests without sockets (tests/integration) to tell."""
QUICK = {"heartbeat": {"interval": 1}}
"""Keys of a session whose heartbeats come every second, so that tests are short."""


class CampusDriver:
    """Switch, daemon and client as processes of their own, in namespaces."""

    def __init__(
        self,
        *,
        bridge: bool = False,
        patience: float = PATIENCE,
        switch_address: str = RUIJIES_SWITCH,
    ) -> None:
        layout = Layout(bridge=bridge, switch_address=switch_address)
        self.campus = Campus(layout, patience)

    def __enter__(self) -> CampusDriver:
        self.campus.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.campus.__exit__(kind, error, traceback)

    def open(
        self,
        switch: SwitchOptions | None = None,
        client: ClientOptions | None = None,
        **session: Any,
    ) -> None:
        """Start all three; the keys are those of a session in the configuration."""
        self.start_switch(switch)
        self.client = self.campus.start_client(client)
        self.campus.configure(**{**QUICK, **session})
        self.daemon = self.campus.start_daemon()

    def start_switch(self, options: SwitchOptions | None = None) -> None:
        """Start the switch; ends one from before."""
        patient = replace(options or SwitchOptions(), first_heartbeat_within=FIRST_HEARTBEAT_WITHIN)
        self.switch = self.campus.start_switch(patient)

    def login(self) -> None:
        """Have the client log in, and wait until it is told Success."""
        began = time.monotonic()
        self.client.command("login")
        self.pc_saw(EventKind.ONLINE, since=began)

    def take_pc_away(self) -> float:
        """Switch the PC off without a word; return when."""
        self.client.command("leave")
        self.pc_saw(EventKind.LEFT)
        self.campus.plug(Role.PC, plugged=False)
        return time.monotonic()

    def pc_saw(self, kind: EventKind, **detail: Any) -> Event:
        """Wait for an event of the client."""
        return self.campus.wait_for("pc", kind, **detail)

    def switch_saw(self, kind: EventKind, count: int = 1, **detail: Any) -> Event:
        """Wait until the switch has told so many events of a kind."""
        since = detail.pop("since", 0.0)
        event = None
        for _ in range(count):
            event = self.campus.wait_for("switch", kind, since=since, **detail)
            since = event.at + 1e-6
        assert event is not None
        return event

    def log_says(self, text: str, since: float = 0.0, timeout: float | None = None) -> Event:
        """Wait for a line of the daemon's log."""
        return self.campus.wait_for(
            "router", EventKind.LOG, containing=text, since=since, timeout=timeout
        )

    def report(self) -> dict[str, Detail]:
        """Ask the switch how things stand."""
        asked = time.monotonic()
        self.switch.command("report")
        return dict(self.switch_saw(EventKind.REPORT, since=asked).detail)

    def status(self) -> dict[str, Any]:
        """Return what ``ruijie-proxy status --json`` says."""
        return self.campus.status()

    def kill_daemon(self) -> None:
        """End the daemon as a power cut would."""
        self.campus.kill(self.daemon)

    def signal_daemon(self, number: signal.Signals) -> None:
        """Send the daemon a signal."""
        os.kill(self.daemon.pid, number)

    def restart_daemon(self) -> None:
        """Start the daemon again."""
        self.daemon = self.campus.start_daemon()

    def resident_kilobytes(self) -> int:
        """Return the daemon's resident memory."""
        with open(f"/proc/{self.daemon.pid}/status", encoding="ascii") as lines:
            line = next(line for line in lines if line.startswith("VmRSS"))
        return int(line.split()[1])

    def processor_seconds(self) -> float:
        """Return how much processor time the daemon has used."""
        with open(f"/proc/{self.daemon.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9

    def on_pc(self, code: str, *arguments: str) -> None:
        """Run Python code on the PC; its interface is the first argument."""
        self._run(Role.PC, code, PC_INTERFACE, *arguments)

    def at_switch(self, code: str, *arguments: str) -> None:
        """Run Python code at the switch's end; its interface is the first argument."""
        self._run(Role.SWITCH, code, SWITCH_INTERFACE, *arguments)

    def _run(self, role: Role, code: str, *arguments: str) -> None:
        entry = self.campus.network.entry(role)
        subprocess.run([*entry, sys.executable, "-c", code, *arguments], check=True, timeout=60)
