"""Interfaces as /sys/class/net shows them on routers that no test has at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.doctor.examiners.switch_device import examine_switch_device
from ruijie_proxy.doctor.examiners.wireless import examine_wireless
from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.doctor.gathering.interfaces import Interface, Interfaces, read_interfaces
from ruijie_proxy.doctor.gathering.machine import Machine

DSA_ROUTER = {
    "eth0": {"ifindex": "2", "dsa/tagging": "mtk"},
    "wan": {"ifindex": "3", "iflink": "2", "uevent": "DEVTYPE=dsa\nINTERFACE=wan"},
    "lan1": {"ifindex": "4", "iflink": "2", "uevent": "DEVTYPE=dsa", "master": "br-lan"},
    "lan2": {"ifindex": "5", "iflink": "2", "uevent": "DEVTYPE=dsa", "master": "br-lan"},
    "wlan0": {"ifindex": "7", "uevent": "DEVTYPE=wlan", "phy80211/name": "", "master": "br-lan"},
    "br-lan": {"ifindex": "6", "uevent": "DEVTYPE=bridge", "bridge/group_fwd_mask": "0x8"},
}
"""As OpenWrt of today has them."""
VLAN_ROUTER = {
    "eth0": {"ifindex": "2"},
    "eth0.1": {"ifindex": "3", "iflink": "2", "uevent": "DEVTYPE=vlan", "master": "br-lan"},
    "eth0.2": {"ifindex": "4", "iflink": "2", "uevent": "DEVTYPE=vlan"},
    "br-lan": {"ifindex": "5", "uevent": "DEVTYPE=bridge", "bridge/group_fwd_mask": "0x0"},
}
"""As boards with swconfig had them."""


def make_sysfs(folder: Path, router: dict[str, dict[str, str]]) -> str:
    (folder / "bonding_masters").write_text("\n")  # no interface, and there all the same
    for name, files in router.items():
        usual = {"type": "1", "flags": "0x1003", "carrier": "1", "iflink": files["ifindex"]}
        for file, content in {**usual, **files}.items():
            path = folder / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if file == "master":
                (folder / name / "brport").mkdir()
                path.symlink_to(f"../{content}")
            else:
                path.write_text(f"{content}\n")
    return str(folder)


def switch_findings(
    folder: Path, router: dict[str, dict[str, str]], wan: str = "wan", lan: str = "br-lan"
) -> list[Finding]:
    session = SessionConfiguration("dorm", wan, lan)
    machine = Machine("config.yaml", interfaces=read_interfaces(make_sysfs(folder, router)))
    return list(examine_switch_device(session, machine))


def test_everything_that_matters_is_read(tmp_path: Path) -> None:
    interfaces = read_interfaces(make_sysfs(tmp_path, DSA_ROUTER))

    assert interfaces.names == ["br-lan", "eth0", "lan1", "lan2", "wan", "wlan0"]
    assert interfaces.named("wan") == Interface("wan", 3, parent=2, kind="dsa")
    assert interfaces.named("eth0") == Interface("eth0", 2, parent=2, is_conduit=True)
    assert interfaces.named("wlan0") == Interface(
        "wlan0", 7, parent=7, kind="wlan", is_wireless=True, bridge="br-lan"
    )
    assert interfaces.named("br-lan") == Interface(
        "br-lan", 6, parent=6, kind="bridge", is_bridge=True, forwarded_groups=8
    )
    assert interfaces.side("br-lan") == {"br-lan", "lan1", "lan2", "wlan0"}


def test_an_interface_that_is_down_has_no_carrier_to_tell(tmp_path: Path) -> None:
    sysfs = make_sysfs(tmp_path, {"eth1": {"ifindex": "2", "flags": "0x1002"}})
    (tmp_path / "eth1" / "carrier").unlink()

    (eth1,) = read_interfaces(sysfs).all

    assert (eth1.up, eth1.carrier, eth1.running) == (False, False, False)


def test_a_port_of_a_bond_is_no_port_of_a_bridge(tmp_path: Path) -> None:
    router = {"eth1": {"ifindex": "2", "master": "bond0"}}
    sysfs = make_sysfs(tmp_path, router)
    (tmp_path / "eth1" / "brport").rmdir()

    assert read_interfaces(sysfs).named("eth1") == Interface("eth1", 2, parent=2)


@pytest.mark.parametrize(
    ("router", "wan", "remedy"),
    [
        (DSA_ROUTER, "eth0", "Write “wan: wan” in config.yaml."),
        (VLAN_ROUTER, "eth0", "Write “wan: eth0.2” in config.yaml."),
    ],
)
def test_a_whole_switch_device_as_wan_is_named_with_the_port_to_use(
    tmp_path: Path, router: dict[str, dict[str, str]], wan: str, remedy: str
) -> None:
    (finding,) = switch_findings(tmp_path, router, wan=wan)

    assert (finding.severity, finding.name) == (Severity.FATAL, "whole-switch")
    assert finding.remedy == remedy


def test_a_whole_switch_device_as_lan_is_named_with_the_bridge_to_use(tmp_path: Path) -> None:
    (finding,) = switch_findings(tmp_path, VLAN_ROUTER, wan="eth0.2", lan="eth0")

    assert (finding.severity, finding.name) == (Severity.FATAL, "whole-switch")
    assert finding.remedy == "Write “lan: br-lan” in config.yaml."


@pytest.mark.parametrize(("router", "wan"), [(DSA_ROUTER, "wan"), (VLAN_ROUTER, "eth0.2")])
def test_a_port_of_a_switch_is_right(
    tmp_path: Path, router: dict[str, dict[str, str]], wan: str
) -> None:
    assert switch_findings(tmp_path, router, wan=wan) == []


def test_one_vlan_beside_the_wan_traffic_is_but_a_note(tmp_path: Path) -> None:
    television = {
        "wan": {"ifindex": "2"},
        "wan.45": {"ifindex": "3", "iflink": "2", "uevent": "DEVTYPE=vlan"},
    }

    (finding,) = switch_findings(tmp_path, television)

    assert (finding.severity, finding.name) == (Severity.NOTE, "vlan")


@pytest.mark.parametrize(
    ("wan", "lan", "name"),
    [("wlan0", "lan1", "wan-is-wifi"), ("wan", "wlan0", "lan-is-wifi")],
)
def test_wifi_as_one_of_the_ports_is_fatal(tmp_path: Path, wan: str, lan: str, name: str) -> None:
    machine = Machine(interfaces=read_interfaces(make_sysfs(tmp_path, DSA_ROUTER)))

    (finding,) = examine_wireless(SessionConfiguration("dorm", wan, lan), machine)

    assert (finding.severity, finding.name) == (Severity.FATAL, name)


def test_wired_ports_are_no_finding_of_wifi(tmp_path: Path) -> None:
    machine = Machine(interfaces=read_interfaces(make_sysfs(tmp_path, DSA_ROUTER)))

    assert not list(examine_wireless(SessionConfiguration("dorm", "wan", "br-lan"), machine))


def test_there_may_be_no_interface_at_all() -> None:
    assert Interfaces().named("eth0") is None
    assert Interfaces().side("br-lan") == {"br-lan"}
