"""Heartbeats: how a client shows that it is still there (docs/protocol.md, "Heartbeats")."""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.eapol import (
    BODY_OFFSET,
    RUIJIE_EAPOL_VERSION,
    TYPE_OFFSET,
    EapolFrame,
    EapolType,
)
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES, ETHERTYPE_OFFSET, HEADER_SIZE
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC
from ruijie_proxy.protocol.twist import twist
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ruijie_proxy.protocol.properties import Property

FIRST_NUMBER = 0x102B
"""The number that genuine Windows clients begin with."""
_FIRST_NUMBERS_OF_LINUX = range(0x1002, 0x2003)
"""Those that genuine Linux clients begin with: any of them, by chance."""
NUMBER_MODULUS = 1 << 32
_NUMBER_SIZE = 4
_STATED_LENGTH = 30
"""What the EAPOL length says, though only 27 bytes have a meaning."""

_SUM_HEADER = MAGIC + bytes((0x01, 0x06))
_NUMBER_HEADER = MAGIC + bytes((0x01, 0x06))
_END = MAGIC + bytes((0x01, 0x03, 0x00))
_SUM_OFFSET = len(_SUM_HEADER)
_NUMBER_OFFSET = _SUM_OFFSET + _NUMBER_SIZE + len(_NUMBER_HEADER)
CONTENT_SIZE = _NUMBER_OFFSET + _NUMBER_SIZE + len(_END)


class Heartbeat(Frozen):
    """What one heartbeat tells."""

    key: int
    """The key that the grant gave, 32 bits."""
    number: int
    """The heartbeat's number, 32 bits; grows by one each time."""

    @staticmethod
    def parse(frame: bytes) -> Heartbeat:
        """Read a heartbeat from its Ethernet frame. Raises ProtocolError when it is none."""
        if (
            len(frame) < BODY_OFFSET + CONTENT_SIZE
            or frame[ETHERTYPE_OFFSET:HEADER_SIZE] != ETHERTYPE_EAPOL_BYTES
            or frame[TYPE_OFFSET] != EapolType.RUIJIE_HEARTBEAT
        ):
            raise ProtocolError(N_("the frame is no heartbeat"))
        content = twist(frame[BODY_OFFSET : BODY_OFFSET + CONTENT_SIZE])
        total = int.from_bytes(content[_SUM_OFFSET : _SUM_OFFSET + _NUMBER_SIZE], "big")
        number = int.from_bytes(content[_NUMBER_OFFSET : _NUMBER_OFFSET + _NUMBER_SIZE], "big")
        heartbeat = Heartbeat((total - number) % NUMBER_MODULUS, number)
        if heartbeat._content() != content:
            raise ProtocolError(
                N_("the heartbeat is not made of the three properties it should be")
            )
        return heartbeat

    def _content(self) -> bytes:
        total = (self.key + self.number) % NUMBER_MODULUS
        return b"".join(
            (
                _SUM_HEADER,
                total.to_bytes(_NUMBER_SIZE, "big"),
                _NUMBER_HEADER,
                self.number.to_bytes(_NUMBER_SIZE, "big"),
                _END,
            )
        )

    def encode(self, destination: bytes, source: bytes) -> bytes:
        """Write the Ethernet frame of 60 bytes from one MAC address to another."""
        return EapolFrame(
            destination,
            source,
            RUIJIE_EAPOL_VERSION,
            EapolType.RUIJIE_HEARTBEAT,
            _STATED_LENGTH,
            twist(self._content()),
            b"",
        ).encode()


def first_number_of_linux(chance: float) -> int:
    """Return the number that a Linux client begins with, by a number from 0 to 1."""
    numbers = _FIRST_NUMBERS_OF_LINUX
    return numbers[min(int(chance * len(numbers)), len(numbers) - 1)]


def is_first_number_of_clients(number: int) -> bool:
    """Whether a genuine client, of Windows or of Linux, may begin with a number."""
    return number == FIRST_NUMBER or number in _FIRST_NUMBERS_OF_LINUX


_UDP_PORT_SIZE = 4
_UDP_SERVER_SIZE = 4
_HIGHEST_PORT = 0xFFFF


class UdpHeartbeat(Frozen):
    """Where a campus wants the heartbeat by UDP that only the genuine client sends.

    docs/protocol.md, "The heartbeat by UDP". Key and vector, which come with it, are not kept.
    """

    server: bytes
    """IPv4 address, 4 bytes."""
    port: int


def udp_heartbeat(pieces: Iterable[Property]) -> UdpHeartbeat | None:
    """Return what a server's pieces say of a heartbeat by UDP; None where none is wanted."""
    contents = {piece.type: piece.content for piece in pieces}
    server = contents.get(PieceType.UDP_SERVER, b"")
    port = contents.get(PieceType.UDP_PORT, b"")
    number = int.from_bytes(port, "big")
    if len(server) != _UDP_SERVER_SIZE or not any(server) or len(port) != _UDP_PORT_SIZE:
        return None
    return UdpHeartbeat(server, number) if 0 < number <= _HIGHEST_PORT else None


def number_after(number: int) -> int:
    """Return the number of the heartbeat that follows."""
    return (number + 1) % NUMBER_MODULUS


def number_before(number: int) -> int:
    """Return the number of the heartbeat that went before."""
    return (number - 1) % NUMBER_MODULUS
