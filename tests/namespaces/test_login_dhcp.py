"""The router's own login where addresses come by DHCP: each way that a campus may want it.

The switch is the simulated one. At its port dnsmasq hands out addresses of a quarantine network,
and after a Success those of the campus, when the test sees that Success; udhcpc is the router's
DHCP client, and the daemon finds it by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, SuccessShape, SwitchOptions
from ruijie_proxy.protocol.eapol import EapolType
from ruijie_proxy.protocol.private_block import AddressHead, find_private_block
from tests.namespaces.campus_driver import CampusDriver
from tests.namespaces.capture import Capture
from tests.namespaces.conftest import Namespace
from tests.namespaces.dhcp_campus import (
    ARE_INSTALLED,
    CAMPUS,
    NETMASK,
    QUARANTINE,
    WHAT_IS_NEEDED,
    DhcpClient,
    DhcpServer,
    gateway_of,
    lease_of,
)

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

pytestmark = pytest.mark.skipif(not ARE_INSTALLED, reason=WHAT_IS_NEEDED)

FIXED = "10.20.30.40"
RENEWAL_TIMEOUT = 60
"""Seconds; udhcpc, refused by another network's server, needs some five."""
PATIENCE = 60.0
"""Seconds for a login with a renewal in it."""
WARNING = 4
"""syslog's number, and those of worse are lower."""
WITHOUT_RUN = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh")
"""Runs a command that finds none of this machine's own services: whatever manages its interfaces
is no part of the test, and would be asked about one of the same name."""


class DhcpCampus:
    """The virtual campus, with a DHCP server at its port."""

    def __init__(self, network: Network, driver: CampusDriver, directory: Path) -> None:
        self.driver = driver
        self._network = network
        self._directory = directory
        names = driver.campus.network
        self._switch = Namespace(names.namespace(Role.SWITCH))
        self.router = Namespace(names.namespace(Role.ROUTER))
        self.server = DhcpServer(network, self._switch, SWITCH_INTERFACE, directory)
        self._at_switch = Capture(self._switch, SWITCH_INTERFACE)

    def start_client(self) -> DhcpClient:
        """Start the router's DHCP client."""
        return DhcpClient(self._network, self.router, WAN_INTERFACE, self._directory)

    def go_into_quarantine(self) -> DhcpClient:
        """Bring the router to where it is before a login, with an address of little use."""
        self.server.hand_out(QUARANTINE)
        client = self.start_client()
        client.wait_for_lease(QUARANTINE)
        return client

    def log_in(self, switch: SwitchOptions, dhcp: Mapping[str, Any]) -> None:
        """Start the switch, and the daemon, which logs in."""
        campus = self.driver.campus
        self.driver.start_switch(switch)
        session = {
            "mode": "login",
            "wan": WAN_INTERFACE,
            "username": DEFAULT_USER,
            "password": DEFAULT_PASSWORD,
            "dhcp": dhcp,
            "heartbeat": {"interval": 1},
        }
        configuration = {
            "sessions": [session],
            "control": str(campus.control),
            "state_dir": str(self._directory / "state"),
        }
        # JSON is YAML.
        campus.configuration.write_text(json.dumps(configuration))
        self.driver.daemon = campus.start_daemon()

    def wait_for_success(self, *, final: bool) -> None:
        """Wait for a Success of the switch: the one that opens the port, or one before it."""
        self.driver.switch_saw(EventKind.ONLINE, final=final, timeout=PATIENCE)

    @property
    def heads(self) -> list[AddressHead]:
        """What the private block of each Start tells of addresses."""
        return [
            AddressHead.parse(frame.content[find_private_block(frame.content) :])
            for frame in self._at_switch.received
            if frame.eapol_type == EapolType.START
        ]

    def close(self) -> None:
        """End the capture."""
        self._at_switch.close()

    def assert_all_is_well(self) -> None:
        """Assert that the session is online, and that the switch complained of nothing."""
        assert self.driver.status()["state"] == "online"
        report = self.driver.report()
        assert report["complaints"] == []
        assert report["online"]


@pytest.fixture
def campus(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DhcpCampus]:
    with CampusDriver() as driver:
        names = driver.campus.network
        enter = names.entry

        def entry(role: Role) -> list[str]:
            return [*enter(role), *(WITHOUT_RUN if role is Role.ROUTER else ())]

        monkeypatch.setattr(names, "entry", entry)
        campus = DhcpCampus(network, driver, tmp_path)
        yield campus
        campus.close()


def automatically(mode: str, timeout: float = RENEWAL_TIMEOUT) -> dict[str, Any]:
    """Return the settings of a renewal by whatever is found to manage the address."""
    return {"mode": mode, "renew": "auto", "timeout": timeout}


def text(address: bytes) -> str:
    return str(IPv4Address(address))


def test_off_leaves_a_fixed_address_alone(campus: DhcpCampus) -> None:
    campus.router.ip("address", "add", f"{FIXED}/24", "dev", WAN_INTERFACE)

    campus.log_in(SwitchOptions(expected_address=FIXED), {"mode": "off"})

    campus.wait_for_success(final=True)
    # A renewal, or a word about it, would come a second after Success.
    campus.driver.switch_saw(EventKind.HEARTBEAT, count=3)
    campus.assert_all_is_well()
    assert [text(head.address) for head in campus.heads] == [FIXED]
    assert [head.from_dhcp for head in campus.heads] == [0]
    said = [event.text("text") for event in campus.driver.campus.history]
    assert not any("renew" in line for line in said)


def test_before_waits_for_the_lease_with_its_start(campus: DhcpCampus) -> None:
    campus.log_in(SwitchOptions(expected_address=lease_of(CAMPUS)), automatically("before"))
    campus.driver.log_says("address")
    assert campus.heads == []

    campus.server.hand_out(CAMPUS)
    campus.start_client()

    campus.wait_for_success(final=True)
    campus.assert_all_is_well()
    assert [text(head.address) for head in campus.heads] == [lease_of(CAMPUS)]
    assert [head.from_dhcp for head in campus.heads] == [1]


def test_before_begins_at_once_where_the_lease_is_there(campus: DhcpCampus) -> None:
    campus.server.hand_out(CAMPUS)
    campus.start_client().wait_for_lease(CAMPUS)

    campus.log_in(SwitchOptions(expected_address=lease_of(CAMPUS)), automatically("before"))

    campus.wait_for_success(final=True)
    campus.assert_all_is_well()


def test_before_goes_on_without_a_lease_that_never_comes(campus: DhcpCampus) -> None:
    campus.start_client()

    campus.log_in(SwitchOptions(), automatically("before", timeout=1))

    campus.wait_for_success(final=True)
    campus.assert_all_is_well()
    assert [any(head.address) for head in campus.heads] == [False]


def test_after_replaces_the_lease_of_the_quarantine_network(campus: DhcpCampus) -> None:
    client = campus.go_into_quarantine()

    campus.log_in(SwitchOptions(expected_address=lease_of(QUARANTINE)), automatically("after"))
    campus.wait_for_success(final=True)
    campus.server.hand_out(CAMPUS)

    client.wait_for_lease(CAMPUS)
    campus.driver.log_says(f"has the address {lease_of(CAMPUS)} now")
    campus.assert_all_is_well()
    assert len(campus.heads) == 1


def test_double_tells_the_real_address_in_the_second_login(campus: DhcpCampus) -> None:
    client = campus.go_into_quarantine()

    campus.log_in(
        SwitchOptions(successes=2, first_success=SuccessShape.BARE), automatically("double")
    )
    campus.wait_for_success(final=False)
    campus.server.hand_out(CAMPUS)

    client.wait_for_lease(CAMPUS)
    campus.wait_for_success(final=True)
    campus.driver.switch_saw(EventKind.HEARTBEAT)
    campus.assert_all_is_well()
    first, second = campus.heads
    assert text(first.address) == lease_of(QUARANTINE)
    assert text(second.address) == lease_of(CAMPUS)
    assert text(second.netmask) == NETMASK
    assert text(second.gateway) == gateway_of(CAMPUS)
    assert campus.driver.report()["logins"] == 2


def test_double_goes_on_without_a_renewal_that_does_not_come(campus: DhcpCampus) -> None:
    campus.go_into_quarantine()

    campus.log_in(SwitchOptions(successes=2), automatically("double", timeout=2))
    campus.wait_for_success(final=False)
    campus.server.fall_silent()

    warning = campus.driver.log_says(f"still has the address {lease_of(QUARANTINE)}")
    assert warning.detail["level"] == WARNING
    campus.wait_for_success(final=True)
    campus.assert_all_is_well()
    assert [text(head.address) for head in campus.heads] == [lease_of(QUARANTINE)] * 2
