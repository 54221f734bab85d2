"""Success and Failure as a Ruijie server sends them (docs/protocol.md, "Results").

Behind the four bytes of EAP stands a run of pieces, each headed by the magic number. Their stated
sizes cannot be trusted everywhere, so pieces are found by walking from magic to magic, and a size
counts only in a piece of a kind that states one, and where a magic, or the end, follows it.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC_SIZE = len(MAGIC)
_HEADER_SIZE = 2
_CONTENT_OFFSET = _MAGIC_SIZE + _HEADER_SIZE
GRANT_HEADER = twist(bytes((0x0A, 0x01)))
_GRANT_END = twist(b"\0")
_NUMBER_SIZE = 4
_GRANT_CONTENT_SIZE = 2 * _NUMBER_SIZE + len(_GRANT_END)
_ACCOUNTING_OVERHEAD = 2
"""The accounting message's size counts its two header bytes."""
BLOCK_SIZE = 105
"""Size of the block of zeros, whatever its header says."""
BLOCK_HEADERS = (bytes((BLOCK_SIZE, 0x00)), bytes((0x00, 0x49)))
EMPTY_HEADERS = (bytes((0x01, 0x00)), bytes((0x01, 0x01)))
"""The headers that state no size: of the piece that is empty, and of the one before the grant."""
_LONGEST_MESSAGE = 1500
"""No Ethernet frame holds a longer one; where a greater size seems to stand, it is none."""


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
    """The two bytes behind the magic number; fewer when the next piece or the cut comes first."""
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
            raise ProtocolError(N_("the packet is no Success and no Failure"))
        private = body[EAP_HEADER_SIZE:]
        boundaries = _boundaries(private)
        pieces = tuple(_walk(private, boundaries))
        return Result(body[0], body[1], private[: boundaries[0]], pieces)

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
            if is_message(piece, first=piece is self.pieces[0]):
                stated = int.from_bytes(piece.header, "big")
                return decode_text(piece.content[:stated]) or None
        return None

    @property
    def accounting(self) -> str | None:
        """What the server tells of the account, on one line, or None."""
        for piece in self.pieces:
            if not piece.twisted and piece.header[:1] == bytes((PieceType.ACCOUNT,)):
                stated = max(0, int.from_bytes(piece.header[1:], "big") - _ACCOUNTING_OVERHEAD)
                return decode_text(piece.content[:stated]) or None
        return None


def is_message(piece: Piece, *, first: bool) -> bool:
    """Whether a piece is a message for the user; ``first``: it stands before all others."""
    if piece.twisted or len(piece.header) < _HEADER_SIZE:
        return False
    if piece.header in BLOCK_HEADERS and piece.content.count(0) > len(piece.content) // 2:
        return False  # nearly empty, so the block, though a message of 73 bytes has its header
    size = int.from_bytes(piece.header, "big")
    if piece.header in EMPTY_HEADERS and len(piece.content) < size:
        return False
    # Every message that was captured was shorter than 256 bytes. A longer one is believed where all
    # messages were seen, at the front; a piece of unknown kind further behind is not shown as text.
    return piece.header[0] == 0 or (first and size <= _LONGEST_MESSAGE)


def _boundaries(private: bytes) -> list[int]:
    """Return the offsets of all magic numbers, plain and twisted, and then the data's size."""
    found = [*_find_all(private, MAGIC), *_find_all(private, TWISTED_MAGIC)]
    return [*sorted(found), len(private)]


def _find_all(data: bytes, pattern: bytes) -> Iterator[int]:
    offset = data.find(pattern)
    while offset >= 0:
        yield offset
        offset = data.find(pattern, offset + len(pattern))


def _walk(private: bytes, boundaries: list[int]) -> Iterator[Piece]:
    known = frozenset(boundaries)
    start = boundaries[0]
    least_end = _least_end(private, start, known)
    for end in boundaries[1:]:
        if end >= least_end:
            yield Piece(
                twisted=private.startswith(TWISTED_MAGIC, start),
                header=private[start + _MAGIC_SIZE : min(start + _CONTENT_OFFSET, end)],
                content=private[start + _CONTENT_OFFSET : end],
            )
            start = end
            least_end = _least_end(private, start, known)


def _least_end(private: bytes, start: int, boundaries: frozenset[int]) -> int:
    """Return the offset before which the piece at ``start`` does not end, magic or not."""
    content = start + _CONTENT_OFFSET
    header = private[start + _MAGIC_SIZE : content]
    if private.startswith(TWISTED_MAGIC, start):
        if header != GRANT_HEADER:
            return start
        return min(content + _GRANT_CONTENT_SIZE, len(private))  # a key can look like a magic
    stated_end = content + _stated_size(header)
    return stated_end if stated_end in boundaries else start


def _stated_size(header: bytes) -> int:
    """Return the content's size as a plain piece's header states it; 0 where it states none.

    Other headers can be numbers of another meaning: ``01 00`` read as 256 jumps over the grant.
    """
    if header == BLOCK_HEADERS[0]:
        return BLOCK_SIZE
    if header[:1] == bytes((PieceType.ACCOUNT,)):
        return max(0, int.from_bytes(header[1:], "big") - _ACCOUNTING_OVERHEAD)
    if header[:1] == b"\0":
        return int.from_bytes(header, "big")
    return 0


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
    return MAGIC + bytes((PieceType.ACCOUNT, len(text) + _ACCOUNTING_OVERHEAD)) + text
