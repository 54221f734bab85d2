"""What has come in by a packet socket.

A veth hands a frame over within the send itself, unless the kernel is so busy that it leaves the
rest to a process of its own.
"""

from __future__ import annotations

import select

from ruijie_proxy.runtime.ports.packet_socket import PacketSocket

ARRIVAL_TIMEOUT = 30.0
"""Seconds in which a frame must be there."""


def wait_readable(packets: PacketSocket) -> None:
    """Wait until something can be received."""
    assert select.select([packets], [], [], ARRIVAL_TIMEOUT)[0], "nothing came"


def everything(packets: PacketSocket, at_least: int = 0) -> list[bytes]:
    """Receive all frames that are there, once there have been so many."""
    frames = list(iter(packets.receive, None))
    while len(frames) < at_least:
        wait_readable(packets)
        frames += iter(packets.receive, None)
    return frames
