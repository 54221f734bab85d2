"""What a client makes of the password: the EAP-MD5 value, and the password property (0x2F)."""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.digests.md5 import md5
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import MAXIMUM_CONTENT_SIZE

PASSWORD_BLOCK_SIZE = 16
"""Bytes of the password that are hidden at a time: the size of an MD5 digest."""
LONGEST_HIDDEN_PASSWORD = MAXIMUM_CONTENT_SIZE // PASSWORD_BLOCK_SIZE * PASSWORD_BLOCK_SIZE
"""Bytes; a longer password does not fit into its property."""


LONGEST_IN_CLEAR = 255
"""Bytes of a password that can be told in clear: its length has one."""


def clear_password(password: bytes, username: bytes) -> bytes:
    """Write the answer to who asks for the password in clear.

    Raises ProtocolError for a password whose length does not fit.
    """
    if len(password) > LONGEST_IN_CLEAR:
        raise ProtocolError(
            N_("a password of {size} bytes is too long to be told in clear"), size=len(password)
        )
    return bytes((len(password),)) + password + username


def eap_md5_value(identifier: int, password: bytes, challenge: bytes) -> bytes:
    """Return the 16-byte value of an MD5-Challenge response (RFC 3748 5.4, RFC 1994 4.1).

    ``identifier`` is the one-byte EAP identifier of the request; ValueError when it is none.
    """
    return md5(bytes([identifier]) + password + challenge)


def password_property(username: bytes, challenge: bytes, password: bytes) -> bytes:
    """Return the password property of an MD5 response: 16 bytes for each 16 of the password.

    It is RADIUS' way to hide one (RFC 2865, 5.2), with the user name for the shared secret:
    docs/protocol.md, "The password property". Whoever sees it together with user name and challenge
    has the password: never show the three in one place. An empty password has one block of zeros.
    """
    hidden = bytearray()
    previous = challenge
    for at in range(0, len(password) or 1, PASSWORD_BLOCK_SIZE):
        block = password[at : at + PASSWORD_BLOCK_SIZE].ljust(PASSWORD_BLOCK_SIZE, b"\0")
        mask = md5(username + previous)
        previous = bytes(m ^ p for m, p in zip(mask, block, strict=True))
        hidden += previous
    return bytes(hidden)
