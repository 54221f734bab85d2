"""MD5 (RFC 1321), which the dialect is built on: as a mixer of bytes, not as protection.

From CPython's own C code where it is there: :mod:`hashlib` brings in OpenSSL, 4 MB of a router's
memory.
"""

from __future__ import annotations

try:
    from _md5 import md5 as _md5  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from hashlib import md5 as _md5


def md5(data: bytes) -> bytes:
    """Return the 16-byte digest of some bytes."""
    digest: bytes = _md5(data, usedforsecurity=False).digest()
    return digest
