"""Interfaces of OpenWrt's network configuration whose protocol is minieap."""

from __future__ import annotations

import pytest

from ruijie_proxy.takeover.draft import TakenOver
from ruijie_proxy.takeover.sessions import take_over

LOOPBACK = (
    "config interface 'loopback'\n\toption device 'lo'\n\toption proto 'static'\n\n"
    "config device\n\toption name 'br-lan'\n\toption type 'bridge'\n\n"
)
ACCOUNT = "\toption username '20260001'\n\toption password 'hunter2'\n\tlist module 'rjv3'\n"
WAN = "config interface 'wan'\n\toption proto 'minieap'\n\toption device 'eth0.2'\n" + ACCOUNT
BESIDE = (
    "config interface 'wan'\n\toption device 'eth1'\n\toption proto 'dhcp'\n\n"
    "config interface 'campus'\n\toption proto 'minieap'\n\toption device '{device}'\n" + ACCOUNT
)


def taken(text: str) -> TakenOver:
    (session,) = take_over((LOOPBACK + text).encode(), "network")
    return session


def remarks(text: str) -> dict[str, str]:
    return {key: remark.text for remark in taken(text).remarks for key in remark.keys}


@pytest.mark.parametrize("port", ["device", "ifname"])
def test_the_port_of_the_interface_is_taken(port: str) -> None:
    options = taken(WAN.replace("device", port)).options

    assert options["wan"] == "eth0.2"
    assert (options["username"], options["password"]) == ("20260001", "hunter2")
    assert options["client_version"] == "1.31"


def test_its_other_keys_are_those_of_minieap() -> None:
    text = (
        f"{WAN}\toption eap_bcast_addr '1'\n\toption dhcp_type '1'\n\toption fake_dns1 '1.1.1.1'\n"
        "\toption service 'students'\n\tlist rj_option '6a:00'\n\toption metric '10'\n"
        "\toption no_auto_reauth '1'\n"
    )
    options = taken(text).options

    assert (options["group"], options["dhcp"], options["service"]) == (
        "ruijie",
        "double",
        "students",
    )
    assert options["dns"] == ["1.1.1.1"]
    assert "0x6A=hex:00" in options["properties"]
    assert set(remarks(text)) == {"no_auto_reauth", "proto"}


def test_alone_it_has_to_go_back_to_dhcp() -> None:
    assert "has to go back to DHCP" in remarks(WAN)["proto"]
    assert "uci set network.wan.proto='dhcp'; uci commit network" in remarks(WAN)["proto"]


@pytest.mark.parametrize("device", ["eth1", "@wan"])
def test_beside_an_interface_that_gets_the_address_it_has_to_go(device: str) -> None:
    text = BESIDE.format(device=device)

    assert taken(text).options["wan"] == "eth1"
    assert "the interface campus has to go: wan gets the address" in remarks(text)["proto"]
    assert "uci delete network.campus; uci commit network" in remarks(text)["proto"]
