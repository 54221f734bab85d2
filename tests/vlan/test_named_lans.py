"""What `check` and `doctor` say of a LAN that has to do with VLANs, and what `capture` sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.runtime.ports.eapol_tap import EapolTap, interfaces_to_tap
from ruijie_proxy.runtime.ports.packet_filter import PortVlan
from tests.namespaces.conftest import Network
from tests.namespaces.daemon_process import run_command, write_configuration
from tests.namespaces.doctor_visit import visit
from tests.vlan.test_ports_of_a_vlan import Lan, address, frame, packets_of


def named(lan: Lan, folder: Path, interface: str) -> Path:
    """Return a configuration whose LAN is this interface."""
    far = lan.network.namespace("campus")
    lan.network.cable(lan.router, "wan", far, "port")
    return write_configuration(folder, {"name": "dorm", "wan": "wan", "lan": interface})


def test_a_vlan_with_ports_is_fine(network: Network, tmp_path: Path) -> None:
    lan = Lan(network)
    lan.vlan_device(1)
    configuration = named(lan, tmp_path, "br-lan.1")

    check = run_command("check", "-c", str(configuration), within=lan.router)
    diagnosis = visit(lan.router, configuration)

    assert (check.returncode, check.stderr) == (0, "")
    assert diagnosis.troubles == []
    assert "lan1, lan2" in diagnosis.finding("lan")["what"]


@pytest.mark.parametrize(
    ("interface", "told", "finding", "remedy"),
    [
        ("br-lan", "keeps VLANs apart and belongs to none", "lan-of-no-vlan", "“lan: br-lan.7”"),
        ("br-lan.7", "has no port of br-lan as a member", "vlan-without-ports", "vid 7 pvid"),
    ],
)
def test_a_lan_that_hears_no_client_is_named(
    network: Network, tmp_path: Path, interface: str, told: str, finding: str, remedy: str
) -> None:
    lan = Lan(network)
    lan.vlan_device(7)
    configuration = named(lan, tmp_path, interface)

    check = run_command("check", "-c", str(configuration), within=lan.router)
    diagnosis = visit(lan.router, configuration)

    assert check.returncode == 0
    assert f"lan: {told}" in check.stderr
    assert finding in diagnosis.troubles
    assert remedy in diagnosis.finding(finding)["remedy"]


def test_what_a_tagged_member_says_and_is_told_is_captured(network: Network) -> None:
    lan = Lan(network)
    lan.vlan_device(1)
    with lan.router.entered():
        places = interfaces_to_tap("br-lan.1")
        taps = {port: EapolTap(port, vlan) for port, vlan in places.items()}
    listener = lan.listen("br-lan.1")
    assert listener.stdout is not None
    assert listener.stdout.readline() == "ports lan1:1+ lan2:1\n"

    lan.say(2, 1)
    lan.say(2, 5)
    packets = packets_of(lan.pcs[1], PortVlan(1))
    packets.send(frame(PAE_GROUP_ADDRESS, address(2, 1)))
    listener.stdout.readline()

    seen = list(iter(taps["lan2"].next, None))
    assert list(taps) == ["lan1", "lan2"]
    assert [one.frame[12:14].hex() for one in seen] == ["888e"] * len(seen)
    assert any(one.outgoing for one in seen)
    assert [one.frame[6:12] for one in seen if not one.outgoing] == [address(2, 1)] * 4
