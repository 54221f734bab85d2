"""What DHCP servers answer to this router, overheard on the WAN port while a lease is renewed.

DHCP clients do not tell other programs that a server confirmed the lease they had, and netifd's
leaves no trace of it in the kernel either. The answer itself passes the port, and is the same for
all of them (RFC 2131, sections 2 and 4.1; RFC 2132, section 9.6).
"""

from __future__ import annotations

from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.packet_filter import (
    JUMP_IF_ANY_BIT,
    JUMP_IF_EQUAL,
    LOAD_BYTE,
    LOAD_HALF_WORD,
    LOAD_HALF_WORD_INDEXED,
    LOAD_IP_HEADER_SIZE,
    RETURN,
    assemble,
    attach_filter,
)
from ruijie_proxy.values import Frozen

_ETHERTYPE_IPV4 = 0x0800
_IP_PROTOCOL_UDP = 17
_SERVER_PORT = 67
_CLIENT_PORT = 68

_MAXIMUM_PACKET = 1500
"""Bytes of a packet that are looked at; servers keep to 576 unless asked for more."""
_RECEIVE_BUFFER = 32768

# Of an IPv4 packet
_IP_HEADER_MINIMUM = 20
_UDP_HEADER_SIZE = 8

# Of a BOOTP message
_OPERATION_REPLY = 2
_HARDWARE_SIZE_OFFSET = 2
_OFFERED_ADDRESS = slice(16, 20)
_HARDWARE_ADDRESS_OFFSET = 28
_COOKIE = slice(236, 240)
_OPTIONS_OFFSET = 240
DHCP_COOKIE = b"\x63\x82\x53\x63"
OPTION_NETMASK = 1
_OPTION_PAD = 0
_OPTION_MESSAGE_TYPE = 53
_OPTION_END = 255
_MESSAGE_ACK = 5
_MESSAGE_NAK = 6

# To a datagram packet socket, a packet begins at its IP header.
_FILTER = assemble(
    (LOAD_BYTE, 0, 0, 9),  # protocol
    (JUMP_IF_EQUAL, 0, 8, _IP_PROTOCOL_UDP),
    (LOAD_HALF_WORD, 0, 0, 6),  # flags and fragment offset
    (JUMP_IF_ANY_BIT, 6, 0, 0x1FFF),
    (LOAD_IP_HEADER_SIZE, 0, 0, 0),
    (LOAD_HALF_WORD_INDEXED, 0, 0, 0),  # source port
    (JUMP_IF_EQUAL, 0, 3, _SERVER_PORT),
    (LOAD_HALF_WORD_INDEXED, 0, 0, 2),  # destination port
    (JUMP_IF_EQUAL, 0, 1, _CLIENT_PORT),
    (RETURN, 0, 0, _MAXIMUM_PACKET),
    (RETURN, 0, 0, 0),
)


class DhcpAnswer(Frozen):
    """A server's last word on a lease."""

    address: bytes | None
    """The IPv4 address that it gives, 4 bytes; None: it refuses the one that was asked for."""


class DhcpAnswers:
    """Overhears the answers on one interface. Raises OSError when it cannot be listened on.

    Any host of the segment can forge one: good enough for a line of the log, for nothing else.
    """

    def __init__(self, interface: str) -> None:
        # Protocol 0 receives nothing, so nothing comes in before the filter is there.
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            attach_filter(self._socket, _FILTER)
            self._socket.bind((interface, _ETHERTYPE_IPV4))
        except BaseException:
            self._socket.close()
            raise

    def receive(self, hardware_address: bytes) -> DhcpAnswer | None:
        """Read one packet; return what it says to the station of this MAC address, if anything.

        Without waiting; an error of the interface is no answer either.
        """
        try:
            packet = self._socket.recv(_MAXIMUM_PACKET)
        except OSError:  # nothing to read, or the link went down: it stays readable after that
            return None
        return read_answer(packet, hardware_address)

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close it; a second time does nothing."""
        self._socket.close()


def read_answer(packet: bytes, hardware_address: bytes) -> DhcpAnswer | None:
    """Return what an IPv4 packet from a DHCP server says to the station of this MAC address.

    None for everything but an acknowledgement with an address, or a refusal. Raises nothing.
    """
    message = message_in(packet)
    if message is None or hardware_address_of(message) != hardware_address:
        return None
    message_type = option_of(message, _OPTION_MESSAGE_TYPE)
    address = message[_OFFERED_ADDRESS]
    if message_type == bytes((_MESSAGE_ACK,)) and any(address):
        return DhcpAnswer(address)
    return DhcpAnswer(None) if message_type == bytes((_MESSAGE_NAK,)) else None


def message_in(packet: bytes) -> bytes | None:
    """Return the message of a DHCP server's in an IPv4 packet of UDP; None: there is none."""
    header_size = (packet[0] & 0xF) * 4 if packet else 0
    message = packet[max(header_size, _IP_HEADER_MINIMUM) + _UDP_HEADER_SIZE :]
    if len(message) < _OPTIONS_OFFSET or message[_COOKIE] != DHCP_COOKIE:
        return None
    return message if message[0] == _OPERATION_REPLY else None


def hardware_address_of(message: bytes) -> bytes:
    """Return the address of the station that a message is about."""
    size = message[_HARDWARE_SIZE_OFFSET]
    return message[_HARDWARE_ADDRESS_OFFSET : _HARDWARE_ADDRESS_OFFSET + size]


def option_of(message: bytes, wanted: int) -> bytes | None:
    """Return what the first option of a number holds; None where there is none."""
    offset = _OPTIONS_OFFSET
    while offset < len(message) and message[offset] != _OPTION_END:
        if message[offset] == _OPTION_PAD:
            offset += 1
            continue
        value = message[offset + 2 : offset + 2 + int.from_bytes(message[offset + 1 : offset + 2])]
        if message[offset] == wanted:
            return value
        offset += 2 + len(value)
    return None
