"""What stands for what in a redacted capture: the same for the same, within one capture.

Sizes are kept, so that every frame keeps its shape. Stations and users are counted; what else is
secret becomes what a keyed hash makes of it, with a key that is thrown away.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
from collections import Counter
from collections.abc import Callable, Container

from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    GROUP_ADDRESSES,
    is_group_address,
    link_local_address,
)

_SALT_SIZE = 16
_EVERYBODY = b"\xff" * ADDRESS_SIZE
_LOCAL_STATION = bytes((0x02, 0x00))
_LOCAL_GROUP = bytes((0x03, 0x00))
_LINK_LOCAL = bytes.fromhex("fe80000000000000")
_DOCUMENTATION = bytes.fromhex("20010db8")
"""2001:db8::/32, RFC 3849."""
_EUI64_MIDDLE = bytes.fromhex("fffe")
_UNIVERSAL_BIT = 0x02
_USER = b"user"
_SHORTEST_USER = len(_USER) + 2
_DIGITS = b"0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_TRIES = 10_000
_OCTETS_OF_DIGITS = {1: range(10), 2: range(10, 100), 3: range(100, 256)}


class Pseudonyms:
    """Gives each secret another value. ``taken``: values that must not stand for anything, as they
    are secrets of the capture themselves.
    """

    def __init__(self, taken: Container[bytes] = (), salt: bytes | None = None) -> None:
        self._taken = taken
        self._salt = os.urandom(_SALT_SIZE) if salt is None else salt
        self._given: dict[tuple[str, bytes], bytes] = {}
        self._used: set[tuple[str, bytes]] = set()
        self._counts: Counter[str] = Counter()

    def mac(self, address: bytes) -> bytes:
        """Return a local MAC address, 6 bytes; the dialect's groups and zeros stay."""
        if address in (*GROUP_ADDRESSES, _EVERYBODY) or not any(address):
            return address
        start = _LOCAL_GROUP if is_group_address(address) else _LOCAL_STATION
        room = ADDRESS_SIZE - len(start)
        return self._new("mac", address, lambda count: start + count.to_bytes(room, "big"))

    def ipv4(self, address: bytes) -> bytes:
        """Return an IPv4 address, 4 bytes, whose text is as long; zeros stay."""
        if not any(address):
            return address
        return self._new("ipv4", address, lambda count: self._other_address(address, count))

    def ipv6(self, address: bytes) -> bytes:
        """Return an IPv6 address, 16 bytes: link-local ones stay so, others are documentation's.

        One that was made of a MAC address is made of that one's pseudonym. Zeros stay.
        """
        if not any(address):
            return address
        mac = mac_in(address)
        if mac is not None:
            return link_local_address(self.mac(mac))
        start = _LINK_LOCAL if address.startswith(_LINK_LOCAL) else _DOCUMENTATION
        return start + self._hash("ipv6", address, len(address) - len(start))

    def name(self, name: bytes) -> bytes:
        """Return a user name of the same size in bytes."""
        return self._new("name", name, lambda count: _numbered(count, len(name)))

    def digest(self, digest: bytes) -> bytes:
        """Return bytes of the same size; zeros stay."""
        return self._hash("digest", digest, len(digest)) if any(digest) else digest

    def hex_digest(self, digest: bytes) -> bytes:
        """Return lower-case hex digits of the same size; zeros, of either kind, stay."""
        if not digest.strip(b"0\0"):
            return digest
        return self.digits(digest)

    def digits(self, text: bytes) -> bytes:
        """Return lower-case hex digits for a text of the same size."""
        return self._hash("hex", text, len(text)).hex().encode("ascii")[: len(text)]

    def _new(self, kind: str, value: bytes, candidate: Callable[[int], bytes]) -> bytes:
        given = self._given.get((kind, value))
        if given is None:
            given = self._given[kind, value] = self._unused(kind, value, candidate)
            self._used.add((kind, given))
        return given

    def _unused(self, kind: str, value: bytes, candidate: Callable[[int], bytes]) -> bytes:
        for _ in range(_MOST_TRIES):
            self._counts[kind] += 1
            made = candidate(self._counts[kind])
            if (kind, made) not in self._used and made not in self._taken:
                return made
        return b"x" * len(value)  # names of one byte can run out

    def _other_address(self, address: bytes, count: int) -> bytes:
        seed = self._hash("ipv4", address + count.to_bytes(4, "big"), len(address))
        return bytes(_other_octet(*pair) for pair in zip(address, seed, strict=True))

    def _hash(self, kind: str, value: bytes, size: int) -> bytes:
        return hashlib.shake_256(self._salt + kind.encode() + b"\0" + value).digest(size)


def mac_in(address: bytes) -> bytes | None:
    """Return the MAC address that a link-local IPv6 address was made of (RFC 4291), or None."""
    if not address.startswith(_LINK_LOCAL) or address[11:13] != _EUI64_MIDDLE:
        return None
    return bytes((address[8] ^ _UNIVERSAL_BIT,)) + address[9:11] + address[13:]


def is_netmask(mask: bytes) -> bool:
    """Whether four bytes are a netmask: it tells nobody anything."""
    try:
        ipaddress.IPv4Network(f"0.0.0.0/{ipaddress.IPv4Address(mask)}")
    except ValueError:
        return False
    return True


def _other_octet(octet: int, seed: int) -> int:
    """Return another number with as many digits."""
    others = [other for other in _OCTETS_OF_DIGITS[len(str(octet))] if other != octet]
    return others[seed % len(others)]


def _numbered(count: int, size: int) -> bytes:
    if size >= _SHORTEST_USER:
        return _USER + str(count).encode().rjust(size - len(_USER), b"0")
    digits = b""
    while count:
        count, digit = divmod(count, len(_DIGITS))
        digits = _DIGITS[digit : digit + 1] + digits
    return digits.rjust(size, b"0")[-size:]
