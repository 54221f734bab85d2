"""The same questions by IPv6: is the gateway there, does a host answer. Loaded when first asked.

A gateway is asked as any neighbour is (RFC 4861, section 4.3), which it has to answer; the kernel
computes the checksums. Who answers from beyond the link cannot have a hop limit of 255.
"""

from __future__ import annotations

import os
import struct

from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.runtime.ports.packet_filter import (
    JUMP_IF_EQUAL,
    LOAD_HALF_WORD,
    LOAD_WORD,
    RETURN,
    assemble,
    attach_filter,
)

_SOLICITATION = 135
_ADVERTISEMENT = 136
_SOURCE_LINK_LAYER_ADDRESS = 1
_SOLICITED_NODE_PREFIX = bytes.fromhex("ff0200000000000000000001ff")
"""Of the group that a neighbour listens to, before the last 3 bytes of its address (RFC 4291)."""
_TARGET_OFFSET = 8
_SIZE = 16
"""Bytes of an address."""
_WORD = 4
_MOST_HOPS = 255

_ECHO_REQUEST = 128
_ECHO_REPLY = 129
_ECHO = struct.Struct(">BBHHH")
"""Type, code, checksum, identifier, sequence number (RFC 4443, section 4.1)."""
_ECHO_CONTENT = bytes(range(32))
_IDENTIFIER_OFFSET = 4
_NUMBER_OFFSET = 6

_NETWORK_HEADER = 0xFFF00000
"""linux/filter.h, SKF_NET_OFF: what is loaded from here on is of the IPv6 header."""
_NEXT_HEADER_OFFSET = 6
"""It and the hop limit behind it, a byte each (RFC 8200, section 3)."""
_ICMP_OF_THIS_LINK = socket.IPPROTO_ICMPV6 << 8 | _MOST_HOPS
_SOURCE_OFFSET = 8
_DROP = (RETURN, 0, 0, 0)
_LARGEST_ANSWER = 256
_RECEIVE_BUFFER = 4096


def open_icmp() -> socket.socket:
    """Return a socket for either question; it hears nothing worth reading before it is prepared."""
    return socket.socket(
        socket.AF_INET6, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.IPPROTO_ICMPV6
    )


def prepare_neighbour(icmp: socket.socket, interface: str, gateway: bytes) -> None:
    """Let a socket hear that the neighbour of an address of 16 bytes is there, and nothing else."""
    _prepare(
        icmp,
        interface,
        (LOAD_HALF_WORD, _NETWORK_HEADER + _NEXT_HEADER_OFFSET, _ICMP_OF_THIS_LINK),
        (LOAD_HALF_WORD, 0, _ADVERTISEMENT << 8),  # type and code
        *_address_at(_TARGET_OFFSET, gateway),
    )
    icmp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, _MOST_HOPS)


def solicit(icmp: socket.socket, interface: str, mac: bytes, gateway: bytes) -> None:
    """Ask for the neighbour of an address, under the port's MAC address. Raises OSError."""
    group = socket.inet_ntop(socket.AF_INET6, _SOLICITED_NODE_PREFIX + gateway[-3:])
    option = struct.pack("BB", _SOURCE_LINK_LAYER_ADDRESS, 1) + mac
    packet = struct.pack(">BBHI", _SOLICITATION, 0, 0, 0) + gateway + option
    icmp.sendto(packet, (group, 0, 0, socket.if_nametoindex(interface)))


def prepare_ping(icmp: socket.socket, interface: str, host: str, identifier: int) -> None:
    """Let a socket hear what a host answers to an identifier."""
    _prepare(
        icmp,
        interface,
        (LOAD_HALF_WORD, 0, _ECHO_REPLY << 8),
        (LOAD_HALF_WORD, _IDENTIFIER_OFFSET, identifier),
        *_address_at(_NETWORK_HEADER + _SOURCE_OFFSET, socket.inet_pton(socket.AF_INET6, host)),
    )


def is_echo_reply(packet: bytes, most: int) -> bool:
    """Whether what the filter has left answers one of the requests up to a number."""
    return 0 < int.from_bytes(packet[_NUMBER_OFFSET : _ECHO.size], "big") <= most


def ping(icmp: socket.socket, interface: str, host: str, identifier: int, number: int) -> None:
    """Send the request of a number. Raises OSError."""
    header = _ECHO.pack(_ECHO_REQUEST, 0, 0, identifier, number)
    icmp.sendto(header + _ECHO_CONTENT, (host, 0, 0, socket.if_nametoindex(interface)))


def _address_at(offset: int, address: bytes) -> list[tuple[int, int, int]]:
    """Return what must be equal for an address to stand at an offset: what to load, and to what."""
    words = range(0, _SIZE, _WORD)
    return [
        (LOAD_WORD, offset + at, int.from_bytes(address[at : at + _WORD], "big")) for at in words
    ]


def _prepare(icmp: socket.socket, interface: str, *equal: tuple[int, int, int]) -> None:
    """Let a socket hear only packets of a port in which all of this is equal."""
    icmp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    program: list[tuple[int, int, int, int]] = []
    for load, offset, value in equal:
        to_the_end = 2 * len(equal) - len(program) - 1
        program += [(load, 0, 0, offset), (JUMP_IF_EQUAL, 0, to_the_end, value)]
    # What came in before there was a filter is not to be taken for an answer.
    attach_filter(icmp, assemble(_DROP))
    _empty(icmp)
    icmp.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, os.fsencode(interface) + b"\0")
    attach_filter(icmp, assemble(*program, (RETURN, 0, 0, _LARGEST_ANSWER), _DROP))


def _empty(icmp: socket.socket) -> None:
    """Read what a socket holds that gets no more."""
    while True:
        try:
            icmp.recv(1)
        except BlockingIOError:
            return
