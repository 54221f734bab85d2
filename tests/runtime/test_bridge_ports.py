"""Bridges, ports and Wi-Fi as /sys/class/net shows them."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ruijie_proxy.runtime.ports.bridge_ports import bridge_port_of, is_bridge, is_wireless

CLIENT = bytes.fromhex("02000000cc01")
OTHER = bytes.fromhex("02000000cc02")
OWN = bytes.fromhex("02000000aa02")


def entry(mac: bytes, port: int, is_local: bool = False) -> bytes:
    """Return a struct __fdb_entry of linux/if_bridge.h."""
    return struct.pack("6sBBIBBH", mac, port & 0xFF, is_local, 0, port >> 8, 0, 0)


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    """Return a folder like /sys/class/net with a bridge of two ports."""
    (tmp_path / "br-lan" / "bridge").mkdir(parents=True)
    for port, number in (("lan1", "0x1"), ("lan2", "0x102")):
        folder = tmp_path / "br-lan" / "brif" / port
        folder.mkdir(parents=True)
        (folder / "port_no").write_text(f"{number}\n")
        (tmp_path / port).mkdir()
    learnt = entry(OWN, 1, is_local=True) + entry(CLIENT, 1) + entry(OTHER, 0x102)
    (tmp_path / "br-lan" / "brforward").write_bytes(learnt)
    return tmp_path


def test_a_client_is_found_behind_its_port(sysfs: Path) -> None:
    assert bridge_port_of("br-lan", CLIENT, str(sysfs)) == "lan1"


def test_port_numbers_have_two_bytes(sysfs: Path) -> None:
    assert bridge_port_of("br-lan", OTHER, str(sysfs)) == "lan2"


def test_an_address_of_the_router_is_behind_no_port(sysfs: Path) -> None:
    assert bridge_port_of("br-lan", OWN, str(sysfs)) is None


def test_an_address_that_was_not_seen_is_behind_no_port(sysfs: Path) -> None:
    assert bridge_port_of("br-lan", b"\x02" * 6, str(sysfs)) is None


def test_a_long_table_is_read_to_its_end(sysfs: Path) -> None:
    others = b"".join(entry(number.to_bytes(6, "big"), 1) for number in range(1, 5000))
    (sysfs / "br-lan" / "brforward").write_bytes(others + entry(CLIENT, 0x102))

    assert bridge_port_of("br-lan", CLIENT, str(sysfs)) == "lan2"


def test_a_port_that_has_just_left_is_not_found(sysfs: Path) -> None:
    (sysfs / "br-lan" / "brif" / "lan1" / "port_no").unlink()

    assert bridge_port_of("br-lan", CLIENT, str(sysfs)) is None


@pytest.mark.parametrize("name", ["lan1", "eth7"])
def test_what_is_no_bridge_has_no_ports(sysfs: Path, name: str) -> None:
    assert bridge_port_of(name, CLIENT, str(sysfs)) is None


def test_bridges_are_told_from_ports(sysfs: Path) -> None:
    assert is_bridge("br-lan", str(sysfs))
    assert not is_bridge("lan1", str(sysfs))
    assert not is_bridge("eth7", str(sysfs))


@pytest.mark.parametrize("sign", ["phy80211", "wireless"])
def test_wifi_is_known_by_either_sign(sysfs: Path, sign: str) -> None:
    (sysfs / "wlan0" / sign).mkdir(parents=True)

    assert is_wireless("wlan0", str(sysfs))
    assert not is_wireless("lan1", str(sysfs))
