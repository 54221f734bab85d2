"""What the switch looks at in a client's frames, and what it says when something is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from ruijie_proxy.lab.client_block import PROGRAM
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.protocol.eap import EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import format_mac, link_local_address
from ruijie_proxy.protocol.password import eap_md5_value, password_property
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import PropertyType
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.protocol.v4_check import ZERO_CHALLENGE, v4_check

WRONG_PASSWORD = "用户不存在或密码错误"  # noqa: S105 - what a server says
WRONG_CLIENT = "使用了非管理员指定的客户端"
NO_CLIENT = "未使用锐捷客户端"
DAMAGED_CLIENT = "客户端完整性被破坏"
WRONG_MAC = "用户物理MAC地址已被修改"
WRONG_ADDRESS = "IP地址绑定错误"

_MD5_VALUE_SIZE = 16


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong in a frame."""

    text: str
    refusal: str | None = None
    """What the server tells the client at the end of the login; None: the login goes on."""


def check_block(
    options: SwitchOptions, frame: EapolFrame, name: FrameName, challenge: bytes | None
) -> tuple[PrivateBlock | None, list[Complaint]]:
    """Read and check the private block of a client's frame, but for its password property.

    ``challenge`` is the one that the frame answers; None where there was none yet.
    """
    data = frame.encode()
    offset = find_private_block(data)
    if offset is None:
        if options.require_private_block:
            return None, [Complaint(f"{name} without a private block", NO_CLIENT)]
        return None, []
    try:
        block = PrivateBlock.parse(data[offset:])
    except ProtocolError as error:
        return None, [Complaint(f"{name}: {error}", DAMAGED_CLIENT)]
    complaints = _check_head(options, block, name)
    if block.program.rstrip(b"\0") != PROGRAM:
        complaints.append(Complaint(f"{name}: the program's name is wrong", WRONG_CLIENT))
    if block.unparsed:
        complaints.append(Complaint(f"{name}: the properties are damaged", DAMAGED_CLIENT))
    if options.check_mac:
        complaints += _check_mac(block, frame.source, name)
    if options.check_v4:
        right = v4_check(ZERO_CHALLENGE if challenge is None else challenge, options.edition)
        if block.content(PropertyType.V4_CHECK) != right:
            complaints.append(Complaint(f"{name}: the V4 check is wrong", WRONG_CLIENT))
    return block, complaints


def check_answer(
    options: SwitchOptions, packet: EapPacket, username: str, challenge: bytes
) -> list[Complaint]:
    """Check what the standard part of a Response/MD5-Challenge proves (RFC 3748, section 5.4)."""
    password = options.users.get(username)
    if password is None:
        return [Complaint("the user is unknown", WRONG_PASSWORD)]
    complaints = []
    value = packet.data[1 : 1 + _MD5_VALUE_SIZE]
    if packet.data[:1] != bytes((_MD5_VALUE_SIZE,)):
        complaints.append(Complaint("the MD5 value is not of 16 bytes", WRONG_PASSWORD))
    elif value != eap_md5_value(packet.identifier, encode_text(password), challenge):
        complaints.append(Complaint("the MD5 value is wrong", WRONG_PASSWORD))
    if decode_text(packet.data[1 + _MD5_VALUE_SIZE :]) != username:
        complaints.append(Complaint("the MD5 response names another user", WRONG_PASSWORD))
    return complaints


def check_password_property(
    options: SwitchOptions, block: PrivateBlock, username: str, challenge: bytes
) -> list[Complaint]:
    """Check the password that the private block of a Response/MD5-Challenge carries."""
    password = options.users.get(username)
    if password is None or not options.check_password_property:
        return []
    right = password_property(encode_text(username), challenge, encode_text(password))
    if block.content(PropertyType.PASSWORD) == right:
        return []
    return [Complaint("the password property is wrong", WRONG_PASSWORD)]


def _check_head(options: SwitchOptions, block: PrivateBlock, name: FrameName) -> list[Complaint]:
    complaints = []
    if block.head.crc != block.head.right_crc():
        complaints.append(Complaint(f"{name}: the head's CRC is wrong", DAMAGED_CLIENT))
    if options.expected_address is not None:
        address = IPv4Address(block.head.address)
        if address != IPv4Address(options.expected_address):
            complaints.append(
                Complaint(f"{name}: the head carries the address {address}", WRONG_ADDRESS)
            )
    return complaints


def _check_mac(block: PrivateBlock, source: bytes, name: FrameName) -> list[Complaint]:
    complaints = []
    mac = block.content(PropertyType.MAC_ADDRESS)
    if mac != source:
        told = format_mac(mac) if mac else "nothing"
        complaints.append(Complaint(f"{name}: the MAC property says {told}", WRONG_MAC))
    # Windows clients without IPv6 leave the address at zeros.
    link_local = block.content(PropertyType.IPV6_LINK_LOCAL)
    if link_local and any(link_local) and link_local != link_local_address(source):
        complaints.append(Complaint(f"{name}: the EUI-64 is another MAC's", WRONG_MAC))
    return complaints
