"""Success and Failure as a Ruijie server sends them (docs/protocol.md, "Results").

Behind the four bytes of EAP stands a run of pieces, each headed by the magic number. Their stated
sizes cannot be trusted everywhere, so pieces are found by walking from magic to magic, and a size
counts only in a piece of a kind that states one, and where a magic, or the end, follows it.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import udp_heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC, Property
from ruijie_proxy.protocol.text import decode_text, names_of_services
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat

_MAGIC_SIZE = len(MAGIC)
_VERSION_SIZE = 4
_HEADER_SIZE = 2
_CONTENT_OFFSET = _MAGIC_SIZE + _HEADER_SIZE
GRANT_HEADER = twist(bytes((0x0A, 0x01)))
NO_HEARTBEATS_HEADER = twist(bytes((0x0A, 0x00)))
"""Of a hello that is switched off; what stands where the grant has key and interval says nothing.
"""
HELLO_HEADERS = (GRANT_HEADER, NO_HEARTBEATS_HEADER)
_GRANT_END = twist(b"\0")
_NUMBER_SIZE = 4
_GRANT_CONTENT_SIZE = 2 * _NUMBER_SIZE + len(_GRANT_END)
_TYPED_OVERHEAD = 2
"""The size of a piece that has a type counts its two header bytes."""
BLOCK_SIZE = 105
"""Size of the upgrade information, whatever its header says. It begins with the newest client's
version, and its last byte says how many rows follow."""
BLOCK_ROW_SIZE = 32
BLOCK_HEADERS = (bytes((BLOCK_SIZE, 0x00)), bytes((0x00, 0x49)))
_PROXY_DETECTION = 0x01
EMPTY_HEADERS = (bytes((_PROXY_DETECTION, 0x00)), bytes((_PROXY_DETECTION, 0x01)))
"""The headers that state no size: whether proxies are looked for, and the one before the grant."""
_TYPED = frozenset(
    (
        PieceType.UPGRADE_URL,
        PieceType.SERVICE,
        PieceType.ACCOUNT,
        PieceType.PERSONAL,
        PieceType.BROADCAST,
        PieceType.REFUSAL_REASON,
        PieceType.REAUTHENTICATION_INTERVAL,
        PieceType.UDP_INTERVAL,
        PieceType.UDP_PORT,
        PieceType.UDP_SERVER,
        PieceType.UDP_KEY,
        PieceType.UDP_VECTOR,
        PieceType.RADIUS_KIND,
        PieceType.SERVICE_CHANGE_RESULT,
        PieceType.SERVICES_ON_OFFER,
        PieceType.LOGIN_URL,
        PieceType.MESSAGE_PORT,
        PieceType.PAGE_TO_SHOW,
        PieceType.PROXY_KINDS,
        PieceType.SECOND_PAGE_TO_SHOW,
        PieceType.UDP_VERSION,
        PieceType.UDP_FLAGS,
    )
)
"""The types of the pieces behind the grant: type, size, content. No message is so long that its
size begins like one of them."""
_LONGEST_MESSAGE = 1500
"""No Ethernet frame holds a longer one; where a greater size seems to stand, it is none."""


class Grant(Frozen):
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


class Piece(Frozen):
    """A piece of a result's private data."""

    twisted: bool
    """Whether the magic number, and with it the piece, is hidden."""
    header: bytes
    """The two bytes behind the magic number; fewer when the next piece or the cut comes first."""
    content: bytes
    """All bytes from there to the next piece, not yet untwisted."""

    @property
    def type(self) -> int | None:
        """A :class:`PieceType` where the piece has type and size, as those behind the grant do."""
        is_typed = not self.twisted and len(self.header) == _HEADER_SIZE
        return self.header[0] if is_typed and self.header[0] in _TYPED else None

    @property
    def typed_content(self) -> bytes:
        """What a piece that has a type holds, as far as its size says."""
        return self.content[: max(0, self.header[-1] - _TYPED_OVERHEAD)]

    def encode(self) -> bytes:
        """Write the piece."""
        return (TWISTED_MAGIC if self.twisted else MAGIC) + self.header + self.content


class Result(Frozen):
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
        pieces = (*_walk(private, boundaries),)
        return Result(body[0], body[1], private[: boundaries[0]], pieces)

    @property
    def grant(self) -> Grant | None:
        """The heartbeat grant, or None where there is none or the frame is cut inside it."""
        hello = self._hello
        if hello is None or hello.header != GRANT_HEADER:
            return None
        numbers = twist(hello.content[: 2 * _NUMBER_SIZE])
        if len(numbers) < 2 * _NUMBER_SIZE:
            return None
        key = int.from_bytes(numbers[:_NUMBER_SIZE], "big")
        return Grant(key, int.from_bytes(numbers[_NUMBER_SIZE:], "big"))

    @property
    def forbids_heartbeats(self) -> bool:
        """Whether the server says that none shall be sent."""
        hello = self._hello
        return hello is not None and hello.header == NO_HEARTBEATS_HEADER

    @property
    def _hello(self) -> Piece | None:
        """What the server says of heartbeats; of several the first counts."""
        for piece in self.pieces:
            if piece.twisted and piece.header in HELLO_HEADERS:
                return piece
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
    def reason(self) -> str | None:
        """Why a Failure comes, as it says itself: in its message, or in the piece 0x53."""
        return self.message or decode_text(self.typed(PieceType.REFUSAL_REASON) or b"") or None

    @property
    def accounting(self) -> str | None:
        """What the server tells of the account, on one line, or None."""
        told = self.typed(PieceType.ACCOUNT)
        return decode_text(told or b"") or None

    @property
    def services(self) -> tuple[str, ...]:
        """The services on offer, or else the one that the user is taken for."""
        offered = names_of_services(self.typed(PieceType.SERVICES_ON_OFFER) or b"")
        own = decode_text((self.typed(PieceType.SERVICE) or b"").rstrip(b"\0"))
        return offered or ((own,) if own else ())

    @property
    def newest_version(self) -> bytes | None:
        """The version of the newest client, 4 bytes; None where none is told."""
        for piece in self.pieces:
            if is_block(piece) and any(piece.content[:_VERSION_SIZE]):
                return piece.content[:_VERSION_SIZE]
        return None

    @property
    def looks_for_proxies(self) -> bool | None:
        """Whether the client is to look for proxies; None where it is not told."""
        for piece in self.pieces:
            if piece.twisted or is_message(piece, first=piece is self.pieces[0]):
                continue
            if piece.header in EMPTY_HEADERS:
                return piece.header == EMPTY_HEADERS[1]
        return None

    @property
    def udp_heartbeat(self) -> UdpHeartbeat | None:
        """Where a heartbeat by UDP is wanted, or None."""
        return udp_heartbeat(self.typed_pieces)

    @property
    def typed_pieces(self) -> tuple[Property, ...]:
        """The pieces that have a type, in their order."""
        return tuple(
            [
                Property(piece.type, piece.typed_content, marked=False)
                for piece in self.pieces
                if piece.type is not None
            ]
        )

    def typed(self, piece_type: PieceType) -> bytes | None:
        """Return the content of the first piece of a type, or None."""
        for piece in self.pieces:
            if piece.type == piece_type:
                return piece.typed_content
        return None


def is_block(piece: Piece) -> bool:
    """Whether a piece is the upgrade information: nearly empty, as a message never is."""
    own = piece.content[:BLOCK_SIZE]
    return not piece.twisted and piece.header in BLOCK_HEADERS and own.count(0) > len(own) // 2


def is_message(piece: Piece, *, first: bool) -> bool:
    """Whether a piece is a message for the user; ``first``: it stands before all others."""
    if piece.twisted or len(piece.header) < _HEADER_SIZE:
        return False
    if is_block(piece):
        return False  # though a message of 73 bytes has its header
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
    least_end = _least_end(private, start, known, first=True)
    for end in boundaries[1:]:
        if end >= least_end:
            yield Piece(
                twisted=private.startswith(TWISTED_MAGIC, start),
                header=private[start + _MAGIC_SIZE : min(start + _CONTENT_OFFSET, end)],
                content=private[start + _CONTENT_OFFSET : end],
            )
            start = end
            least_end = _least_end(private, start, known, first=False)


def _least_end(private: bytes, start: int, boundaries: frozenset[int], *, first: bool) -> int:
    """Return the offset before which the piece at ``start`` does not end, magic or not."""
    content = start + _CONTENT_OFFSET
    header = private[start + _MAGIC_SIZE : content]
    if private.startswith(TWISTED_MAGIC, start):
        if header not in HELLO_HEADERS:
            return start
        return min(content + _GRANT_CONTENT_SIZE, len(private))  # a key can look like a magic
    for size in _stated_sizes(header, private[content : content + BLOCK_SIZE], first=first):
        if content + size in boundaries:
            return content + size
    return start


def _stated_sizes(header: bytes, beginning: bytes, *, first: bool) -> Iterator[int]:
    """Yield the sizes that a plain piece's content can have by its header, the likeliest first.

    ``beginning`` is its content, at most as much as the upgrade information has by itself;
    ``first``: it stands before all others. Other headers can be numbers of another meaning:
    ``01 00`` read as 256 jumps over the grant.
    """
    if header in BLOCK_HEADERS and len(beginning) == BLOCK_SIZE:
        yield BLOCK_SIZE + beginning[-1] * BLOCK_ROW_SIZE
    if header == BLOCK_HEADERS[0]:
        yield BLOCK_SIZE
    elif header[:1] and header[0] in _TYPED:
        yield max(0, int.from_bytes(header[1:], "big") - _TYPED_OVERHEAD)
    elif header[:1] == b"\0" or (first and header not in EMPTY_HEADERS):
        yield int.from_bytes(header, "big")


def message_piece(text: bytes) -> bytes:
    """Write the piece that carries a message of encoded text, at most 65535 bytes."""
    return MAGIC + len(text).to_bytes(_HEADER_SIZE, "big") + text


def block_piece(
    header: bytes = bytes((BLOCK_SIZE, 0)),
    newest_version: bytes = bytes(_VERSION_SIZE),
    rows: bytes = b"",
) -> bytes:
    """Write the upgrade information, with one of the headers that it was seen with.

    ``rows``: a whole number of them, at most 255.
    """
    count = len(rows) // BLOCK_ROW_SIZE
    return MAGIC + header + newest_version.ljust(BLOCK_SIZE - 1, b"\0") + bytes((count,)) + rows


def typed_piece(piece_type: PieceType, content: bytes) -> bytes:
    """Write a piece that has a type, with at most 253 bytes of content."""
    return MAGIC + bytes((piece_type, len(content) + _TYPED_OVERHEAD)) + content


def empty_piece(second: int) -> bytes:
    """Write the piece ``01 00`` or ``01 01``, which holds nothing of its own."""
    return MAGIC + bytes((0x01, second))


def no_heartbeats_piece() -> bytes:
    """Write the 15 hidden bytes by which a server says that no heartbeats shall be sent."""
    return TWISTED_MAGIC + NO_HEARTBEATS_HEADER + twist(bytes(_GRANT_CONTENT_SIZE))


def accounting_piece(text: bytes) -> bytes:
    """Write the piece that carries an accounting message of encoded text, at most 253 bytes."""
    return typed_piece(PieceType.ACCOUNT, text)
