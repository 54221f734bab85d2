"""What an ePortal's words come to (docs/portal.md, section 5)."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.portal.refusals import REFUSING, refusal_of
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.protocol.portal.outcomes import Came, Outcome

MINUTE = 60.0


@pytest.mark.parametrize(
    ("words", "kind", "stops"),
    [
        ("用户不存在,请输入正确的用户名!", RefusalKind.CREDENTIALS, True),
        ("密码不匹配,请输入正确的密码!", RefusalKind.CREDENTIALS, True),
        ("用户名或密码错误", RefusalKind.CREDENTIALS, True),
        ("验证码错误.", RefusalKind.CAPTCHA, True),
        ("用户不允许使用本服务!", RefusalKind.SERVICE, True),
        ("您未绑定服务对应的运营商!", RefusalKind.SERVICE, True),
        ("用户未确认网络协议书", RefusalKind.AGREEMENT, True),
        ("你使用的账号已达到同时在线用户数量上限!", RefusalKind.BUSY, False),
        ("账户已欠费", RefusalKind.ACCOUNT, False),
        ("正常上网时段为07:00-23:30", RefusalKind.HOURS, False),
        ("认证设备响应超时", RefusalKind.AGAIN, False),
        ("用户上线不超过10s", RefusalKind.AGAIN, False),
        ("RADIUS-0036", RefusalKind.AGAIN, False),
        ("系统错误", RefusalKind.UNKNOWN, False),
        ("", RefusalKind.UNKNOWN, False),
    ],
)
def test_words_are_read(words: str, kind: RefusalKind, stops: bool) -> None:
    refusal = refusal_of(Outcome(Came.REFUSED, words))

    assert (refusal.kind, refusal.stops) == (kind, stops)


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
    ],
)
def test_what_is_found_before_a_password_is_sent_has_its_advice(
    came: Came, advice: Advice, stops: bool
) -> None:
    refusal = refusal_of(Outcome(came))

    assert came in REFUSING
    assert (refusal.advice, refusal.stops) == (advice, stops)
