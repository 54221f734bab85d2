"""What a switch of Ruijie's dialect looks at: the private block, with the V4 or the V2 check."""

from __future__ import annotations

from ipaddress import IPv4Address

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import Dialect, SwitchOptions
from ruijie_proxy.lab.switch.checks import (
    DAMAGED_CLIENT,
    NO_CLIENT,
    OLD_CLIENT,
    WRONG_ADDRESS,
    WRONG_CLIENT,
    WRONG_MAC,
    WRONG_PASSWORD,
    Complaint,
    check_answer,
)
from ruijie_proxy.protocol.clients.client_profile import PROGRAM
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import format_mac, link_local_address
from ruijie_proxy.protocol.password import eap_md5_value, password_property
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.protocol.v2_check import v2_check
from ruijie_proxy.protocol.v4_check import TEXT_CHALLENGE, ZERO_CHALLENGE, v4_check

V2_CHECK_SIZE = 32
"""Hex characters of the V2 check, and bytes of what stands for it before there is a challenge."""


class RuijieChecks:
    """The checks of both of Ruijie's dialects."""

    def __init__(self, options: SwitchOptions) -> None:
        self._options = options
        self._code_section = bytes.fromhex(options.code_section)

    def bare(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check a Start or a Logoff."""
        _, complaints = self._check_block(frame, name, None)
        return complaints

    def identity(self, frame: EapolFrame, packet: EapPacket) -> tuple[str, list[Complaint]]:
        """Read the user name from a Response/Identity, and check the frame."""
        _, complaints = self._check_block(frame, FrameName.RESPONSE_IDENTITY, None)
        return decode_text(packet.data), complaints

    def answer(
        self, frame: EapolFrame, packet: EapPacket, username: str, challenge: bytes
    ) -> list[Complaint]:
        """Check a Response/MD5-Challenge."""
        complaints = check_answer(self._options, packet, username, challenge, eap_md5_value)
        block, wrong = self._check_block(frame, FrameName.RESPONSE_CHALLENGE, challenge)
        complaints += wrong
        if block is not None:
            complaints += self._check_password(block, username, challenge)
        return complaints

    def reply(self, frame: EapolFrame, name: FrameName) -> list[Complaint]:
        """Check any other Response: it may go without a block, but not with a wrong one."""
        if find_private_block(frame.encode()) is None:
            return []
        _, complaints = self._check_block(frame, name, None)
        return complaints

    def _check_block(
        self, frame: EapolFrame, name: FrameName, challenge: bytes | None
    ) -> tuple[PrivateBlock | None, list[Complaint]]:
        """Read and check the private block of a client's frame, but for its password property.

        ``challenge`` is the one that the frame answers; None where there was none yet.
        """
        options = self._options
        data = frame.encode()
        offset = find_private_block(data)
        if offset is None:
            if options.require_private_block:
                return None, [Complaint(_("{name} without a private block", name=name), NO_CLIENT)]
            return None, []
        try:
            block = PrivateBlock.parse(data[offset:])
        except ProtocolError as error:
            return None, [
                Complaint(
                    _("{name}: {reason}", name=name, reason=_(error.message, **error.values)),
                    DAMAGED_CLIENT,
                )
            ]
        complaints = self._check_head(block, name)
        if block.program.rstrip(b"\0") != PROGRAM:
            complaints.append(
                Complaint(_("{name}: the program's name is wrong", name=name), WRONG_CLIENT)
            )
        if block.unparsed:
            complaints.append(
                Complaint(_("{name}: the properties are damaged", name=name), DAMAGED_CLIENT)
            )
        complaints += _check_dns(block, name)
        if options.check_mac:
            complaints += _check_mac(block, frame.source, name)
        if options.dialect == Dialect.RUIJIE_V2:
            complaints += self._check_version(block, name)
            complaints += self._check_v2(block, name, challenge)
        elif options.check_v4:
            early = TEXT_CHALLENGE if options.text_check else ZERO_CHALLENGE
            right = v4_check(early if challenge is None else challenge, options.edition)
            if block.content(PropertyType.V4_CHECK) != right:
                complaints.append(
                    Complaint(_("{name}: the V4 check is wrong", name=name), WRONG_CLIENT)
                )
        return block, complaints

    def _check_head(self, block: PrivateBlock, name: FrameName) -> list[Complaint]:
        complaints = []
        if block.head.crc != block.head.right_crc():
            complaints.append(
                Complaint(_("{name}: the head's CRC is wrong", name=name), DAMAGED_CLIENT)
            )
        expected = self._options.expected_address
        address = IPv4Address(block.head.address)
        if expected is not None and address != IPv4Address(expected):
            text = _("{name}: the head carries the address {address}", name=name, address=address)
            complaints.append(Complaint(text, WRONG_ADDRESS))
        return complaints

    def _check_version(self, block: PrivateBlock, name: FrameName) -> list[Complaint]:
        right = self._options.code_version
        major, minor = block.version[:2]
        if right is None or (major, minor) == right:
            return []
        text = _(
            "{name}: the version is {told}, not {right}",
            name=name,
            told=f"{major}.{minor}",
            right=f"{right[0]}.{right[1]}",
        )
        return [Complaint(text, OLD_CLIENT)]

    def _check_v2(
        self, block: PrivateBlock, name: FrameName, challenge: bytes | None
    ) -> list[Complaint]:
        check = block.content(PropertyType.V2_CHECK)
        if check is None or len(check) != V2_CHECK_SIZE:
            return [Complaint(_("{name} without a V2 check", name=name), WRONG_CLIENT)]
        # Before there is a challenge, anything of its size stands for it.
        if challenge is None:
            return []
        right = v2_check(challenge, self._code_section)
        if check == (right.upper() if self._options.upper_case else right):
            return []
        return [Complaint(_("{name}: the V2 check is wrong", name=name), WRONG_CLIENT)]

    def _check_password(
        self, block: PrivateBlock, username: str, challenge: bytes
    ) -> list[Complaint]:
        password = self._options.users.get(username)
        if password is None or not self._options.check_password_property:
            return []
        right = password_property(encode_text(username), challenge, encode_text(password))
        if block.content(PropertyType.PASSWORD) == right:
            return []
        return [Complaint(_("the password property is wrong"), WRONG_PASSWORD)]


def _check_dns(block: PrivateBlock, name: FrameName) -> list[Complaint]:
    servers = decode_text(block.content(PropertyType.DNS_SERVERS) or b"")
    if not servers or str(IPv4Address(block.head.dns)) not in servers.split(";"):
        return []
    text = _("{name}: the first DNS server stands among those behind it", name=name)
    return [Complaint(text, WRONG_CLIENT)]


def _check_mac(block: PrivateBlock, source: bytes, name: FrameName) -> list[Complaint]:
    complaints = []
    mac = block.content(PropertyType.MAC_ADDRESS)
    if mac != source:
        told = format_mac(mac) if mac else _("nothing")
        text = _("{name}: the MAC property says {told}", name=name, told=told)
        complaints.append(Complaint(text, WRONG_MAC))
    # Windows clients without IPv6 leave the address at zeros.
    link_local = block.content(PropertyType.IPV6_LINK_LOCAL)
    if link_local and any(link_local) and link_local != link_local_address(source):
        text = _("{name}: the EUI-64 is another MAC's", name=name)
        complaints.append(Complaint(text, WRONG_MAC))
    return complaints
