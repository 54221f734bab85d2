"""What the daemon may do: as root without a service manager, and as the unit of systemd starts it.

That clone, renewals by a DHCP client, resume and interfaces that come back work after root's
privileges are given up, is held by the tests beside this file: their daemon runs as root, too.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
import yaml

import ruijie_proxy
from ruijie_proxy.runtime.processes import privileges
from tests.namespaces.daemon_process import COMMAND, DaemonProcess, write_configuration
from tests.namespaces.router import Router

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

DORM = {"name": "dorm", "wan": "wan", "lan": "lan"}
NOBODY = 65534
AS_THE_UNIT_DOES = (
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all,+net_raw,+net_admin",
    "--inh-caps=-all,+net_raw,+net_admin",
    "--ambient-caps=-all,+net_raw,+net_admin",
)
"""What User=, AmbientCapabilities=, CapabilityBoundingSet= and NoNewPrivileges= amount to."""
PATIENCE = 60.0


@pytest.fixture
def router(network: Network) -> Router:
    return Router(network)


def installed_for_everybody(folder: Path) -> tuple[str, ...]:
    """Copy the program to where all may read it, and return its command.

    A checkout need not be such a place, and neither an interpreter of somebody's own.
    """
    for package in (ruijie_proxy, click, yaml):
        source = Path(package.__file__ or "").parent
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    interpreters = (os.path.realpath(sys.executable), "/usr/bin/python3")
    interpreter = next(path for path in interpreters if everybody_reaches(Path(path)))
    return ("env", f"PYTHONPATH={folder}", interpreter, "-m", "ruijie_proxy")


def everybody_reaches(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.parents)


def capabilities(daemon: DaemonProcess) -> dict[str, set[int]]:
    """Return the daemon's sets of capabilities by the kernel's names."""
    lines = Path(f"/proc/{daemon.pid}/status").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if line.startswith("Cap"))
    masks = {name: int(value, 16) for name, value in pairs}
    return {name: {n for n in range(64) if mask >> n & 1} for name, mask in masks.items()}


def test_root_keeps_what_is_needed_and_nothing_else(router: Router, tmp_path: Path) -> None:
    daemon = router.start(write_configuration(tmp_path, DORM))

    held = capabilities(daemon)

    assert held["CapEff"] == held["CapPrm"] == set(privileges.KEPT)
    assert held["CapBnd"] == set(privileges.LEFT_TO_COMMANDS)
    assert held["CapInh"] == held["CapAmb"] == set()
    router.relay_a_login()
    assert daemon.status()["state"] == "online"


def test_with_that_it_clones_runs_commands_and_follows_interfaces(
    router: Router, tmp_path: Path
) -> None:
    daemon = router.start(write_configuration(tmp_path, {**DORM, "mac": "clone"}))
    router.unplug_wan()
    daemon.log.wait_for("there is no interface wan")
    router.plug_in_wan()
    daemon.log.wait_for("the WAN link is up again")

    router.relay_a_login()

    address = router.namespace.run("cat", "/sys/class/net/wan/address").strip()
    assert address == "02:00:00:00:cc:01"
    assert daemon.status()["state"] == "online"


def test_a_command_of_a_renewal_may_do_what_a_dhcp_client_does(
    router: Router, tmp_path: Path
) -> None:
    told = tmp_path / "capabilities"
    command = [
        "sh",
        "-c",
        f"grep ^CapEff: /proc/self/status >{told}; ip addr add 192.0.2.2 dev wan",
    ]
    daemon = router.start(write_configuration(tmp_path, {**DORM, "dhcp": {"renew": command}}))
    router.relay_a_login()
    daemon.log.wait_for("wan has the address 192.0.2.2 now")

    mask = int(told.read_text().split()[1], 16)

    assert {n for n in range(64) if mask >> n & 1} == set(privileges.LEFT_TO_COMMANDS)


def test_the_configuration_is_read_again_whoever_owns_it(router: Router, tmp_path: Path) -> None:
    configuration = write_configuration(tmp_path, DORM)
    daemon = router.start(configuration)
    os.chown(configuration, NOBODY, NOBODY)
    configuration.chmod(0o600)

    daemon.signal(signal.SIGHUP)

    daemon.log.wait_for("the configuration was read again")


def test_an_unprivileged_user_with_the_two_capabilities_is_enough(
    router: Router, tmp_path: Path
) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    command = installed_for_everybody(folder / "lib")
    configuration = write_configuration(folder, {**DORM, "mac": "clone"})
    for path in (folder, configuration):
        os.chown(path, NOBODY, NOBODY)
    configuration.chmod(0o600)
    for parent in folder.parents:
        if parent.stat().st_uid == os.geteuid() and parent.is_relative_to("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o011)

    daemon = router.start(configuration, (*AS_THE_UNIT_DOES, *command))

    assert capabilities(daemon) == {
        name: {privileges.CAP_NET_RAW, privileges.CAP_NET_ADMIN}
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    }
    router.relay_a_login()
    assert daemon.status()["state"] == "online"
    daemon.signal(signal.SIGTERM)
    assert daemon.log.wait_for_end() == 0


def test_a_service_manager_is_told_of_start_sessions_reload_and_end(
    router: Router, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE)
        environment = (f"NOTIFY_SOCKET={tmp_path}/notify", "WATCHDOG_USEC=60000000")
        configuration = write_configuration(tmp_path, DORM)

        def hear() -> str:
            return manager.recv(4096).decode()

        daemon = router.start(configuration, ("env", *environment, *COMMAND))
        assert [hear(), hear(), hear()] == [
            "STATUS=0 of 1 sessions online",
            "READY=1",
            "WATCHDOG=1",
        ]
        router.relay_a_login()
        assert hear() == "STATUS=1 of 1 sessions online"
        daemon.signal(signal.SIGHUP)
        assert hear().startswith("RELOADING=1\nMONOTONIC_USEC=")
        assert hear() == "READY=1"
        daemon.signal(signal.SIGTERM)
        assert hear() == "STOPPING=1"
        assert daemon.log.wait_for_end() == 0
