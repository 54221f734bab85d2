"""What a capture shows of DHCP (RFC 2131): which address a station was given, and when."""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.learn.ipv4_packets import SERVER_PORT_OF_DHCP, udp_payload
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE
from ruijie_proxy.runtime.address.dhcp_answers import (
    OPTION_NETMASK,
    hardware_address_of,
    message_in,
    option_of,
    read_answer,
)

_IPV4_SIZE = 4


@dataclass(frozen=True, slots=True)
class Lease:
    """A server's acknowledgement, or its refusal."""

    number: int
    """The packet's in the file, from 1."""
    order: int
    """Which packet it was in the order of time."""
    station: bytes
    """MAC address of who gets the address."""
    address: bytes | None
    """IPv4, 4 bytes; None: refused."""
    netmask: bytes | None


def read_lease(packet: bytes, number: int, order: int) -> Lease | None:
    """Return what an IPv4 packet says of a lease; None for all but a server's last word on it."""
    if udp_payload(packet, SERVER_PORT_OF_DHCP) is None:
        return None
    message = message_in(packet)
    station = None if message is None else hardware_address_of(message)
    if message is None or station is None or len(station) != ADDRESS_SIZE:
        return None
    answer = read_answer(packet, station)
    if answer is None:
        return None
    netmask = option_of(message, OPTION_NETMASK)
    if netmask is not None and len(netmask) != _IPV4_SIZE:
        netmask = None
    return Lease(number, order, station, answer.address, netmask)
