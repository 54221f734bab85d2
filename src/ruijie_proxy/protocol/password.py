"""What a client makes of the password: the EAP-MD5 value, and the password property (0x2F)."""

from __future__ import annotations

from ruijie_proxy.protocol.digests.md5 import md5

PASSWORD_PROPERTY_SIZE = 16


def eap_md5_value(identifier: int, password: bytes, challenge: bytes) -> bytes:
    """Return the 16-byte value of an MD5-Challenge response (RFC 3748 5.4, RFC 1994 4.1).

    ``identifier`` is the one-byte EAP identifier of the request; ValueError when it is none.
    """
    return md5(bytes([identifier]) + password + challenge)


def password_property(username: bytes, challenge: bytes, password: bytes) -> bytes:
    """Return the 16 bytes of the password property of an MD5 response.

    It carries the password's first 16 bytes (docs/protocol.md, "The password property"). Whoever
    sees it together with user name and challenge has those: never show the three in one place.
    """
    mask = md5(username + challenge)
    padded = password[:PASSWORD_PROPERTY_SIZE].ljust(PASSWORD_PROPERTY_SIZE, b"\0")
    return bytes(m ^ p for m, p in zip(mask, padded, strict=True))
