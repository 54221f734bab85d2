"""What else is in a capture on a PC: frames of DHCP, ARP and HTTP."""

from __future__ import annotations

import struct

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS
from tests.inspect.recorded import BEGAN, SECOND, Recorded

GATEWAY_ADDRESS = bytes.fromhex("00d0f8000001")
EVERYBODY = b"\xff" * 6
OFFER, ACKNOWLEDGEMENT, REFUSAL = 2, 5, 6


def at(seconds: float, frame: bytes, *, by_client: bool = False) -> Recorded:
    """Return a frame so many seconds after the beginning of every recording."""
    return Recorded(BEGAN * SECOND + int(seconds * SECOND), frame, by_client)


def in_time(*frames: Recorded) -> list[Recorded]:
    """Return frames in the order of time."""
    return sorted(frames, key=lambda one: one.at)


def arp(address: str, station: bytes = CLIENT_ADDRESS) -> bytes:
    """Return a station's question for its gateway (RFC 826)."""
    header = bytes.fromhex("0806 0001 0800 06 04 0001")
    asked = bytes(6) + bytes((10, 20, 30, 1))
    return EVERYBODY + station + header + station + _ipv4(address) + asked + bytes(18)


def dhcp(
    kind: int,
    address: str,
    netmask: str | None = "255.255.255.0",
    station: bytes = CLIENT_ADDRESS,
) -> bytes:
    """Return a server's message (RFC 2131, 2132)."""
    message = struct.pack("!BBBBIHH", 2, 1, 6, 0, 0x12345678, 0, 0)
    message += bytes(4) + _ipv4(address) + bytes(8) + station + bytes(10 + 64 + 128)
    options = bytes((53, 1, kind))
    if netmask is not None:
        options += bytes((1, 4)) + _ipv4(netmask)
    message += b"\x63\x82\x53\x63" + options + b"\xff"
    datagram = struct.pack("!HHHH", 67, 68, 8 + len(message), 0) + message
    return station + GATEWAY_ADDRESS + b"\x08\x00" + _packet(17, datagram)


def http(payload: bytes, *, to: bytes = CLIENT_ADDRESS) -> bytes:
    """Return a segment of TCP from a web server, or to it."""
    segment = struct.pack("!HHIIBBHHH", 80, 50000, 1, 1, 5 << 4, 0x18, 65535, 0, 0) + payload
    return to + GATEWAY_ADDRESS + b"\x08\x00" + _packet(6, segment)


def _packet(protocol: int, content: bytes) -> bytes:
    return (
        struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(content), 1, 0, 64, protocol, 0)
        + bytes((10, 20, 30, 1))
        + bytes((10, 20, 30, 101))
        + content
    )


def _ipv4(address: str) -> bytes:
    return bytes(int(part) for part in address.split("."))
