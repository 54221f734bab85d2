"""What a server tells behind a bare challenge (docs/protocol.md, "The bare shape")."""

from __future__ import annotations

from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.text import encode_text

_SERVICE_SIZE = 32
_PORT = (8080).to_bytes(2, "big")
_REAUTHENTICATION = (3600).to_bytes(4, "big")
_NEWEST_VERSION = bytes((1, 0x1F, 1, 2))


def bare_pieces(options: SwitchOptions) -> bytes:
    """Write the 17 pieces of GDUFS, and those that the options add."""
    service = encode_text(options.services[0]) if options.services else b"internet"
    pieces: tuple[tuple[int, bytes], ...] = (
        (PieceType.NEWEST_VERSION, _NEWEST_VERSION),
        (PieceType.PROXY_DETECTION, b"\1"),
        (PieceType.DIAL_UP_DETECTION, b"\1"),
        (PieceType.UPGRADE_URL, b"http://10.0.0.2/su"),
        (PieceType.SERVICE, service.ljust(_SERVICE_SIZE, b"\0")),
        (PieceType.ACCOUNT, encode_text(options.accounting)),
        (PieceType.PERSONAL, b""),
        (PieceType.BROADCAST, encode_text(options.message)),
        (PieceType.REAUTHENTICATION_INTERVAL, _REAUTHENTICATION),
        (PieceType.RADIUS_KIND, b"\5"),
        (PieceType.SERVICE_CHANGE_RESULT, b"\0"),
        (PieceType.SERVICES_ON_OFFER, encode_text("@".join(options.services))),
        (PieceType.LOGIN_URL, b"http://10.0.0.2/selfservice"),
        (PieceType.MESSAGE_PORT, _PORT),
        (PieceType.PAGE_TO_SHOW, b""),
        (PieceType.PROXY_KINDS, b"\0"),
        (PieceType.SECOND_PAGE_TO_SHOW, b""),
        *((number, bytes.fromhex(content)) for number, content in options.pieces),
    )
    return b"".join(bytes((number, len(content))) + content for number, content in pieces)
