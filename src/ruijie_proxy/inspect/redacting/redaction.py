"""Making a frame publishable: what is known to be harmless stays, all else is replaced or zeroed.

Names, addresses and digests get pseudonyms (:mod:`.pseudonyms`). Lengths stay, the head gets its
right CRC, and a V4 check that was right is right for the new challenge. What is of unknown meaning,
padding included, becomes zeros.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from ruijie_proxy.inspect.capture.link_layers import LinkHeader, as_ethernet
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.checks import checks_of
from ruijie_proxy.inspect.identities import (
    answer_of,
    cernet_addresses,
    identity_of,
)
from ruijie_proxy.inspect.pieces import PieceKind, kinds_of
from ruijie_proxy.inspect.reading import Reading, read_frame
from ruijie_proxy.inspect.redacting.pseudonyms import Pseudonyms, is_netmask, mac_in
from ruijie_proxy.inspect.redacting.text_redaction import TextRedaction
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EAPOL_HEADER_SIZE, EapolType
from ruijie_proxy.protocol.edition import edition_of_zero_check
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, HEADER_SIZE
from ruijie_proxy.protocol.heartbeat import CONTENT_SIZE, Heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import HEAD_SIZE, AddressHead, PrivateBlock
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC, Property, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Piece, Result
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.values import replace

_IPV6_SIZE = 16
_MOST_CHECKS = 128
_GRANT_CONTENT_SIZE = 9
_COOKED_ADDRESS_SIZE = 8
_HARMLESS_SIZES = {
    PropertyType.ADDRESS_FROM_DHCP: 4,
    PieceType.CHALLENGE_FLAG: 1,
    PropertyType.IPV6_ADDRESS_COUNT: 1,
    PropertyType.SECURITY_CHECK: 1,
    PropertyType.SERVICE_CHANGED: 2,
    PropertyType.WINDOWS_FLAG: 1,
    PropertyType.WORD_SIZE: 1,
    PropertyType.GENERATION: 1,
}
"""Properties that say nothing of a person, and their sizes; of another size, they may."""
_HARMLESS_MARKS = (bytes.fromhex("0000010000040000"), bytes.fromhex("00000100000c0000"))
_TEXTS = (PropertyType.SERVICE, PropertyType.CLIENT_NAME, PieceType.SERVICES_ON_OFFER)
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
        if reading.block is not None:
            self._note_block(reading.block)

    def _note_block(self, block: PrivateBlock) -> None:
        head = block.head
        self.addresses.update((head.address, head.gateway, head.dns))
        for item in block.properties:
            if item.type == PropertyType.MAC_ADDRESS:
                self.addresses.add(item.content)
            elif item.type in _IPV6:
                self.addresses.add(mac_in(item.content) or item.content)
            elif item.type == PropertyType.DNS_SERVERS:
                self.addresses.update(filter(None, map(_ipv4, item.content.split(b";"))))


class Redaction:
    """Redacts packets, one after the other, in the order of the capture."""

    def __init__(self, secrets: Secrets, salt: bytes | None = None) -> None:
        """``salt``: for tests; usually a random one."""
        taken = secrets.names | secrets.addresses
        self._other = Pseudonyms(taken, salt)
        self._text = TextRedaction(secrets.names)
        self._identities = sorted(secrets.identities, key=len, reverse=True)
        self._checks: OrderedDict[bytes, bytes] = OrderedDict()
        """Right V4 checks of the challenges seen, and what they become."""

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
                    (cernet.IDENTITY_MARK, *map(self._ipv4_or_mask, addresses), cernet.VERSION)
                )
            return prefix + self._name(identity)
        if answer is not None:
            value = self._other.digest(answer.value)
            return eap.data[:1] + value + self._name(answer.username)
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
        for check, edition in checks_of(request.challenge).items():
            self._checks[check] = v4_check(challenge, edition)
        while len(self._checks) > _MOST_CHECKS:
            self._checks.popitem(last=False)
        redacted = replace(
            request,
            challenge=challenge,
            pieces=tuple(map(self._property, request.pieces)),
            unparsed=self._reason(request),
        )
        return redacted.encode().data

    def _reason(self, request: Md5Challenge) -> bytes:
        """Redact what stands behind a challenge: bare properties, a text, or something unknown."""
        data = request.unparsed
        if request.reason is None:
            return bytes(len(data))
        bare = _bare_properties(data)
        if not any(kind == PieceType.REFUSAL_REASON for kind, _ in bare):
            return self._text(data)
        redacted = b"".join(
            bytes((kind, len(content)))
            + (self._text(content) if kind == PieceType.REFUSAL_REASON else bytes(len(content)))
            for kind, content in bare
        )
        return redacted.ljust(len(data), b"\0")

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
            state=0,
            unparsed=bytes(len(block.unparsed)),
            rest=bytes(len(block.rest)),
        ).encode()

    def _head(self, head: AddressHead) -> AddressHead:
        redacted = replace(
            head,
            address=self._other.ipv4(head.address),
            netmask=self._ipv4_or_mask(head.netmask),
            gateway=self._other.ipv4(head.gateway),
            dns=self._other.ipv4(head.dns),
            crc=None,
        )
        if head.crc == head.right_crc():
            return redacted
        return replace(redacted, crc=redacted.right_crc() ^ 0xFFFF)  # wrong it was, wrong it stays

    def _property(self, item: Property) -> Property:
        return replace(item, content=self._content(item.type, item.content))

    def _content(self, kind: int, content: bytes) -> bytes:
        harmless = {int(number): size for number, size in _HARMLESS_SIZES.items()}
        if harmless.get(kind) == len(content) or content in _HARMLESS_MARKS:
            return content
        match kind, len(content):
            case PropertyType.MAC_ADDRESS, 6:
                return self._other.mac(content)
            case (
                PropertyType.IPV6_GATEWAY_LINK_LOCAL
                | PropertyType.IPV6_LINK_LOCAL
                | PropertyType.IPV6_GLOBAL,
                16,
            ):
                return self._other.ipv6(content)
            case PropertyType.PASSWORD, _:
                return self._other.digest(content)
            case PropertyType.V4_CHECK, _:
                if edition_of_zero_check(content) is not None:
                    return content
                return self._checks.get(content) or self._other.hex_digest(content)
            case PropertyType.V2_CHECK, _:
                return self._other.hex_digest(content)
            case PropertyType.DISK_SERIAL, _:
                text = content.rstrip(b"\0")
                return self._other.digits(text).ljust(len(content), b"\0")
            case PropertyType.DNS_SERVERS, _:
                return b";".join(map(self._dns_server, content.split(b";")))
            case _ if kind in _TEXTS:
                return self._text(content)
            case _:
                return bytes(len(content))

    def _dns_server(self, text: bytes) -> bytes:
        address = _ipv4(text)
        if address is None:
            return b"x" * len(text)
        return str(ipaddress.IPv4Address(self._other.ipv4(address))).encode("ascii")

    def _ipv4_or_mask(self, address: bytes) -> bytes:
        return address if is_netmask(address) else self._other.ipv4(address)

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


def _bare_properties(data: bytes) -> list[tuple[int, bytes]]:
    """Return types and contents of whole bare properties (docs/protocol.md, "Cousins")."""
    found, at = [], 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        found.append((data[at], data[at + 2 : at + 2 + data[at + 1]]))
        at += 2 + data[at + 1]
    return found


def _ipv4(text: bytes) -> bytes | None:
    try:
        return ipaddress.IPv4Address(text.decode("ascii")).packed
    except ValueError:
        return None
