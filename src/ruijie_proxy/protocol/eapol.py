"""EAPOL frames: the Ethernet frames that carry 802.1X (IEEE 802.1X-2010, clause 11).

A genuine Ruijie client states only the standard part in the length field and puts its private
block behind it, so a frame is parsed into what the length covers (``body``) and what stands behind
it (``trailer``), and neither is ever dropped (docs/protocol.md, "Frames").
"""

from __future__ import annotations

from ruijie_proxy.choices import IntEnum
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL_BYTES,
    ETHERTYPE_OFFSET,
    HEADER_SIZE,
    MINIMUM_FRAME_SIZE,
    SOURCE_OFFSET,
)
from ruijie_proxy.values import Frozen

EAPOL_HEADER_SIZE = 4
"""Version (1 byte), type (1), length (2)."""
VERSION_OFFSET = HEADER_SIZE
TYPE_OFFSET = HEADER_SIZE + 1
LENGTH_OFFSET = HEADER_SIZE + 2
BODY_OFFSET = HEADER_SIZE + EAPOL_HEADER_SIZE

RUIJIE_EAPOL_VERSION = 1
"""The EAPOL version that Ruijie's clients and switches state."""


class EapolType(IntEnum):
    """The packet types that this program has a reason to tell apart."""

    EAP_PACKET = 0
    START = 1
    LOGOFF = 2
    CERNET_ECHO = 5
    """The server asks whether the client is still there."""
    CERNET_ECHO_ANSWER = 6
    RUIJIE_HEARTBEAT = 0xBF
    RUIJIE_USER_NAME = 0xC0


class EapolFrame(Frozen):
    """An EAPOL frame, from its Ethernet addresses to its last byte of padding."""

    destination: bytes
    """MAC address, 6 bytes."""
    source: bytes
    """MAC address, 6 bytes."""
    version: int
    type: int
    """An :class:`EapolType`, or any other number of one byte."""
    length: int
    """The body's length as stated; a frame that was cut holds less."""
    body: bytes
    """What the length covers, as far as it is there."""
    trailer: bytes
    """What stands behind the stated length: a private block, or padding."""

    @staticmethod
    def build(
        destination: bytes,
        source: bytes,
        packet_type: int,
        body: bytes = b"",
        trailer: bytes = b"",
        version: int = RUIJIE_EAPOL_VERSION,
    ) -> EapolFrame:
        """Make a frame whose length field tells the body's length."""
        return EapolFrame(destination, source, version, packet_type, len(body), body, trailer)

    @staticmethod
    def parse(frame: bytes) -> EapolFrame:
        """Read an Ethernet frame.

        Raises ProtocolError when it is shorter than its headers or its EtherType is another.
        """
        if len(frame) < BODY_OFFSET:
            raise ProtocolError(N_("{size} bytes are too few for an EAPOL frame"), size=len(frame))
        if frame[ETHERTYPE_OFFSET:HEADER_SIZE] != ETHERTYPE_EAPOL_BYTES:
            raise ProtocolError(N_("the EtherType is not EAPOL's"))
        length = int.from_bytes(frame[LENGTH_OFFSET:BODY_OFFSET], "big")
        return EapolFrame(
            destination=frame[:SOURCE_OFFSET],
            source=frame[SOURCE_OFFSET:ETHERTYPE_OFFSET],
            version=frame[VERSION_OFFSET],
            type=frame[TYPE_OFFSET],
            length=length,
            body=frame[BODY_OFFSET : BODY_OFFSET + length],
            trailer=frame[BODY_OFFSET + length :],
        )

    def encode(self) -> bytes:
        """Write the frame, padded with zeros to Ethernet's minimum.

        The inverse of :meth:`parse` for every frame that is not shorter than that minimum.
        """
        frame = b"".join(
            (
                self.destination,
                self.source,
                ETHERTYPE_EAPOL_BYTES,
                bytes((self.version, self.type)),
                self.length.to_bytes(2, "big"),
                self.body,
                self.trailer,
            )
        )
        return frame.ljust(MINIMUM_FRAME_SIZE, b"\0")
