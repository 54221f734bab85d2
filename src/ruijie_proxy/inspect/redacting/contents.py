"""What becomes of the contents of properties and of a server's pieces, by their types."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict

from ruijie_proxy.inspect.checks import checks_of
from ruijie_proxy.inspect.redacting.pseudonyms import Pseudonyms, is_netmask
from ruijie_proxy.inspect.redacting.text_redaction import TextRedaction
from ruijie_proxy.protocol.bare_properties import BARE_ADDRESSES_SIZE, BARE_CLIENT_SIZE
from ruijie_proxy.protocol.edition import edition_of_early_check
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import IPV4_SIZE, PROGRAM_SIZE
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.v4_check import v4_check

_MOST_CHECKS = 128
_VERSION_SIZE = 4
_HARMLESS_SIZES: dict[int, int] = {
    PropertyType.ADDRESS_FROM_DHCP: 4,
    PieceType.CHALLENGE_FLAG: 1,
    PropertyType.IPV6_ADDRESS_COUNT: 1,
    PropertyType.SECURITY_CHECK: 1,
    PropertyType.PHASE: 1,
    PropertyType.SERVICE_CHANGED: 2,
    PropertyType.WINDOWS_FLAG: 1,
    PropertyType.WORD_SIZE: 1,
    PropertyType.GENERATION: 1,
    PieceType.NEWEST_VERSION: _VERSION_SIZE,
    PieceType.REAUTHENTICATION_INTERVAL: 4,
    PieceType.UDP_INTERVAL: 4,
}
"""Properties that say nothing of a person, and their sizes; of another size, they may."""
_SMALL_NUMBERS: dict[int, int] = {
    PieceType.PROXY_DETECTION: 0xFF,
    PieceType.DIAL_UP_DETECTION: 0xFF,
    PieceType.RADIUS_KIND: 0xFF,
    PieceType.SERVICE_CHANGE_RESULT: 0xFF,
    PieceType.PROXY_KINDS: 0xFF,
    PieceType.UDP_VERSION: 0xFF,
    PieceType.UDP_FLAGS: 0xFF,
    PieceType.UDP_PORT: 0xFFFF,
    PieceType.MESSAGE_PORT: 0xFFFF,
}
"""Those of which the size is not sure, but that they are numbers no greater than these."""
_LONGEST_NUMBER = 4
_HARMLESS_MARKS = (bytes.fromhex("0000010000040000"), bytes.fromhex("00000100000c0000"))
_TEXTS = (
    PropertyType.SERVICE,
    PropertyType.CLIENT_NAME,
    PieceType.SERVICES_ON_OFFER,
    PieceType.ACCOUNT,
    PieceType.BROADCAST,
    PieceType.REFUSAL_REASON,
)


class Contents:
    """Redacts contents. What is not known by its type and size becomes zeros."""

    def __init__(self, other: Pseudonyms, text: TextRedaction) -> None:
        self._other = other
        self._text = text
        self._checks: OrderedDict[bytes, bytes] = OrderedDict()
        """Right V4 checks of the challenges seen, and what they become."""

    def note_challenge(self, challenge: bytes, replaced: bytes) -> None:
        """Take note of a challenge and its pseudonym: a right check is to be right for that."""
        for check, edition in checks_of(challenge).items():
            self._checks[check] = v4_check(replaced, edition)
        while len(self._checks) > _MOST_CHECKS:
            self._checks.popitem(last=False)

    def __call__(self, kind: int, content: bytes) -> bytes:
        """Return the content of a property, or of a piece of a server's, without its secrets."""
        if _HARMLESS_SIZES.get(kind) == len(content) or _is_small_number(kind, content):
            return content
        match kind, len(content):
            case PropertyType.MAC_ADDRESS, 6:
                return self._other.mac(content)
            case (
                PropertyType.IPV6_GATEWAY_LINK_LOCAL
                | PropertyType.IPV6_LINK_LOCAL
                | PropertyType.IPV6_GLOBAL,
                16,
            ):
                return self._other.ipv6(content)
            case PropertyType.WINDOWS_6, _ if content in _HARMLESS_MARKS:
                return content
            case PropertyType.CLIENT, size if size == BARE_CLIENT_SIZE:
                return self._text(content[:PROGRAM_SIZE]) + content[PROGRAM_SIZE:]
            case PropertyType.ADDRESSES, size if size == BARE_ADDRESSES_SIZE:
                return self._addresses(content)
            case PieceType.UDP_SERVER, 4:
                return self._other.ipv4(content)
            case PropertyType.PASSWORD | PieceType.UDP_KEY | PieceType.UDP_VECTOR, _:
                return self._other.digest(content)
            case PropertyType.V4_CHECK | PropertyType.V4_CHECK_AGAIN, _:
                if edition_of_early_check(content) is not None:
                    return content
                return self._checks.get(content) or self._other.hex_digest(content)
            case PropertyType.V2_CHECK, _:
                return self._other.hex_digest(content)
            case PropertyType.DISK_SERIAL, _:
                text = content.rstrip(b"\0")
                return self._other.digits(text).ljust(len(content), b"\0")
            case PropertyType.DNS_SERVERS, _:
                return b";".join(map(self._dns_server, content.split(b";")))
            case _ if kind in _TEXTS:
                return self._text(content)
            case _:
                return bytes(len(content))

    def _addresses(self, content: bytes) -> bytes:
        address, netmask, gateway, dns = four_addresses(content)
        others = (
            self._other.ipv4(address),
            self.ipv4_or_mask(netmask),
            self._other.ipv4(gateway),
            self._other.ipv4(dns),
        )
        from_dhcp = content[-1:] if content[-1] <= 1 else b"\0"
        return b"".join(others) + from_dhcp

    def _dns_server(self, text: bytes) -> bytes:
        address = ipv4_of(text)
        if address is None:
            return b"x" * len(text)
        return str(ipaddress.IPv4Address(self._other.ipv4(address))).encode("ascii")

    def ipv4_or_mask(self, address: bytes) -> bytes:
        """Return another address; a netmask, which tells nobody anything, stays."""
        return address if is_netmask(address) else self._other.ipv4(address)


def _is_small_number(kind: int, content: bytes) -> bool:
    size_is_right = 0 < len(content) <= _LONGEST_NUMBER
    return size_is_right and int.from_bytes(content, "big") <= _SMALL_NUMBERS.get(kind, -1)


def four_addresses(content: bytes) -> list[bytes]:
    """Return the four IPv4 addresses that a content begins with."""
    return [content[at : at + IPV4_SIZE] for at in range(0, 4 * IPV4_SIZE, IPV4_SIZE)]


def ipv4_of(text: bytes) -> bytes | None:
    """Return the IPv4 address that a text is; None: it is none."""
    try:
        return ipaddress.IPv4Address(text.decode("ascii")).packed
    except ValueError:
        return None
