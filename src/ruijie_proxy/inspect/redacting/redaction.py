"""Making a frame publishable: what is known to be harmless stays, all else is replaced or zeroed.

Names, addresses and digests get pseudonyms (:mod:`.pseudonyms`). Lengths stay, the head gets its
right CRC, and a V4 check that was right is right for the new challenge. What is of unknown meaning,
padding included, becomes zeros.
"""

from __future__ import annotations

from ruijie_proxy.inspect.capture.link_layers import LinkHeader, as_ethernet
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.identities import (
    answer_of,
    cernet_addresses,
    identity_of,
)
from ruijie_proxy.inspect.pieces import PieceKind, kinds_of
from ruijie_proxy.inspect.reading import Reading, read_frame
from ruijie_proxy.inspect.redacting.contents import Contents, four_addresses, ipv4_of
from ruijie_proxy.inspect.redacting.pseudonyms import Pseudonyms, mac_in
from ruijie_proxy.inspect.redacting.text_redaction import TextRedaction, is_text
from ruijie_proxy.inspect.server_facts import tells_known_reason
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.bare_properties import (
    BARE_ADDRESSES_SIZE,
    encode_bare_properties,
    parse_bare_properties,
)
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EAPOL_HEADER_SIZE, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, HEADER_SIZE
from ruijie_proxy.protocol.heartbeat import CONTENT_SIZE, Heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    AddressHead,
    LogoffReason,
)
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC, Property, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import BLOCK_SIZE, Piece, Result
from ruijie_proxy.values import replace

_IPV6_SIZE = 16
_GRANT_CONTENT_SIZE = 9
_COOKED_ADDRESS_SIZE = 8
_VERSION_SIZE = 4
_KNOWN_TYPES = frozenset((*map(int, PropertyType), *map(int, PieceType)))
_IPV6 = (
    PropertyType.IPV6_GATEWAY_LINK_LOCAL,
    PropertyType.IPV6_LINK_LOCAL,
    PropertyType.IPV6_GLOBAL,
)


class Secrets:
    """What a capture holds that no pseudonym may look like, found before anything is replaced."""

    def __init__(self) -> None:
        self.names: set[bytes] = set()
        self.identities: set[bytes] = set()
        """The names that stand alone, in Identity responses."""
        self.addresses: set[bytes] = set()

    def note(self, packet: Packet, header: LinkHeader) -> None:
        """Take note of an EAPOL packet's secrets."""
        self.addresses.update(filter(None, (header.destination, header.source)))
        try:
            reading = read_frame(as_ethernet(packet, header))
        except ProtocolError:
            return
        identity, answer = identity_of(reading), answer_of(reading)
        if identity:
            self.identities.add(identity)
            self.names.add(identity)
            self.addresses.update(cernet_addresses(reading.eap.data if reading.eap else b"") or ())
        if answer is not None and answer.username:
            self.names.add(answer.username)
        if reading.bare is not None:
            self._note_properties(reading.bare.properties)
        if reading.block is not None:
            head = reading.block.head
            self.addresses.update((head.address, head.gateway, head.dns))
            self._note_properties(reading.block.properties)

    def _note_properties(self, properties: tuple[Property, ...]) -> None:
        for item in properties:
            if item.type == PropertyType.MAC_ADDRESS:
                self.addresses.add(item.content)
            elif item.type == PropertyType.ADDRESSES and len(item.content) == BARE_ADDRESSES_SIZE:
                address, _mask, gateway, dns = four_addresses(item.content)
                self.addresses.update((address, gateway, dns))
            elif item.type in _IPV6:
                self.addresses.add(mac_in(item.content) or item.content)
            elif item.type == PropertyType.DNS_SERVERS:
                self.addresses.update(filter(None, map(ipv4_of, item.content.split(b";"))))


class Redaction:
    """Redacts packets, one after the other, in the order of the capture."""

    def __init__(self, secrets: Secrets, salt: bytes | None = None) -> None:
        """``salt``: for tests; usually a random one."""
        taken = secrets.names | secrets.addresses
        self._other = Pseudonyms(taken, salt)
        self._text = TextRedaction(secrets.names, secrets.addresses)
        self._identities = sorted(secrets.identities, key=len, reverse=True)
        self._content = Contents(self._other, self._text)

    def redact(self, packet: Packet, header: LinkHeader) -> bytes:
        """Return an EAPOL packet's bytes, as many as it has, without its secrets."""
        link = bytearray(packet.data[: header.end])
        if header.destination is None:
            address = self._other.mac(header.source).ljust(_COOKED_ADDRESS_SIZE, b"\0")
            link[header.source_at : header.source_at + _COOKED_ADDRESS_SIZE] = address
        else:
            addresses = self._other.mac(header.destination) + self._other.mac(header.source)
            link[: 2 * ADDRESS_SIZE] = addresses
        ethernet = as_ethernet(packet, header)
        try:
            eapol = self._eapol(read_frame(ethernet), ethernet)
        except ProtocolError:
            eapol = b""
        size = len(packet.data) - header.end
        return bytes(link) + eapol[:size].ljust(size, b"\0")

    def _eapol(self, reading: Reading, ethernet: bytes) -> bytes:
        head = ethernet[HEADER_SIZE : HEADER_SIZE + EAPOL_HEADER_SIZE]
        if reading.block_at is None:
            return head + self._standard_part(reading)
        room = reading.block_at - BODY_OFFSET
        standard = self._standard_part(reading)[:room].ljust(room, b"\0")
        return head + standard + self._private_block(reading, ethernet[reading.block_at :])

    def _standard_part(self, reading: Reading) -> bytes:
        frame, eap = reading.frame, reading.eap
        if frame.type == EapolType.RUIJIE_HEARTBEAT:
            return _heartbeat(frame.encode())
        if frame.type == EapolType.RUIJIE_USER_NAME:
            return self._names_in(frame.body)
        if eap is None:
            is_eap = frame.type == EapolType.EAP_PACKET
            return frame.body[:EAP_HEADER_SIZE] if is_eap else b""
        if eap.code in (EapCode.SUCCESS, EapCode.FAILURE):
            return self._result(frame.body)
        return replace(eap, data=self._eap_data(reading, eap)).encode()

    def _eap_data(self, reading: Reading, eap: EapPacket) -> bytes:
        identity, answer = identity_of(reading), answer_of(reading)
        if identity is not None:
            prefix = b""
            addresses = cernet_addresses(eap.data)
            if addresses is not None:
                prefix = b"".join(
                    (
                        cernet.IDENTITY_MARK,
                        *map(self._content.ipv4_or_mask, addresses),
                        cernet.VERSION,
                    )
                )
            return prefix + self._name(identity)
        if answer is not None:
            proof = eap.data[:1] + self._other.digest(answer.value)
            if reading.bare is not None:
                return proof + self._bare(reading.bare.properties, reading.bare.rest)
            return proof + self._name(answer.username or b"")
        if eap.code != EapCode.REQUEST:
            return bytes(len(eap.data))
        if eap.type in (EapType.IDENTITY, EapType.NOTIFICATION):
            return self._text(eap.data)
        if eap.type == EapType.MD5_CHALLENGE:
            return self._challenge(eap)
        return bytes(len(eap.data))

    def _challenge(self, eap: EapPacket) -> bytes:
        try:
            request = Md5Challenge.parse(eap)
        except ProtocolError:
            return eap.data[:1] + bytes(max(0, len(eap.data) - 1))
        challenge = self._other.digest(request.challenge)
        self._content.note_challenge(request.challenge, challenge)
        redacted = replace(
            request,
            challenge=challenge,
            pieces=tuple(map(self._property, request.pieces)),
            unparsed=self._behind_challenge(request),
        )
        return redacted.encode().data

    def _behind_challenge(self, request: Md5Challenge) -> bytes:
        """Redact what stands behind a challenge: bare pieces, a text, or something unknown.

        Bytes that can be read as Chinese are not yet a text; one that tells a known reason is.
        """
        data = request.unparsed
        if request.is_bare:
            return self._bare(*parse_bare_properties(data))
        if is_text(data) and tells_known_reason(data):
            return self._text(data)
        return bytes(len(data))

    def _bare(self, properties: tuple[Property, ...], rest: bytes) -> bytes:
        """Redact bare properties, and zero what is behind the last whole one.

        What begins there, and how long it would be, stays where its type is known.
        """
        kept = rest[:2] if rest[:1] and rest[0] in _KNOWN_TYPES else b""
        return encode_bare_properties(map(self._property, properties)) + kept.ljust(
            len(rest), b"\0"
        )

    def _result(self, body: bytes) -> bytes:
        result = Result.parse(body)
        pieces = [
            replace(piece, content=self._piece(kind, piece).ljust(len(piece.content), b"\0"))
            for kind, piece in kinds_of(result)
        ]
        return b"".join(
            (
                body[:EAP_HEADER_SIZE],
                bytes(len(result.prefix)),
                *(piece.encode() for piece in pieces),
            )
        )

    def _piece(self, kind: PieceKind, piece: Piece) -> bytes:
        match kind:
            case PieceKind.MESSAGE:
                return self._text(piece.content[: int.from_bytes(piece.header, "big")])
            case PieceKind.ACCOUNTING:
                return self._text(piece.content[: max(0, int.from_bytes(piece.header[1:]) - 2)])
            case PieceKind.GRANT:
                return piece.content[:_GRANT_CONTENT_SIZE]
            case PieceKind.TYPED if piece.type is not None:
                return self._content(piece.type, piece.typed_content)
            case PieceKind.BLOCK if len(piece.content) >= BLOCK_SIZE:
                # Which client is the newest, and how many rows there are.
                version = piece.content[:_VERSION_SIZE].ljust(BLOCK_SIZE - 1, b"\0")
                return version + piece.content[BLOCK_SIZE - 1 : BLOCK_SIZE]
            case _:
                return b""

    def _private_block(self, reading: Reading, data: bytes) -> bytes:
        block = reading.block
        if block is None:
            # As much as shows that there is one, which does not parse.
            empty = TWISTED_MAGIC.ljust(HEAD_SIZE, b"\0") + MAGIC
            return empty.ljust(len(data), b"\0")
        return replace(
            block,
            head=self._head(block.head),
            program=self._text(block.program),
            properties=tuple(map(self._property, block.properties)),
            state=block.state if self._is_reason(reading, block.state) else 0,
            unparsed=bytes(len(block.unparsed)),
            rest=bytes(len(block.rest)),
        ).encode()

    @staticmethod
    def _is_reason(reading: Reading, state: int) -> bool:
        return reading.frame.type == EapolType.LOGOFF and state in map(int, LogoffReason)

    def _head(self, head: AddressHead) -> AddressHead:
        redacted = replace(
            head,
            address=self._other.ipv4(head.address),
            netmask=self._content.ipv4_or_mask(head.netmask),
            gateway=self._other.ipv4(head.gateway),
            dns=self._other.ipv4(head.dns),
            crc=None,
        )
        if head.crc == head.right_crc():
            return redacted
        return replace(redacted, crc=redacted.right_crc() ^ 0xFFFF)  # wrong it was, wrong it stays

    def _property(self, item: Property) -> Property:
        return replace(item, content=self._content(item.type, item.content))

    def _name(self, data: bytes) -> bytes:
        """Redact a user name, and zero what stands behind one that is known."""
        for identity in self._identities:
            if data.startswith(identity):
                return self._other.name(identity).ljust(len(data), b"\0")
        return self._other.name(data) if data else b""

    def _names_in(self, data: bytes) -> bytes:
        """Redact a user name that stands somewhere in data, and zero all around it."""
        for identity in self._identities:
            at = data.find(identity)
            if at >= 0:
                return bytes(at) + self._other.name(identity)
        return b""


def _heartbeat(frame: bytes) -> bytes:
    """Return a heartbeat's content: key and number are nobody's; nothing where it is none."""
    try:
        heartbeat = Heartbeat.parse(frame)
    except ProtocolError:
        return b""
    nobody = bytes(ADDRESS_SIZE)
    return heartbeat.encode(nobody, nobody)[BODY_OFFSET : BODY_OFFSET + CONTENT_SIZE]
