"""What the pieces of a Success or Failure are (docs/protocol.md, "Results")."""

from __future__ import annotations

from enum import Enum

from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.results import (
    BLOCK_HEADERS,
    EMPTY_HEADERS,
    HELLO_HEADERS,
    Piece,
    Result,
    is_message,
)


class PieceKind(Enum):
    """Kinds of pieces."""

    MESSAGE = "message"
    BLOCK = "block"
    """The upgrade information, most of it zero."""
    EMPTY = "empty"
    GRANT = "grant"
    """Or the server's word that no heartbeats shall be sent, which has the same form."""
    ACCOUNTING = "accounting"
    TYPED = "typed"
    """Any other that has a type."""
    UNKNOWN = "unknown"


def kinds_of(result: Result) -> list[tuple[PieceKind, Piece]]:
    """Return a result's pieces, each with its kind."""
    return [(_kind(piece, first=at == 0), piece) for at, piece in enumerate(result.pieces)]


def _kind(piece: Piece, *, first: bool) -> PieceKind:
    if piece.twisted:
        return PieceKind.GRANT if piece.header in HELLO_HEADERS else PieceKind.UNKNOWN
    if is_message(piece, first=first):
        return PieceKind.MESSAGE
    if piece.header in BLOCK_HEADERS:
        return PieceKind.BLOCK
    if piece.header in EMPTY_HEADERS:
        return PieceKind.EMPTY
    if piece.header[:1] == bytes((PieceType.ACCOUNT,)):
        return PieceKind.ACCOUNTING
    return PieceKind.UNKNOWN if piece.type is None else PieceKind.TYPED
