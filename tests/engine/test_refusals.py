"""What a refusal means, from the words of the server."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.refusals import RefusalKind, classify_refusal

# The texts of docs/protocol.md, "What servers say".
KNOWN = {
    RefusalKind.CREDENTIALS: ["用户不存在或密码错误", "密码不匹配", "用户名含有非法字符"],
    RefusalKind.CLIENT_REJECTED: [
        "使用了非管理员指定的客户端",
        "需要使用管理员指定的客户端",
        "不允许使用的客户端类型",
        "客户端完整性被破坏",
        "未使用锐捷客户端",
        "锐捷客户端版本过低",
    ],
    RefusalKind.BANNED: [
        "账号被封",
        "请勿使用破解版锐捷客户端",
        "用户处于黑名单中",
        "因使用非法客户端认证被暂停账号，系统将在6分钟后自动恢复",
    ],
    RefusalKind.BINDING: [
        "用户物理MAC地址已被修改",
        "IP地址绑定错误",
        "外层Vlan绑定错误",
        "你的IP被占用",
    ],
    RefusalKind.SERVICE: ["用户不允许使用本服务"],
    RefusalKind.DHCP: ["请将网卡IP和DNS配置成自动获取形式"],
    RefusalKind.BUSY: ["已达到同时在线用户数量上限"],
    RefusalKind.HOURS: ["不在认证时段内"],
    RefusalKind.AGAIN: ["您前一次上网没有正常下线，请再认证一次"],
    RefusalKind.DROPPED: [
        "心跳超时被强制下线",
        "被服务器检测到用户已下线",
        "您已被强制下线",
        "服务器通知交换机下线",
        "自助下线",
    ],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in KNOWN.items() for text in texts]
)
def test_every_known_text_has_its_kind(kind: RefusalKind, text: str) -> None:
    assert classify_refusal(text) is kind


@pytest.mark.parametrize(
    ("kind", "text"),
    [(kind, texts[0]) for kind, texts in KNOWN.items()],
    ids=str,
)
def test_words_around_a_known_text_change_nothing(kind: RefusalKind, text: str) -> None:
    assert classify_refusal(f"校园网提示： {text} !") is kind


def test_every_kind_but_the_unknown_one_has_a_known_text() -> None:
    assert set(KNOWN) == set(RefusalKind) - {RefusalKind.UNKNOWN}


@pytest.mark.parametrize("text", [None, "", "认证失败", "something went wrong"])
def test_no_words_or_unknown_ones_are_of_unknown_kind(text: str | None) -> None:
    assert classify_refusal(text) is RefusalKind.UNKNOWN
