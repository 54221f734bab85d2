"""A healthy router, faults for it, and visits of the doctor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from tests.namespaces.daemon_process import run_command, write_configuration

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

CLIENT = bytes.fromhex("02000000cc01")
SWITCH = bytes.fromhex("00d0f8d9f104")
START = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT, EapolType.START).encode()
RUIJIE_START = EapolFrame.build(RUIJIE_GROUP_ADDRESS, CLIENT, EapolType.START).encode()
IDENTITY_REQUEST = EapolFrame.build(
    PAE_GROUP_ADDRESS,
    SWITCH,
    EapolType.EAP_PACKET,
    EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY).encode(),
).encode()

AT_ONCE = "0.2"
"""Seconds to listen where nothing has to be heard."""
A_WHILE = "1.5"
"""Where something has to be."""

# Its socket receives nothing, so it is no 802.1X program on the port that it talks by.
_CHATTER = """
import socket, sys, time

packets, frame = socket.socket(socket.AF_PACKET, socket.SOCK_RAW), bytes.fromhex(sys.argv[2])
packets.bind((sys.argv[1], 0))
packets.send(frame)
print("talks", flush=True)
while True:
    time.sleep(0.05)
    packets.send(frame)
"""


@dataclass(frozen=True)
class Diagnosis:
    """What ``ruijie-proxy doctor --json`` said."""

    exit_code: int
    findings: tuple[Mapping[str, Any], ...]

    @property
    def troubles(self) -> list[str]:
        """The names of the findings that are worse than a note."""
        return [one["name"] for one in self.findings if one["severity"] in ("warning", "fatal")]

    @property
    def notes(self) -> list[str]:
        """The names of the notes."""
        return [one["name"] for one in self.findings if one["severity"] == "note"]

    def finding(self, name: str) -> Mapping[str, Any]:
        """Return the finding of a name; there has to be one."""
        return next(one for one in self.findings if one["name"] == name)


class Practice:
    """A router with `wan`, to the campus, and a LAN with a PC, and what the doctor says of it."""

    def __init__(self, network: Network, folder: Path, *, bridge: bool = False) -> None:
        self._network = network
        self.router, self.campus, self.pc = (
            network.namespace(role) for role in ("router", "campus", "pc")
        )
        network.cable(self.router, "wan", self.campus, "port")
        self.lan = "lan"
        if bridge:
            self.lan = "br-lan"
            network.cable(self.router, "lan1", self.pc, "eth0")
            network.bridge(self.router, "br-lan", "lan1")
        else:
            network.cable(self.router, "lan", self.pc, "eth0")
        self.folder = folder
        self.configuration = write_configuration(folder, self.session())

    def session(self, **keys: Any) -> dict[str, Any]:
        """Return the keys of the usual session, with some of them changed."""
        return {"name": "dorm", "wan": "wan", "lan": self.lan, **keys}

    def configure(self, **keys: Any) -> None:
        """Change keys of the session."""
        self.configuration = write_configuration(self.folder, self.session(**keys))

    def talk(self, where: Namespace, interface: str, frame: bytes) -> subprocess.Popen[str]:
        """Have a frame sent twenty times a second from now on."""
        talker = self._network.start(where, sys.executable, "-c", _CHATTER, interface, frame.hex())
        assert talker.stdout is not None
        assert talker.stdout.readline() == "talks\n"
        return talker

    def both_talk(self) -> None:
        """Have the switch and the client talk, as during a login."""
        self.talk(self.campus, "port", IDENTITY_REQUEST)
        self.talk(self.pc, "eth0", START)

    def visit(
        self, seconds: str = AT_ONCE, prefix: tuple[str, ...] = (), path: Path | None = None
    ) -> Diagnosis:
        """Have the doctor look."""
        return visit(self.router, path or self.configuration, seconds, prefix)


def visit(
    router: Namespace, configuration: Path, seconds: str = AT_ONCE, prefix: tuple[str, ...] = ()
) -> Diagnosis:
    """Have the doctor look at any router. The prefix is a program to run it with."""
    arguments = ["doctor", "-c", str(configuration), "--seconds", seconds, "--json"]
    done = run_command(*arguments, within=router, prefix=prefix)
    assert done.stderr == "", done.stderr
    told = json.loads(done.stdout)
    assert told["exit_code"] == done.returncode
    return Diagnosis(done.returncode, tuple(told["findings"]))
