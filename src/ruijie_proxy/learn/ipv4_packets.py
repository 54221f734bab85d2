"""What stands in IPv4 packets (RFC 791): the content of a UDP datagram or a TCP segment."""

from __future__ import annotations

SERVER_PORT_OF_DHCP = 67
_UDP, _TCP = 17, 6
_LEAST_HEADER = 20
_PORT_SIZE = 2
_UDP_HEADER_SIZE = 8
_LEAST_TCP_HEADER = 20
_TCP_OFFSET_AT = 12
_FRAGMENT_OFFSET = 0x1FFF


def udp_payload(packet: bytes, source_port: int) -> bytes | None:
    """Return what a datagram from a port holds; None for every other packet."""
    datagram = _content(packet, _UDP)
    if datagram is None or len(datagram) < _UDP_HEADER_SIZE:
        return None
    is_from = int.from_bytes(datagram[:_PORT_SIZE], "big") == source_port
    return datagram[_UDP_HEADER_SIZE:] if is_from else None


def tcp_payload(packet: bytes) -> bytes | None:
    """Return what a segment holds; None for every other packet."""
    segment = _content(packet, _TCP)
    if segment is None or len(segment) < _LEAST_TCP_HEADER:
        return None
    size = (segment[_TCP_OFFSET_AT] >> 4) * 4
    return segment[max(size, _LEAST_TCP_HEADER) :]


def _content(packet: bytes, protocol: int) -> bytes | None:
    """Return what follows the header of a packet that is the first or only fragment, or None."""
    if len(packet) < _LEAST_HEADER or packet[0] >> 4 != 4 or packet[9] != protocol:
        return None
    if int.from_bytes(packet[6:8], "big") & _FRAGMENT_OFFSET:
        return None
    size = max((packet[0] & 0x0F) * 4, _LEAST_HEADER)
    length = int.from_bytes(packet[2:4], "big")
    return packet[size : length or None]  # behind its length, padding of the Ethernet frame
