"""Lanes: a switch, a router and a PC each, and in each lane's router another forwarder.

::

    switch ── port ═══ eth1 ── router ── lan ═══ eth0 ── PC        (three namespaces a lane)
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from bench.errors import BenchError
from bench.forwarder import Forwarder
from bench.processes import COMMAND, start_process, stop_process
from bench.tap import Tap, inside
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import (
    PC_INTERFACE,
    SINGLE_LAN_PORT,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Layout,
    Role,
)
from ruijie_proxy.runtime.ports.hardware_address import hardware_address
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts

BARE_FORWARDER = Path(__file__).with_name("bare_forwarder.py")
LAYOUT = Layout(wan_address="10.20.0.2/24")
"""The router has an address: the daemon writes it into the client's private block."""
BRIDGE_INTERFACE = "relay"
GROUP_FORWARD_MASK = "8"
"""Bit 3: the bridge forwards frames to 01:80:c2:00:00:03, which it never does otherwise."""


@dataclass(frozen=True, slots=True)
class Stations:
    """Who is who in a lane: MAC addresses, 6 bytes, where nothing else is said."""

    switch: bytes
    wan: RouterFacts
    """All addresses of the router's port towards the switch."""
    lan: bytes
    """The router's port towards the PC."""
    pc: bytes


@dataclass(frozen=True, slots=True)
class Lane:
    """One forwarder, and the two ends of the cables that lead to it."""

    forwarder: Forwarder
    campus: Campus
    stations: Stations
    switch: Tap
    pc: Tap
    process_id: int | None
    """The forwarder's process; the bridge has none."""

    def command(self, role: Role, *command: str) -> list[str]:
        """Return the command that runs another one in one of the lane's namespaces."""
        return [*self.campus.network.entry(role), *command]


@contextmanager
def open_lanes(*forwarders: Forwarder, **daemon_session: object) -> Iterator[list[Lane]]:
    """Build a lane for each forwarder and start it; ``daemon_session`` adds to its configuration.

    Raises LabError or BenchError.
    """
    with ExitStack() as resources:
        lanes = []
        for forwarder in forwarders:
            campus = resources.enter_context(Campus(LAYOUT))
            match forwarder:
                case Forwarder.BRIDGE:
                    process_id = None
                    _bridge(campus)
                case Forwarder.BARE:
                    process_id = _start_bare_forwarder(campus, resources)
                case Forwarder.DAEMON:
                    # What the defaults are, said here because the comparison rests on it.
                    campus.configure(mac="rewrite", fields="rewrite", **daemon_session)
                    process_id = campus.start_daemon(COMMAND).pid
            lane = Lane(
                forwarder,
                campus,
                _read_stations(campus),
                Tap(campus.network.namespace(Role.SWITCH), SWITCH_INTERFACE),
                Tap(campus.network.namespace(Role.PC), PC_INTERFACE),
                process_id,
            )
            resources.callback(lane.switch.close)
            resources.callback(lane.pc.close)
            lanes.append(lane)
        yield lanes


def _bridge(campus: Campus) -> None:
    options = ["forward_delay", "0", "group_fwd_mask", GROUP_FORWARD_MASK]
    bridge = ["name", BRIDGE_INTERFACE]
    _ip(campus, "link", "add", *bridge, "type", "bridge", *options)
    for port in (WAN_INTERFACE, SINGLE_LAN_PORT):
        _ip(campus, "link", "set", port, "master", BRIDGE_INTERFACE)
    _ip(campus, "link", "set", BRIDGE_INTERFACE, "up")


def _ip(campus: Campus, *arguments: str) -> None:
    command = ["ip", "-n", campus.network.namespace(Role.ROUTER), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(command)}: {done.stderr.strip()}")


def _start_bare_forwarder(campus: Campus, resources: ExitStack) -> int:
    entry = campus.network.entry(Role.ROUTER)
    command = [sys.executable, str(BARE_FORWARDER), WAN_INTERFACE, SINGLE_LAN_PORT]
    process = start_process([*entry, *command])
    resources.callback(stop_process, process)
    if not cast(IO[bytes], process.stdout).readline():
        raise BenchError("the bare forwarder did not start; see above")
    return process.pid


def _read_stations(campus: Campus) -> Stations:
    network = campus.network
    with inside(network.namespace(Role.SWITCH)):
        switch = hardware_address(SWITCH_INTERFACE)
    with inside(network.namespace(Role.ROUTER)):
        wan, lan = read_interface_facts(WAN_INTERFACE), hardware_address(SINGLE_LAN_PORT)
    with inside(network.namespace(Role.PC)):
        pc = hardware_address(PC_INTERFACE)
    return Stations(switch, wan, lan, pc)
