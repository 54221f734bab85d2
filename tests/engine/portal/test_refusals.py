"""What an ePortal's words come to (docs/portal.md, section 5)."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.portal.refusals import REFUSING, refusal_of
from ruijie_proxy.engine.refusals import Advice, RefusalKind, read_refusal
from ruijie_proxy.protocol.portal.outcomes import Came, Outcome

MINUTE = 60.0


@pytest.mark.parametrize(
    ("words", "kind", "stops"),
    [
        ("用户不存在,请输入正确的用户名!", RefusalKind.CREDENTIALS, True),
        ("密码不匹配,请输入正确的密码!", RefusalKind.CREDENTIALS, True),
        ("用户名或密码错误", RefusalKind.CREDENTIALS, True),
        ("用户不存在，请输入正确的用户名！", RefusalKind.CREDENTIALS, True),
        ("用户名或密码错误(2次)，请重新输入", RefusalKind.CREDENTIALS, True),
        ("密碼不匹配,請輸入正確的密碼!", RefusalKind.CREDENTIALS, True),
        ("验证码错误.", RefusalKind.CAPTCHA, True),
        ("验证码不能为空", RefusalKind.CAPTCHA, True),
        ("请输入验证码！", RefusalKind.CAPTCHA, True),
        ("用户不允许使用本服务!", RefusalKind.SERVICE, True),
        ("您未绑定服务对应的运营商!", RefusalKind.SERVICE, True),
        ("您未绑定服务对应的运营商，请先绑定。", RefusalKind.SERVICE, True),
        ("请选择服务", RefusalKind.SERVICE, True),
        ("用户未确认网络协议书", RefusalKind.AGREEMENT, True),
        ("用户未确认《网络协议书》。", RefusalKind.AGREEMENT, True),
        ("你使用的账号已达到同时在线用户数量上限!", RefusalKind.BUSY, False),
        ("您使用的账号已达到同时在线用户数量上限", RefusalKind.BUSY, False),
        ("账户已欠费", RefusalKind.ACCOUNT, False),
        ("您的账户余额不足，请充值", RefusalKind.ACCOUNT, False),
        ("正常上网时段为07:00-23:30", RefusalKind.HOURS, False),
        ("正常上网时段为：07:00－23:30。", RefusalKind.HOURS, False),
        ("认证设备响应超时", RefusalKind.AGAIN, False),
        ("认证设备响应超时,请稍后再试!", RefusalKind.AGAIN, False),
        ("用户上线不超过10秒，请稍候", RefusalKind.AGAIN, False),
        ("[RADIUS-0036] 认证失败", RefusalKind.AGAIN, False),
        ("用户上线不超过10s", RefusalKind.AGAIN, False),
        ("RADIUS-0036", RefusalKind.AGAIN, False),
        ("系统错误", RefusalKind.UNKNOWN, False),
        ("", RefusalKind.UNKNOWN, False),
    ],
)
def test_words_are_read(words: str, kind: RefusalKind, stops: bool) -> None:
    refusal = refusal_of(Outcome(Came.REFUSED, words))

    assert (refusal.kind, refusal.stops) == (kind, stops)
    assert read_refusal(words).kind is kind, "the log, hooks and metrics say the same"


@pytest.mark.parametrize("words", ["", " ", "使用了非管理员指定的客户端", "锐捷客户端版本过低"])
def test_nobody_at_a_portal_is_told_to_change_the_client(words: str) -> None:
    refusal = refusal_of(Outcome(Came.REFUSED, words))

    assert (refusal.kind, refusal.advice) == (RefusalKind.UNKNOWN, Advice.OPEN_PORTAL)
    assert not refusal.stops


def test_a_server_that_was_too_slow_is_given_two_minutes() -> None:
    assert refusal_of(Outcome(Came.REFUSED, "认证设备响应超时")).pauses[0] == 2 * MINUTE


@pytest.mark.parametrize(
    ("came", "advice", "stops"),
    [
        (Came.CAPTCHA, Advice.OPEN_PORTAL, True),
        (Came.NO_SERVICE, Advice.CHOOSE_SERVICE, True),
        (Came.NOT_ENCIPHERABLE, Advice.OTHER_CHARACTERS, True),
        (Came.OTHER_PORTAL, Advice.OPEN_PORTAL, False),
        (Came.OTHER_SITE, Advice.TRUST_PORTAL, True),
        (Came.BY_HTTPS, Advice.LOG_IN_BY_HTTPS, False),
        (Came.UNCLEAR, Advice.UNCLEAR_PORTAL, False),
    ],
)
def test_what_is_found_before_a_password_is_sent_has_its_advice(
    came: Came, advice: Advice, stops: bool
) -> None:
    refusal = refusal_of(Outcome(came))

    assert came in REFUSING
    assert (refusal.advice, refusal.stops) == (advice, stops)
