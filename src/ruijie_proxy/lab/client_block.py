"""The private block as the genuine Linux clients make it (docs/protocol.md, "Properties")."""

from __future__ import annotations

from ipaddress import IPv4Address

from ruijie_proxy.lab.options import ClientOptions
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.password import password_property
from ruijie_proxy.protocol.private_block import AddressHead, PrivateBlock
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.protocol.v4_check import ZERO_CHALLENGE, Edition, v4_check

PROGRAM = b"8021x.exe"
_VERSIONS = {Edition.FIRST: bytes((1, 0x01, 1, 2)), Edition.SECOND: bytes((1, 0x1E, 1, 2))}
_NAMES = {
    Edition.FIRST: b"RG-SU For Linux V1.0\0",
    Edition.SECOND: b"RG-SU For Linux V1.30\0",
}
_SERVICE_SIZE = 32
_DISK_SERIAL_SIZE = 64
_SYSTEM_OF_64_BITS = bytes((0x40,))
_LATER_GENERATION = bytes((2,))
_UNKNOWN_IPV6 = bytes(16)
_IPV6_ADDRESSES_SET = 1
"""Of the three that the block tells, a PC without IPv6 from the campus has its link-local one."""


def client_block(options: ClientOptions, mac: bytes, challenge: bytes | None) -> PrivateBlock:
    """Make the block of one frame.

    ``challenge`` is the one that is being answered, or None in a Start, an Identity response and a
    Logoff, where the check is that of zeros and the password property is empty.
    """
    if challenge is None:
        password = b""
    else:
        password = password_property(
            encode_text(options.username), challenge, encode_text(options.password)
        )
    properties = [
        Property(PropertyType.ADDRESS_FROM_DHCP, int(options.from_dhcp).to_bytes(4, "big")),
        Property(PropertyType.MAC_ADDRESS, mac),
        Property(PropertyType.PASSWORD, password),
        Property(PropertyType.DNS_SERVERS, options.dns_servers.encode("ascii")),
        Property(PropertyType.IPV6_ADDRESS_COUNT, bytes((_IPV6_ADDRESSES_SET,))),
        Property(PropertyType.IPV6_GATEWAY_LINK_LOCAL, _UNKNOWN_IPV6),
        Property(PropertyType.IPV6_LINK_LOCAL, link_local_address(mac)),
        Property(PropertyType.IPV6_GLOBAL, _UNKNOWN_IPV6),
        Property(PropertyType.V4_CHECK, v4_check(challenge or ZERO_CHALLENGE, options.edition)),
        Property(PropertyType.SERVICE, encode_text(options.service).ljust(_SERVICE_SIZE, b"\0")),
        Property(PropertyType.DISK_SERIAL, bytes(_DISK_SERIAL_SIZE)),
        Property(PropertyType.SECONDARY_DOMAIN, b""),
        Property(PropertyType.SECURITY_CHECK, b"\0"),
        Property(PropertyType.WORD_SIZE, _SYSTEM_OF_64_BITS),
        Property(PropertyType.CLIENT_NAME, _NAMES[options.edition]),
    ]
    if options.edition == Edition.SECOND:
        properties.append(Property(PropertyType.GENERATION, _LATER_GENERATION))
    return PrivateBlock(_head(options), PROGRAM, _VERSIONS[options.edition], tuple(properties))


def _head(options: ClientOptions) -> AddressHead:
    address, netmask, gateway, dns = (
        IPv4Address(text).packed
        for text in (options.address, options.netmask, options.gateway, options.dns)
    )
    return AddressHead(int(options.from_dhcp), address, netmask, gateway, dns)
