"""A genuine client of the bare shape, its frames written from the table of docs/protocol.md."""

from __future__ import annotations

from ruijie_proxy.protocol.bare_properties import encode_bare_properties
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.password import eap_md5_value, password_property
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.v4_check import v4_check

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("020000aabb01")
"""Of a vendor that is not Ruijie."""
USERNAME, PASSWORD = b"20260001", b"plum-tree"
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
MASK, GATEWAY, DNS = bytes((255, 255, 255, 0)), bytes((192, 168, 1, 1)), bytes((192, 168, 1, 1))
BY_DHCP = bytes(4) + MASK + GATEWAY + DNS + b"\1"
"""What a client tells whose address is from DHCP: all but that address."""
FIXED = bytes((192, 168, 1, 2)) + MASK + GATEWAY + DNS + b"\0"
LINK_LOCAL = bytes.fromhex("fe800000000000001234567890abcdef")
GATEWAYS_LINK_LOCAL = bytes.fromhex("fe80000000000000000000fffe000001")
GLOBAL = bytes.fromhex("20010db8000000000000000000000007")
SERIAL = b"WD-WCC4E1234567"
CLIENT_OF_LINUX = b"8021x.exe".ljust(32, b"\0") + bytes((1, 0x1F, 1, 2))


def _bare(number: int, content: bytes) -> Property:
    return Property(number, content, marked=False)


def linux_properties(
    challenge: bytes = CHALLENGE,
    addresses: bytes = BY_DHCP,
    mac: bytes = CLIENT,
    *,
    ipv6: bool = False,
    service: bytes | None = None,
    further_dns: bytes = b"",
    edition: Edition = Edition.SECOND,
) -> tuple[Property, ...]:
    """Return the bare properties of Linux 1.31, in its order."""
    of_ipv6 = (
        _bare(PropertyType.IPV6_ADDRESS_COUNT, b"\3"),
        _bare(PropertyType.IPV6_LINK_LOCAL, LINK_LOCAL),
        _bare(PropertyType.IPV6_GLOBAL, GLOBAL),
        _bare(PropertyType.IPV6_GATEWAY_LINK_LOCAL, GATEWAYS_LINK_LOCAL),
    )
    password = password_property(USERNAME, challenge, PASSWORD)
    return (
        _bare(PropertyType.CLIENT, CLIENT_OF_LINUX),
        _bare(PropertyType.ADDRESSES, addresses),
        _bare(PropertyType.MAC_ADDRESS, mac),
        *(of_ipv6 if ipv6 else ()),
        *(() if service is None else (_bare(PropertyType.SERVICE, service.ljust(32, b"\0")),)),
        _bare(PropertyType.PASSWORD, password),
        _bare(PropertyType.DNS_SERVERS, further_dns),
        _bare(PropertyType.V4_CHECK, v4_check(challenge, edition)),
        _bare(PropertyType.DISK_SERIAL, SERIAL),
        _bare(PropertyType.SECURITY_CHECK, b"\0"),
        _bare(PropertyType.WORD_SIZE, b"\x40"),
        _bare(PropertyType.CLIENT_NAME, b"RG-SU For Linux V1.30\0"),
        _bare(PropertyType.GENERATION, b"\2"),
    )


def start_frame(group: bytes = PAE_GROUP_ADDRESS) -> bytes:
    """Return its Start: Windows' goes to Ruijie's group."""
    return EapolFrame.build(group, CLIENT, EapolType.START).encode()


WINDOWS_START = start_frame(RUIJIE_GROUP_ADDRESS)


def response(packet: EapPacket, trailer: bytes = b"") -> bytes:
    """Return a frame of the client's; all of them go to the group."""
    return EapolFrame.build(
        PAE_GROUP_ADDRESS, CLIENT, EapolType.EAP_PACKET, packet.encode(), trailer
    ).encode()


def identity_frame(identifier: int = 1, name: bytes = USERNAME) -> bytes:
    """Return its Identity response: the user name alone."""
    return response(EapPacket.build(EapCode.RESPONSE, identifier, EapType.IDENTITY, name))


def answer_frame(
    properties: tuple[Property, ...] | bytes,
    identifier: int = 2,
    challenge: bytes = CHALLENGE,
    value: bytes | None = None,
) -> bytes:
    """Return its MD5 response: value and bare properties, and no user name."""
    bare = properties if isinstance(properties, bytes) else encode_bare_properties(properties)
    value = eap_md5_value(identifier, PASSWORD, challenge) if value is None else value
    data = bytes((len(value),)) + value + bare
    return response(EapPacket.build(EapCode.RESPONSE, identifier, EapType.MD5_CHALLENGE, data))


def challenge_frame(
    to: bytes,
    identifier: int = 2,
    pieces: tuple[tuple[int, bytes], ...] | bytes = (),
    challenge: bytes = CHALLENGE,
    source: bytes = SERVER,
) -> bytes:
    """Return a challenge of the server's with bare pieces behind it, inside the lengths."""
    behind = (
        pieces
        if isinstance(pieces, bytes)
        else encode_bare_properties(_bare(number, content) for number, content in pieces)
    )
    packet = Md5Challenge(identifier, challenge, (), behind).encode().encode()
    return EapolFrame.build(to, source, EapolType.EAP_PACKET, packet).encode()
