"""The sentences that go with the engine's table of refusals."""

from __future__ import annotations

import re

import pytest

from ruijie_proxy.config.shape.schema import SESSION
from ruijie_proxy.engine.refusals import Advice, read_refusal
from ruijie_proxy.runtime.telling.advice import sentence_of

SETTINGS = [
    ("用户不存在或密码错误", ["username", "password"]),
    ("使用了非管理员指定的客户端", ["edition", "client_version", "mode"]),
    ("未使用锐捷客户端", ["dialect", "properties"]),
    ("锐捷客户端版本过低", ["client_version"]),
    ("请勿使用破解版锐捷客户端", ["mode"]),
    ("用户物理MAC地址已被修改", ["mac"]),
    ("IP地址绑定错误", ["dhcp"]),
    ("用户不允许使用本服务", ["service"]),
    ("请将网卡IP和DNS配置成自动获取形式", ["dhcp"]),
]
"""What a text of docs/protocol.md is mended by: keys of a session in the configuration."""


@pytest.mark.parametrize("advice", Advice)
def test_every_advice_is_a_sentence(advice: Advice) -> None:
    sentence = sentence_of(advice)

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "  " not in sentence
    assert "\n" not in sentence


def test_no_two_advices_say_the_same() -> None:
    assert len({sentence_of(advice) for advice in Advice}) == len(Advice)


@pytest.mark.parametrize(("text", "keys"), SETTINGS)
def test_a_refusal_that_a_setting_mends_names_it(text: str, keys: list[str]) -> None:
    sentence = sentence_of(read_refusal(text).advice)

    assert all(re.search(rf"\b{key}\b", sentence) for key in keys)


@pytest.mark.parametrize("advice", Advice)
def test_what_is_set_in_quotes_is_a_key_of_the_configuration(advice: Advice) -> None:
    assert {*re.findall(r"“(\w+):", sentence_of(advice))} <= SESSION.keys.keys()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("账号被封", "Wait"),
        ("外层Vlan绑定错误", "socket"),
        ("已达到同时在线用户数量上限", "Another device"),
        ("不在认证时段内", "hours"),
        ("自助下线", "self-service"),
        ("认证失败", "help desk"),
        ("心跳超时被强制下线", "again"),
    ],
)
def test_a_refusal_that_no_setting_mends_says_what_it_is_about(text: str, word: str) -> None:
    assert word in sentence_of(read_refusal(text).advice)


def test_where_trying_again_may_ban_it_is_said() -> None:
    for advice in (Advice.OTHER_EDITION, Advice.WAIT_FOR_BAN):
        assert "tr" in sentence_of(advice)
        assert re.search(r"\b(ban|banned)\b", sentence_of(advice))
