"""The end of a cable: sends frames, and tells when the kernel saw each one pass."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pyroute2 import netns

from bench.errors import BenchError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES, ETHERTYPE_OFFSET, HEADER_SIZE

PATIENCE = 5.0
"""Seconds in which a frame has to arrive."""
LONGEST_FRAME = 65535

ETH_P_ALL = 0x0003
"""linux/if_ether.h: every frame, those that this host sends included."""
SO_TIMESTAMPNS = 35
"""asm-generic/socket.h; also the type of the control message that brings the time."""
TIMESPEC = struct.Struct("@ll")
_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Passage:
    """A frame that went by a tap."""

    frame: bytes
    at: int
    """When the kernel sent it, or took it in: nanoseconds of CLOCK_REALTIME."""
    outgoing: bool


class Tap:
    """Watches the EAPOL frames of one interface in both directions, and sends others."""

    def __init__(self, namespace: str, interface: str) -> None:
        """Open it. Raises OSError."""
        with inside(namespace):
            # A socket that sends does not see its own frames: one more watches.
            self._sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self._watcher = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._sender.bind((interface, 0))
        self._watcher.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._watcher.settimeout(PATIENCE)
        self._watcher.bind((interface, ETH_P_ALL))

    def send(self, frame: bytes) -> None:
        """Send a whole Ethernet frame."""
        self._sender.send(frame)

    def next(self) -> Passage | None:
        """Wait for the next EAPOL frame to pass, either way; None: none did in time."""
        while True:
            try:
                frame, control, _, address = self._watcher.recvmsg(
                    LONGEST_FRAME, socket.CMSG_SPACE(TIMESPEC.size)
                )
            except TimeoutError:
                return None
            if frame[ETHERTYPE_OFFSET:HEADER_SIZE] == ETHERTYPE_EAPOL_BYTES:
                outgoing = address[2] == socket.PACKET_OUTGOING
                return Passage(frame, timestamp(control), outgoing)

    def forget(self) -> None:
        """Leave what has passed until now out."""
        self._watcher.settimeout(0)
        try:
            while True:
                self._watcher.recv(LONGEST_FRAME)
        except BlockingIOError:
            return
        finally:
            self._watcher.settimeout(PATIENCE)

    def close(self) -> None:
        """Close both sockets."""
        self._sender.close()
        self._watcher.close()


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Be in a network namespace for a while: sockets opened meanwhile stay in it."""
    netns.pushns(namespace)
    try:
        yield
    finally:
        netns.popns()


def timestamp(control: list[tuple[int, int, bytes]]) -> int:
    """Return when the kernel took a frame in, from its control messages: nanoseconds of
    CLOCK_REALTIME. Raises BenchError.
    """
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = TIMESPEC.unpack(data)
            return int(seconds) * _NANOSECONDS + int(nanoseconds)
    raise BenchError("the kernel gives no timestamps")
