"""A LAN that is a bridge: which of its ports are listened on, and where a client is said to be."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL_BYTES,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
)
from ruijie_proxy.runtime.ports.packet_socket import PacketSocket

if TYPE_CHECKING:
    import subprocess

    from tests.namespaces.conftest import Namespace, Network

# There is no radio here, so the test says which port is one.
LISTEN = """
import sys
from ruijie_proxy.runtime.ports import lan_side
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.ports.links import LinkMonitor

lan_side.is_wireless = lambda name: name == sys.argv[1]
loop, links = EventLoop(), LinkMonitor()
lan = lan_side.LanSide(
    loop, links, "br-lan", lambda port, frame: print(port, frame[6:12].hex(), flush=True)
)
lan.refresh()
lan.listen_to_client(True)
print("ready", flush=True)
loop.run()
"""
FIRST_PC = bytes.fromhex("02000000cc01")
SECOND_PC = bytes.fromhex("02000000cc02")
LAST_WORD = bytes.fromhex("02000000ccff")
SERVER = bytes.fromhex("00d0f8d9f104")


def say(pc: Namespace, source: bytes, *destinations: bytes) -> None:
    with pc.entered():
        packets = PacketSocket("eth0")
    for destination in destinations:
        frame = destination + source + ETHERTYPE_EAPOL_BYTES + b"\x01\x01\0\0"
        packets.send(frame.ljust(60, b"\0"))
    packets.close()


def heard(listener: subprocess.Popen[str]) -> list[tuple[str, bytes]]:
    """Return port and source of what was heard, up to the last word."""
    assert listener.stdout is not None
    frames: list[tuple[str, bytes]] = []
    for line in listener.stdout:
        port, source = line.split()
        if bytes.fromhex(source) == LAST_WORD:
            return frames
        frames.append((port, bytes.fromhex(source)))
    raise AssertionError("the listener has ended")


@pytest.mark.parametrize(
    ("wireless", "of_the_second_pc"), [("none", [("lan2", SECOND_PC)] * 3), ("lan2", [])]
)
def test_every_wired_port_is_heard_once_by_its_name_and_wifi_not_at_all(
    network: Network, wireless: str, of_the_second_pc: list[tuple[str, bytes]]
) -> None:
    router, pc, other_pc = (network.namespace(role) for role in ("router", "pc", "pc2"))
    network.cable(router, "lan1", pc, "eth0")
    network.cable(router, "lan2", other_pc, "eth0")
    network.bridge(router, "br-lan", "lan1", "lan2")
    listener = network.start(router, sys.executable, "-c", LISTEN, wireless)
    assert listener.stdout is not None
    assert listener.stdout.readline() == "ready\n"

    # To the PAE group it is the port that hears, to all others the bridge.
    say(pc, FIRST_PC, PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, SERVER)
    say(other_pc, SECOND_PC, PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS, SERVER)
    say(pc, LAST_WORD, RUIJIE_GROUP_ADDRESS)

    frames = heard(listener)
    assert [frame for frame in frames if frame[1] == FIRST_PC] == [("lan1", FIRST_PC)] * 3
    assert [frame for frame in frames if frame[1] == SECOND_PC] == of_the_second_pc
