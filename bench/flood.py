"""Strangers at both ends of the cables: frames of other addresses all the time."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType

from bench.processes import stop_process
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import PC_INTERFACE, SWITCH_INTERFACE, Role
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    SOURCE_OFFSET,
)

FRAMES_A_SECOND = 2000
"""On each side."""
_ANYBODY = bytes(ADDRESS_SIZE)
_SEND = f"""
import os, socket, sys, time
link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
link.bind((sys.argv[1], 0))
rate, frames = float(sys.argv[2]), [bytes.fromhex(frame) for frame in sys.argv[3:]]
began, sent = time.monotonic(), 0
print(flush=True)
while True:
    while sent < (time.monotonic() - began) * rate:
        frame = frames[sent % len(frames)]
        stranger = b"\\x02" + os.urandom(5)
        link.send(frame[:{SOURCE_OFFSET}] + stranger + frame[{SOURCE_OFFSET + ADDRESS_SIZE}:])
        sent += 1
    time.sleep(0.0005)
"""


class Flood:
    """Floods a campus's cables for as long as it is entered, by a process on each side."""

    def __init__(self, campus: Campus, client: bytes) -> None:
        """Take the MAC address by which the switch knows the client."""
        self._campus = campus
        self._client = client
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Flood:
        """Start it; the frames are on their way."""
        self._start(Role.PC, PC_INTERFACE, _starts())
        self._start(Role.SWITCH, SWITCH_INTERFACE, _requests(self._client))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        while self._processes:
            stop_process(self._processes.pop())

    def _start(self, role: Role, interface: str, frames: list[bytes]) -> None:
        sender = [sys.executable, "-c", _SEND, interface, str(FRAMES_A_SECOND)]
        process = subprocess.Popen(
            [*self._campus.network.entry(role), *sender, *(frame.hex() for frame in frames)],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._processes.append(process)
        if process.stdout is not None:
            process.stdout.readline()


def _starts() -> list[bytes]:
    return [
        EapolFrame.build(group, _ANYBODY, EapolType.START).encode()
        for group in (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
    ]


def _requests(client: bytes) -> list[bytes]:
    """What a server says that wants a login for itself, to the client and to all."""
    packets = [
        EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY),
        EapPacket.build(EapCode.REQUEST, 2, EapType.MD5_CHALLENGE, bytes((16, *range(16)))),
    ]
    return [
        EapolFrame.build(to, _ANYBODY, EapolType.EAP_PACKET, packet.encode()).encode()
        for packet in packets
        for to in (client, PAE_GROUP_ADDRESS)
    ]
