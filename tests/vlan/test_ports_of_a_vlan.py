"""A LAN that has to do with VLANs, on a real bridge: who is heard, where, and answered how."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL_BYTES,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
)
from ruijie_proxy.runtime.ports.packet_filter import UNTAGGED, PortVlan
from ruijie_proxy.runtime.ports.packet_socket import PacketSocket
from tests.namespaces.conftest import Namespace, Network

# It answers each frame by the port where it has heard it, and tells by which ports it hears: with
# "+" also untagged frames.
LISTEN = """
import sys
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.lan_side import LanSide
from ruijie_proxy.runtime.ports.links import LinkMonitor

def answer(port, frame):
    problem = lan.send(port, frame[6:12] + bytes.fromhex("00d0f8d9f104") + frame[12:])
    print(port, frame[6:12].hex(), problem or "", flush=True)

def refresh():
    names = links.receive()
    if lan.concerns(names):
        lan.refresh()
        tell_ports()

def tell_ports():
    ports = lan._ports.values()
    told = (f"{one.interface}:{one.vlan.vlan}{'+' * one.vlan.takes_untagged}" for one in ports)
    print("ports", *sorted(told), flush=True)

loop, links = EventLoop(), LinkMonitor()
lan = LanSide(loop, links, sys.argv[1], answer)
lan.refresh()
lan.listen_to_client(True)
loop.add_reader(links.fileno(), refresh)
tell_ports()
loop.run()
"""
SERVER = bytes.fromhex("00d0f8d9f104")
DESTINATIONS = (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, SERVER)
LAST_WORD = bytes.fromhex("02000000ccff")
Heard = list[tuple[str, bytes]]


class Lan:
    """A router whose bridge has three ports, with a PC behind each.

    lan1 is VLAN 1's untagged, lan2 tagged, lan3 is VLAN 5's.
    """

    def __init__(self, network: Network, *, vlan_aware: bool = True) -> None:
        self.network = network
        self.router = network.namespace("router")
        self.pcs = [network.namespace(f"pc{number}") for number in (1, 2, 3)]
        for number, pc in enumerate(self.pcs, 1):
            network.cable(self.router, f"lan{number}", pc, "eth0")
        network.bridge(self.router, "br-lan", "lan1", "lan2", "lan3")
        if vlan_aware:
            options = ("vlan_filtering", "1", "vlan_default_pvid", "0")
            self.router.ip("link", "set", "br-lan", "type", "bridge", *options)
            self.vlan("add", "lan1", "1", "pvid", "untagged")
            self.vlan("add", "lan2", "1")
            self.vlan("add", "lan3", "5", "pvid", "untagged")
            self.vlan("add", "br-lan", "1", "self")

    def vlan(self, action: str, port: str, number: str, *flags: str) -> None:
        """Change the bridge's table."""
        command = ("bridge", "vlan", action, "dev", port, "vid", number, *flags)
        self.router.run(*command)

    def vlan_device(self, number: int) -> None:
        """Make a VLAN device on the bridge."""
        name = f"br-lan.{number}"
        kind = ("type", "vlan", "id", str(number))
        self.router.ip("link", "add", "link", "br-lan", "name", name, *kind)
        self.router.ip("link", "set", name, "up")

    def listen(self, interface: str) -> subprocess.Popen[str]:
        """Start the LAN's side of a session."""
        return self.network.start(self.router, sys.executable, "-c", LISTEN, interface)

    def say(self, number: int, tag: int | None, source: bytes | None = None) -> None:
        """Have a PC say one frame to each destination."""
        vlan = UNTAGGED if tag is None else PortVlan(tag)
        packets = packets_of(self.pcs[number - 1], vlan)
        for destination in DESTINATIONS if source is None else (RUIJIE_GROUP_ADDRESS,):
            packets.send(frame(destination, source or address(number, tag)))
        packets.close()

    def last_word(self, tag: int | None = None) -> None:
        """Have the first PC end what the listener has to hear."""
        self.say(1, tag, LAST_WORD)


def address(number: int, tag: int | None) -> bytes:
    """Return which MAC address a PC has in a VLAN."""
    return bytes((2, 0, 0, number, *(tag or 0).to_bytes(2, "big")))


def frame(destination: bytes, source: bytes) -> bytes:
    return (destination + source + ETHERTYPE_EAPOL_BYTES + b"\x01\x01\0\0").ljust(60, b"\0")


def packets_of(pc: Namespace, vlan: PortVlan) -> PacketSocket:
    with pc.entered():
        return PacketSocket("eth0", vlan)


def heard_until_ports(listener: subprocess.Popen[str], *ports: str) -> Heard:
    """Return what was heard until it listens on exactly these ports."""
    return _heard_until(listener, " ".join(("ports", *ports)))


def heard(listener: subprocess.Popen[str]) -> Heard:
    """Return what was heard, up to the last word."""
    return _heard_until(listener, LAST_WORD.hex())


def _heard_until(listener: subprocess.Popen[str], ending: str) -> Heard:
    """Return port and source of what was heard."""
    assert listener.stdout is not None
    frames: Heard = []
    for line in listener.stdout:
        told = line.rstrip("\n")
        if told.strip().endswith(ending):
            return frames
        if not told.startswith("ports"):
            port, source, *problem = told.split()
            assert not problem, told
            frames.append((port, bytes.fromhex(source)))
    raise AssertionError(f"the listener has ended: {frames}")


def thrice(*frames: tuple[str, int, int | None]) -> Heard:
    """Return what is heard of PCs that say something to each destination."""
    return [(port, address(pc, tag)) for port, pc, tag in frames for _ in DESTINATIONS]


def everybody_speaks(lan: Lan) -> None:
    for number in (1, 2, 3):
        for tag in (None, 0, 1, 5):
            lan.say(number, tag)


def test_a_vlan_device_stands_for_the_ports_that_are_members_of_its_vlan(network: Network) -> None:
    lan = Lan(network)
    lan.vlan_device(1)
    listener = lan.listen("br-lan.1")
    assert heard_until_ports(listener, "lan1:1+", "lan2:1") == []

    everybody_speaks(lan)
    lan.last_word()

    # Every destination is heard once; other VLANs, and who is no member, are not.
    assert heard(listener) == thrice(
        ("lan1", 1, None), ("lan1", 1, 0), ("lan1", 1, 1), ("lan2", 2, 1)
    )


def test_who_is_heard_is_answered_in_the_same_vlan(network: Network) -> None:
    lan = Lan(network)
    lan.vlan_device(1)
    listener = lan.listen("br-lan.1")
    ears = [
        (packets_of(lan.pcs[0], UNTAGGED), packets_of(lan.pcs[0], PortVlan(1))),
        (packets_of(lan.pcs[1], UNTAGGED), packets_of(lan.pcs[1], PortVlan(1))),
    ]
    for pair in ears:
        for ear in pair:
            ear.receive_from([SERVER])
    heard_until_ports(listener, "lan1:1+", "lan2:1")

    lan.say(1, None)
    lan.say(2, 1)
    lan.last_word()
    heard(listener)

    of_first = [len(list(iter(ear.receive, None))) for ear in ears[0]]
    of_second = [len(list(iter(ear.receive, None))) for ear in ears[1]]
    assert of_first == [len(DESTINATIONS) + 1, 0]  # untagged; with the last word's
    assert of_second == [0, len(DESTINATIONS)]  # tagged


def test_a_port_is_heard_from_when_it_joins_the_vlan_and_no_longer_when_it_leaves(
    network: Network,
) -> None:
    lan = Lan(network)
    lan.vlan_device(1)
    listener = lan.listen("br-lan.1")

    heard_until_ports(listener, "lan1:1+", "lan2:1")
    lan.say(3, None)
    lan.vlan("add", "lan3", "1", "pvid", "untagged")
    before = heard_until_ports(listener, "lan1:1+", "lan2:1", "lan3:1+")
    lan.say(3, None)
    lan.last_word()
    as_a_member = heard(listener)
    lan.vlan("del", "lan3", "1")
    heard_until_ports(listener, "lan1:1+", "lan2:1")
    lan.say(3, None)
    lan.last_word()

    assert before == []
    assert as_a_member == thrice(("lan3", 3, None))
    assert heard(listener) == []


def test_a_member_that_becomes_a_tagged_one_is_heard_tagged(network: Network) -> None:
    lan = Lan(network)
    lan.vlan_device(1)
    listener = lan.listen("br-lan.1")

    lan.vlan("add", "lan1", "1")  # neither its PVID any more nor untagged
    heard_until_ports(listener, "lan1:1", "lan2:1")
    lan.say(1, None)
    lan.say(1, 1)
    lan.last_word(1)

    assert heard(listener) == thrice(("lan1", 1, 1))


def test_a_bridge_stands_for_the_vlan_that_it_hands_up_untagged(network: Network) -> None:
    lan = Lan(network)
    lan.vlan("add", "br-lan", "1", "pvid", "untagged", "self")
    listener = lan.listen("br-lan")
    heard_until_ports(listener, "lan1:1+", "lan2:1")

    everybody_speaks(lan)
    lan.last_word()

    assert heard(listener) == thrice(
        ("lan1", 1, None), ("lan1", 1, 0), ("lan1", 1, 1), ("lan2", 2, 1)
    )


def test_a_bridge_of_no_vlan_hears_what_is_untagged_at_its_ports(network: Network) -> None:
    lan = Lan(network)
    listener = lan.listen("br-lan")
    heard_until_ports(listener, "lan1:0+", "lan2:0+", "lan3:0+")

    everybody_speaks(lan)
    lan.last_word()

    assert heard(listener) == thrice(
        *((f"lan{number}", number, tag) for number in (1, 2, 3) for tag in (None, 0))
    )


@pytest.mark.parametrize(
    ("interface", "vlan", "tags"),
    [("br-lan", "0+", (None, 0)), ("br-lan.1", "1", (1,)), ("br-lan.5", "5", (5,))],
)
def test_on_a_bridge_to_which_tags_are_nothing_vlan_devices_tell_them_apart(
    network: Network, interface: str, vlan: str, tags: tuple[int | None, ...]
) -> None:
    """The bridge's own socket hears its VLAN devices' frames, with nothing to tell them by."""
    lan = Lan(network, vlan_aware=False)
    lan.vlan_device(1)
    lan.vlan_device(5)
    listener = lan.listen(interface)
    heard_until_ports(listener, *(f"lan{number}:{vlan}" for number in (1, 2, 3)))

    everybody_speaks(lan)
    lan.last_word(tags[0])

    assert heard(listener) == thrice(
        *((f"lan{number}", number, tag) for number in (1, 2, 3) for tag in tags)
    )


def test_ports_with_thousands_of_vlans_are_understood(network: Network) -> None:
    lan = Lan(network)
    lan.vlan("add", "lan2", "100-3000")
    lan.vlan("add", "lan3", "200-4094")
    lan.vlan("add", "br-lan", "2000", "self")
    lan.vlan_device(2000)
    listener = lan.listen("br-lan.2000")

    assert heard_until_ports(listener, "lan2:2000", "lan3:2000") == []
    lan.vlan("add", "lan1", "1999-2001")
    assert heard_until_ports(listener, "lan1:2000", "lan2:2000", "lan3:2000") == []
