"""The WAN port's addresses as its session has them changed: at a real port, by a command."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.config.shape.model import DhcpConfiguration, RenewMethod, SessionConfiguration
from ruijie_proxy.engine.actions import RenewAddress
from ruijie_proxy.runtime.address import dhcp_renewal
from ruijie_proxy.runtime.address.dhcp_renewal import RenewalOutcome
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.hardware_address import hardware_address
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing
from ruijie_proxy.runtime.wan_address import WanAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.runtime.address.dhcp_renewal import RenewalReport
    from tests.namespaces.conftest import Namespace, Network

CLIENT = bytes.fromhex("02000000cc01")
ADDRESS = bytes((10, 20, 0, 2))
LONG = 60.0
"""Seconds that a renewal may take where it is not the time that ends it."""
GIVE_UP = 30.0
"""Seconds after which a test that still runs has failed."""
RENEW = RenewAddress()


class Bench:
    """A router's port `wan`, and the loop that its address is changed in."""

    def __init__(self, namespace: Namespace) -> None:
        self.namespace = namespace
        self.loop = EventLoop()
        self.loop.timer(lambda: pytest.fail("it did not end")).set(clock.now() + GIVE_UP)
        self.reports: list[RenewalReport] = []
        self.seen: list[bytes] = []
        """The port's MAC address at each look at the links."""
        self._expected = 0

    def address(self, *command: str, timeout: float = LONG) -> WanAddress:
        dhcp = DhcpConfiguration(RenewMethod.COMMAND, command, timeout)
        configuration = SessionConfiguration("dorm", "wan", "lan", dhcp=dhcp)
        return WanAddress(self.loop, configuration, self._look_at_links, self._on_renewed)

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        self.loop.timer(action).set(clock.now() + seconds)

    def run(self, reports: int = 1) -> RenewalReport:
        """Let so many renewals end; return the last one's report."""
        self._expected = reports
        self.loop.run()
        return self.reports[-1]

    def _look_at_links(self) -> None:
        self.seen.append(hardware_address("wan"))

    def _on_renewed(self, report: RenewalReport) -> None:
        self.reports.append(report)
        if len(self.reports) == self._expected:
            self.loop.stop()


@pytest.fixture
def bench(network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(dhcp_renewal, "_BEGIN_AFTER", 0.0)
    monkeypatch.setattr(dhcp_renewal, "ROUTE_FOLLOWS", 0.0)
    router = network.namespace("router")
    network.cable(router, "wan", network.namespace("campus"), "port")
    with router.entered():
        bench = Bench(router)
        yield bench
        bench.loop.close()


def test_a_renewal_ends_as_soon_as_the_port_has_another_address(
    bench: Bench, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    address = bench.address("sh", "-c", f"echo $RUIJIE_PROXY_WAN > {done}")
    assert not address.is_renewing

    address.renew(RENEW)
    assert address.is_renewing

    def wait_for_the_command() -> None:
        is_done = done.exists() and done.read_text() == "wan\n"
        # Its end is no reason to look at the address any more, then.
        bench.later(0.3, take if is_done else wait_for_the_command)

    def take() -> None:
        bench.namespace.ip("address", "add", "10.20.0.2/16", "dev", "wan")
        address.changed()

    bench.later(0.0, wait_for_the_command)
    report = bench.run()
    assert (report.outcome, report.address) == (RenewalOutcome.CHANGED, ADDRESS)
    assert not address.is_renewing


def test_a_renewal_has_no_more_time_than_is_set(bench: Bench) -> None:
    bench.address("true", timeout=2.0).renew(RENEW)

    report = bench.run()

    assert (report.outcome, report.timeout) == (RenewalOutcome.NO_ADDRESS, 2.0)


def test_a_renewal_that_is_wanted_during_another_one_follows_it(
    bench: Bench, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    address = bench.address(
        "sh", "-c", f"echo begin >> {log}; sleep 0.2; echo end >> {log}; exit 1"
    )

    for _login in range(2):
        address.renew(RENEW)
    bench.run(reports=2)

    assert log.read_text().split() == ["begin", "end"] * 2


def test_nothing_is_renewed_any_more_once_it_is_closed(bench: Bench, tmp_path: Path) -> None:
    done = tmp_path / "done"
    address = bench.address("touch", str(done))
    address.renew(RENEW)

    address.close()

    bench.later(0.5, bench.loop.stop)
    bench.loop.run()
    assert bench.reports == []
    assert not done.exists()


def test_news_of_the_port_and_the_end_of_it_all_need_no_renewal(bench: Bench) -> None:
    address = bench.address("true")

    address.changed()
    address.close()

    assert not address.is_renewing


def test_the_links_are_looked_at_once_the_port_has_the_clients_address(bench: Bench) -> None:
    """A driver that took the link down for it has done so by then."""
    facts = bench.address("true").take_hardware_address(CLIENT)

    assert facts.mac == hardware_address("wan") == CLIENT
    assert bench.seen == [CLIENT]


def test_a_port_that_is_gone_takes_no_address(bench: Bench) -> None:
    bench.namespace.ip("link", "delete", "wan")

    with pytest.raises(InterfaceMissing):
        bench.address("true").take_hardware_address(CLIENT)
