"""What a Ruijie server puts into its EAP requests (docs/protocol.md, "Requests")."""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.bare_properties import parse_bare_properties
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapPacket, EapType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import udp_heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import Property, parse_properties
from ruijie_proxy.protocol.text import decode_text, names_of_services
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat

_FIRST_HAN, _LAST_HAN = "\u4e00", "\u9fff"
_FEWEST_HAN = 2
"""Chinese characters that make a text of what could be anything."""
_NO_TEXT = "\ufffd"
_TYPES = frozenset(PieceType)
_FIRST_PRINTABLE = 0x20
_HIGHEST_TYPE = 0x80
"""Of all known pieces; Chinese text begins with a higher byte."""


class Md5Challenge(Frozen):
    """A Request/MD5-Challenge (RFC 3748, 5.4), with the private pieces that may follow."""

    identifier: int
    challenge: bytes
    """As many bytes as the value size says; 16 in every capture."""
    pieces: tuple[Property, ...]
    """Private pieces inside the EAP length."""
    unparsed: bytes
    """What follows them: in standard EAP the server's name."""
    is_cut: bool = False
    """Whether more was said to follow than there is."""

    @staticmethod
    def parse(packet: EapPacket) -> Md5Challenge:
        """Read a challenge from its EAP packet.

        Raises ProtocolError when the packet is another or holds less than its value size says.
        """
        if packet.code != EapCode.REQUEST or packet.type != EapType.MD5_CHALLENGE:
            raise ProtocolError(N_("the packet is no MD5 challenge"))
        size = packet.data[0] if packet.data else 0
        challenge = packet.data[1 : 1 + size]
        if not size or len(challenge) < size:
            raise ProtocolError(N_("the challenge is empty or cut"))
        pieces, unparsed = parse_properties(packet.data[1 + size :])
        is_cut = packet.length > EAP_HEADER_SIZE + 1 + len(packet.data)
        return Md5Challenge(packet.identifier, challenge, pieces, unparsed, is_cut)

    def encode(self) -> EapPacket:
        """Make the EAP packet. The inverse of :meth:`parse`."""
        data = bytes((len(self.challenge),)) + self.challenge
        data += b"".join(piece.encode() for piece in self.pieces) + self.unparsed
        return EapPacket.build(EapCode.REQUEST, self.identifier, EapType.MD5_CHALLENGE, data)

    @property
    def bare_pieces(self) -> tuple[Property, ...]:
        """The pieces of the bare shape behind the challenge; empty where something else stands."""
        return parse_bare_properties(self.unparsed)[0]

    @property
    def is_bare(self) -> bool:
        """Whether such pieces stand behind the challenge, and no text: also where one of them says
        more than there is."""
        pieces, rest = parse_bare_properties(self.unparsed)
        if not pieces or any(piece.type > _HIGHEST_TYPE for piece in pieces[:2]):
            return False
        # No text begins with a type that is known and a size below that of a letter.
        is_no_text = pieces[0].type in _TYPES and len(pieces[0].content) < _FIRST_PRINTABLE
        return len(pieces) > 1 or not rest or is_no_text

    @property
    def udp_heartbeat(self) -> UdpHeartbeat | None:
        """Where a heartbeat by UDP is wanted, or None."""
        return udp_heartbeat((*self.pieces, *self.bare_pieces))

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services that the server offers, in its order."""
        return names_of_services(self._content(PieceType.SERVICES_ON_OFFER) or b"")

    @property
    def service(self) -> str | None:
        """The name of the service that the server takes the user for, or None."""
        return decode_text((self._content(PieceType.SERVICE) or b"").rstrip(b"\0")) or None

    @property
    def broadcast(self) -> str | None:
        """What the server tells all users, or None."""
        return _readable(self._content(PieceType.BROADCAST) or b"")

    @property
    def account(self) -> str | None:
        """What the server tells of the account behind the challenge, or None."""
        return decode_text(self._content(PieceType.ACCOUNT) or b"") or None

    @property
    def reason(self) -> str | None:
        """What a server tells the user behind the challenge, as one does before a Failure.

        Either in the piece 0x53 or as GBK text; None where there is neither.
        """
        told = self._content(PieceType.REFUSAL_REASON)
        if told is not None:
            return _readable(told)
        return None if self.is_bare or self.is_cut else _chinese_text(self.unparsed)

    def _content(self, piece_type: PieceType) -> bytes | None:
        """Return the content of the first piece of a type, headed by the magic or bare."""
        for piece in (*self.pieces, *self.bare_pieces):
            if piece.type == piece_type:
                return piece.content
        return None


def _readable(data: bytes) -> str | None:
    """Return what a piece says that can be nothing but text, in whatever language.

    The last character may be cut.
    """
    text = decode_text(data).rstrip(_NO_TEXT)
    return text if text and _NO_TEXT not in text else None


def _chinese_text(data: bytes) -> str | None:
    """Return data as text when it is one: in standard EAP a server's name stands there."""
    text = decode_text(data)
    chinese = sum(_FIRST_HAN <= char <= _LAST_HAN for char in text)
    return text if chinese >= _FEWEST_HAN and _NO_TEXT not in text else None
