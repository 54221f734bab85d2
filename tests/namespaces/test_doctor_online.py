"""The doctor on routers that are online, or were refused: addresses, and what the daemon tells."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.namespaces.daemon_process import write_configuration
from tests.namespaces.doctor_visit import Diagnosis, visit
from tests.namespaces.router import Router
from tests.namespaces.transcript import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.namespaces.conftest import Network

GATEWAY = "10.20.0.1"
OLDER_THAN_THE_LOGIN = 3.5
"""Seconds; the time of the login is told in whole ones."""
ASK_FOR = """
import socket, sys
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", (sys.argv[1], 9))
"""


class Dorm:
    """A router with the daemon, and a campus whose gateway answers once it was set up."""

    def __init__(self, network: Network, folder: Path, renew: list[str] | str) -> None:
        self.router = Router(network)
        self.namespace = self.router.namespace
        self._folder = folder
        self._session = {"name": "dorm", "wan": "wan", "lan": "lan", "dhcp": {"renew": renew}}
        self.configure()

    def configure(self, **keys: Any) -> None:
        self.configuration = write_configuration(self._folder, {**self._session, **keys})

    def give_address(self, address: str, gateway: str | None = None) -> None:
        self.namespace.ip("address", "add", address, "dev", "wan")
        if gateway:
            self.namespace.ip("route", "add", "default", "via", gateway, "dev", "wan")

    def log_in(self) -> None:
        self.router.start(self.configuration)
        self.router.relay_a_login()

    def visit(self) -> Diagnosis:
        return visit(self.namespace, self.configuration)


@pytest.fixture
def fixed(network: Network, tmp_path: Path) -> Dorm:
    """Return a router with a fixed address."""
    return Dorm(network, tmp_path, "off")


@pytest.fixture
def leased(network: Network, tmp_path: Path) -> Dorm:
    """Return a router whose address is renewed, by a command that does nothing."""
    return Dorm(network, tmp_path, ["true"])


def assert_healthy(diagnosis: Diagnosis) -> None:
    assert (diagnosis.troubles, diagnosis.exit_code) == ([], 0)


@pytest.mark.parametrize("kind", ["fixed", "leased"])
def test_an_address_of_after_the_login_is_healthy(
    kind: str, request: pytest.FixtureRequest
) -> None:
    dorm: Dorm = request.getfixturevalue(kind)
    dorm.log_in()
    dorm.give_address("10.20.0.2/24", GATEWAY)

    diagnosis = dorm.visit()

    assert_healthy(diagnosis)
    assert "10.20.0.2" in diagnosis.finding("address")["what"]
    assert "online since" in diagnosis.finding("session")["what"]


def test_no_address_although_it_comes_by_dhcp(leased: Dorm) -> None:
    leased.log_in()

    diagnosis = leased.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["no-address"], 1)
    assert "No DHCP client was found" in diagnosis.finding("no-address")["remedy"]


def test_no_address_is_a_note_where_none_is_renewed(fixed: Dorm) -> None:
    fixed.log_in()

    diagnosis = fixed.visit()

    assert_healthy(diagnosis)
    assert "no-address" in diagnosis.notes


def test_a_fixed_address_without_a_default_route_is_a_note(fixed: Dorm) -> None:
    fixed.log_in()
    fixed.give_address("10.20.0.2/24")

    diagnosis = fixed.visit()

    assert_healthy(diagnosis)
    assert "ip route add default" in diagnosis.finding("no-default-route")["remedy"]


def test_an_address_that_the_router_gave_itself(leased: Dorm) -> None:
    leased.log_in()
    leased.give_address("169.254.7.7/16")

    diagnosis = leased.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["link-local-address"], 1)


def test_a_gateway_that_does_not_answer_is_that_of_the_quarantine(leased: Dorm) -> None:
    leased.log_in()
    leased.give_address("172.16.0.2/24", "172.16.0.1")
    assert_healthy(leased.visit())
    leased.namespace.python(ASK_FOR, "172.16.0.1")

    diagnosis = leased.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["dhcp-quarantine"], 1)
    assert "172.16.0.1" in diagnosis.finding("dhcp-quarantine")["what"]


def test_an_address_of_a_network_that_is_known_as_the_quarantine(leased: Dorm) -> None:
    leased.log_in()
    leased.give_address("172.16.0.2/24", "172.16.0.1")
    assert_healthy(leased.visit())
    leased.configure(health={"quarantine": ["172.16.0.0/12"]})

    diagnosis = leased.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["dhcp-quarantine"], 1)
    assert "172.16.0.0/12" in diagnosis.finding("dhcp-quarantine")["what"]


@pytest.mark.parametrize("gateway", [None, GATEWAY])
def test_an_address_from_before_the_login(leased: Dorm, gateway: str | None) -> None:
    leased.give_address("10.20.0.2/24", gateway)
    time.sleep(OLDER_THAN_THE_LOGIN)
    leased.log_in()

    diagnosis = leased.visit()

    if gateway is None:
        assert (diagnosis.troubles, diagnosis.exit_code) == (["dhcp-quarantine"], 1)
        # A fresh lease mends it.
        leased.namespace.ip("address", "flush", "dev", "wan")
        leased.give_address("10.30.0.2/24", "10.30.0.1")
        assert_healthy(leased.visit())
    else:
        assert_healthy(diagnosis)
        assert "address-from-before" in diagnosis.notes


def test_the_command_that_renews_is_that_of_the_client_that_runs(
    network: Network, leased: Dorm
) -> None:
    client = network.start(
        leased.namespace, "busybox", "udhcpc", "-f", "-i", "wan", "-s", "/bin/true"
    )
    assert client.stdout is not None
    client.stdout.readline()
    leased.log_in()

    diagnosis = leased.visit()

    assert diagnosis.finding("no-address")["remedy"] == f"kill -USR1 {client.pid}"


def test_a_refused_login_is_told_with_its_advice(fixed: Dorm, network: Network) -> None:
    fixed.router.start(fixed.configuration)
    fixed.router.refuse_a_login("用户不存在或密码错误")

    diagnosis = fixed.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["last-failure"], 1)
    finding = diagnosis.finding("last-failure")
    assert "用户不存在或密码错误" in finding["what"]
    assert "the client on the PC" in finding["remedy"]


def test_an_old_failure_of_a_session_that_is_online_is_a_note(fixed: Dorm) -> None:
    fixed.router.start(fixed.configuration)
    fixed.router.refuse_a_login("用户不存在或密码错误")
    fixed.router.relay_a_login()

    diagnosis = fixed.visit()

    assert_healthy(diagnosis)


# What the daemon knows, without anything to be heard.

OWN = {"mode": "auto", "username": "20260001", "password": "plum-tree"}


def test_a_router_that_nobody_answers_is_not_said_to_be_well(fixed: Dorm) -> None:
    fixed.configure(**OWN)
    fixed.configuration.chmod(0o600)
    daemon = fixed.router.start(fixed.configuration)
    wait_until(lambda: (daemon.status()["asked"] or {"count": 0})["count"] >= 2)

    diagnosis = fixed.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["no-answer"], 1)
    assert "since 20" in diagnosis.finding("no-answer")["what"]


def test_nor_is_one_whose_client_nobody_answers(fixed: Dorm) -> None:
    daemon = fixed.router.start(fixed.configuration)
    fixed.router.start_in_vain(3)
    assert daemon.status()["asked"]["count"] == 3

    diagnosis = fixed.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["no-answer"], 1)
    assert "3 requests for a login" in diagnosis.finding("no-answer")["what"]
    fixed.router.relay_a_login()
    assert daemon.status()["asked"] is None


def test_a_small_mtu_is_known_until_it_is_mended(fixed: Dorm) -> None:
    daemon = fixed.router.start(fixed.configuration)
    fixed.namespace.ip("link", "set", "wan", "mtu", "300")
    fixed.router.start_too_long()
    daemon.log.wait_for("the frame is too long for wan")

    diagnosis = fixed.visit()

    assert diagnosis.exit_code == 1
    assert "frames-too-long" in diagnosis.troubles
    assert diagnosis.finding("frames-too-long")["remedy"] == "ip link set wan mtu 1500"
    assert daemon.status()["too_long"].items() >= {"port": "wan", "count": 1, "size": 521}.items()

    fixed.namespace.ip("link", "set", "wan", "mtu", "1500")
    fixed.router.start_in_vain(1)
    assert daemon.status()["too_long"] is None


def wait_until(is_so: Callable[[], bool]) -> None:
    """Ask again and again, which itself takes a third of a second, until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, "it never was"
