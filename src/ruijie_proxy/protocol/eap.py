"""EAP packets, as they stand in the body of an EAPOL frame (RFC 3748, section 4)."""

from __future__ import annotations

from ruijie_proxy.choices import IntEnum
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.values import Frozen

EAP_HEADER_SIZE = 4
"""Code (1 byte), identifier (1), length (2)."""
IDENTIFIER_OFFSET = 1


class EapCode(IntEnum):
    """RFC 3748, section 4."""

    REQUEST = 1
    RESPONSE = 2
    SUCCESS = 3
    FAILURE = 4


class EapType(IntEnum):
    """The method types that this program tells apart (RFC 3748, section 5)."""

    IDENTITY = 1
    NOTIFICATION = 2
    NAK = 3
    MD5_CHALLENGE = 4
    CLEAR_PASSWORD = 7
    """What a switch in PAP mode asks for (docs/protocol.md, "Requests")."""


class EapPacket(Frozen):
    """An EAP packet as far as its stated length, or the frame, reaches."""

    code: int
    identifier: int
    length: int
    """The packet's length as stated, header included; a packet that was cut holds less."""
    type: int | None
    """The method type; None in Success and Failure, and in a Request or Response without one."""
    data: bytes
    """What follows the type, or in Success and Failure the header."""

    @staticmethod
    def build(
        code: int, identifier: int, method: int | None = None, data: bytes = b""
    ) -> EapPacket:
        """Make a packet whose length field tells its length."""
        length = EAP_HEADER_SIZE + (method is not None) + len(data)
        return EapPacket(code, identifier, length, method, data)

    @staticmethod
    def parse(body: bytes) -> tuple[EapPacket, bytes]:
        """Read the packet at the start of an EAPOL body; return it and the bytes behind it.

        Raises ProtocolError when the header is not all there or states less than its own size.
        """
        if len(body) < EAP_HEADER_SIZE:
            raise ProtocolError(N_("{size} bytes are too few for an EAP packet"), size=len(body))
        length = int.from_bytes(body[2:EAP_HEADER_SIZE], "big")
        if length < EAP_HEADER_SIZE:
            raise ProtocolError(N_("an EAP packet cannot be {size} bytes long"), size=length)
        content = body[EAP_HEADER_SIZE:length]
        method = None
        if body[0] in (EapCode.REQUEST, EapCode.RESPONSE) and content:
            method, content = content[0], content[1:]
        return EapPacket(body[0], body[1], length, method, content), body[length:]

    def encode(self) -> bytes:
        """Write the packet. The inverse of :meth:`parse`."""
        method = b"" if self.type is None else bytes((self.type,))
        header = bytes((self.code, self.identifier)) + self.length.to_bytes(2, "big")
        return header + method + self.data
