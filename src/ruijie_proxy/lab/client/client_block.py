"""The private block as the genuine Linux clients make it (docs/protocol.md, "Properties")."""

from __future__ import annotations

from hashlib import sha512
from ipaddress import IPv4Address, IPv6Address

from ruijie_proxy.lab.options import ClientOptions
from ruijie_proxy.protocol.clients import client_block as protocol_block
from ruijie_proxy.protocol.clients.client_profile import (
    LINUX_1_0,
    LINUX_1_30,
    SERVICE_SIZE,
    ClientProfile,
    preset_of_version,
)
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.private_block import PrivateBlock
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.values import replace

_PROFILES = {Edition.FIRST: LINUX_1_0, Edition.SECOND: LINUX_1_30}


def client_block(options: ClientOptions, mac: bytes, challenge: bytes | None) -> PrivateBlock:
    """Make the block of one frame.

    ``challenge`` is the one that is being answered, or None in a Start, an Identity response and a
    Logoff, where the check is that of zeros and the password property is empty.
    """
    proof = None
    if challenge is not None:
        username, password = encode_text(options.username), encode_text(options.password)
        proof = protocol_block.Proof(challenge, username, password)
    profile = _profile(options, challenge)
    return protocol_block.client_block(profile, _machine(options, mac), proof)


def _profile(options: ClientOptions, challenge: bytes | None) -> ClientProfile:
    profile = _PROFILES[options.edition]
    if options.client_version is not None:
        profile = preset_of_version(options.client_version)
    service = encode_text(options.service).ljust(SERVICE_SIZE, b"\0")
    profile = profile.with_property(PropertyType.SERVICE, service)
    profile = profile.with_disk_serial(options.disk_serial.encode("ascii"))
    profile = replace(profile, text_check=options.text_check)
    if options.foreign_check:
        profile = replace(profile, edition=None)
        if challenge is not None:
            profile = profile.with_property(PropertyType.V4_CHECK, _foreign_check(challenge))
    extra = (Property(kind, bytes.fromhex(content)) for kind, content in options.extra_properties)
    return replace(profile, properties=(*profile.properties, *extra))


def _foreign_check(challenge: bytes) -> bytes:
    """Return what looks like a V4 check, 128 hex characters, and follows no rule that is known."""
    return sha512(challenge).hexdigest().encode("ascii")


def _machine(options: ClientOptions, mac: bytes) -> protocol_block.Machine:
    address, netmask, gateway, dns = (
        IPv4Address(text).packed
        for text in (options.address, options.netmask, options.gateway, options.dns)
    )
    return protocol_block.Machine(
        mac,
        options.from_dhcp,
        address,
        netmask,
        gateway,
        dns,
        options.dns_servers,
        ipv6_gateway=_ipv6(options.ipv6_gateway),
        # Of the three IPv6 addresses a PC without IPv6 from the campus has this one.
        link_local=link_local_address(mac) if options.link_local else None,
        ipv6_global=_ipv6(options.ipv6_global),
    )


def _ipv6(text: str) -> bytes | None:
    packed = IPv6Address(text).packed
    return packed if any(packed) else None
