"""The V4 check (property 0x4D): how a Linux client proves to be one.

A message is put together from the MD5 challenge and fixed constants, in one of five ways that the
challenge itself chooses, and hashed with the changed Whirlpool (docs/protocol.md, "The V4 check").
There are two editions of the constants; the switch refuses the check of the one it does not want.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.digests.whirlpool import ruijie_whirlpool
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.values import Frozen

CHALLENGE_SIZE = 16
ZERO_CHALLENGE = bytes(CHALLENGE_SIZE)
"""What the check of a Start or an Identity response is computed from: no challenge exists yet."""
TEXT_CHALLENGE = b"!jierui9002pmsus"
"""What it is computed from at some campuses instead."""

_BRANCHES = 5
_TEXT_MESSAGE_SIZE = 96


class _Constants(Frozen):
    """One edition's constants: digests of two fixed texts, A and B, by changed hash functions."""

    md5_a: bytes
    """The MD5 digests are used as lower-case hex text, the others as they are."""
    md5_b: bytes
    sha_a: bytes
    sha_b: bytes
    ripemd_a: bytes
    ripemd_b: bytes
    tiger_a: bytes
    tiger_b: bytes


_CONSTANTS = {
    Edition.FIRST: _Constants(
        md5_a=b"5814f36f4cefdf28fb4fe2315e6b5665",
        md5_b=b"05182cafce93f26a8bef6f4bc0d249c5",
        sha_a=bytes.fromhex("23754c294acd0ce0321ad20bd4d7c39f8f2c7264"),
        sha_b=bytes.fromhex("791beac83b62684fa6da7420727612672d3e6398"),
        ripemd_a=bytes.fromhex("373d7a891f120d98ddc2dee2fd428916"),
        ripemd_b=bytes.fromhex("fe89f11f5804b40ef16089608b957bee"),
        tiger_a=bytes.fromhex("4919a82baec5a7abadffed6875da2360b5f2b7794a7fcc4a"),
        tiger_b=bytes.fromhex("7e426653ad4a5922e6570b720faf4553f5e694850eee29c2"),
    ),
    Edition.SECOND: _Constants(
        md5_a=b"155cf9ce01f381e8bb1d7c7ffdc154a0",
        md5_b=b"d0eb27a27c672d1ec9eee6fdb2277832",
        sha_a=bytes.fromhex("8266bf95f4d1d278129214a836ed21b456c80ea5"),
        sha_b=bytes.fromhex("690d06a5cd5ccf7ce560ea1228d6981db129d1b3"),
        ripemd_a=bytes.fromhex("8a9606d3c9aea62cfce7bb13cc602120"),
        ripemd_b=bytes.fromhex("d202dfc3d0556faf82a2e6fc2c7f2cfd"),
        tiger_a=bytes.fromhex("60404dc18e66b897f2982b02860aa2fc93de797c960c9023"),
        tiger_b=bytes.fromhex("2516582c816249c49470ea2a7ccc7f3fdca5bdc60a09bb65"),
    ),
}


def v4_check(challenge: bytes, edition: Edition) -> bytes:
    """Return the check of a challenge: 128 lower-case hex characters.

    Raises ProtocolError when the challenge is not 16 bytes long.
    """
    return ruijie_whirlpool(message_of(challenge, edition)).hex().encode("ascii")


def message_of(challenge: bytes, edition: Edition) -> bytes:
    """Return what is hashed to make the check.

    Raises ProtocolError when the challenge is not 16 bytes long.
    """
    constants = _CONSTANTS[edition]
    match branch_of(challenge):
        case 0:
            return _text_message(challenge, constants)
        case 1:
            return constants.sha_b + challenge[:6] + constants.sha_a + challenge[6:]
        case 2:
            return constants.sha_b + challenge[:6] + constants.ripemd_a + challenge[6:]
        case 3:
            return constants.tiger_a + challenge[:10] + constants.ripemd_b + challenge[10:]
        case _:
            return constants.tiger_b + challenge[:8] + constants.sha_a + challenge[8:]


def branch_of(challenge: bytes) -> int:
    """Return which of the five ways, 0 to 4, a challenge's message is put together.

    Raises ProtocolError when the challenge is not 16 bytes long.
    """
    require_challenge_size(challenge)
    # The client adds two C chars, which are signed, and divides the sum as an unsigned int.
    return (_as_char(challenge[0]) + _as_char(challenge[3])) % (1 << 32) % _BRANCHES


def require_challenge_size(challenge: bytes) -> None:
    """Raise ProtocolError when a challenge is not of the 16 bytes that the checks are made of."""
    if len(challenge) != CHALLENGE_SIZE:
        raise ProtocolError(
            N_("a challenge is {right} bytes long, not {size}"),
            right=CHALLENGE_SIZE,
            size=len(challenge),
        )


def _text_message(challenge: bytes, constants: _Constants) -> bytes:
    even, odd = _hex_text(challenge[0::2]), _hex_text(challenge[1::2])
    return (constants.md5_a + even + constants.md5_b + odd)[:_TEXT_MESSAGE_SIZE]


def _hex_text(data: bytes) -> bytes:
    """Write bytes as C's ``%02x`` does when it is given signed chars: 9c becomes ffffff9c."""
    return b"".join(b"%02x" % (_as_char(byte) % (1 << 32)) for byte in data)


def _as_char(byte: int) -> int:
    """Read a byte as C's signed char."""
    return byte - 0x100 if byte >= 0x80 else byte
