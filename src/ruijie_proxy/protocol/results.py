"""Success and Failure as a Ruijie server sends them (docs/protocol.md, "Results").

Behind the four bytes of EAP stands a run of pieces, each headed by the magic number. Their stated
sizes cannot be trusted everywhere, so pieces are found by walking from magic to magic, and a size
counts only where a magic, or the end, follows it.
"""

from __future__ import annotations

from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.values import frozen

_MAGIC_SIZE = len(MAGIC)
_HEADER_SIZE = 2
_CONTENT_OFFSET = _MAGIC_SIZE + _HEADER_SIZE
GRANT_HEADER = twist(bytes((0x0A, 0x01)))
_GRANT_END = twist(b"\0")
_NUMBER_SIZE = 4
ACCOUNTING_TYPE = 0x3C
_ACCOUNTING_OVERHEAD = 2
"""The accounting message's size counts its two header bytes."""
BLOCK_SIZE = 105
"""Size of the block of zeros, whatever its header says."""


@frozen
class Grant:
    """The server's permission to stay online, and how."""

    key: int
    """What every heartbeat's sum is made with, 32 bits."""
    interval: int
    """Seconds from one heartbeat to the next, 32 bits."""

    def encode(self) -> bytes:
        """Write the 15 hidden bytes of a grant."""
        numbers = self.key.to_bytes(_NUMBER_SIZE, "big") + self.interval.to_bytes(
            _NUMBER_SIZE, "big"
        )
        return TWISTED_MAGIC + GRANT_HEADER + twist(numbers) + _GRANT_END


@frozen
class Piece:
    """A piece of a result's private data."""

    twisted: bool
    """Whether the magic number, and with it the piece, is hidden."""
    header: bytes
    """The two bytes behind the magic number; fewer when the frame is cut there."""
    content: bytes
    """All bytes from there to the next piece, not yet untwisted."""

    def encode(self) -> bytes:
        """Write the piece."""
        return (TWISTED_MAGIC if self.twisted else MAGIC) + self.header + self.content


@frozen
class Result:
    """A Success or Failure with what the server says in it."""

    code: int
    """``EapCode.SUCCESS`` or ``EapCode.FAILURE``."""
    identifier: int
    prefix: bytes
    """Bytes between the EAP header and the first piece; empty in every capture."""
    pieces: tuple[Piece, ...]

    @staticmethod
    def parse(body: bytes) -> Result:
        """Read a result from the body of its EAPOL frame, padding not included.

        A frame that is cut yields what stands before the cut. Raises ProtocolError when the body
        is no Success and no Failure.
        """
        if len(body) < EAP_HEADER_SIZE or body[0] not in (EapCode.SUCCESS, EapCode.FAILURE):
            raise ProtocolError("the packet is no Success and no Failure")
        private = body[EAP_HEADER_SIZE:]
        start = _next_magic(private, 0)
        return Result(body[0], body[1], private[:start], tuple(_walk(private, start)))

    @property
    def grant(self) -> Grant | None:
        """The heartbeat grant, or None where there is none or the frame is cut inside it."""
        for piece in self.pieces:
            if piece.twisted and piece.header == GRANT_HEADER:
                numbers = twist(piece.content[: 2 * _NUMBER_SIZE])
                if len(numbers) == 2 * _NUMBER_SIZE:
                    key = int.from_bytes(numbers[:_NUMBER_SIZE], "big")
                    return Grant(key, int.from_bytes(numbers[_NUMBER_SIZE:], "big"))
        return None

    @property
    def message(self) -> str | None:
        """What the server tells the user, on one line, or None."""
        for piece in self.pieces:
            # The message stands first; its size was below 256 in every capture. A piece of the
            # block's size that is nearly empty is the block, though its header can look the same.
            if not piece.twisted and piece.header[:1] == b"\0" and not _is_block(piece):
                stated = int.from_bytes(piece.header, "big")
                return decode_text(piece.content[:stated]) or None
        return None

    @property
    def accounting(self) -> str | None:
        """What the server tells of the account, on one line, or None."""
        for piece in self.pieces:
            if not piece.twisted and piece.header[:1] == bytes((ACCOUNTING_TYPE,)):
                stated = max(0, int.from_bytes(piece.header[1:], "big") - _ACCOUNTING_OVERHEAD)
                return decode_text(piece.content[:stated]) or None
        return None


def _is_block(piece: Piece) -> bool:
    return len(piece.content) == BLOCK_SIZE and piece.content.count(0) > BLOCK_SIZE // 2


def _next_magic(private: bytes, start: int) -> int:
    found = [
        at for at in (private.find(MAGIC, start), private.find(TWISTED_MAGIC, start)) if at >= 0
    ]
    return min(found, default=len(private))


def _walk(private: bytes, start: int) -> list[Piece]:
    pieces = []
    while start < len(private):
        twisted = private.startswith(TWISTED_MAGIC, start)
        content = start + _CONTENT_OFFSET
        header = private[start + _MAGIC_SIZE : content]
        end = _stated_end(private, header, content)
        if end is None:
            end = _next_magic(private, content)
        pieces.append(Piece(twisted, header, private[content:end]))
        start = end
    return pieces


def _stated_end(private: bytes, header: bytes, content: int) -> int | None:
    """Return where a stated size ends the piece, if a magic or the end really is there."""
    if len(header) < _HEADER_SIZE:
        return len(private)
    sizes = (int.from_bytes(header, "big"), header[0], header[1] - _ACCOUNTING_OVERHEAD)
    for size in sizes:
        end = content + size
        if size > 0 and (end == len(private) or private.startswith((MAGIC, TWISTED_MAGIC), end)):
            return end
    return None


def message_piece(text: bytes) -> bytes:
    """Write the piece that carries a message of encoded text, at most 65535 bytes."""
    return MAGIC + len(text).to_bytes(_HEADER_SIZE, "big") + text


def block_piece(header: bytes = bytes((BLOCK_SIZE, 0))) -> bytes:
    """Write the piece of 105 zeros, with one of the headers that it was seen with."""
    return MAGIC + header + bytes(BLOCK_SIZE)


def empty_piece(second: int) -> bytes:
    """Write the piece ``01 00`` or ``01 01``, which holds nothing of its own."""
    return MAGIC + bytes((0x01, second))


def accounting_piece(text: bytes) -> bytes:
    """Write the piece that carries an accounting message of encoded text, at most 253 bytes."""
    return MAGIC + bytes((ACCOUNTING_TYPE, len(text) + _ACCOUNTING_OVERHEAD)) + text
