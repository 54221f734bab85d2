"""The forwarding table of a real bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ruijie_proxy.runtime.ports.packet_socket import PacketSocket

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

LOOK = """
import sys
from ruijie_proxy.runtime.ports.bridge_ports import bridge_port_of, is_bridge
mac = bytes.fromhex(sys.argv[1])
print(bridge_port_of("br-lan", mac), is_bridge("br-lan"), is_bridge("lan1"))
"""
FIRST_PC = bytes.fromhex("02000000cc01")
SECOND_PC = bytes.fromhex("02000000cc02")
NOBODY = bytes.fromhex("02000000ccff")


def say_something(pc: Namespace, mac: bytes) -> None:
    with pc.entered():
        packets = PacketSocket("eth0")
    packets.send((b"\xff" * 6 + mac + b"\x88\x8e\x01\x01\0\0").ljust(60, b"\0"))
    packets.close()


def test_a_client_is_found_behind_its_port_and_after_it_moved(network: Network) -> None:
    router, pc, other_pc = (network.namespace(role) for role in ("router", "pc", "pc2"))
    network.cable(router, "lan1", pc, "eth0")
    network.cable(router, "lan2", other_pc, "eth0")
    network.bridge(router, "br-lan", "lan1", "lan2")

    say_something(pc, FIRST_PC)
    say_something(other_pc, SECOND_PC)

    assert router.python(LOOK, FIRST_PC.hex()).split() == ["lan1", "True", "False"]
    assert router.python(LOOK, SECOND_PC.hex()).split()[0] == "lan2"
    assert router.python(LOOK, NOBODY.hex()).split()[0] == "None"
    say_something(other_pc, FIRST_PC)
    assert router.python(LOOK, FIRST_PC.hex()).split()[0] == "lan2"
