"""Renewals with a real DHCP server (dnsmasq) and a real client (BusyBox's udhcpc)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.runtime.address.dhcp_clients import dhcp_processes
from ruijie_proxy.runtime.address.dhcp_renewal import RenewalOutcome, RenewalReport, Renewer
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.interface_facts import read_interface_facts
from ruijie_proxy.runtime.ports.links import LinkMonitor
from tests.namespaces.dhcp_campus import (
    ARE_INSTALLED,
    CAMPUS,
    QUARANTINE,
    WHAT_IS_NEEDED,
    DhcpClient,
    DhcpServer,
)

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

pytestmark = pytest.mark.skipif(not ARE_INSTALLED, reason=WHAT_IS_NEEDED)

GIVE_UP = 120.0
"""Seconds after which a test that still runs has failed."""
AMPLE = 60.0
"""Seconds of a renewal that does not end by its time."""
LOOK_INTERVAL = 0.05


class Campus:
    """A switch, its DHCP server, and a router at the other end of the cable."""

    def __init__(self, network: Network, directory: Path) -> None:
        self.network = network
        self.directory = directory
        self.switch = network.namespace("switch")
        self.router = network.namespace("router")
        network.cable(self.switch, "campus", self.router, "eth1")
        self.server = DhcpServer(network, self.switch, "campus", directory)

    def start_client(self, namespace: Namespace, interface: str) -> None:
        """Start udhcpc."""
        DhcpClient(self.network, namespace, interface, self.directory)


class Daemon:
    """What stands around the renewer in the daemon: a loop, and news of addresses."""

    def __init__(self) -> None:
        self.loop = EventLoop()
        self.monitor = LinkMonitor()
        self.loop.add_reader(self.monitor.fileno(), self._on_news)
        self.loop.timer(lambda: pytest.fail("it did not end")).set(clock.now() + GIVE_UP)
        self.renewer: Renewer | None = None
        self.reports: list[RenewalReport] = []

    def renew(self, timeout: float) -> RenewalReport:
        # Whoever manages this machine's own interfaces is not to be asked.
        self.renewer = Renewer(
            self.loop, "eth1", None, timeout, self._on_done, find=lambda program: None
        )
        self.renewer.renew()
        self.loop.run()
        return self.reports.pop()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        def look() -> None:
            if condition():
                self.loop.stop()
            else:
                timer.set(clock.now() + LOOK_INTERVAL)

        timer = self.loop.timer(look)
        timer.set(clock.now())
        self.loop.run()

    def close(self) -> None:
        self.monitor.close()
        self.loop.close()

    def _on_news(self) -> None:
        if "eth1" in self.monitor.receive() and self.renewer is not None:
            self.renewer.address_changed()

    def _on_done(self, report: RenewalReport) -> None:
        self.reports.append(report)
        self.loop.stop()


def address_of_wan() -> str | None:
    address = read_interface_facts("eth1").address
    return None if address is None else socket.inet_ntoa(address)


def text(address: bytes | None) -> str:
    assert address is not None
    return socket.inet_ntoa(address)


@pytest.fixture
def campus(network: Network, tmp_path: Path) -> Campus:
    return Campus(network, tmp_path)


@pytest.fixture
def daemon(campus: Campus) -> Iterator[Daemon]:
    with campus.router.entered():
        daemon = Daemon()
        yield daemon
        daemon.close()


def in_quarantine(campus: Campus, daemon: Daemon) -> str:
    """Bring the router to where it is before a login; return its address."""
    campus.server.hand_out(QUARANTINE)
    campus.start_client(campus.router, "eth1")
    daemon.wait_until(lambda: address_of_wan() is not None)
    address = address_of_wan()
    assert address is not None
    assert address.startswith(QUARANTINE)
    return address


def test_an_address_of_the_quarantine_network_is_replaced(campus: Campus, daemon: Daemon) -> None:
    quarantine_address = in_quarantine(campus, daemon)
    campus.server.hand_out(CAMPUS)
    report = daemon.renew(timeout=AMPLE)
    assert report.outcome is RenewalOutcome.CHANGED, report.describe()
    assert report.client == "udhcpc"
    assert text(report.before) == quarantine_address
    assert text(report.address) == address_of_wan()
    assert text(report.address).startswith(CAMPUS)


def test_a_server_that_ignores_the_old_address_gives_a_new_one_all_the_same(
    campus: Campus, daemon: Daemon
) -> None:
    in_quarantine(campus, daemon)
    campus.server.hand_out(CAMPUS, authoritative=False)
    report = daemon.renew(timeout=AMPLE)
    assert report.outcome is RenewalOutcome.CHANGED, report.describe()
    assert text(report.address).startswith(CAMPUS)


def test_an_address_that_the_server_leaves_is_confirmed_at_once(
    campus: Campus, daemon: Daemon
) -> None:
    address = in_quarantine(campus, daemon)
    began = clock.now()
    report = daemon.renew(timeout=AMPLE)
    assert report.outcome is RenewalOutcome.CONFIRMED, report.describe()
    assert text(report.address) == address
    assert clock.now() - began < AMPLE / 2, "the end was not noticed before the time was over"


def test_a_dead_server_leaves_the_address_unconfirmed(campus: Campus, daemon: Daemon) -> None:
    address = in_quarantine(campus, daemon)
    campus.server.fall_silent()
    report = daemon.renew(timeout=1.5)
    assert report.outcome is RenewalOutcome.UNCONFIRMED, report.describe()
    assert f"still has the address {address}" in report.describe()


def test_without_any_server_there_is_no_address(campus: Campus, daemon: Daemon) -> None:
    campus.start_client(campus.router, "eth1")
    daemon.wait_until(lambda: dhcp_processes() != [])
    report = daemon.renew(timeout=1.0)
    assert report.outcome is RenewalOutcome.NO_ADDRESS, report.describe()


def test_a_client_of_another_namespace_is_not_taken_for_ours(
    campus: Campus, daemon: Daemon, network: Network
) -> None:
    other = network.namespace("other")
    network.cable(other, "eth1", campus.switch, "spare")
    campus.start_client(other, "eth1")
    assert daemon.renew(timeout=1.0).outcome is RenewalOutcome.NO_CLIENT
