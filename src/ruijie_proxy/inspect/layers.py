"""Ruijie's dialect for scapy (https://scapy.net)::

    from scapy.all import *
    from ruijie_proxy.inspect.layers import *

    for packet in rdpcap("campus.pcapng"):
        if RuijieBlock in packet:
            packet[RuijieBlock].show()

From then on scapy reads EAPOL by :class:`RuijieEAPOL`. What is twisted on the wire is shown and set
untwisted. A packet that was read builds to the same bytes; what cannot be read is Raw or Padding.
Fields left at None are computed: lengths without the private block, and the head's CRC.
"""

from __future__ import annotations

import struct
from typing import Any

from scapy.config import conf
from scapy.fields import (
    ByteEnumField,
    ByteField,
    FieldLenField,
    IntField,
    IPField,
    PacketListField,
    ShortField,
    StrField,
    StrFixedLenField,
    StrLenField,
    XByteField,
    XIntField,
    XShortField,
)
from scapy.layers.eap import EAP, EAP_MD5, EAPOL, eapol_types
from scapy.layers.l2 import GRE, SNAP, CookedLinux, Ether
from scapy.packet import (
    NoPayload,
    Packet,
    Padding,
    Raw,
    bind_bottom_up,
    bind_top_down,
    split_bottom_up,
)

from ruijie_proxy.inspect.pieces import PieceKind, kinds_of
from ruijie_proxy.inspect.property_lines import property_line, property_name
from ruijie_proxy.inspect.reading import bare_data_of
from ruijie_proxy.protocol.bare_properties import scan_bare_properties
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL
from ruijie_proxy.protocol.heartbeat import NUMBER_MODULUS
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import HEAD_SIZE, AddressHead
from ruijie_proxy.protocol.properties import (
    MAGIC,
    TWISTED_MAGIC,
    Property,
    PropertyType,
    scan_properties,
)
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Piece, Result
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.protocol.twist import twist

__all__ = [
    "RuijieAccounting",
    "RuijieBareAnswer",
    "RuijieBareProperty",
    "RuijieBlock",
    "RuijieChallenge",
    "RuijieEAPOL",
    "RuijieGrant",
    "RuijieHeartbeat",
    "RuijieMessage",
    "RuijiePiece",
    "RuijieProperty",
    "RuijieResult",
    "RuijieShortProperty",
    "RuijieTwistedPiece",
    "RuijieTypedPiece",
]

_MAGIC_NUMBER = int.from_bytes(MAGIC, "big")
_CRC_AT = HEAD_SIZE - 2
_NAMES = {
    **{int(number): property_name(number) for number in PieceType},
    **{int(number): property_name(number) for number in PropertyType},
}
_EAPOL_TYPES = {
    **eapol_types,
    int(EapolType.CERNET_ECHO): "Cernet echo",
    int(EapolType.CERNET_ECHO_ANSWER): "Cernet echo answer",
    int(EapolType.RUIJIE_HEARTBEAT): "Ruijie heartbeat",
    int(EapolType.RUIJIE_USER_NAME): "Ruijie user name",
}
_HEARTBEAT_LENGTH = 30
_LENGTH_FIELD = slice(2, 4)


class _Twisted:
    """Mixed into a field of fixed size: hidden on the wire, plain in the packet."""

    fmt: str
    sz: int

    def addfield(self, pkt: Any, s: bytes, val: Any) -> bytes:
        return s + twist(struct.pack(self.fmt, self.i2m(pkt, val)))  # type: ignore[attr-defined]

    def getfield(self, pkt: Any, s: bytes) -> tuple[bytes, Any]:
        (value,) = struct.unpack(self.fmt, twist(s[: self.sz]))
        return s[self.sz :], self.m2i(pkt, value)  # type: ignore[attr-defined]


class TwistedByteField(_Twisted, XByteField):
    """One byte."""


class TwistedShortField(_Twisted, XShortField):
    """Two bytes."""


class TwistedXIntField(_Twisted, XIntField):
    """Four bytes, shown in hex."""


class TwistedIntField(_Twisted, IntField):
    """Four bytes, shown in decimal."""


class TwistedIPField(_Twisted, IPField):
    """An IPv4 address."""


class GbkField(StrLenField):
    """Text of the server, shown decoded."""

    def i2repr(self, pkt: Any, x: Any) -> str:
        return repr(decode_text(bytes(x)))


class _Part(Packet):
    """One of several things in a list: what is behind it belongs to the next."""

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return b"", s


class RuijieBareProperty(_Part):
    """A property without the leading ``1a`` and total size, as in requests."""

    name = "Ruijie property"
    fields_desc = [
        XIntField("magic", _MAGIC_NUMBER),
        ByteEnumField("type", 0, _NAMES),
        FieldLenField("size", None, fmt="B", length_of="content", adjust=lambda _, x: x + 2),
        StrLenField("content", b"", length_from=lambda pkt: max(0, pkt.size - 2)),
    ]

    def mysummary(self) -> str:
        line = property_line(Property(self.type, bytes(self.content)))
        return f"{line.name or hex(self.type)}: {line.text}"


class RuijieShortProperty(RuijieBareProperty):
    """A property of the bare shape: without the magic, and the size is the content's alone."""

    fields_desc = [
        ByteEnumField("type", 0, _NAMES),
        FieldLenField("size", None, fmt="B", length_of="content"),
        StrLenField("content", b"", length_from=lambda pkt: pkt.size),
    ]


class RuijieProperty(RuijieBareProperty):
    """A property of a client's private block (docs/protocol.md, "Properties")."""

    name = "Ruijie property"
    fields_desc = [
        XByteField("lead", 0x1A),
        FieldLenField("total", None, fmt="B", length_of="content", adjust=lambda _, x: x + 8),
        *RuijieBareProperty.fields_desc,
    ]


def _next_property(_pkt: Any, _lst: Any, _cur: Any, remain: bytes) -> type[Packet] | None:
    """Say what the rest of a list begins with; Raw is what is no whole property."""
    if not remain:
        return None
    if next(scan_properties(remain, 0, len(remain)), None) is None:
        return Raw
    return RuijieBareProperty if remain.startswith(MAGIC) else RuijieProperty


def _next_piece(_pkt: Any, lst: Any, _cur: Any, remain: bytes) -> type[Packet] | None:
    """Say what the rest behind a challenge begins with: bare pieces have no magic."""
    found = _next_property(_pkt, lst, _cur, remain)
    if found is not Raw:
        return found
    if isinstance(lst[-1] if lst else None, RuijieShortProperty):
        begins = next(scan_bare_properties(remain, 0, len(remain)), None)
        return Raw if begins is None else RuijieShortProperty
    return RuijieShortProperty if Md5Challenge(0, b"", (), remain).is_bare else Raw


def _next_short(_pkt: Any, _lst: Any, _cur: Any, remain: bytes) -> type[Packet] | None:
    if not remain:
        return None
    begins = next(scan_bare_properties(remain, 0, len(remain)), None)
    return Raw if begins is None else RuijieShortProperty


class RuijieBlock(Packet):
    """A client's private block (docs/protocol.md, "The private block")."""

    name = "Ruijie private block"
    fields_desc = [
        TwistedXIntField("head_magic", _MAGIC_NUMBER),
        TwistedByteField("dhcp", 1),
        TwistedIPField("address", "0.0.0.0"),  # noqa: S104 - it stands for an unknown one
        TwistedIPField("netmask", "0.0.0.0"),  # noqa: S104
        TwistedIPField("gateway", "0.0.0.0"),  # noqa: S104
        TwistedIPField("dns", "0.0.0.0"),  # noqa: S104
        TwistedShortField("crc", None),
        XIntField("magic", _MAGIC_NUMBER),
        StrFixedLenField("program", b"8021x.exe", 32),
        ByteField("major", 1),
        ByteField("minor", 1),
        ByteField("system", 1),
        ByteField("variant", 2),
        XByteField("state", 0),
        XIntField("second_magic", _MAGIC_NUMBER),
        FieldLenField("size", None, fmt="H", length_of="properties"),
        PacketListField(
            "properties",
            [],
            next_cls_cb=_next_property,
            length_from=lambda pkt: pkt.size,
        ),
    ]

    def right_crc(self) -> int:
        """Return the CRC that the head should have."""
        return AddressHead.parse(bytes(self)).right_crc()

    def content(self, property_type: int) -> bytes | None:
        """Return the content of the first property of a type, or None."""
        for item in self.properties:
            if isinstance(item, RuijieBareProperty) and item.type == property_type:
                return bytes(item.content)
        return None

    def post_build(self, pkt: bytes, pay: bytes) -> bytes:
        if self.crc is None:
            crc = AddressHead.parse(pkt).right_crc().to_bytes(2, "big")
            pkt = pkt[:_CRC_AT] + twist(crc) + pkt[HEAD_SIZE:]
        return pkt + pay

    def guess_payload_class(self, _payload: bytes) -> type[Packet]:
        return Padding

    def mysummary(self) -> str:
        right = self.crc is None or self.crc == self.right_crc()
        return f"Ruijie block {self.major}.{self.minor}, CRC {'right' if right else 'wrong'}"


class RuijieHeartbeat(Packet):
    """EAPOL type 0xBF (docs/protocol.md, "Heartbeats"). ``total`` is key + number."""

    name = "Ruijie heartbeat"
    fields_desc = [
        TwistedXIntField("magic", _MAGIC_NUMBER),
        TwistedByteField("type", 1),
        TwistedByteField("size", 6),
        TwistedXIntField("total", 0),
        TwistedXIntField("magic2", _MAGIC_NUMBER),
        TwistedByteField("type2", 1),
        TwistedByteField("size2", 6),
        TwistedXIntField("number", 0x102B),
        TwistedXIntField("magic3", _MAGIC_NUMBER),
        TwistedByteField("type3", 1),
        TwistedByteField("size3", 3),
        TwistedByteField("end", 0),
        StrField("rest", bytes(3)),
    ]

    @property
    def key(self) -> int:
        """The key of the grant."""
        return int(self.total - self.number) % NUMBER_MODULUS

    def mysummary(self) -> str:
        return f"Ruijie heartbeat {self.number:#x}, key {self.key:08x}"


class RuijiePiece(_Part):
    """A piece of a result, of a kind that has no layer of its own."""

    name = "Ruijie piece"
    fields_desc = [
        XIntField("magic", _MAGIC_NUMBER),
        XShortField("header", 0x0100),
        StrField("content", b""),
    ]


class RuijieTypedPiece(RuijiePiece):
    """A piece that has a type, as those behind the grant do (docs/protocol.md, "Results")."""

    name = "Ruijie typed piece"
    fields_desc = [
        XIntField("magic", _MAGIC_NUMBER),
        ByteEnumField("type", 0, _NAMES),
        FieldLenField("size", None, fmt="B", length_of="text", adjust=lambda _, x: x + 2),
        StrLenField("text", b"", length_from=lambda pkt: max(0, pkt.size - 2)),
        StrField("rest", b""),
    ]

    @property
    def header(self) -> int:
        """Type and size in one number, as other pieces have them."""
        return int(self.type << 8 | (self.size or 0))

    @property
    def content(self) -> bytes:
        """All that follows, as other pieces have it."""
        return bytes(self.text + self.rest)

    def mysummary(self) -> str:
        line = property_line(Property(self.type, bytes(self.text)))
        return f"{line.name or hex(self.type)}: {line.text}"


class RuijieTwistedPiece(RuijiePiece):
    """The same, where the magic is hidden; its content is left as it is on the wire."""

    fields_desc = [TwistedXIntField("magic", _MAGIC_NUMBER), *RuijiePiece.fields_desc[1:]]


class RuijieMessage(_Part):
    """A message for the user."""

    name = "Ruijie message"
    fields_desc = [
        XIntField("magic", _MAGIC_NUMBER),
        FieldLenField("size", None, fmt="H", length_of="text"),
        GbkField("text", b"", length_from=lambda pkt: pkt.size),
        StrField("rest", b""),
    ]


class RuijieAccounting(_Part):
    """A message about the account."""

    name = "Ruijie accounting message"
    fields_desc = [
        XIntField("magic", _MAGIC_NUMBER),
        XByteField("type", PieceType.ACCOUNT),
        FieldLenField("size", None, fmt="B", length_of="text", adjust=lambda _, x: x + 2),
        GbkField("text", b"", length_from=lambda pkt: max(0, pkt.size - 2)),
        StrField("rest", b""),
    ]


class RuijieGrant(_Part):
    """The heartbeat grant (docs/protocol.md, "The grant")."""

    name = "Ruijie grant"
    fields_desc = [
        TwistedXIntField("magic", _MAGIC_NUMBER),
        TwistedShortField("header", 0x0A01),
        TwistedXIntField("key", 0),
        TwistedIntField("interval", 30),
        TwistedByteField("end", 0),
        StrField("rest", b""),
    ]


_PIECE_LAYERS = {
    PieceKind.MESSAGE: RuijieMessage,
    PieceKind.ACCOUNTING: RuijieAccounting,
    PieceKind.GRANT: RuijieGrant,
    PieceKind.TYPED: RuijieTypedPiece,
}


def _is_bare_answer(eap: bytes) -> bool:
    try:
        packet, _ = EapPacket.parse(eap)
    except ProtocolError:
        return False
    return bare_data_of(packet) is not None


def _piece_layer(kind: PieceKind, piece: Piece) -> Packet:
    general = RuijieTwistedPiece if piece.twisted else RuijiePiece
    data = piece.encode()
    for layer in (_PIECE_LAYERS.get(kind, general), general):
        try:
            read = layer(data)
        except (struct.error, ProtocolError, IndexError, TypeError):
            continue  # it is cut
        if bytes(read) == data:
            return read
    return Raw(data)


class _PiecesField(PacketListField):
    """The pieces behind the EAP header, found as docs/protocol.md, "Results", says."""

    def getfield(self, pkt: Any, s: bytes) -> tuple[bytes, list[Any]]:
        result = Result.parse(bytes((EapCode.SUCCESS, 0, 0, EAP_HEADER_SIZE)) + s)
        pieces = [Raw(result.prefix)] if result.prefix else []
        return b"", pieces + [_piece_layer(*one) for one in kinds_of(result)]


class RuijieResult(EAP):
    """A Success or Failure; the pieces stand behind the EAP header, whatever its length says."""

    name = "EAP result"
    match_subclass = True
    fields_desc = [*EAP.fields_desc[:3], _PiecesField("pieces", [], Raw)]

    def mysummary(self) -> str:
        return str(self.sprintf("EAP %RuijieResult.code%"))

    @classmethod
    def register_variant(cls) -> None:
        """Do nothing: other EAP packets stay scapy's own."""


class RuijieChallenge(EAP_MD5):
    """A Request/MD5-Challenge, which can have private pieces behind the challenge."""

    name = "EAP-MD5 request"
    match_subclass = True
    fields_desc = [
        *EAP_MD5.fields_desc[:2],
        ShortField("len", None),
        *EAP_MD5.fields_desc[3:6],
        PacketListField(
            "pieces",
            [],
            next_cls_cb=_next_piece,
            length_from=lambda pkt: max(0, (pkt.len or 0) - (pkt.value_size or 0) - 6),
        ),
    ]

    @classmethod
    def register_variant(cls) -> None:
        """Do nothing: other EAP packets stay scapy's own."""


class RuijieBareAnswer(EAP_MD5):
    """A Response/MD5-Challenge of the bare shape: properties stand in place of the user name."""

    name = "EAP-MD5 response"
    match_subclass = True
    fields_desc = [
        ByteEnumField("code", EapCode.RESPONSE, {int(EapCode.RESPONSE): "Response"}),
        *RuijieChallenge.fields_desc[1:-1],
        PacketListField(
            "properties",
            [],
            next_cls_cb=_next_short,
            length_from=lambda pkt: max(0, (pkt.len or 0) - (pkt.value_size or 0) - 6),
        ),
    ]

    def content(self, property_type: int) -> bytes | None:
        """Return the content of the first property of a type, or None."""
        for item in self.properties:
            if isinstance(item, RuijieShortProperty) and item.type == property_type:
                return bytes(item.content)
        return None

    @classmethod
    def register_variant(cls) -> None:
        """Do nothing: other EAP packets stay scapy's own."""


class RuijieEAPOL(EAPOL):
    """EAPOL with what stands behind its stated length: a private block, or padding."""

    name = "EAPOL"
    match_subclass = True
    fields_desc = [
        EAPOL.fields_desc[0],
        ByteEnumField("type", 0, _EAPOL_TYPES),
        EAPOL.fields_desc[2],
    ]

    def dissect(self, s: bytes) -> None:
        s = self.post_dissect(self.do_dissect(self.pre_dissect(s)))
        payload, behind = s[: self.len], s[self.len :]
        self.do_dissect_payload(payload)
        if behind:
            self.add_payload(self._behind(behind))

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.type == EapolType.RUIJIE_HEARTBEAT:
            return RuijieHeartbeat
        if self.type == EapolType.EAP_PACKET and payload:
            if payload[0] in (EapCode.SUCCESS, EapCode.FAILURE):
                return RuijieResult
            if payload[0] == EapCode.REQUEST and payload[4:5] == bytes((EapType.MD5_CHALLENGE,)):
                return RuijieChallenge
            if _is_bare_answer(payload):
                return RuijieBareAnswer
        return super().guess_payload_class(payload)

    def post_build(self, pkt: bytes, pay: bytes) -> bytes:
        if self.len is not None:
            return pkt + pay
        block = self.getlayer(RuijieBlock)
        standard = len(pay) - (0 if block is None else len(block))
        if self.type == EapolType.RUIJIE_HEARTBEAT:
            standard = _HEARTBEAT_LENGTH
        length = standard.to_bytes(2, "big")
        if block is not None and isinstance(self.payload, EAP) and self.payload.len is None:
            pay = pay[: _LENGTH_FIELD.start] + length + pay[_LENGTH_FIELD.stop :]
        return pkt[: _LENGTH_FIELD.start] + length + pkt[_LENGTH_FIELD.stop :] + pay

    def _behind(self, data: bytes) -> Packet:
        is_clients = self.type != EapolType.EAP_PACKET or getattr(self.payload, "code", None) == 2
        # Behind padding a block would be built before it.
        has_room = isinstance(self.payload, NoPayload) or Padding not in self.payload
        if is_clients and has_room and data.startswith(TWISTED_MAGIC):
            try:
                block = RuijieBlock(data)
            except (struct.error, ProtocolError, IndexError, TypeError):
                return conf.padding_layer(data)
            if bytes(block) == data:
                return block
        return conf.padding_layer(data)


for _lower, _field in ((Ether, "type"), (CookedLinux, "proto"), (SNAP, "code"), (GRE, "proto")):
    split_bottom_up(_lower, EAPOL, **{_field: ETHERTYPE_EAPOL})
    bind_bottom_up(_lower, RuijieEAPOL, **{_field: ETHERTYPE_EAPOL})
bind_top_down(Ether, RuijieEAPOL, dst="01:80:c2:00:00:03", type=ETHERTYPE_EAPOL)
