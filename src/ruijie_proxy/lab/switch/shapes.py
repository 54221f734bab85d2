"""The switch's own frames, in each known form (docs/protocol.md, "Requests", "Results")."""

from __future__ import annotations

from ruijie_proxy.lab.options import Destination, Dialect, Padding, SuccessShape, SwitchOptions
from ruijie_proxy.lab.switch.bare_pieces import bare_pieces
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import MINIMUM_FRAME_SIZE, PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC, Property
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import (
    Grant,
    accounting_piece,
    block_piece,
    empty_piece,
    message_piece,
)
from ruijie_proxy.protocol.text import encode_text

_LINE_END = b"\r\n"
"""Messages often start with it."""
_BLOCK_HEADER_0049 = bytes.fromhex("0049")
_GRANT_HEADER = 0x01
_EMPTY_PIECE = 0x00
_TRAIL = MAGIC + bytes((0x1F, 0x14)) + bytes(18)
"""A piece of 24 bytes without a known meaning."""
_UNREADABLE_GRANT = MAGIC + bytes((0x0B, 0x0E)) + bytes.fromhex("9d3c51e0774f2a1bb60855ce")
_METHOD_START = bytes((0x20,))
"""What the first request of PEAP, TTLS or EAP-TLS holds: the start flag (RFC 5216, 3.1)."""
_CERNET_IDENTITY_TEXT = b"User name"
_LONGER_FRAME_SIZE = 200
"""A second challenge comes in a frame of about this size."""

STALE_MEMORY = (
    # Tempting to parse: another client's grant, its heartbeat and its message.
    Grant(0x0BADBEEF, 1).encode()
    + message_piece(encode_text("您已被强制下线"))
    + Heartbeat(0x0BADBEEF, 7).encode(PAE_GROUP_ADDRESS, PAE_GROUP_ADDRESS)[BODY_OFFSET:]
    + TWISTED_MAGIC
    + b"GET / HTTP/1.1\r\nHost: www.example.edu.cn\r\nCookie: 0123456789abcdef0123456789"
)
"""What a switch's buffers can hold of other people's packets."""


class SwitchFrames:
    """Writes a switch's frames the way its options want them, as padded Ethernet frames."""

    def __init__(self, options: SwitchOptions, address: bytes) -> None:
        self._options = options
        self._address = address

    def identity(self, client: bytes, identifier: int, *, online: bool = False) -> bytes:
        """Write a Request/Identity; ``online`` tells a probe from a login's."""
        text = _CERNET_IDENTITY_TEXT if self._options.dialect == Dialect.CERNET else b""
        return self._request(client, identifier, EapType.IDENTITY, text, online=online)

    def notification(
        self, client: bytes, identifier: int, text: str, *, online: bool = False
    ) -> bytes:
        """Write a Request/Notification."""
        data = encode_text(text)
        return self._request(client, identifier, EapType.NOTIFICATION, data, online=online)

    def other_method(self, client: bytes, identifier: int, method: int) -> bytes:
        """Write the first request of an EAP method that is not MD5."""
        return self._request(client, identifier, method, _METHOD_START)

    def challenge(
        self, client: bytes, identifier: int, challenge: bytes, *, longer: bool = False
    ) -> bytes:
        """Write a Request/MD5-Challenge, with the services on offer if there are any.

        The longer one is the last of several; bare, it alone has pieces behind it.
        """
        if self._options.is_bare:
            told = bare_pieces(self._options) if longer else b""
            packet = Md5Challenge(identifier, challenge, (), told).encode()
            return self._frame(self._destination(client), packet.encode())
        pieces: tuple[Property, ...] = ()
        if self._options.services:
            offered = encode_text("@".join(self._options.services))
            pieces = (
                Property(PieceType.CHALLENGE_FLAG, b"\x01", marked=False),
                Property(PieceType.SERVICES_ON_OFFER, offered, marked=False),
            )
        body = Md5Challenge(identifier, challenge, pieces, b"").encode().encode()
        size = _LONGER_FRAME_SIZE if longer else MINIMUM_FRAME_SIZE
        return self._frame(self._destination(client), body, size)

    def reason(self, client: bytes, identifier: int, challenge: bytes, text: str) -> bytes:
        """Write a Request/MD5-Challenge that tells why the Failure behind it comes."""
        told = encode_text(text)
        if self._options.reason_in_property or self._options.is_bare:
            told = bytes((PieceType.REFUSAL_REASON, len(told))) + told
        packet = Md5Challenge(identifier, challenge, (), told).encode()
        return self._frame(self._destination(client), packet.encode())

    def echo(self, client: bytes) -> bytes:
        """Write Cernet's question whether the client is still there."""
        destination = self._destination(client, online=True)
        return cernet.bare_frame(destination, self._address, EapolType.CERNET_ECHO)

    def success(self, client: bytes, identifier: int, shape: SuccessShape, key: int) -> bytes:
        """Write a Success in one of the known shapes; bare where the dialect grants nothing."""
        if not self._options.grants:
            shape = SuccessShape.BARE
        pieces = _success_pieces(self._options, shape, Grant(key, self._options.interval))
        body = self._result(EapCode.SUCCESS, identifier, b"".join(pieces))
        return self._frame(self._destination(client), body)

    def failure(
        self, client: bytes, identifier: int, message: str | None, *, online: bool = False
    ) -> bytes:
        """Write a Failure; ``message`` says why, None says nothing."""
        private = b"" if message is None else message_piece(_LINE_END + encode_text(message))
        body = self._result(EapCode.FAILURE, identifier, private)
        return self._frame(self._destination(client, online=online), body)

    def _request(
        self, client: bytes, identifier: int, method: int, data: bytes, *, online: bool = False
    ) -> bytes:
        packet = EapPacket.build(EapCode.REQUEST, identifier, method, data)
        return self._frame(self._destination(client, online=online), packet.encode())

    def _destination(self, client: bytes, *, online: bool = False) -> bytes:
        options = self._options
        choice = options.online_destination if online else options.login_destination
        return client if choice == Destination.CLIENT else PAE_GROUP_ADDRESS

    def _result(self, code: EapCode, identifier: int, private: bytes) -> bytes:
        covered, behind = (private, b"") if self._options.full_eap_length else (b"", private)
        return EapPacket.build(code, identifier, data=covered).encode() + behind

    def _frame(self, destination: bytes, body: bytes, minimum: int = MINIMUM_FRAME_SIZE) -> bytes:
        missing = max(0, minimum - BODY_OFFSET - len(body))
        zeros = self._options.padding == Padding.ZEROS
        return EapolFrame.build(
            destination,
            self._address,
            EapolType.EAP_PACKET,
            body,
            bytes(missing) if zeros else _stale(missing),
            self._options.eapol_version,
        ).encode()


def _success_pieces(options: SwitchOptions, shape: SuccessShape, grant: Grant) -> list[bytes]:
    message = message_piece(_LINE_END + encode_text(options.message))
    block = block_piece()
    headed_grant = [empty_piece(_GRANT_HEADER), grant.encode()]
    accounting = accounting_piece(encode_text(options.accounting))
    match shape:
        case SuccessShape.MODERN:
            return [message, block, empty_piece(_EMPTY_PIECE), *headed_grant, accounting]
        case SuccessShape.MODERN_0049:
            block = block_piece(_BLOCK_HEADER_0049)
            return [message, block, empty_piece(_EMPTY_PIECE), *headed_grant, accounting]
        case SuccessShape.NO_MESSAGE:
            return [
                message_piece(b""),
                block,
                empty_piece(_EMPTY_PIECE),
                *headed_grant,
                accounting,
            ]
        case SuccessShape.CLASSIC:
            return [message, block, *headed_grant]
        case SuccessShape.TRAILED:
            return [message, block, *headed_grant, _TRAIL]
        case SuccessShape.HEADERLESS:
            return [message, block, empty_piece(_EMPTY_PIECE), grant.encode(), accounting]
        case SuccessShape.UNREADABLE:
            return [message, _UNREADABLE_GRANT]
        case SuccessShape.BARE:
            return []


def _stale(size: int) -> bytes:
    repeated = STALE_MEMORY * (1 + size // len(STALE_MEMORY))
    return repeated[:size]
