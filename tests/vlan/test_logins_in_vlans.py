"""Whole logins through the real daemon, where router or client have VLANs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ruijie_proxy.lab.campus.network import (
    BRIDGE,
    PC_INTERFACE,
    SWITCH_INTERFACE,
    WAN_INTERFACE,
    Role,
)
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import ClientOptions, Group
from tests.namespaces.campus_driver import CampusDriver
from tests.namespaces.conftest import Namespace

PATIENCE = 120.0
"""Seconds for each step: the machine may be emulated, and its host busy."""


@pytest.fixture
def campus() -> Iterator[CampusDriver]:
    """A campus whose router has a bridge for a LAN."""
    with CampusDriver(bridge=True, patience=PATIENCE) as driver:
        yield driver


def place(campus: CampusDriver, role: Role) -> Namespace:
    return Namespace(campus.campus.network.namespace(role))


def make_vlan(place: Namespace, below: str, name: str, number: int) -> None:
    kind = ("type", "vlan", "id", str(number))
    place.ip("link", "add", "link", below, "name", name, *kind)
    place.ip("link", "set", name, "up")


def speak_tagged(place: Namespace, interface: str, number: int) -> None:
    """Have what speaks by an interface speak in a VLAN on the same cable, by the same name."""
    for change in (("down",), ("name", "cable"), ("up",)):
        place.ip("link", "set", "cable" if change == ("up",) else interface, *change)
    make_vlan(place, "cable", interface, number)


def keep_vlans_apart(campus: CampusDriver, *, tagged: bool) -> None:
    """Make what OpenWrt makes of bridge-vlan sections; lan1 is a member of VLAN 1."""
    router = place(campus, Role.ROUTER)
    options = ("vlan_filtering", "1", "vlan_default_pvid", "0")
    router.ip("link", "set", BRIDGE, "type", "bridge", *options)
    flags = () if tagged else ("pvid", "untagged")
    router.run("bridge", "vlan", "add", "dev", "lan1", "vid", "1", *flags)
    router.run("bridge", "vlan", "add", "dev", "lan2", "vid", "5", "pvid", "untagged")
    router.run("bridge", "vlan", "add", "dev", BRIDGE, "vid", "1", "self")
    make_vlan(router, BRIDGE, "br-lan.1", 1)


def the_router_takes_over(campus: CampusDriver) -> None:
    campus.login()
    campus.log_says("takeover")
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.HEARTBEAT, count=2, since=left)
    report = campus.report()
    assert report["online"]
    assert report["complaints"] == []
    assert report["starts"] == 1


@pytest.mark.parametrize(
    ("tagged", "group"),
    [(False, Group.STANDARD), (True, Group.STANDARD), (False, Group.RUIJIE)],
)
def test_a_client_in_a_vlan_logs_in_and_the_router_takes_over(
    campus: CampusDriver, tagged: bool, group: Group
) -> None:
    keep_vlans_apart(campus, tagged=tagged)
    if tagged:
        speak_tagged(place(campus, Role.PC), PC_INTERFACE, 1)
    campus.open(client=ClientOptions(start_group=group), lan="br-lan.1")

    the_router_takes_over(campus)


def test_a_wan_port_that_is_a_vlan_of_its_card_sends_and_receives_tagged(
    campus: CampusDriver,
) -> None:
    """As on boards with swconfig: the switch at the other end hears VLAN 2 alone."""
    make_vlan(place(campus, Role.ROUTER), WAN_INTERFACE, "eth1.2", 2)
    speak_tagged(place(campus, Role.SWITCH), SWITCH_INTERFACE, 2)
    campus.open(wan="eth1.2")

    the_router_takes_over(campus)


def test_a_client_in_another_vlan_is_nobodys_while_one_in_the_lan_logs_in(
    campus: CampusDriver,
) -> None:
    keep_vlans_apart(campus, tagged=False)
    campus.open(lan="br-lan.1")
    stranger = campus.campus.start_client(ClientOptions(start_group=Group.BOTH), Role.SECOND_PC)

    stranger.command("login")
    campus.campus.wait_for("pc2", EventKind.SENT, timeout=PATIENCE)
    the_router_takes_over(campus)
