"""How the ePortal's page enciphers a password (docs/portal.md, section 4).

RSA without padding and without anything that is new each time. So whoever hears it can send it
again: it hides the password from a glance, and is no secrecy.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.values import Frozen

MAC_UNKNOWN = "111111111"
"""What the page takes where the gateway tells no MAC address."""
_DIGIT_BITS = 16
"""The page computes in digits of so many bits, which its chunks and its texts follow."""
_BYTES_A_DIGIT = 2
_HEX_A_DIGIT = 4
_LEAST_BITS = 512
_MOST_BITS = 4096
_LARGEST_EXPONENT_DIGITS = 16
_LAST_CHARACTER = 255
_HEX = frozenset("0123456789abcdefABCDEF")


class NotEncipherable(ValueError):
    """A password has a character that the page's way cannot take: only those up to U+00FF."""


class PublicKey(Frozen):
    """The portal's key, as ``pageInfo`` tells it."""

    exponent: int
    modulus: int


def read_key(exponent: str, modulus: str) -> PublicKey:
    """Read a key of two numbers in hexadecimal.

    Raises ProtocolError where it is none: a gateway that is no portal could else have the password
    all but in the clear.
    """
    if not modulus or not _HEX.issuperset(modulus) or len(modulus) > _MOST_BITS // 4:
        raise ProtocolError(N_("its key is no number in hexadecimal, or too long a one"))
    if not exponent or not _HEX.issuperset(exponent) or len(exponent) > _LARGEST_EXPONENT_DIGITS:
        raise ProtocolError(
            N_("the exponent of its key is no number in hexadecimal, or too long a one")
        )
    key = PublicKey(int(exponent, 16), int(modulus, 16))
    if key.modulus.bit_length() < _LEAST_BITS or key.modulus % 2 == 0:
        raise ProtocolError(N_("its key is none of RSA, or hides nothing"))
    if key.exponent <= 1 or key.exponent % 2 == 0:
        raise ProtocolError(N_("the exponent of its key is none of RSA"))
    return key


def encipher_password(password: str, mac: str | None, key: PublicKey) -> str:
    """Return what the page sends in a password's place.

    ``mac`` is the raw value that the gateway tells. Raises NotEncipherable.
    """
    return encipher(f"{password}>{mac or MAC_UNKNOWN}", key)


def encipher(text: str, key: PublicKey) -> str:
    """Return a text enciphered: chunks in hexadecimal, between blanks. Raises NotEncipherable."""
    if any(ord(character) > _LAST_CHARACTER for character in text):
        raise NotEncipherable(text[:0])
    reversed_bytes = text[::-1].encode("latin-1")
    digits = -(-key.modulus.bit_length() // _DIGIT_BITS)
    size = (digits - 1) * _BYTES_A_DIGIT
    chunks = [reversed_bytes[at : at + size] for at in range(0, len(reversed_bytes), size)]
    return " ".join(_encipher_chunk(chunk, key) for chunk in chunks)


def _encipher_chunk(chunk: bytes, key: PublicKey) -> str:
    number = pow(int.from_bytes(chunk, "little"), key.exponent, key.modulus)
    text = f"{number:x}"
    return text.zfill(-(-len(text) // _HEX_A_DIGIT) * _HEX_A_DIGIT)
