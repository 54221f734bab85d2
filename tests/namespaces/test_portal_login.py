"""The real daemon at virtual portals, over real sockets: two WAN ports, two accounts."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.namespaces import dhcp_campus
from tests.namespaces.daemon_process import DaemonProcess, run_command, write_configuration
from tests.namespaces.portal_campus import PASSWORDS, PORTAL, PortalCampus, make_router
from tests.namespaces.transcript import PATIENCE

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

FORKS = """
import os, runpy, sys
fork = os.fork
def counted():
    print("fork by", sys._getframe(1).f_globals["__name__"], flush=True)
    return fork()
os.fork = counted
from ruijie_proxy.runtime.ports import interface_facts
interface_facts.ROUTE_FOLLOWS = 20.0
runpy.run_module("ruijie_proxy", run_name="__main__", alter_sys=True)
"""
"""What `python -m ruijie_proxy` does, telling of each child that it forks. A busy machine is slow
to set a route, too."""
QUESTION = "fork by ruijie_proxy.runtime.processes.forked_question"


@pytest.fixture
def router(network: Network) -> Namespace:
    return make_router(network)


def status_of(router: Namespace, configuration: Path) -> list[dict[str, Any]]:
    done = run_command("status", "--json", "-c", str(configuration), within=router)
    sessions: list[dict[str, Any]] = json.loads(done.stdout)["sessions"]
    return sessions


def test_two_accounts_on_two_wan_ports_are_online_and_leave(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    campuses = [
        PortalCampus(network, router, 0, keepalive=1),
        PortalCampus(network, router, 1, encrypts=False, encoding="gbk", hijack="redirect"),
    ]
    sessions = [campus.session(logoff_on_exit=True) for campus in campuses]
    configuration = write_configuration(tmp_path, *sessions)
    daemon = DaemonProcess(network, router, configuration)
    daemon.log.wait_for_all(
        "room0: waiting for an address of the WAN port",
        "room1: waiting for an address of the WAN port",
    )

    for campus in campuses:
        campus.give_address()
    daemon.log.wait_for_all("room0: online: the web portal", "room1: online: the web portal")

    told = status_of(router, configuration)
    assert [one["state"] for one in told] == ["online", "online"]
    assert [one["portal"]["page"] for one in told] == [f"http://{PORTAL}/eportal/index.jsp"] * 2
    assert [one["portal"]["keepalive"] for one in told] == [60, 0]
    # Without the virtual portal, which is told its passwords.
    commands = [
        command
        for pid in os.listdir("/proc")
        if pid.isdigit() and b"lab.portal" not in (command := command_of(pid))
    ]
    daemon.signal(signal.SIGTERM)
    assert daemon.log.wait_for_end() == 0
    said = daemon.log.text + json.dumps(told)
    kept = b"".join(
        file.read_bytes()
        for file in tmp_path.rglob("*")
        if file.is_file() and file != configuration
    )
    for password in PASSWORDS:
        assert password not in said
        assert password.encode() not in kept
        assert not any(password.encode() in command for command in commands)
    for campus in campuses:
        assert campus.complaints() == []


def command_of(pid: str) -> bytes:
    """Return the command line of a process; of one that has ended meanwhile, none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_whole_login_is_one_child_also_where_the_gateway_comes_late(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    campus = PortalCampus(network, router, 0)
    configuration = write_configuration(tmp_path, campus.session())
    daemon = DaemonProcess(network, router, configuration, (sys.executable, "-c", FORKS))
    daemon.log.wait_for("waiting for an address")

    router.ip("address", "add", f"{campus.address}/24", "dev", campus.wan)
    daemon.log.wait_for(QUESTION)
    wait_for_listener_for_routes(router)
    campus.give_way_out()
    daemon.log.wait_for("online: the web portal")

    assert daemon.log.text.count(QUESTION) == 1


def wait_for_listener_for_routes(where: Namespace) -> None:
    """Wait until somebody hears of routes of IPv4, and of nothing else (netlink(7))."""
    deadline = time.monotonic() + PATIENCE
    while " 00000040 " not in (told := where.run("cat", "/proc/net/netlink")):
        assert time.monotonic() < deadline, told


def test_so_is_one_after_the_link_was_lost_and_the_session_dropped(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    campus = PortalCampus(network, router, 0)
    campus.give_address()
    configuration = write_configuration(tmp_path, campus.session())
    daemon = DaemonProcess(network, router, configuration, (sys.executable, "-c", FORKS))
    daemon.log.wait_for("online: the web portal")
    campus.namespace.ip("link", "set", "port", "down")
    daemon.log.wait_for("the WAN link is down")
    campus.start_anew()

    campus.namespace.ip("link", "set", "port", "up")
    daemon.log.wait_for_all("online: the web portal")

    assert daemon.log.text.count(QUESTION) == 2


@pytest.mark.skipif(not dhcp_campus.ARE_INSTALLED, reason=dhcp_campus.WHAT_IS_NEEDED)
def test_a_dhcp_clients_lease_leads_to_one_question(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    campus = PortalCampus(network, router, 0)
    server = dhcp_campus.DhcpServer(network, campus.namespace, "port", tmp_path)
    server.hand_out("10.20.0")
    configuration = write_configuration(tmp_path, campus.session())
    daemon = DaemonProcess(network, router, configuration, (sys.executable, "-c", FORKS))
    daemon.log.wait_for("waiting for an address")

    client = dhcp_campus.DhcpClient(network, router, campus.wan, tmp_path)
    client.wait_for_lease("10.20.0")
    daemon.log.wait_for("online: the web portal")

    assert daemon.log.text.count(QUESTION) == 1
    assert campus.complaints() == []
