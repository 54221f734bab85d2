"""What a genuine Linux client answers a switch of another vendor's challenge with.

docs/protocol.md, "The bare shape". Written from its table; the program's own login has a way of its
own to make the same, so that the two can disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from ipaddress import IPv4Address, IPv6Address

from ruijie_proxy.lab.options import ClientOptions
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.protocol.v4_check import v4_check

_BLOCK = 16
_PROGRAM = b"8021x.exe".ljust(32, b"\0")
_SYSTEM_AND_TYPE = bytes((1, 2))
_USUAL_VERSION = "1.31"
_NAME = b"RG-SU For Linux V1.30\0"
"""Of version 1.31, too (docs/protocol.md, "Properties")."""
_UNKNOWN_IPV6 = bytes(16)


def bare_properties(options: ClientOptions, mac: bytes, challenge: bytes) -> bytes:
    """Write the properties behind the MD5 value."""
    return b"".join(
        bytes((number, len(content))) + content
        for number, content in _properties(options, mac, challenge)
    )


def _properties(
    options: ClientOptions, mac: bytes, challenge: bytes
) -> Iterator[tuple[int, bytes]]:
    major, minor = (options.client_version or _USUAL_VERSION).split(".")
    version = bytes((int(major), int(minor))) + _SYSTEM_AND_TYPE
    yield 0x11, _PROGRAM + version
    yield 0x50, _addresses(options)
    yield 0x2D, mac
    if options.phase is not None:
        yield 0x63, bytes((options.phase,))
    yield from _ipv6(options, mac)
    if options.service:
        yield 0x39, encode_text(options.service).ljust(32, b"\0")
    yield 0x2F, _hidden_password(options, challenge)
    yield 0x76, options.dns_servers.encode("ascii")
    yield 0x4D, v4_check(challenge, options.edition)
    yield 0x54, options.disk_serial.encode("ascii")
    yield 0x62, b"\0"
    yield 0x70, b"\x40"
    yield 0x6F, _NAME
    yield 0x79, b"\2"
    for number, content in options.extra_properties:
        yield number, bytes.fromhex(content)


def _addresses(options: ClientOptions) -> bytes:
    address = "0.0.0.0" if options.from_dhcp else options.address  # noqa: S104 - zeros with DHCP
    told = (address, options.netmask, options.gateway, options.dns)
    return b"".join(IPv4Address(text).packed for text in told) + bytes((options.from_dhcp,))


def _ipv6(options: ClientOptions, mac: bytes) -> Iterator[tuple[int, bytes]]:
    own = link_local_address(mac) if options.link_local else _UNKNOWN_IPV6
    of_all = IPv6Address(options.ipv6_global).packed
    of_gateway = IPv6Address(options.ipv6_gateway).packed
    count = sum(map(any, (own, of_all, of_gateway)))
    if not count:
        return
    yield 0x35, bytes((count,))
    if any(own):
        yield 0x38, own
    if any(of_all):
        yield 0x4E, of_all
    yield 0x36, of_gateway


def _hidden_password(options: ClientOptions, challenge: bytes) -> bytes:
    name, password = encode_text(options.username), encode_text(options.password)
    blocks = range(0, max(len(password), 1), _BLOCK)
    chain = [challenge]
    for start in blocks:
        plain = password[start : start + _BLOCK].ljust(_BLOCK, b"\0")
        mask = md5(name + chain[-1], usedforsecurity=False).digest()
        chain.append(bytes(a ^ b for a, b in zip(plain, mask, strict=True)))
    return b"".join(chain[1:])
