"""The properties of a private block for people (docs/protocol.md, "Properties")."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from ruijie_proxy.inspect.digests import shortened
from ruijie_proxy.inspect.steps import PropertyLine
from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.bare_properties import BARE_ADDRESSES_SIZE, BARE_CLIENT_SIZE
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, format_mac
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import IPV4_SIZE, PROGRAM_SIZE
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.text import decode_text

Show = Callable[[bytes], str]

_IPV6_SIZE = 16
_DIGEST_TYPES = (
    PropertyType.V2_CHECK,
    PropertyType.V4_CHECK,
    PropertyType.V4_CHECK_AGAIN,
)


def property_line(item: Property) -> PropertyLine:
    """Return a property's name and value; hex where its content is not what its type says."""
    name, show = _KNOWN.get(item.type, (None, _hex))
    try:
        text = show(item.content)
    except ProtocolError:
        text = _hex(item.content)
    full = None
    if item.type in _DIGEST_TYPES and text == shortened(text) and "…" in text:
        full = decode_text(item.content)
    if item.type == PropertyType.PASSWORD:
        # With user name and challenge, which stand beside it, the password lies open: each byte of
        # it tells one of the password's.
        text = _secret(item.content)
    return PropertyLine(item.type, name, text, full)


def property_name(number: int) -> str:
    """Return the name of a property's type, or its number."""
    return _KNOWN[number][0] if number in _KNOWN else f"property {number:#04x}"


_EMPTY = "empty"


def _hex(content: bytes) -> str:
    return content.hex() or _EMPTY


def _text(content: bytes) -> str:
    return decode_text(content.rstrip(b"\0")) or _EMPTY


def _digest(content: bytes) -> str:
    if not any(content):
        return "zeros" if content else _EMPTY
    if not content.isalnum():
        raise ProtocolError("a check is written in hex digits")
    return shortened(content.decode("ascii"))


def _secret(content: bytes) -> str:
    return "not shown" if content else _EMPTY


def _number(content: bytes) -> str:
    if not 0 < len(content) <= 4:
        raise ProtocolError("the number has another size")
    return str(int.from_bytes(content, "big"))


def _yes_or_no(content: bytes) -> str:
    return {"0": "no", "1": "yes"}.get(_number(content), _number(content))


def _mac(content: bytes) -> str:
    if len(content) != ADDRESS_SIZE:
        raise ProtocolError("a MAC address has 6 bytes")
    return format_mac(content)


def _ipv6(content: bytes) -> str:
    if len(content) != _IPV6_SIZE:
        raise ProtocolError("an IPv6 address has 16 bytes")
    return str(ipaddress.IPv6Address(content)) if any(content) else "not known"


def _bits(content: bytes) -> str:
    return f"{_number(content)} bits"


def _client(content: bytes) -> str:
    if len(content) != BARE_CLIENT_SIZE:
        raise ProtocolError("program and version have another size")
    return f"{_text(content[:PROGRAM_SIZE])} {content[PROGRAM_SIZE:].hex(' ')}"


def _addresses(content: bytes) -> str:
    if len(content) != BARE_ADDRESSES_SIZE:
        raise ProtocolError("the addresses have another size")
    four = (content[at : at + IPV4_SIZE] for at in range(0, 4 * IPV4_SIZE, IPV4_SIZE))
    return f"{' '.join(map(_ipv4, four))} DHCP {content[-1]}"


def _ipv4(content: bytes) -> str:
    if len(content) != IPV4_SIZE:
        raise ProtocolError("an IPv4 address has 4 bytes")
    return str(ipaddress.IPv4Address(content))


_KNOWN: dict[int, tuple[str, Show]] = {
    PieceType.NEWEST_VERSION: (N_("newest client"), _hex),
    PropertyType.CLIENT: (N_("client"), _client),
    PieceType.PROXY_DETECTION: (N_("looks for proxies"), _number),
    PieceType.DIAL_UP_DETECTION: (N_("looks for dial-up"), _number),
    PieceType.UPGRADE_URL: (N_("upgrade"), _text),
    PieceType.ACCOUNT: (N_("accounting"), _text),
    PieceType.PERSONAL: (N_("personal"), _hex),
    PropertyType.ADDRESSES: (N_("IPv4 addresses"), _addresses),
    PieceType.BROADCAST: (N_("text for all"), _text),
    PieceType.REFUSAL_REASON: (N_("reason of a refusal"), _text),
    PieceType.REAUTHENTICATION_INTERVAL: (N_("re-authentication interval"), _number),
    PieceType.UDP_INTERVAL: (N_("UDP heartbeat: interval"), _number),
    PieceType.UDP_PORT: (N_("UDP heartbeat: port"), _number),
    PieceType.UDP_SERVER: (N_("UDP heartbeat: server"), _ipv4),
    PieceType.UDP_KEY: (N_("UDP heartbeat: key"), _secret),
    PieceType.UDP_VECTOR: (N_("UDP heartbeat: vector"), _secret),
    PropertyType.V4_CHECK_AGAIN: (N_("V4 check again"), _digest),
    PieceType.RADIUS_KIND: (N_("kind of RADIUS server"), _number),
    PropertyType.PHASE: (N_("round of the login"), _number),
    PieceType.SERVICE_CHANGE_RESULT: (N_("result of a change of service"), _number),
    PieceType.LOGIN_URL: (N_("login page"), _text),
    PieceType.MESSAGE_PORT: (N_("port for messages"), _number),
    PieceType.PAGE_TO_SHOW: (N_("page to show"), _text),
    PieceType.PROXY_KINDS: (N_("kinds of proxies"), _hex),
    PieceType.SECOND_PAGE_TO_SHOW: (N_("second page to show"), _text),
    PieceType.UDP_FLAGS: (N_("UDP heartbeat: flags"), _hex),
    PropertyType.V2_CHECK: (N_("V2 check"), _digest),
    PropertyType.ADDRESS_FROM_DHCP: (N_("address by DHCP"), _yes_or_no),
    PropertyType.MAC_ADDRESS: (N_("MAC address"), _mac),
    PieceType.CHALLENGE_FLAG: (N_("flag of a challenge"), _number),
    PropertyType.PASSWORD: (N_("password property"), _hex),
    PropertyType.IPV6_ADDRESS_COUNT: (N_("IPv6 addresses set"), _number),
    PropertyType.IPV6_GATEWAY_LINK_LOCAL: (N_("IPv6 gateway"), _ipv6),
    PropertyType.IPV6_LINK_LOCAL: (N_("IPv6 link-local"), _ipv6),
    PropertyType.SERVICE: (N_("service"), _text),
    PropertyType.V4_CHECK: (N_("V4 check"), _digest),
    PropertyType.IPV6_GLOBAL: (N_("IPv6 global"), _ipv6),
    PropertyType.DISK_SERIAL: (N_("disk serial"), _text),
    PropertyType.SECONDARY_DOMAIN: (N_("secondary domain"), _text),
    PropertyType.SECURITY_CHECK: (N_("security check"), _number),
    PropertyType.SERVICE_CHANGED: (N_("service changed"), _hex),
    PieceType.SERVICES_ON_OFFER: (N_("services on offer"), _text),
    PropertyType.WINDOWS_FLAG: (N_("flag of Windows"), _number),
    PropertyType.CLIENT_NAME: (N_("client name"), _text),
    PropertyType.WORD_SIZE: (N_("word size"), _bits),
    PropertyType.DNS_SERVERS: (N_("further DNS servers"), _text),
    PropertyType.GENERATION: (N_("generation"), _number),
    PropertyType.WINDOWS_6: (N_("mark of Windows 6"), _hex),
}
