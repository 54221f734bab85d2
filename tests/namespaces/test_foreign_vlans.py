"""Frames with a VLAN tag, by the real kernel: priority-tagged ones are ours, other VLANs' are not.

This kernel needs no VLAN devices for it: it takes the tag off every frame that carries one.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL_BYTES,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
)
from ruijie_proxy.runtime.ports.eapol_tap import EapolTap
from ruijie_proxy.runtime.ports.hardware_address import hardware_address, set_hardware_address
from ruijie_proxy.runtime.ports.packet_filter import UNTAGGED, PortVlan
from ruijie_proxy.runtime.ports.packet_socket import PacketSocket
from tests.namespaces.arrivals import everything

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("00d0f8d9f104")
BROADCAST = b"\xff" * 6
HIGHEST_PRIORITY = 0xE000
OURS = [None, 0, HIGHEST_PRIORITY]
"""Tags of frames that are taken for untagged: none, or a priority in VLAN 0."""
FOREIGN = [1, 5, HIGHEST_PRIORITY | 5, 4094]


def frame(destination: bytes, tag: int | None = None) -> bytes:
    between = b"" if tag is None else b"\x81\x00" + tag.to_bytes(2, "big")
    told = destination + CLIENT + between + ETHERTYPE_EAPOL_BYTES + b"\x01\x01\0\0"
    return told.ljust(60 + len(between), b"\0")


class Cable:
    """A port of the router's, and a raw socket at the other end of its cable."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.router: Namespace = network.namespace("router")
        self.far: Namespace = network.namespace("far")
        network.cable(self.router, "eth1", self.far, "port")
        with self.far.entered():
            self.peer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.peer.bind(("port", 0))

    def listen(self, interface: str = "eth1", vlan: PortVlan | None = None) -> PacketSocket:
        with self.router.entered():
            return PacketSocket(interface, vlan)

    def address(self, interface: str = "eth1") -> bytes:
        with self.router.entered():
            return hardware_address(interface)


@pytest.fixture
def cable(network: Network) -> Cable:
    return Cable(network)


@pytest.mark.parametrize("tag", OURS)
def test_what_is_untagged_or_carries_a_priority_alone_is_received(
    cable: Cable, tag: int | None
) -> None:
    packets = cable.listen()
    destinations = [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, BROADCAST, cable.address(), SERVER]

    for destination in destinations:
        cable.peer.send(frame(destination, tag))

    assert everything(packets, len(destinations)) == [
        frame(destination) for destination in destinations
    ]


@pytest.mark.parametrize("tag", FOREIGN)
def test_what_is_tagged_for_another_vlan_is_not_received(cable: Cable, tag: int) -> None:
    packets = cable.listen()

    for destination in (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, BROADCAST, cable.address()):
        cable.peer.send(frame(destination, tag))
    cable.peer.send(frame(PAE_GROUP_ADDRESS))

    assert everything(packets, 1) == [frame(PAE_GROUP_ADDRESS)]


def test_a_promiscuous_port_knows_its_own_address_after_that_was_changed(cable: Cable) -> None:
    packets = cable.listen()
    packets.set_promiscuous(True)
    with cable.router.entered():
        set_hardware_address("eth1", CLIENT)
    packets.own_address_is(CLIENT)

    cable.peer.send(frame(CLIENT, 5))
    cable.peer.send(frame(SERVER))

    assert everything(packets, 1) == [frame(SERVER)]


@pytest.mark.parametrize(
    ("interface", "destination"), [("eth1", PAE_GROUP_ADDRESS), ("br-lan", RUIJIE_GROUP_ADDRESS)]
)
def test_a_bridge_and_its_ports_do_as_a_port_of_its_own(
    cable: Cable, interface: str, destination: bytes
) -> None:
    cable.network.bridge(cable.router, "br-lan", "eth1")
    packets = cable.listen(interface)

    for tag in (*FOREIGN, *OURS):
        cable.peer.send(frame(destination, tag))
    for tag in FOREIGN:
        cable.peer.send(frame(cable.address("br-lan"), tag))

    assert everything(packets, len(OURS)) == [frame(destination)] * len(OURS)


def test_of_one_vlan_its_own_tagged_frames_alone_are_received_and_without_the_tag(
    cable: Cable,
) -> None:
    packets = cable.listen(vlan=PortVlan(5))

    for tag in (*OURS, *FOREIGN):
        cable.peer.send(frame(PAE_GROUP_ADDRESS, tag))

    assert everything(packets, 2) == [frame(PAE_GROUP_ADDRESS)] * 2  # with a priority, and without


@pytest.mark.parametrize(
    ("vlan", "heard"),
    [
        (PortVlan(5, takes_untagged=True), [*OURS, 5, HIGHEST_PRIORITY | 5]),
        (PortVlan(1), [1]),
        (UNTAGGED, OURS),
    ],
)
def test_a_port_of_a_vlan_takes_in_what_its_bridge_would(
    cable: Cable, vlan: PortVlan, heard: list[int | None]
) -> None:
    packets = cable.listen(vlan=vlan)

    for tag in (*OURS, *FOREIGN):
        for destination in (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, SERVER):
            cable.peer.send(frame(destination, tag))

    assert len(everything(packets, 3 * len(heard))) == 3 * len(heard)


def test_a_vlan_that_leaves_a_port_untagged_is_sent_without_a_tag(cable: Cable) -> None:
    packets = cable.listen(vlan=PortVlan(5, takes_untagged=True, sends_untagged=True))
    with cable.far.entered():
        untagged = PacketSocket("port", UNTAGGED)

    packets.send(frame(PAE_GROUP_ADDRESS))

    assert frame(PAE_GROUP_ADDRESS) in everything(untagged, 1)


@pytest.mark.parametrize("vlan", [PortVlan(5), UNTAGGED])
def test_a_tap_sees_a_vlans_frames_of_both_directions_without_the_tag(
    cable: Cable, vlan: PortVlan
) -> None:
    with cable.router.entered():
        tap = EapolTap("eth1", vlan)
        other_vlan = PacketSocket("eth1", PortVlan(7))
    packets = cable.listen(vlan=vlan)

    for tag in (None, 5, 7):
        cable.peer.send(frame(PAE_GROUP_ADDRESS, tag))
    other_vlan.send(frame(PAE_GROUP_ADDRESS))
    packets.send(frame(RUIJIE_GROUP_ADDRESS))

    seen = [(one.frame, one.outgoing) for one in iter(tap.next, None)]
    assert seen == [(frame(PAE_GROUP_ADDRESS), False), (frame(RUIJIE_GROUP_ADDRESS), True)]


def test_frames_of_one_vlan_are_sent_with_its_tag(cable: Cable) -> None:
    packets = cable.listen(vlan=PortVlan(5))
    with cable.far.entered():
        far, untagged = PacketSocket("port", PortVlan(5)), PacketSocket("port")

    packets.send(frame(CLIENT))
    packets.send(frame(PAE_GROUP_ADDRESS))

    assert everything(far, 2) == [frame(CLIENT), frame(PAE_GROUP_ADDRESS)]
    assert PAE_GROUP_ADDRESS not in [told[:6] for told in everything(untagged)]
    assert everything(packets) == []  # what goes out is nobody's word
