"""The EAPOL frames that cross an interface, in both directions, as the kernel saw them."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ruijie_proxy.protocol.eapol import TYPE_OFFSET
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    HEADER_SIZE,
    SOURCE_OFFSET,
)

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace

EVERY_PROTOCOL = 3
"""ETH_P_ALL: only so does a packet socket see what its own host sends."""
PACKET_OUTGOING = 4
"""The packet type of such a frame (packet(7))."""
LARGEST_FRAME = 65536


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame, taken apart as far as the tests ask."""

    content: bytes

    @property
    def destination(self) -> bytes:
        return self.content[:ADDRESS_SIZE]

    @property
    def source(self) -> bytes:
        return self.content[SOURCE_OFFSET : SOURCE_OFFSET + ADDRESS_SIZE]

    @property
    def eapol_type(self) -> int:
        return self.content[TYPE_OFFSET]

    @property
    def payload(self) -> bytes:
        """Everything behind the addresses."""
        return self.content[SOURCE_OFFSET + ADDRESS_SIZE :]


class Capture:
    """Captures at an interface from when it is made until it is closed."""

    def __init__(self, namespace: Namespace, interface: str) -> None:
        with namespace.entered():
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK)
        self._socket.bind((interface, EVERY_PROTOCOL))
        self._sent: list[Frame] = []
        self._received: list[Frame] = []

    @property
    def sent(self) -> list[Frame]:
        """What the interface's own host has sent until now, in order."""
        self._collect()
        return self._sent

    @property
    def received(self) -> list[Frame]:
        """What has come in until now, in order."""
        self._collect()
        return self._received

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def _collect(self) -> None:
        while True:
            try:
                content, (_, _, packet_type, *_) = self._socket.recvfrom(LARGEST_FRAME)
            except BlockingIOError:
                return
            if content[HEADER_SIZE - 2 : HEADER_SIZE] == ETHERTYPE_EAPOL_BYTES:
                where = self._sent if packet_type == PACKET_OUTGOING else self._received
                where.append(Frame(content))
