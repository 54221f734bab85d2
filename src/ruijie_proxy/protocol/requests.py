"""What a Ruijie server puts into its EAP requests (docs/protocol.md, "Requests")."""

from __future__ import annotations

from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import Property, PropertyType, parse_properties
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.values import frozen

_SERVICE_SEPARATOR = "@"


@frozen
class Md5Challenge:
    """A Request/MD5-Challenge (RFC 3748, 5.4), with the private pieces that may follow."""

    identifier: int
    challenge: bytes
    """As many bytes as the value size says; 16 in every capture."""
    pieces: tuple[Property, ...]
    """Private pieces inside the EAP length."""
    unparsed: bytes
    """What follows them: in standard EAP the server's name."""

    @staticmethod
    def parse(packet: EapPacket) -> Md5Challenge:
        """Read a challenge from its EAP packet.

        Raises ProtocolError when the packet is another or holds less than its value size says.
        """
        if packet.code != EapCode.REQUEST or packet.type != EapType.MD5_CHALLENGE:
            raise ProtocolError("the packet is no MD5 challenge")
        size = packet.data[0] if packet.data else 0
        challenge = packet.data[1 : 1 + size]
        if not size or len(challenge) < size:
            raise ProtocolError("the challenge is empty or cut")
        pieces, unparsed = parse_properties(packet.data[1 + size :])
        return Md5Challenge(packet.identifier, challenge, pieces, unparsed)

    def encode(self) -> EapPacket:
        """Make the EAP packet. The inverse of :meth:`parse`."""
        data = bytes((len(self.challenge),)) + self.challenge
        data += b"".join(piece.encode() for piece in self.pieces) + self.unparsed
        return EapPacket.build(EapCode.REQUEST, self.identifier, EapType.MD5_CHALLENGE, data)

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services that the server offers, in its order."""
        for piece in self.pieces:
            if piece.type == PropertyType.SERVICES_ON_OFFER:
                offered = decode_text(piece.content).split(_SERVICE_SEPARATOR)
                return tuple(name for name in (part.strip() for part in offered) if name)
        return ()
