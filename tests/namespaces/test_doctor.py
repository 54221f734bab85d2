"""The doctor on routers that have one fault each, and are healthy otherwise."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.runtime.ports.port_lock import PortLock
from tests.namespaces.daemon_process import COMMAND, DaemonProcess
from tests.namespaces.doctor_visit import (
    A_WHILE,
    IDENTITY_REQUEST,
    RUIJIE_START,
    START,
    Diagnosis,
    Practice,
)
from tests.namespaces.eapol_dropper import drop_eapol
from tests.namespaces.standard_peers import require_standard_peers
from tests.namespaces.test_daemon_startup import WITHOUT_CAPABILITIES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.namespaces.conftest import Network


@pytest.fixture
def practice(network: Network, tmp_path: Path) -> Practice:
    """Return a healthy router with a LAN of one port."""
    healthy = Practice(network, tmp_path)
    assert_healthy(healthy.visit())
    return healthy


@pytest.fixture
def bridged(network: Network, tmp_path: Path) -> Practice:
    """Return a healthy router whose LAN is a bridge."""
    healthy = Practice(network, tmp_path, bridge=True)
    assert_healthy(healthy.visit())
    return healthy


def assert_healthy(diagnosis: Diagnosis) -> None:
    assert diagnosis.troubles == []
    assert diagnosis.exit_code == 0


def start_daemon(network: Network, practice: Practice) -> DaemonProcess:
    daemon = DaemonProcess(network, practice.router, practice.configuration)
    daemon.log.wait_for("runs as process")
    return daemon


def in_a_shell(command: str) -> tuple[str, ...]:
    """Return what runs a command first. `ip netns exec` makes a mount namespace of its own, so
    what is mounted goes with it.
    """
    return ("sh", "-c", f'{command}; exec "$@"', "sh")


@pytest.mark.parametrize("bridge", [False, True])
def test_a_healthy_router_during_a_login_has_no_fault(
    network: Network, tmp_path: Path, bridge: bool
) -> None:
    healthy = Practice(network, tmp_path, bridge=bridge)
    healthy.both_talk()

    # It ends as soon as both were heard.
    diagnosis = healthy.visit(seconds="600")

    assert_healthy(diagnosis)
    assert "00:d0:f8:d9:f1:04" in diagnosis.finding("server")["what"]
    assert "02:00:00:00:cc:01" in diagnosis.finding("client")["what"]
    assert "silence" not in diagnosis.notes


# The configuration.


def test_a_missing_configuration(practice: Practice, tmp_path: Path) -> None:
    diagnosis = practice.visit(path=tmp_path / "nothing.yaml")

    assert (diagnosis.troubles, diagnosis.exit_code) == (["config-missing"], 2)
    assert str(tmp_path / "nothing.yaml") in diagnosis.finding("config-missing")["what"]


def test_without_a_configuration_it_says_who_speaks_where(
    practice: Practice, tmp_path: Path
) -> None:
    practice.both_talk()

    diagnosis = practice.visit(A_WHILE, path=tmp_path / "nothing.yaml")

    assert "wan: wan" in diagnosis.finding("server-heard")["remedy"]
    assert "lan: lan" in diagnosis.finding("client-heard")["remedy"]


def test_errors_in_the_configuration(practice: Practice) -> None:
    practice.configure(login_timout=30)

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["config-errors"], 2)
    finding = diagnosis.finding("config-errors")
    assert "login_timeout" in finding["what"]
    assert finding["remedy"] == f"ruijie-proxy check -c {practice.configuration}"


def test_a_password_that_others_may_read(practice: Practice) -> None:
    practice.configure(mode="auto", username="20231234", password="x1y2z3")
    practice.configuration.chmod(0o644)

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["config-warning"], 1)
    assert f"chmod 600 {practice.configuration}" in diagnosis.finding("config-warning")["remedy"]
    practice.configuration.chmod(0o600)
    assert_healthy(practice.visit())


def test_a_sealed_password_that_cannot_be_opened(practice: Practice) -> None:
    practice.configure(mode="auto", username="20231234", password="sealed:v1:AAAA")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["config-errors"], 2)
    assert "password" in diagnosis.finding("config-errors")["what"]


# The process and its machine.


def test_a_user_without_permission(practice: Practice) -> None:
    diagnosis = practice.visit(prefix=WITHOUT_CAPABILITIES)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["permission"], 5)
    assert "sudo ruijie-proxy doctor" in diagnosis.finding("permission")["remedy"]


def test_a_clock_that_is_behind(practice: Practice) -> None:
    tomorrow = time.time() + 86400
    os.utime(practice.configuration, (tomorrow, tomorrow))

    diagnosis = practice.visit()

    assert "clock" in diagnosis.notes
    assert diagnosis.exit_code == 0, "nothing depends on it"


def test_a_full_disk(practice: Practice) -> None:
    state = practice.folder / "state"
    state.mkdir()
    fill = f"mount -t tmpfs -o size=4k none {state}; dd if=/dev/zero of={state}/all 2>/dev/null"

    diagnosis = practice.visit(prefix=in_a_shell(fill))

    assert (diagnosis.troubles, diagnosis.exit_code) == (["state-dir"], 1)
    assert "No space left on device" in diagnosis.finding("state-dir")["what"]
    assert str(state) in diagnosis.finding("state-dir")["remedy"]


def test_a_state_directory_that_cannot_be_written_to(practice: Practice) -> None:
    state = practice.folder / "state"
    state.mkdir()

    diagnosis = practice.visit(prefix=in_a_shell(f"mount -t tmpfs -o ro none {state}"))

    assert (diagnosis.troubles, diagnosis.exit_code) == (["state-dir"], 1)
    assert "Read-only" in diagnosis.finding("state-dir")["what"]


# Interfaces and cables.


@pytest.mark.parametrize(("written", "meant"), [("wna", "wan"), ("pppoe9", None)])
def test_an_interface_that_is_not_there(
    practice: Practice, written: str, meant: str | None
) -> None:
    practice.configure(wan=written)

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["interface-missing"], 5)
    finding = diagnosis.finding("interface-missing")
    assert "Those here: lan, wan." in finding["what"]
    if meant:
        assert f"“wan: {meant}”" in finding["remedy"]


def test_an_interface_that_carries_no_ethernet(practice: Practice) -> None:
    practice.configure(wan="lo")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["not-ethernet"], 5)


@pytest.mark.parametrize("interface", ["wan", "lan"])
def test_an_interface_that_is_down(practice: Practice, interface: str) -> None:
    practice.router.ip("link", "set", interface, "down")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["interface-down"], 1)
    assert diagnosis.finding("interface-down")["remedy"] == f"ip link set {interface} up"


def test_no_carrier_on_the_wan_port(practice: Practice) -> None:
    practice.campus.ip("link", "set", "port", "down")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["no-carrier"], 1)
    assert "Ports that have one: lan." in diagnosis.finding("no-carrier")["what"]


@pytest.mark.parametrize("bridge", [False, True])
def test_no_carrier_where_the_pc_is(network: Network, tmp_path: Path, bridge: bool) -> None:
    practice = Practice(network, tmp_path, bridge=bridge)
    practice.pc.ip("link", "set", "eth0", "down")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["lan-no-carrier"], 1)
    practice.pc.ip("link", "set", "eth0", "up")
    assert_healthy(practice.visit())


def test_a_pc_that_is_away_is_no_fault_when_the_router_can_log_in_itself(
    practice: Practice,
) -> None:
    practice.configure(mode="auto", username="20231234", password="x1y2z3")
    practice.configuration.chmod(0o600)
    practice.pc.ip("link", "set", "eth0", "down")

    diagnosis = practice.visit()

    assert_healthy(diagnosis)
    assert "lan-no-carrier" in diagnosis.notes


# Ports that are not the right ones.


def test_wan_and_lan_swapped(practice: Practice) -> None:
    practice.both_talk()
    practice.configure(wan="lan", lan="wan")

    diagnosis = practice.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["wan-lan-swapped"], 2)
    assert "Swap" in diagnosis.finding("wan-lan-swapped")["remedy"]


def test_a_client_on_the_wan_port_alone_is_a_hint_of_swapped_cables(practice: Practice) -> None:
    practice.talk(practice.campus, "port", START)

    diagnosis = practice.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["wan-lan-swapped"], 1)


def test_a_default_route_through_the_lan_is_a_note(practice: Practice) -> None:
    practice.router.ip("address", "add", "10.20.0.2/24", "dev", "lan")
    practice.router.ip("route", "add", "default", "via", "10.20.0.1", "dev", "lan")

    diagnosis = practice.visit()

    assert_healthy(diagnosis)
    assert "default-route-on-lan" in diagnosis.notes


def test_a_lan_that_is_plugged_into_the_campus_too(practice: Practice) -> None:
    practice.talk(practice.campus, "port", IDENTITY_REQUEST)
    practice.talk(practice.pc, "eth0", IDENTITY_REQUEST)

    diagnosis = practice.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["lan-reaches-switch"], 1)


@pytest.mark.parametrize(
    ("frame", "name", "remedy"),
    [
        (IDENTITY_REQUEST, "server-elsewhere", "“wan: spare”"),
        (START, "client-elsewhere", "“lan: spare”"),
    ],
)
def test_a_cable_in_a_port_that_no_session_uses(
    network: Network, practice: Practice, frame: bytes, name: str, remedy: str
) -> None:
    other = network.namespace("other")
    network.cable(practice.router, "spare", other, "eth0")
    practice.talk(other, "eth0", frame)

    diagnosis = practice.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == ([name], 1)
    assert remedy in diagnosis.finding(name)["remedy"]


# Bridges.


def test_a_wan_port_in_a_bridge(network: Network, practice: Practice) -> None:
    network.bridge(practice.router, "br-wan", "wan")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["wan-in-bridge"], 2)
    assert "ip link set wan nomaster" in diagnosis.finding("wan-in-bridge")["remedy"]


def test_a_bridge_as_wan(network: Network, practice: Practice) -> None:
    network.bridge(practice.router, "br-wan", "wan")
    practice.configure(wan="br-wan")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["wan-is-bridge"], 1)


def test_a_port_of_the_lan_bridge_instead_of_the_bridge(bridged: Practice) -> None:
    bridged.talk(bridged.campus, "port", IDENTITY_REQUEST)
    bridged.talk(bridged.pc, "eth0", RUIJIE_START)
    bridged.configure(lan="lan1")

    diagnosis = bridged.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["lan-in-bridge"], 2)
    assert "“lan: br-lan”" in diagnosis.finding("lan-in-bridge")["remedy"]


def test_a_client_whose_frames_go_to_the_bridge_is_heard_there(bridged: Practice) -> None:
    bridged.talk(bridged.campus, "port", IDENTITY_REQUEST)
    bridged.talk(bridged.pc, "eth0", RUIJIE_START)

    diagnosis = bridged.visit(A_WHILE)

    assert_healthy(diagnosis)
    assert "client" in [one["name"] for one in diagnosis.findings]


def test_a_bridge_that_does_not_learn_where_the_client_is(bridged: Practice) -> None:
    bridged.router.run("bridge", "link", "set", "dev", "lan1", "learning", "off")
    bridged.both_talk()

    diagnosis = bridged.visit(A_WHILE)

    assert_healthy(diagnosis)
    remedy = diagnosis.finding("client-port-unknown")["remedy"]
    assert remedy == "bridge link set dev lan1 learning on"


def test_a_bridge_that_forwards_the_group(bridged: Practice) -> None:
    bridged.router.ip("link", "set", "br-lan", "type", "bridge", "group_fwd_mask", "8")
    bridged.both_talk()

    diagnosis = bridged.visit(A_WHILE)

    assert_healthy(diagnosis)
    remedy = diagnosis.finding("group-forwarded")["remedy"]
    assert remedy == "ip link set br-lan type bridge group_fwd_mask 0"


# What keeps frames from programs.


@pytest.mark.parametrize(("bridge", "interface"), [(False, "wan"), (False, "lan"), (True, "lan1")])
def test_a_filter_that_drops_802_1x(
    network: Network, tmp_path: Path, bridge: bool, interface: str
) -> None:
    practice = Practice(network, tmp_path, bridge=bridge)
    practice.both_talk()
    assert_healthy(practice.visit(A_WHILE))
    with practice.router.entered():
        drop_eapol(interface)

    diagnosis = practice.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["frames-filtered"], 1)
    assert interface in diagnosis.finding("frames-filtered")["what"]


def test_nobody_who_answers_a_start(practice: Practice) -> None:
    # Whoever sends it on the router's side; the doctor itself sends nothing.
    practice.talk(practice.router, "wan", START)

    diagnosis = practice.visit(A_WHILE)

    assert (diagnosis.troubles, diagnosis.exit_code) == (["no-answer"], 1)
    assert "group: ruijie" in diagnosis.finding("no-answer")["remedy"]


def test_a_client_that_says_nothing_is_a_note(practice: Practice) -> None:
    diagnosis = practice.visit(A_WHILE)

    assert_healthy(diagnosis)
    assert "silence" in diagnosis.notes


# Other programs.


def test_another_802_1x_program_on_the_port(network: Network, practice: Practice) -> None:
    require_standard_peers()
    configuration = practice.folder / "wired.conf"
    configuration.write_text("ap_scan=0\nnetwork={\nkey_mgmt=IEEE8021X\neap=MD5\n}\n")
    supplicant = network.start(
        practice.router, "wpa_supplicant", "-Dwired", "-iwan", f"-c{configuration}"
    )
    assert supplicant.stdout is not None
    for line in supplicant.stdout:
        if "Associated" in line or "ASSOC" in line:
            break

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["other-supplicant"], 1)
    finding = diagnosis.finding("other-supplicant")
    assert f"wpa_supplicant, process {supplicant.pid}" in finding["what"]
    assert finding["remedy"] in (f"kill {supplicant.pid}", "service wpa_supplicant stop")


def test_the_own_daemon_is_no_other_program(network: Network, practice: Practice) -> None:
    start_daemon(network, practice)

    diagnosis = practice.visit()

    assert_healthy(diagnosis)
    assert "daemon" in [one["name"] for one in diagnosis.findings]


def test_another_ruijie_proxy_on_the_port(practice: Practice) -> None:
    with practice.router.entered():
        lock = PortLock("wan")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["port-taken"], 1)
    assert diagnosis.finding("port-taken")["remedy"] == f"kill {os.getpid()}"
    lock.close()
    assert_healthy(practice.visit())


# The daemon.


def test_no_daemon_is_a_note_with_how_to_start_it(practice: Practice) -> None:
    diagnosis = practice.visit()

    assert_healthy(diagnosis)
    remedy = diagnosis.finding("daemon-not-running")["remedy"]
    assert remedy == f"ruijie-proxy run -c {practice.configuration}"


def test_a_daemon_that_does_not_answer(network: Network, practice: Practice) -> None:
    daemon = start_daemon(network, practice)
    daemon.signal(signal.SIGSTOP)

    diagnosis = practice.visit()

    daemon.signal(signal.SIGCONT)
    assert (diagnosis.troubles, diagnosis.exit_code) == (["daemon-unreachable"], 1)


def test_a_session_that_the_daemon_does_not_know(network: Network, practice: Practice) -> None:
    start_daemon(network, practice)
    practice.configure(name="library")

    diagnosis = practice.visit()

    assert (diagnosis.troubles, diagnosis.exit_code) == (["session-not-served"], 1)


def test_what_a_person_sees(practice: Practice) -> None:
    practice.router.ip("link", "set", "wan", "down")
    done = subprocess.run(
        [
            *("ip", "netns", "exec", practice.router.name, *COMMAND, "doctor"),
            *("-c", str(practice.configuration), "--seconds", "0"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=30,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert " ! wan is switched off.\n   → ip link set wan up\n" in done.stdout
    assert done.stdout.endswith("\n1 problem was found.\n")
