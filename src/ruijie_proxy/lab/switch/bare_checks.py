"""What a switch of another vendor looks at: the bare shape of Ruijie's dialect.

docs/protocol.md, "The bare shape". Written from its table alone, with nothing of what makes such
frames in this program, so that the two can disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import md5
from ipaddress import AddressValueError, IPv4Address

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.lab.switch.checks import (
    DAMAGED_CLIENT,
    FOREIGN_CLIENT,
    MD5_VALUE_SIZE,
    NO_CLIENT,
    WRONG_ADDRESS,
    WRONG_CLIENT,
    WRONG_MAC,
    WRONG_PASSWORD,
    Complaint,
    check_answer,
)
from ruijie_proxy.lab.switch.plain_checks import check_nothing_private
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.ethernet import format_mac, link_local_address
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.protocol.v4_check import v4_check
from ruijie_proxy.values import replace

_STANDARD_SIZE = 22
"""Of an EAP response as far as its MD5 value: header, type, size and value."""
_LARGEST = 255
_BLOCK = 16
_LINUX_VERSIONS = (bytes((1, 0x1E, 1, 2)), bytes((1, 0x1F, 1, 2)))
_LINUX_NAME = b"RG-SU For Linux V1.30\0"
"""Of both versions."""
_WINDOWS_VERSION = bytes((6, 0x56, 0, 0))
_PROGRAM = b"8021x.exe".ljust(32, b"\0")


@dataclass(frozen=True, slots=True)
class _Place:
    """A property in its client's order."""

    type: int
    least: int
    """Bytes of content …"""
    most: int
    """… at least and at most."""
    needed: bool = True


def _exactly(number: int, size: int) -> _Place:
    return _Place(number, size, size)


def _perhaps(number: int, least: int, most: int | None = None) -> _Place:
    return _Place(number, least, least if most is None else most, needed=False)


_LINUX_ORDER = (
    _exactly(0x11, 36),
    _exactly(0x50, 17),
    _exactly(0x2D, 6),
    _perhaps(0x63, 1),
    _perhaps(0x35, 1),
    _perhaps(0x38, 16),
    _perhaps(0x4E, 16),
    _perhaps(0x36, 16),
    _perhaps(0x39, 32),
    _Place(0x2F, _BLOCK, _LARGEST),
    _Place(0x76, 0, _LARGEST),
    _exactly(0x4D, 128),
    _Place(0x54, 0, 64),
    _perhaps(0x55, 1, _LARGEST),
    _exactly(0x62, 1),
    _exactly(0x70, 1),
    _Place(0x6F, 1, _LARGEST),
    _exactly(0x79, 1),
)
_WINDOWS_ORDER = (
    _exactly(0x11, 36),
    _exactly(0x50, 17),
    _Place(0x76, 0, _LARGEST),
    _exactly(0x2D, 6),
    _perhaps(0x63, 1),
    _perhaps(0x35, 1),
    _perhaps(0x38, 16),
    _perhaps(0x36, 16),
    _perhaps(0x39, 32),
    _Place(0x2F, _BLOCK, _LARGEST),
    _exactly(0x4D, 128),
    _exactly(0x60, 128),
    _Place(0x54, 0, 64),
    _exactly(0x62, 1),
    _exactly(0x6B, 1),
    _exactly(0x70, 1),
    _exactly(0x7E, 8),
    _exactly(0x6F, 1),
    _exactly(0x79, 1),
)
_IPV6_ADDRESSES = (0x38, 0x4E, 0x36)


class BareChecks:
    """The checks of the bare shape."""

    def __init__(self, options: SwitchOptions) -> None:
        self._options = options
        self._order = _WINDOWS_ORDER if options.windows_order else _LINUX_ORDER

    def bare(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check a Start or a Logoff: its 18 bytes, and padding.

        Nobody is refused for more of them: no switch but Ruijie's reads there.
        """
        if frame.length or any(frame.trailer):
            return [Complaint(_("{name} holds more than its header", name=name))]
        return []

    def identity(self, frame: EapolFrame, packet: EapPacket) -> tuple[str, list[Complaint]]:
        """Read the user name from a Response/Identity, which holds nothing else."""
        name = FrameName.RESPONSE_IDENTITY
        complaints = check_nothing_private(frame, name) + _check_lengths(frame, packet, name)
        return decode_text(packet.data), complaints

    def answer(
        self, frame: EapolFrame, packet: EapPacket, username: str, challenge: bytes
    ) -> list[Complaint]:
        """Check a Response/MD5-Challenge, whose value the bare properties follow."""
        name = FrameName.RESPONSE_CHALLENGE
        value_end = 1 + MD5_VALUE_SIZE
        value = replace(packet, data=packet.data[:value_end])
        complaints = check_answer(
            self._options, value, username, challenge, eap_md5_value, name_required=False
        )
        complaints += check_nothing_private(frame, name) + _check_lengths(frame, packet, name)
        private = packet.data[value_end:]
        if not private:
            return [*complaints, Complaint(_("{name} without properties", name=name), NO_CLIENT)]
        if private.startswith(encode_text(username)):
            text = _("{name}: the user name follows the MD5 value", name=name)
            return [*complaints, Complaint(text, DAMAGED_CLIENT)]
        found = _read(private)
        if found is None:
            text = _("{name}: the properties are damaged", name=name)
            return [*complaints, Complaint(text, DAMAGED_CLIENT)]
        wrong = self._check_order(found)
        if wrong:
            return complaints + wrong
        properties = dict(found)
        complaints += self._check_machine(properties, frame.source)
        complaints += self._check_client(properties)
        return complaints + self._check_proof(properties, username, challenge)

    def reply(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check any other Response."""
        return check_nothing_private(frame, name)

    def _check_order(self, found: list[tuple[int, bytes]]) -> list[Complaint]:
        told = [number for number, _content in found]
        right = [place.type for place in self._order if place.needed or place.type in told]
        if told != right:
            text = _(
                "bare properties {told}, not {right}",
                told=bytes(told).hex(" "),
                right=bytes(right).hex(" "),
            )
            return [Complaint(text, DAMAGED_CLIENT)]
        places = {place.type: place for place in self._order}
        return [
            Complaint(
                _(
                    "bare property {number:#04x} of {count} bytes",
                    number=number,
                    count=len(content),
                ),
                DAMAGED_CLIENT,
            )
            for number, content in found
            if not places[number].least <= len(content) <= places[number].most
        ]

    def _check_machine(self, properties: Mapping[int, bytes], source: bytes) -> list[Complaint]:
        complaints = self._check_addresses(properties)
        if self._options.check_mac:
            mac = properties[0x2D]
            if mac != source:
                text = _(
                    "{name}: the MAC property says {told}",
                    name=FrameName.RESPONSE_CHALLENGE,
                    told=format_mac(mac),
                )
                complaints.append(Complaint(text, WRONG_MAC))
            if properties.get(0x38, link_local_address(source)) != link_local_address(source):
                text = _("{name}: the EUI-64 is another MAC's", name=FrameName.RESPONSE_CHALLENGE)
                complaints.append(Complaint(text, WRONG_MAC))
        return complaints + _check_ipv6(properties)

    def _check_addresses(self, properties: Mapping[int, bytes]) -> list[Complaint]:
        addresses = properties[0x50]
        address, first_dns = IPv4Address(addresses[:4]), IPv4Address(addresses[12:16])
        from_dhcp = addresses[16]
        complaints = []
        if from_dhcp not in (0, 1):
            text = _("bare property 0x50: the DHCP flag is {flag}", flag=from_dhcp)
            complaints.append(Complaint(text, DAMAGED_CLIENT))
        expected = IPv4Address(0) if from_dhcp else self._options.expected_address
        if expected is not None and address != IPv4Address(expected):
            text = _(
                "bare property 0x50 carries the address {address} (DHCP: {flag})",
                address=address,
                flag=from_dhcp,
            )
            complaints.append(Complaint(text, WRONG_ADDRESS))
        return complaints + _check_other_dns_servers(properties[0x76], first_dns)

    def _check_client(self, properties: Mapping[int, bytes]) -> list[Complaint]:
        windows = self._options.windows_order
        program, version = properties[0x11][:32], properties[0x11][32:]
        right_version = version == _WINDOWS_VERSION if windows else version in _LINUX_VERSIONS
        right_name = b"\0" if windows else _LINUX_NAME
        security = bytes((1,)) if windows else bytes((0,))
        judged = {
            0x11: program == _PROGRAM and right_version,
            0x39: any(properties.get(0x39, b"x")),
            0x54: properties[0x54].isascii() and b"\0" not in properties[0x54],
            0x62: properties[0x62] == security,
            0x63: properties.get(0x63, b"\1") in (b"\1", b"\2"),
            0x6B: properties.get(0x6B, b"\0") == b"\0",
            0x6F: properties[0x6F] == right_name,
            0x70: properties[0x70] in (b"\x20", b"\x40"),
            0x79: properties[0x79] == b"\2",
        }
        return [
            Complaint(_("bare property {number:#04x} is wrong", number=number), WRONG_CLIENT)
            for number, is_right in judged.items()
            if not is_right
        ]

    def _check_proof(
        self, properties: Mapping[int, bytes], username: str, challenge: bytes
    ) -> list[Complaint]:
        options = self._options
        complaints = []
        if options.windows_order:
            if properties[0x4D] != properties[0x60]:
                text = _("bare properties 0x4d and 0x60 differ")
                complaints.append(Complaint(text, WRONG_CLIENT))
        elif options.check_v4 and properties[0x4D] != v4_check(challenge, options.edition):
            text = _("{name}: the V4 check is wrong", name=FrameName.RESPONSE_CHALLENGE)
            complaints.append(Complaint(text, WRONG_CLIENT))
        password = options.users.get(username)
        if password is not None and options.check_password_property:
            right = _hidden_password(encode_text(username), challenge, encode_text(password))
            if properties[0x2F] != right:
                text = _("the password property is wrong")
                complaints.append(Complaint(text, WRONG_PASSWORD))
        return complaints


def _check_lengths(frame: EapolFrame, packet: EapPacket, name: FrameName) -> list[Complaint]:
    if frame.length == packet.length == len(frame.body):
        return []
    text = _(
        "{name}: the lengths are {eapol} and {eap}, and {there} bytes are there",
        name=name,
        eapol=frame.length,
        eap=packet.length,
        there=len(frame.body),
    )
    return [Complaint(text, FOREIGN_CLIENT)]


def _read(private: bytes) -> list[tuple[int, bytes]] | None:
    """Return type and content of each property; None when they do not end where the data does."""
    found = []
    while private:
        end = 2 + private[1] if len(private) > 1 else len(private) + 1
        if end > len(private):
            return None
        found.append((private[0], private[2:end]))
        private = private[end:]
    return found


def _check_ipv6(properties: Mapping[int, bytes]) -> list[Complaint]:
    told = [number for number in _IPV6_ADDRESSES if number in properties]
    count = properties.get(0x35)
    if count is None:
        is_right = not told
    else:
        addresses = {number: any(properties[number]) for number in told}
        unset = [number for number, is_set in addresses.items() if not is_set]
        is_right = bool(count[0] == sum(addresses.values()) and 0x36 in told and count[0])
        # The gateway's may be unknown and is told as zeros; the machine's own are not told then.
        is_right = is_right and unset in ([], [0x36])
    if is_right:
        return []
    text = _("bare property 0x35 and the IPv6 addresses behind it do not agree")
    return [Complaint(text, DAMAGED_CLIENT)]


def _check_other_dns_servers(told: bytes, first: IPv4Address) -> list[Complaint]:
    """Check 0x76: the DNS servers behind the first, which stands in 0x50 alone."""
    try:
        servers = [IPv4Address(part) for part in told.decode("ascii").split(";") if told]
    except (UnicodeDecodeError, AddressValueError):
        return [Complaint(_("bare property 0x76 is no list of addresses"), DAMAGED_CLIENT)]
    if first in servers:
        text = _("bare property 0x76 tells the first DNS server again")
        return [Complaint(text, DAMAGED_CLIENT)]
    return []


def _hidden_password(username: bytes, challenge: bytes, password: bytes) -> bytes:
    """Return the right password property: each block hidden by the one before it."""
    padded = password + bytes(-len(password) % _BLOCK)
    before, hidden = challenge, b""
    for start in range(0, len(padded), _BLOCK):
        mask = md5(username + before, usedforsecurity=False).digest()
        before = bytes(m ^ p for m, p in zip(mask, padded[start : start + _BLOCK], strict=True))
        hidden += before
    return hidden
