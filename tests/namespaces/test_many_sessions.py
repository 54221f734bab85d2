"""Several sessions in one daemon: what befalls one of them is nothing to the others."""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.lab.campus.endpoint import Setup
from ruijie_proxy.lab.campus.network import Role
from ruijie_proxy.lab.campus.process import EndpointProcess
from ruijie_proxy.lab.events import Event, EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, SwitchOptions
from tests.namespaces.daemon_process import DaemonProcess, write_configuration

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

PATIENCE = 60.0
PORT = "port"
WATCHED = 8.0
"""Seconds in which the others have their troubles, and the healthy one is watched."""
LATEST = 5.0
"""Seconds by which a heartbeat of the healthy session may be late on a busy test machine; the flood
lasts for longer."""

FLOOD = """
import os, socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
client, end = bytes.fromhex(sys.argv[2]), time.monotonic() + float(sys.argv[3])
while time.monotonic() < end:
    for _ in range(100):
        # Requests for the identity, from one forged server after another.
        link.send(client + b"\\x02" + os.urandom(5) + bytes.fromhex("888e01000005010100050100"))
    time.sleep(0.01)
"""


class Campus:
    """A router with three WAN ports, and a switch at each."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.folder = folder
        self.router = network.namespace("router")
        self.switches: dict[str, Namespace] = {}
        for name in ("healthy", "vanishing", "flooded"):
            self.switches[name] = network.namespace(name)
            self.plug_in(name)

    def plug_in(self, name: str) -> None:
        self.network.cable(self.router, name, self.switches[name], PORT)

    def unplug(self, name: str) -> None:
        self.router.ip("link", "delete", name)

    def start_switch(self, name: str, options: SwitchOptions) -> EndpointProcess:
        entry = ["ip", "netns", "exec", self.switches[name].name]
        return EndpointProcess(entry, Setup(Role.SWITCH.value, PORT, options))

    def address_of(self, interface: str) -> str:
        path = f"/sys/class/net/{interface}/address"
        return self.router.run("cat", path).strip().replace(":", "")

    def start_daemon(self) -> DaemonProcess:
        sessions = [
            {
                "name": name,
                "wan": name,
                "mode": "login",
                "shape": "block",  # the cable's address is that of no vendor
                "username": DEFAULT_USER,
                "password": DEFAULT_PASSWORD,
                "heartbeat": {"interval": 1},
            }
            for name in self.switches
        ]
        configuration = write_configuration(self.folder, *sessions)
        return DaemonProcess(self.network, self.router, configuration)


@pytest.fixture
def campus(network: Network, tmp_path: Path) -> Campus:
    return Campus(network, tmp_path)


@pytest.fixture
def healthy(campus: Campus) -> Iterator[EndpointProcess]:
    with ExitStack() as resources:
        switch = campus.start_switch("healthy", SwitchOptions(alive_interval=10.0))
        resources.callback(switch.stop)
        refusing = SwitchOptions(refuse_always="用户名或密码错误")
        resources.callback(campus.start_switch("flooded", refusing).stop)
        yield switch


def events_until(switch: EndpointProcess, kind: EventKind) -> list[Event]:
    """Wait for an event, and return all that came with it."""
    deadline = time.monotonic() + PATIENCE
    events: list[Event] = []
    while not any(event.kind == kind for event in events):
        assert time.monotonic() < deadline, f"no {kind}, but {events}"
        assert not switch.ended
        events += switch.events()
    return events


def test_a_healthy_session_notices_nothing_of_the_others_troubles(
    campus: Campus, healthy: EndpointProcess
) -> None:
    events_until(healthy, EventKind.READY)
    daemon = campus.start_daemon()
    events_until(healthy, EventKind.HEARTBEAT)
    daemon.log.wait_for("flooded: no further try")
    before = {one["name"]: one for one in daemon.all_status()}
    assert before["healthy"]["state"] == "online"

    client = campus.address_of("flooded")
    flood = campus.network.start(
        campus.switches["flooded"], sys.executable, "-c", FLOOD, PORT, client, str(WATCHED)
    )
    began = time.monotonic()
    while flood.poll() is None:
        campus.unplug("vanishing")
        daemon.log.wait_for("vanishing: there is no interface vanishing")
        campus.plug_in("vanishing")
        daemon.log.wait_for("vanishing: the WAN link is up")
    took = time.monotonic() - began

    healthy.command("report")
    events = events_until(healthy, EventKind.REPORT)
    beats = [event.at for event in events if event.kind == EventKind.HEARTBEAT]
    # A heartbeat may have come with it.
    report = next(event for event in events if event.kind == EventKind.REPORT)
    assert report.detail["online"] is True
    assert report.detail["complaints"] == []
    assert report.detail["logins"] == 1
    assert len(beats) >= took / 2, "one a second"
    assert max(b - a for a, b in itertools.pairwise(beats)) < 1 + LATEST
    after = {one["name"]: one for one in daemon.all_status()}
    assert after["healthy"]["state"] == "online"
    assert after["healthy"]["since"] == before["healthy"]["since"]
    assert after["flooded"]["state"] == "stopped"
    assert after["flooded"]["last_failure"]["kind"] == "credentials"


def test_one_that_cannot_be_listened_on_costs_the_others_nothing(
    campus: Campus, healthy: EndpointProcess
) -> None:
    """No more descriptors: an interface that comes back finds none for its socket."""
    events_until(healthy, EventKind.READY)
    daemon = campus.start_daemon()
    events_until(healthy, EventKind.HEARTBEAT)
    campus.unplug("vanishing")
    daemon.log.wait_for("vanishing: there is no interface vanishing")
    limit(daemon.pid, 0)
    campus.plug_in("vanishing")
    daemon.log.wait_for("vanishing cannot be listened on")

    events_until(healthy, EventKind.HEARTBEAT)
    limit(daemon.pid, 1024)
    campus.unplug("vanishing")
    daemon.log.wait_for("vanishing: there is no interface vanishing")
    campus.plug_in("vanishing")
    daemon.log.wait_for("vanishing: the WAN link is up")
    events_until(healthy, EventKind.HEARTBEAT)


def limit(pid: int, descriptors: int) -> None:
    """Set how many files a process may have open; those that are open stay."""
    subprocess.run(["prlimit", f"--pid={pid}", f"--nofile={descriptors}:4096"], check=True)
