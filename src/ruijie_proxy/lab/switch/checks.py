"""What the switch says when something is wrong in a client's frames, and what every dialect checks.

What each dialect checks beyond it is in :mod:`.ruijie_checks`, :mod:`.plain_checks` and
:mod:`.cernet_checks`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.events import FrameName
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.protocol.eap import EapPacket, EapType
from ruijie_proxy.protocol.text import decode_text, encode_text

WRONG_PASSWORD = "用户不存在或密码错误"  # noqa: S105 - what a server says
WRONG_CLIENT = "使用了非管理员指定的客户端"
FOREIGN_CLIENT = "不允许使用的客户端类型"
NO_CLIENT = "未使用锐捷客户端"
OLD_CLIENT = "锐捷客户端版本过低"
DAMAGED_CLIENT = "客户端完整性被破坏"
WRONG_MAC = "用户物理MAC地址已被修改"
WRONG_ADDRESS = "IP地址绑定错误"

MD5_VALUE_SIZE = 16

Md5Value = Callable[[int, bytes, bytes], bytes]
"""Makes the value of an MD5 response of EAP identifier, password and challenge."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something wrong in a frame."""

    text: str
    refusal: str | None = None
    """What the server tells the client at the end of the login; None: the login goes on."""


def check_answer(
    options: SwitchOptions,
    packet: EapPacket,
    username: str,
    challenge: bytes,
    md5_value: Md5Value,
    *,
    name_required: bool = True,
) -> list[Complaint]:
    """Check what the standard part of a Response/MD5-Challenge proves (RFC 3748, section 5.4)."""
    password = options.users.get(username)
    if password is None:
        return [Complaint(_("the user is unknown"), WRONG_PASSWORD)]
    complaints = []
    value = packet.data[1 : 1 + MD5_VALUE_SIZE]
    if packet.data[:1] != bytes((MD5_VALUE_SIZE,)):
        complaints.append(Complaint(_("the MD5 value is not of 16 bytes"), WRONG_PASSWORD))
    elif value != md5_value(packet.identifier, encode_text(password), challenge):
        complaints.append(Complaint(_("the MD5 value is wrong"), WRONG_PASSWORD))
    name = decode_text(packet.data[1 + MD5_VALUE_SIZE :])
    if name != username and (name or name_required):
        complaints.append(Complaint(_("the MD5 response names another user"), WRONG_PASSWORD))
    return complaints


def check_clear_password(
    options: SwitchOptions, packet: EapPacket, username: str
) -> list[Complaint]:
    """Check an answer that tells the password in clear: its length, itself, and the user name."""
    password = options.users.get(username)
    if password is None:
        return [Complaint(_("the user is unknown"), WRONG_PASSWORD)]
    told = encode_text(password)
    if packet.data[:1] != bytes((len(told),)) or packet.data[1 : 1 + len(told)] != told:
        return [Complaint(_("the password in clear is wrong"), WRONG_PASSWORD)]
    if packet.data[1 + len(told) :] != encode_text(username):
        return [
            Complaint(_("the answer with the password in clear names another user"), WRONG_PASSWORD)
        ]
    return []


def check_notification_answer(packet: EapPacket) -> list[Complaint]:
    """Check a Response/Notification, which is empty (RFC 3748, section 5.2)."""
    if packet.data:
        text = _(
            "{name} holds {count} bytes",
            name=FrameName.RESPONSE_NOTIFICATION,
            count=len(packet.data),
        )
        return [Complaint(text)]
    return []


def check_nak(packet: EapPacket) -> list[Complaint]:
    """Check that a Nak proposes MD5-Challenge (RFC 3748, section 5.3.1)."""
    if EapType.MD5_CHALLENGE in packet.data:
        return []
    proposed = packet.data.hex(" ") or _("nothing")
    text = _("{name} proposes {proposed}, not MD5", name=FrameName.RESPONSE_NAK, proposed=proposed)
    return [Complaint(text, FOREIGN_CLIENT)]
