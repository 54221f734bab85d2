"""What a server's refusal means (docs/protocol.md, "What servers say").

The texts differ a little from campus to campus, so a kind is known by words that the texts of its
row have in common and no other row has.
"""

from __future__ import annotations

from enum import Enum


class RefusalKind(Enum):
    """Kinds of refusals; the values stand in ``ruijie-proxy status --json``."""

    CREDENTIALS = "credentials"
    CLIENT_REJECTED = "client-rejected"
    BANNED = "banned"
    BINDING = "binding"
    SERVICE = "service"
    DHCP = "dhcp"
    BUSY = "busy"
    HOURS = "hours"
    AGAIN = "again"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


_WORDS = (
    # A ban often names its cause, so it is looked for first.
    (RefusalKind.BANNED, ("被封", "破解版", "黑名单", "暂停账号", "自动恢复")),
    (
        RefusalKind.CLIENT_REJECTED,
        ("指定的客户端", "客户端类型", "客户端完整性", "未使用锐捷", "版本过低"),
    ),
    (RefusalKind.CREDENTIALS, ("密码错误", "密码不匹配", "用户不存在", "非法字符")),
    (RefusalKind.BINDING, ("MAC地址已被修改", "绑定错误", "IP被占用", "绑定")),
    (RefusalKind.SERVICE, ("使用本服务", "不允许使用该服务")),
    (RefusalKind.DHCP, ("自动获取",)),
    (RefusalKind.BUSY, ("同时在线",)),
    (RefusalKind.HOURS, ("认证时段", "上网时段")),
    (RefusalKind.AGAIN, ("没有正常下线", "再认证一次")),
    (RefusalKind.DROPPED, ("下线",)),
)


def classify_refusal(text: str | None) -> RefusalKind:
    """Tell what kind of refusal a server's text is; without a text it is unknown."""
    for kind, words in _WORDS:
        if text and any(word in text for word in words):
            return kind
    return RefusalKind.UNKNOWN
