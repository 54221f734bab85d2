"""Cernet's mode of the same clients (docs/protocol.md, "Cousins"): all of it from one source."""

from __future__ import annotations

from ruijie_proxy.protocol.digests.md5 import md5
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolFrame
from ruijie_proxy.protocol.ethernet import MINIMUM_FRAME_SIZE
from ruijie_proxy.protocol.private_block import UNKNOWN_ADDRESS

PADDING = 0xA5
"""What fills the frames that have no body."""
IDENTITY_MARK = b"\x01"
"""The first byte behind the type of an Identity response."""
VERSION = b"03.02.05"
_SALT = b"xxghlmhxzb"


def bare_frame(destination: bytes, source: bytes, packet_type: int) -> bytes:
    """Write a Start, a Logoff or an echo: a header, and padding up to 60 bytes."""
    padding = bytes((PADDING,)) * (MINIMUM_FRAME_SIZE - BODY_OFFSET)
    return EapolFrame.build(destination, source, packet_type, trailer=padding).encode()


def identity_data(
    username: bytes, address: bytes | None, netmask: bytes | None, gateway: bytes | None
) -> bytes:
    """Write what follows the type of an Identity response; IPv4 addresses are of 4 bytes."""
    known = (address or UNKNOWN_ADDRESS, netmask or UNKNOWN_ADDRESS, gateway or UNKNOWN_ADDRESS)
    return IDENTITY_MARK + b"".join(known) + UNKNOWN_ADDRESS + VERSION + username


def md5_value(identifier: int, password: bytes, challenge: bytes) -> bytes:
    """Return the 16-byte value of an MD5 response; ``identifier`` is the request's, one byte."""
    salted = bytes((identifier,)) + password + _SALT + challenge
    return md5(salted)
