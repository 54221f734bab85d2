"""The packet socket on real interfaces: what it takes, what it leaves, and how links end."""

from __future__ import annotations

import _socket
import errno
import json
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.runtime.ports import packet_filter, packet_socket
from ruijie_proxy.runtime.ports.interface_errors import InterfaceMissing, NotEthernet
from ruijie_proxy.runtime.ports.packet_socket import (
    FrameTooLong,
    InterfaceDown,
    InterfaceGone,
    PacketSocket,
    PacketSocketError,
    QueueFull,
)
from tests.namespaces.arrivals import everything, wait_readable

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

BROADCAST = b"\xff" * 6
STRANGER = bytes.fromhex("02000000dd01")
CLIENT = bytes.fromhex("02000000cc01")
SWITCH = bytes.fromhex("00d0f8d9f104")
EAPOL = b"\x88\x8e"
IPV4 = b"\x08\x00"
EVERY_PROTOCOL = 3
"""ETH_P_ALL"""
START = b"\x01\x01\x00\x00"
LARGEST_FRAME = 1514
"""An Ethernet header and an MTU of 1500."""
FLOOD = 70_000
LEAST_COST = 1024
"""Bytes that the kernel counts at the least for one frame of the flood that waits."""
LOGIN_BURST = 20
"""More frames than any login has."""


def eapol_frame(
    destination: bytes = PAE_GROUP_ADDRESS, text: bytes = b"", ethertype: bytes = EAPOL
) -> bytes:
    return (destination + CLIENT + ethertype + START + text).ljust(60, b"\0")


class Link:
    """A cable with a packet socket of ours at one end and any raw socket at the other."""

    def __init__(self, network: Network) -> None:
        self.near = network.namespace("near")
        self.far = network.namespace("far")
        network.cable(self.near, "eth1", self.far, "port")
        with self.near.entered():
            self.packets = PacketSocket("eth1")
        with self.far.entered():
            self.peer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self.peer.bind(("port", 0))

    def reopen(self) -> PacketSocket:
        with self.near.entered():
            return PacketSocket("eth1")


@pytest.fixture
def link(network: Network) -> Link:
    return Link(network)


def test_frames_cross_whole_in_both_directions(link: Link) -> None:
    with link.far.entered():
        far = PacketSocket("port")
    frames = [
        eapol_frame(text=b"private".ljust(size - 18, b"\x5a")) for size in (60, 600, LARGEST_FRAME)
    ]

    for frame in frames:
        far.send(frame)
        link.packets.send(frame)

    assert everything(link.packets, len(frames)) == frames
    assert everything(far, len(frames)) == frames


def test_a_jumbo_frame_is_received_whole(link: Link) -> None:
    for namespace, interface in ((link.near, "eth1"), (link.far, "port")):
        namespace.ip("link", "set", interface, "mtu", "65521")
    frame = eapol_frame(text=b"\x5a" * (65535 - 18))

    link.peer.send(frame)

    assert everything(link.packets, 1) == [frame]


def test_only_eapol_frames_are_received(link: Link) -> None:
    link.peer.send(eapol_frame(BROADCAST, ethertype=IPV4))
    link.peer.send(eapol_frame(BROADCAST, ethertype=b"\x00\x64"))
    link.peer.send(eapol_frame(text=b"wanted"))

    assert everything(link.packets, 1) == [eapol_frame(text=b"wanted")]


@pytest.mark.parametrize(
    "destination", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, BROADCAST, STRANGER]
)
def test_a_frame_is_received_whomever_it_is_for(link: Link, destination: bytes) -> None:
    link.peer.send(eapol_frame(destination))

    assert everything(link.packets, 1) == [eapol_frame(destination)]


def test_what_this_host_sends_is_not_received(link: Link) -> None:
    neighbour = link.reopen()

    link.packets.send(eapol_frame())

    assert everything(link.packets) == []
    assert everything(neighbour) == []


def test_frames_of_other_interfaces_cannot_slip_in_while_it_opens(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = network.namespace("near"), network.namespace("far")
    network.cable(near, "eth1", far, "port1")
    network.cable(near, "eth2", far, "port2")
    with far.entered():
        peer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        peer.bind(("port2", 0))
    attach_filter = packet_filter.attach_filter

    def attach_late(to: socket.socket, program: bytes) -> None:
        peer.send(eapol_frame())
        attach_filter(to, program)
        peer.send(eapol_frame())

    monkeypatch.setattr(packet_socket, "attach_filter", attach_late)
    with near.entered():
        packets = PacketSocket("eth1")

    assert everything(packets) == []


def test_a_bridge_port_sees_the_pae_group_and_the_bridge_sees_the_rest(network: Network) -> None:
    router, pc = network.namespace("router"), network.namespace("pc")
    network.cable(router, "lan1", pc, "eth0")
    network.bridge(router, "br-lan", "lan1")
    with router.entered():
        port, bridge = PacketSocket("lan1"), PacketSocket("br-lan")
    with pc.entered():
        client = PacketSocket("eth0")
    to_bridge = [eapol_frame(to) for to in (RUIJIE_GROUP_ADDRESS, BROADCAST, STRANGER)]

    for frame in (eapol_frame(PAE_GROUP_ADDRESS), *to_bridge):
        client.send(frame)

    assert everything(port, 1) == [eapol_frame(PAE_GROUP_ADDRESS)]
    # The bridge forwards what is for a stranger, and hands itself only what is (also) for it.
    assert everything(bridge, 2) == to_bridge[:2]
    bridge.set_promiscuous(True)
    client.send(eapol_frame(STRANGER))
    assert everything(bridge, 1) == [eapol_frame(STRANGER)]


def test_an_answer_reaches_the_client_through_its_port_and_through_the_bridge(
    network: Network,
) -> None:
    router, pc = network.namespace("router"), network.namespace("pc")
    network.cable(router, "lan1", pc, "eth0")
    network.bridge(router, "br-lan", "lan1")
    with router.entered():
        port, bridge = PacketSocket("lan1"), PacketSocket("br-lan")
    with pc.entered():
        client = PacketSocket("eth0")

    port.send(eapol_frame(PAE_GROUP_ADDRESS, b"by the port"))
    bridge.send(eapol_frame(STRANGER, b"by the bridge"))

    assert everything(client, 2) == [
        eapol_frame(PAE_GROUP_ADDRESS, b"by the port"),
        eapol_frame(STRANGER, b"by the bridge"),
    ]


def interface_details(namespace: Namespace, interface: str) -> dict[str, object]:
    (details,) = json.loads(namespace.ip("-j", "-d", "link", "show", interface))
    return dict(details)


def test_promiscuous_mode_lasts_while_it_is_wanted(link: Link) -> None:
    assert interface_details(link.near, "eth1")["promiscuity"] == 0

    link.packets.set_promiscuous(True)
    link.packets.set_promiscuous(True)
    assert interface_details(link.near, "eth1")["promiscuity"] == 1

    link.packets.set_promiscuous(False)
    assert interface_details(link.near, "eth1")["promiscuity"] == 0

    link.packets.set_promiscuous(True)
    link.packets.close()
    assert interface_details(link.near, "eth1")["promiscuity"] == 0


def test_both_group_addresses_are_joined_and_left(link: Link) -> None:
    groups = {"01:80:c2:00:00:03", "01:d0:f8:00:00:03"}

    def joined() -> set[str]:
        (interface,) = json.loads(link.near.ip("-j", "maddr", "show", "dev", "eth1"))
        return {entry["link"] for entry in interface["maddr"] if "link" in entry}

    assert groups <= joined()
    link.packets.close()
    assert not groups & joined()


def test_a_link_that_goes_down_is_told_once_and_works_again_when_up(link: Link) -> None:
    link.near.ip("link", "set", "eth1", "down")

    wait_readable(link.packets)
    with pytest.raises(InterfaceDown, match="eth1"):
        link.packets.receive()
    assert link.packets.receive() is None
    with pytest.raises(InterfaceDown, match="eth1"):
        link.packets.send(eapol_frame())

    link.near.ip("link", "set", "eth1", "up")
    link.peer.send(eapol_frame(text=b"again"))
    assert everything(link.packets, 1) == [eapol_frame(text=b"again")]


def test_a_frame_is_sent_although_the_link_was_down_a_moment_ago(link: Link) -> None:
    with link.far.entered():
        far = PacketSocket("port")
    link.near.ip("link", "set", "eth1", "down")
    link.near.ip("link", "set", "eth1", "up")

    link.packets.send(eapol_frame(text=b"heartbeat"))

    assert everything(far, 1) == [eapol_frame(text=b"heartbeat")]


def test_a_socket_may_be_opened_before_its_interface_is_up(network: Network) -> None:
    near, far = network.namespace("near"), network.namespace("far")
    network.cable(near, "eth1", far, "port")
    near.ip("link", "set", "eth1", "down")
    with near.entered():
        packets = PacketSocket("eth1")
    with pytest.raises(InterfaceDown):
        packets.receive()
    near.ip("link", "set", "eth1", "up")
    with far.entered():
        peer = PacketSocket("port")

    peer.send(eapol_frame())

    assert everything(packets, 1) == [eapol_frame()]


def test_a_removed_interface_is_told_from_one_that_is_down(network: Network, link: Link) -> None:
    link.near.ip("link", "delete", "eth1")

    wait_readable(link.packets)
    with pytest.raises(InterfaceGone, match="eth1"):
        link.packets.receive()
    with pytest.raises(InterfaceGone, match="eth1"):
        link.packets.send(eapol_frame())
    with pytest.raises(InterfaceGone, match="eth1"):
        link.packets.set_promiscuous(True)

    network.cable(link.near, "eth1", link.far, "port")
    with pytest.raises(InterfaceGone, match="eth1"):
        link.packets.send(eapol_frame())
    renewed = link.reopen()
    assert renewed.index != link.packets.index
    with link.far.entered():
        far = PacketSocket("port")
    far.send(eapol_frame())
    assert everything(link.packets) == []
    assert everything(renewed, 1) == [eapol_frame()]


def test_a_flood_is_bounded_and_leaves_room_for_a_login(link: Link) -> None:
    frame = eapol_frame(text=b"\x5a" * 540)

    for _ in range(FLOOD):
        link.peer.send(frame)

    most = 2 * packet_socket.RECEIVE_QUEUE_SIZE // LEAST_COST
    assert LOGIN_BURST <= len(everything(link.packets, LOGIN_BURST)) <= most
    link.peer.send(eapol_frame(text=b"after"))
    assert everything(link.packets, 1) == [eapol_frame(text=b"after")]


def test_a_frame_that_is_too_long_for_the_link_is_not_lost_in_silence(link: Link) -> None:
    with pytest.raises(FrameTooLong, match="eth1"):
        link.packets.send(eapol_frame(text=b"\x5a" * LARGEST_FRAME))


def test_a_frame_that_finds_the_queue_full_is_not_lost_in_silence(link: Link) -> None:
    slow = ["root", "tbf", "rate", "8kbit", "burst", "2kb", "limit", "2kb"]
    link.near.run("tc", "qdisc", "add", "dev", "eth1", *slow)

    def send_more_than_fits() -> None:
        for _ in range(10):
            link.packets.send(eapol_frame(text=b"\x5a" * 1400))

    with pytest.raises(QueueFull, match="eth1"):
        send_more_than_fits()


@pytest.mark.parametrize("frame", [b"", b"\0" * 13])
def test_what_is_no_frame_is_not_sent(link: Link, frame: bytes) -> None:
    with pytest.raises(PacketSocketError, match="eth1"):
        link.packets.send(frame)


def test_an_interface_that_is_not_there_is_named_with_those_that_are(link: Link) -> None:
    with link.near.entered(), pytest.raises(InterfaceMissing, match=r"'eth7'.*: eth1, lo\."):
        PacketSocket("eth7")


def test_a_name_is_never_cut_to_one_that_exists(network: Network) -> None:
    near, far = network.namespace("near"), network.namespace("far")
    network.cable(near, "a-name-of-15-ch", far, "port")

    with near.entered(), pytest.raises(InterfaceMissing):
        PacketSocket("a-name-of-15-characters")


def test_an_interface_without_ethernet_is_refused(network: Network) -> None:
    with network.namespace("near").entered(), pytest.raises(NotEthernet, match="PPPoE"):
        PacketSocket("lo")


def test_without_the_capability_the_message_names_it(link: Link) -> None:
    code = "import sys; from ruijie_proxy.runtime.ports.packet_socket import PacketSocket\n"
    code += "try: PacketSocket('eth1')\nexcept Exception as e: print(type(e).__name__, e)"
    unprivileged = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"]

    said = link.near.run(*unprivileged, sys.executable, "-c", code)

    assert said.startswith("PermissionMissing")
    assert "CAP_NET_RAW" in said


def test_an_emulator_that_knows_no_memberships_is_put_up_with(
    link: Link, monkeypatch: pytest.MonkeyPatch
) -> None:
    class EmulatedSocket(_socket.socket):
        def setsockopt(self, level: int, option: int, value: Any, *rest: Any) -> None:
            if level == packet_socket.SOL_PACKET:
                raise OSError(errno.ENOPROTOOPT, "Protocol not available")
            super().setsockopt(level, option, value, *rest)

    monkeypatch.setattr(_socket, "socket", EmulatedSocket)
    packets = link.reopen()
    packets.set_promiscuous(True)

    link.peer.send(eapol_frame())

    assert everything(packets, 1) == [eapol_frame()]


def test_the_kernel_filters_and_not_the_protocol_alone(link: Link) -> None:
    # A socket for every protocol is shown the others, and what other sockets of this host send.
    with socket.socket(fileno=os.dup(link.packets.fileno())) as same_socket:
        same_socket.bind(("eth1", EVERY_PROTOCOL))

    link.reopen().send(eapol_frame(text=b"own"))
    link.peer.send(eapol_frame(BROADCAST, ethertype=IPV4))
    link.peer.send(eapol_frame(text=b"theirs"))

    assert everything(link.packets, 1) == [eapol_frame(text=b"theirs")]
