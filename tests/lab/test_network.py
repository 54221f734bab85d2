"""The campus's cables: there while it lasts, and gone after it, whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.installing import how_to_install
from ruijie_proxy.lab.campus import network
from ruijie_proxy.lab.campus.network import CampusNetwork, Layout, Role, remove_stale_namespaces
from ruijie_proxy.lab.errors import LabError, LabUnavailable

NAMESPACES = Path("/run/netns")
needs_namespaces = pytest.mark.namespaces


def ours() -> list[str]:
    """Return the names of this process's namespaces."""
    return sorted(path.name for path in NAMESPACES.glob(f"rp-lab-{os.getpid()}-*"))


def links(namespace: str) -> dict[str, dict[str, Any]]:
    """Return what `ip` says of a namespace's interfaces."""
    told = subprocess.run(
        ["ip", "-n", namespace, "-json", "link"], capture_output=True, text=True, check=True
    )
    return {link["ifname"]: link for link in json.loads(told.stdout)}


def make_namespace(name: str) -> None:
    """Make a namespace as another campus would have."""
    subprocess.run(["ip", "netns", "add", name], check=True)


def dead_pid() -> int:
    """Return the id of a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@needs_namespaces
def test_a_campus_of_one_lan_port() -> None:
    with CampusNetwork() as campus:
        router = links(campus.namespace(Role.ROUTER))

        assert set(router) == {"lo", "eth1", "lan"}
        assert router["eth1"]["address"] == "02:00:00:00:aa:01"
        assert all("LOWER_UP" in link["flags"] for link in router.values())
        assert set(links(campus.namespace(Role.SWITCH))) == {"lo", "port"}
        assert links(campus.namespace(Role.PC))["eth0"]["address"] == "02:00:00:00:cc:01"
    assert ours() == []


@needs_namespaces
def test_a_campus_whose_lan_is_a_bridge_with_two_pcs() -> None:
    with CampusNetwork(Layout(bridge=True)) as campus:
        router = links(campus.namespace(Role.ROUTER))

        assert set(router) == {"lo", "eth1", "br-lan", "lan1", "lan2"}
        assert router["lan1"]["master"] == router["lan2"]["master"] == "br-lan"
        assert links(campus.namespace(Role.SECOND_PC))["eth0"]["address"] == "02:00:00:00:cc:02"
    assert ours() == []


@needs_namespaces
def test_the_wan_port_can_have_an_address() -> None:
    with CampusNetwork(Layout(wan_address="10.20.0.2/24")) as campus:
        told = subprocess.run(
            ["ip", "-n", campus.namespace(Role.ROUTER), "-brief", "-4", "address", "show", "eth1"],
            capture_output=True,
            text=True,
            check=True,
        )

    assert told.stdout.split()[2] == "10.20.0.2/24"


@needs_namespaces
def test_a_pc_s_cable_comes_and_goes() -> None:
    with CampusNetwork(Layout(bridge=True)) as campus:
        campus.unplug(Role.SECOND_PC)
        assert "lan2" not in links(campus.namespace(Role.ROUTER))
        assert "eth0" not in links(campus.namespace(Role.SECOND_PC))

        campus.plug(Role.SECOND_PC)
        assert links(campus.namespace(Role.ROUTER))["lan2"]["master"] == "br-lan"

        campus.set_link(Role.PC, "eth0", up=False)
        assert links(campus.namespace(Role.ROUTER))["lan1"]["flags"].count("LOWER_UP") == 0


@needs_namespaces
def test_an_end_is_waited_for_until_what_it_is_given_leaves_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with CampusNetwork() as campus:
        router = campus.namespace(Role.ROUTER)
        network.wait_until_it_sends(router, "lan")

        campus.set_link(Role.ROUTER, "lan", up=False)
        monkeypatch.setattr(network, "PATIENCE", 0.05)
        with pytest.raises(LabError, match=r"lan .* has no link"):
            network.wait_until_it_sends(router, "lan")
        with pytest.raises(LabError, match="no interface lan7"):
            network.wait_until_it_sends(router, "lan7")


@needs_namespaces
def test_two_campuses_of_one_process_do_not_meet() -> None:
    with CampusNetwork() as one, CampusNetwork() as other:
        assert one.namespace(Role.PC) != other.namespace(Role.PC)
        assert len(ours()) == 6
    assert ours() == []


@needs_namespaces
def test_a_campus_that_cannot_be_finished_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "WAN_INTERFACE", "a-name-that-is-too-long-for-linux")

    with pytest.raises(LabUnavailable, match="cannot be built"), CampusNetwork():
        pass

    assert ours() == []


@needs_namespaces
def test_namespaces_of_a_crashed_campus_are_removed_by_the_next_one() -> None:
    stale = f"rp-lab-{dead_pid()}-0-pc"
    make_namespace(stale)

    with CampusNetwork():
        assert not (NAMESPACES / stale).exists()


@needs_namespaces
def test_namespaces_of_a_living_campus_and_of_others_are_left_alone() -> None:
    kept = [f"rp-lab-{os.getppid()}-0-pc", f"rp-other-{os.getpid()}"]
    try:
        for name in kept:
            make_namespace(name)
        assert not set(kept) & set(remove_stale_namespaces())
        assert all((NAMESPACES / name).exists() for name in kept)
    finally:
        for name in kept:
            subprocess.run(["ip", "netns", "delete", name], check=True)


@needs_namespaces
def test_an_interface_that_is_not_there_is_named() -> None:
    with CampusNetwork() as campus, pytest.raises(LabError, match="no interface wlan0"):
        campus.set_link(Role.ROUTER, "wlan0", up=True)


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(LabUnavailable, match="sudo"), CampusNetwork():
        pass


def test_without_pyroute2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "pyroute2", None)

    with pytest.raises(LabUnavailable, match=how_to_install("pyroute2", None)), CampusNetwork():
        pass


def test_without_iproute2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "")

    with pytest.raises(LabUnavailable, match="install iproute2"), CampusNetwork():
        pass


@needs_namespaces
def test_a_namespace_that_is_slow_to_be_made_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a loaded machine; pyroute2 itself waits for two seconds."""
    fork = os.fork
    slow: list[int] = []

    def fork_a_slow_child() -> int:
        if slow:
            return fork()
        slow.append(pid := fork())
        if pid == 0:
            time.sleep(2.5)
        return pid

    monkeypatch.setattr(os, "fork", fork_a_slow_child)

    with CampusNetwork() as campus:
        assert set(links(campus.namespace(Role.SWITCH))) == {"lo", "port"}
    assert slow
