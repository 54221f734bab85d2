"""The key of a virtual portal, new in each run, and the portal's half of the password's cipher."""

from __future__ import annotations

from ruijie_proxy.values import Frozen

BITS = 1024
"""As real portals have it."""
EXPONENT = 0x10001


class KeyPair(Frozen):
    """Both halves of a key."""

    modulus: int
    exponent: int
    private: int

    def decipher(self, ciphered: str) -> str:
        """Return the text that a page has enciphered; "" where it has not."""
        try:
            chunks = [int(chunk, 16) for chunk in ciphered.split(" ")]
        except ValueError:
            return ""
        size = self.modulus.bit_length() // 8
        plain = b"".join(
            pow(chunk, self.private, self.modulus).to_bytes(size, "little").rstrip(b"\0")
            for chunk in chunks
        )
        return plain[::-1].decode("latin-1")


def make_key() -> KeyPair:
    """Make a key of this run."""
    # An extra of the program's, which the virtual campus alone needs here.
    from cryptography.hazmat.primitives.asymmetric import rsa

    numbers = rsa.generate_private_key(EXPONENT, BITS).private_numbers()
    return KeyPair(numbers.public_numbers.n, EXPONENT, numbers.d)
