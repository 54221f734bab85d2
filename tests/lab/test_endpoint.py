"""Switch and client as processes on real interfaces, joined by one cable."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ruijie_proxy.lab.campus.endpoint import MODULE, Setup
from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, WAN_INTERFACE, CampusNetwork, Role
from ruijie_proxy.lab.campus.process import EndpointProcess
from ruijie_proxy.lab.events import Event, EventKind
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions

PATIENCE = 60.0

pytestmark = pytest.mark.namespaces


class Watched:
    """An endpoint process, and what it has told."""

    def __init__(self, process: EndpointProcess) -> None:
        self.process = process
        self.told: list[Event] = []

    def wait_for(self, kind: EventKind) -> Event:
        """Return the next event of a kind that has not been waited for yet."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while self.told:
                event = self.told.pop(0)
                if event.kind == kind:
                    return event
            left = deadline - time.monotonic()
            assert left > 0, f"no {kind} in time"
            assert not self.process.ended, f"it ended without {kind}"
            select.select([self.process], [], [], left)
            self.told += self.process.events()


@pytest.fixture
def network() -> Iterator[CampusNetwork]:
    """Lay the campus's cables."""
    with CampusNetwork() as network:
        yield network


@pytest.fixture
def switch(network: CampusNetwork) -> Iterator[Watched]:
    """Start a switch with short intervals."""
    options = SwitchOptions(interval=1, alive_interval=3.0)
    setup = Setup("switch", SWITCH_INTERFACE, options)
    process = EndpointProcess(network.entry(Role.SWITCH), setup)
    yield Watched(process)
    process.stop()


@pytest.fixture
def client(network: CampusNetwork) -> Iterator[Watched]:
    """Start a client at the other end of the switch's own cable, where the router would be."""
    setup = Setup("pc", WAN_INTERFACE, ClientOptions())
    process = EndpointProcess(network.entry(Role.ROUTER), setup)
    yield Watched(process)
    process.stop()


def test_a_whole_session_by_command(switch: Watched, client: Watched) -> None:
    switch.wait_for(EventKind.READY)
    client.wait_for(EventKind.READY)

    client.process.command("login")
    assert client.wait_for(EventKind.ONLINE).detail["message"] == "欢迎使用校园网"
    assert switch.wait_for(EventKind.HEARTBEAT).detail["number"] == 0x102B
    assert switch.wait_for(EventKind.HEARTBEAT).detail["number"] == 0x102C

    switch.process.command("reauthenticate")
    client.wait_for(EventKind.ONLINE)
    switch.process.command("kick", message="自助下线")
    assert client.wait_for(EventKind.OFFLINE).detail["reason"] == "自助下线"

    switch.process.command("report")
    report = switch.wait_for(EventKind.REPORT).detail
    assert report["complaints"] == []
    assert (report["starts"], report["logins"]) == (1, 2)


def test_a_client_that_leaves_is_missed(switch: Watched, client: Watched) -> None:
    switch.wait_for(EventKind.READY)
    client.process.command("login")
    switch.wait_for(EventKind.HEARTBEAT)

    client.process.command("leave")
    client.wait_for(EventKind.LEFT)

    assert switch.wait_for(EventKind.COMPLAINT).text("text").startswith("no heartbeat for 3")


def test_a_cable_that_is_pulled_and_plugged_in_costs_frames_but_no_endpoint(
    network: CampusNetwork, switch: Watched, client: Watched
) -> None:
    switch.wait_for(EventKind.READY)
    client.wait_for(EventKind.READY)

    network.set_link(Role.ROUTER, WAN_INTERFACE, up=False)
    client.wait_for(EventKind.IGNORED)
    network.set_link(Role.ROUTER, WAN_INTERFACE, up=True)
    client.process.command("login")

    client.wait_for(EventKind.ONLINE)


def test_a_cable_that_vanishes_ends_the_endpoint_with_a_reason(
    network: CampusNetwork, client: Watched
) -> None:
    client.wait_for(EventKind.READY)

    subprocess.run(
        ["ip", "-n", network.namespace(Role.ROUTER), "link", "delete", WAN_INTERFACE], check=True
    )

    assert "removed" in client.wait_for(EventKind.FAILED).text("text")


def test_an_interface_that_is_not_there_is_named(network: CampusNetwork) -> None:
    setup = Setup("pc", "wlan0", ClientOptions())
    lost = Watched(EndpointProcess(network.entry(Role.PC), setup))

    assert "wlan0" in lost.wait_for(EventKind.FAILED).text("text")
    lost.process.stop()


def test_an_endpoint_ends_when_nobody_steers_it_any_more(network: CampusNetwork) -> None:
    setup = Setup("pc", WAN_INTERFACE, ClientOptions())
    done = subprocess.run(
        [*network.entry(Role.ROUTER), sys.executable, "-m", MODULE],
        input=setup.to_json() + "\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )

    assert [json.loads(line)["kind"] for line in done.stdout.splitlines()] == ["ready"]


def test_what_runs_in_a_namespace_dies_with_a_parent_that_was_killed(
    network: CampusNetwork,
) -> None:
    command = [*network.entry(Role.ROUTER), "sh", "-c", "echo $$; exec sleep 60"]
    script = f"import subprocess; subprocess.run({command!r})"
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    try:
        parent.kill()
        parent.wait()

        ended, _, _ = select.select([child], [], [], PATIENCE)
        assert ended
    finally:
        os.close(child)
        parent.stdout.close()
