"""The way out of the virtual campus breaks, and the real daemon does what helps; hooks are run."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, SwitchOptions
from tests.namespaces.campus_driver import CampusDriver
from tests.namespaces.conftest import Namespace
from tests.namespaces.dhcp_campus import (
    ARE_INSTALLED,
    CAMPUS,
    QUARANTINE,
    WHAT_IS_NEEDED,
    DhcpClient,
    DhcpServer,
    gateway_of,
    lease_of,
)

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

with_dhcp = pytest.mark.skipif(not ARE_INSTALLED, reason=WHAT_IS_NEEDED)

OTHER_CAMPUS = "10.20.40"
"""Another network, which the campus moves its ports to."""
LOGIN: dict[str, Any] = {
    "mode": "login",
    "username": DEFAULT_USER,
    "password": DEFAULT_PASSWORD,
}
IMPATIENT: dict[str, Any] = {"interval": 10, "failures": 1, "timeout": 1}
"""Checks as often as they may be."""
PATIENCE = 60.0
WITHOUT_RUN = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh")
"""As in test_login_dhcp: whatever manages this machine's interfaces is no part of the test."""


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        names = driver.campus.network
        enter = names.entry

        def entry(role: Role) -> list[str]:
            return [*enter(role), *(WITHOUT_RUN if role is Role.ROUTER else ())]

        monkeypatch.setattr(names, "entry", entry)
        yield driver


@pytest.fixture
def server(network: Network, driver: CampusDriver, tmp_path: Path) -> DhcpServer:
    switch = Namespace(driver.campus.network.namespace(Role.SWITCH))
    return DhcpServer(network, switch, SWITCH_INTERFACE, tmp_path)


@pytest.fixture
def router(driver: CampusDriver) -> Namespace:
    return Namespace(driver.campus.network.namespace(Role.ROUTER))


def program(folder: Path, script: str) -> list[str]:
    path = folder / "told"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return [str(path)]


def online_at_campus(
    network: Network,
    driver: CampusDriver,
    server: DhcpServer,
    router: Namespace,
    folder: Path,
    **keys: Any,
) -> DhcpClient:
    """Log in, with an address of the campus, and health configured."""
    server.hand_out(CAMPUS)
    client = DhcpClient(network, router, WAN_INTERFACE, folder)
    client.wait_for_lease(CAMPUS)
    health = {**IMPATIENT, "quarantine": ["172.16.0.0/12"], "ping": gateway_of(CAMPUS)}
    session = {**LOGIN, "dhcp": {"mode": "after", "renew": "auto", "timeout": 60}, **keys}
    driver.open(SwitchOptions(), health=health, **session)
    driver.switch_saw(EventKind.ONLINE)
    driver.log_says("keeps the address", timeout=PATIENCE)
    return client


@with_dhcp
def test_where_a_renewal_helps_nothing_else_is_done(
    network: Network, driver: CampusDriver, server: DhcpServer, router: Namespace, tmp_path: Path
) -> None:
    # The ping to the old network's gateway would go on failing: only the gateway is asked here.
    server.hand_out(CAMPUS)
    client = DhcpClient(network, router, WAN_INTERFACE, tmp_path)
    client.wait_for_lease(CAMPUS)
    dhcp = {"mode": "after", "renew": "auto", "timeout": 60}
    driver.open(SwitchOptions(), **LOGIN, health=IMPATIENT, dhcp=dhcp)
    driver.log_says("keeps the address", timeout=PATIENCE)

    server.hand_out(OTHER_CAMPUS)

    driver.log_says(f"the gateway {gateway_of(CAMPUS)} answers no ARP", timeout=PATIENCE)
    driver.log_says("the way out does not work: renewing the address")
    client.wait_for_lease(OTHER_CAMPUS)
    driver.log_says("renewing the address helped", timeout=PATIENCE)
    report = driver.report()
    assert (report["logins"], report["complaints"]) == (1, [])


@with_dhcp
def test_where_a_renewal_does_not_help_a_login_does(
    network: Network, driver: CampusDriver, server: DhcpServer, router: Namespace, tmp_path: Path
) -> None:
    told = tmp_path / "hooks"
    hook = program(tmp_path, f'echo "$RUIJIE_PROXY_EVENT $RUIJIE_PROXY_ADDRESS" >> {told}')
    hooks = {event: [*hook] for event in ("authenticating", "online", "offline", "renewed")}
    client = online_at_campus(network, driver, server, router, tmp_path, hooks=hooks)

    # The switch has put the port into quarantine, and said nothing.
    server.hand_out(QUARANTINE)

    driver.log_says("renewing the address", timeout=PATIENCE)
    client.wait_for_lease(QUARANTINE)
    driver.log_says("of the quarantine network 172.16.0.0/12", timeout=PATIENCE)
    driver.log_says("logging off and in again", timeout=PATIENCE)
    driver.switch_saw(EventKind.OFFLINE, reason="logoff")
    server.hand_out(CAMPUS)
    client.wait_for_lease(CAMPUS)
    driver.log_says("logging in again helped", timeout=PATIENCE)

    report = driver.report()
    assert (report["logins"], report["complaints"]) == (2, [])
    assert driver.status()["state"] == "online"
    lines = [line.split() for line in told.read_text().splitlines()]
    assert [line[0] for line in lines] == [
        "authenticating", "online", "renewed", "renewed",
        "offline", "authenticating", "online", "renewed",
    ]  # fmt: skip
    assert lines[-1] == ["renewed", lease_of(CAMPUS)]


def test_where_a_client_has_logged_in_it_is_called_for(
    driver: CampusDriver, tmp_path: Path
) -> None:
    script = 'echo "$RUIJIE_PROXY_EVENT: $RUIJIE_PROXY_CLIENT is needed, $RUIJIE_PROXY_STATE"'
    driver.open(health=IMPATIENT, hooks={"client-needed": program(tmp_path, script)})
    driver.login()

    driver.log_says("eth1 has no IPv4 address", timeout=PATIENCE)
    driver.log_says("only the client can log in again")
    driver.log_says("hook client-needed: client-needed: 02:00:00:00:cc:01 is needed, online")
    assert driver.status()["state"] == "online"
    assert driver.report()["complaints"] == []


def test_neither_a_hanging_hook_nor_a_hanging_page_disturbs_a_heartbeat(
    driver: CampusDriver, router: Namespace, tmp_path: Path
) -> None:
    router.ip("address", "add", "10.20.30.100/24", "dev", WAN_INTERFACE)
    hanging = program(tmp_path, "trap '' TERM; while :; do sleep 1; done")
    health = {**IMPATIENT, "gateway": False, "url": "http://10.20.30.77/", "timeout": 8}
    hooks = {"online": hanging, "authenticating": [*hanging], "timeout": 6}
    driver.open(SwitchOptions(), **LOGIN, health=health, hooks=hooks)

    driver.log_says("hook authenticating: ", timeout=PATIENCE)
    driver.log_says("hook online: ", timeout=PATIENCE)
    driver.log_says("10.20.30.77 ", timeout=PATIENCE)
    driver.log_says("logging off and in again")

    beats = [
        event.at
        for event in driver.campus.history
        if event.source == "switch" and event.kind == EventKind.HEARTBEAT
    ]
    gaps = [later - before for before, later in pairwise(beats)]
    assert len(gaps) >= 8
    assert max(gaps) < 5, "one a second, while a hook hangs for six"
    driver.switch_saw(EventKind.ONLINE, count=2)
    report = driver.report()
    assert (report["complaints"], report["logins"]) == ([], 2)


def test_a_failure_has_its_hook_which_learns_no_password(
    driver: CampusDriver, tmp_path: Path
) -> None:
    driver.open(
        **{**LOGIN, "password": "plum-tree-is-wrong"},
        hooks={"failure": program(tmp_path, "env")},
    )

    driver.log_says("hook failure: RUIJIE_PROXY_KIND=credentials", timeout=PATIENCE)
    driver.log_says("hook failure: RUIJIE_PROXY_STATE=stopped")
    driver.status()
    said = [event.text("text") for event in driver.campus.history if event.source == "router"]
    assert not any("plum-tree" in line for line in said)


def test_hooks_follow_the_configuration_and_end_with_the_daemon(
    driver: CampusDriver, tmp_path: Path
) -> None:
    driver.open(SwitchOptions(), **LOGIN, hooks={"online": ["/bin/echo", "first"]})
    driver.log_says("hook online: first")

    changed = time.monotonic()
    driver.campus.configure(
        **LOGIN, heartbeat={"interval": 1}, hooks={"online": ["/bin/echo", "2nd"]}
    )
    driver.signal_daemon(signal.SIGHUP)
    driver.log_says("the configuration was read again", since=changed)
    driver.log_says("hook online: 2nd", since=changed)
    assert driver.report()["logins"] == 1


def test_a_campus_of_ipv6_alone_is_no_reason_to_log_off(
    driver: CampusDriver, router: Namespace
) -> None:
    switch = Namespace(driver.campus.network.namespace(Role.SWITCH))
    for where, interface, address in (
        (switch, SWITCH_INTERFACE, "fe80::1/64"),
        (router, WAN_INTERFACE, "2001:db8:1::100/64"),
    ):
        where.ip("address", "add", address, "dev", interface, "nodad")
    router.ip("-6", "route", "add", "default", "via", "fe80::1", "dev", WAN_INTERFACE)
    health = {**IMPATIENT, "ping": "114.114.114.114"}
    driver.open(SwitchOptions(), health=health, dhcp={"mode": "off"}, **LOGIN)
    driver.switch_saw(EventKind.ONLINE)

    # Behind address and gateway, of which one failure would have been enough.
    told = f"114.114.114.114 is not asked: its address is of IPv4, and {WAN_INTERFACE} has IPv6"
    driver.log_says(told, timeout=PATIENCE)
    assert driver.status()["state"] == "online"
    report = driver.report()
    assert (report["logins"], report["complaints"]) == (1, [])

    switch.ip("address", "delete", "fe80::1/64", "dev", SWITCH_INTERFACE)

    driver.log_says("the way out does not work: the gateway fe80::1 does not", timeout=PATIENCE)
    driver.switch_saw(EventKind.OFFLINE, reason="logoff")
