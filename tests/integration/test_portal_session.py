"""A router that logs in at a web portal and stays online, by the strict virtual one."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from random import Random

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.login_memory import LIMITS
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.portal.mischief import How, Mischief
from ruijie_proxy.lab.portal.options import HijackStyle, PortalOptions, PortalService
from ruijie_proxy.protocol.portal.calls import Method
from ruijie_proxy.protocol.portal.http import HttpAnswer
from ruijie_proxy.protocol.portal.outcomes import Came, Order
from ruijie_proxy.protocol.portal.url import Url
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.integration.portal_campus import PortalCampus
from tests.integration.portal_router import PortalRouter

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
PAGE = "http://10.9.8.7/eportal/index.jsp"


def online(**options: object) -> PortalRouter:
    """Return a router that is online."""
    router = PortalRouter(PortalCampus(PortalOptions(**options)))  # type: ignore[arg-type]
    router.run(10)
    assert router.is_in(State.ONLINE)
    return router


def test_it_is_online_at_once() -> None:
    router = PortalRouter(PortalCampus())

    router.run(1)

    assert router.is_in(State.ONLINE)
    assert router.campus.is_online
    assert router.session.status.portal is not None
    assert router.session.status.portal.page == PAGE
    assert router.memory.portal == PAGE
    kinds = [events.PortalLoginBegun, events.LoginSucceeded]
    assert [type(event) for event in router.events] == kinds


def test_without_an_address_it_waits_for_one() -> None:
    router = PortalRouter(PortalCampus(), has_address=False)
    router.run(HOUR)
    assert router.is_in(State.PREPARING)
    assert router.campus.asked == []
    assert router.told(events.LeaseAwaited)

    router.give_address("10.20.30.100")
    router.run(1)

    assert router.is_in(State.ONLINE)


def test_it_is_kept_just_as_often_as_was_granted() -> None:
    router = online(keepalive=5)
    router.run(HOUR)

    kept = [when for when, order, _ in router.answered if order is Order.KEEP]
    assert len(kept) == 12
    assert all(300 <= later - before <= 301 for before, later in pairwise(kept))
    assert router.campus.portal.complaints == []
    assert router.campus.is_online


def test_it_is_not_kept_where_that_is_not_wanted() -> None:
    router = online(keepalive=0)
    router.run(DAY)

    assert {order for _, order, _ in router.answered} == {Order.LOG_IN, Order.LOOK}
    assert len(router.answered) < DAY / 290


@pytest.mark.parametrize("keepalive", [0, 5])
def test_a_session_that_was_dropped_is_found_and_got_anew(keepalive: int) -> None:
    router = online(keepalive=keepalive)
    router.campus.portal.drop(router.campus.address)

    router.run(7 * MINUTE)

    assert router.campus.is_online
    assert router.is_in(State.ONLINE)
    assert len(router.told(events.Dropped)) == 1


def test_another_address_is_asked_about_at_once() -> None:
    router = online()

    router.give_address("10.20.30.101")
    router.run(MINUTE)

    assert router.campus.is_online
    assert router.is_in(State.ONLINE)


def test_a_restart_adopts_the_session_without_the_password() -> None:
    router = online(keepalive=5)

    router.restart(after=60)
    router.run(HOUR)

    assert len(router.campus.portal.logins) == 1
    assert router.told(events.PortalAdopted)
    assert router.campus.is_online, "it was kept on"


def test_a_flap_of_the_link_costs_a_look_and_no_login() -> None:
    router = online()
    router.link(False)
    assert router.is_in(State.LINK_DOWN)
    router.run(5)

    router.link(True)
    router.run(1)

    assert router.is_in(State.ONLINE)
    assert len(router.campus.portal.logins) == 1


def test_what_was_dropped_meanwhile_is_got_anew_in_one_conversation() -> None:
    router = online()
    router.link(False)
    router.campus.portal.drop(router.campus.address)

    router.link(True)
    router.run(1)

    assert router.campus.is_online
    assert [order for _, order, _ in router.answered] == [Order.LOG_IN, Order.COME_BACK]
    assert router.campus.portal.complaints == []


def test_a_session_that_lives_is_adopted_before_another_login_may_begin() -> None:
    router = online()
    router.memory = replace(router.memory, not_before=router.now + DAY)

    router.restart(after=60)
    router.run(1)

    assert router.is_in(State.ONLINE)
    assert [order for _, order, _ in router.answered] == [Order.LOG_IN, Order.LOOK]


def test_the_user_logs_off_and_on_again() -> None:
    router = online()
    router.do("log_off")
    router.run(HOUR)
    assert not router.campus.is_online
    assert router.is_in(State.GIVEN_UP)

    router.do("log_in_anew")
    router.run(1)

    assert router.campus.is_online


class DiesAtLogin(PortalCampus):
    """Its portal lets the router in, and is heard no more until it is up again."""

    def ask(self, url: Url, body: str | None, cookies: tuple[tuple[str, str], ...]) -> HttpAnswer:
        answer = super().ask(url, body, cookies)
        if self.asked[-1] == Method.LOGIN.value:
            self.is_down = True
            raise TimeoutError
        return answer


def test_a_first_login_whose_answer_was_lost_is_found() -> None:
    """Where the router is let in, no gateway leads to the portal any more."""
    router = PortalRouter(DiesAtLogin())
    router.run(1)
    assert router.is_in(State.BACKOFF)
    assert router.campus.is_online

    router.campus.is_down = False
    router.run(10 * MINUTE)

    assert router.is_in(State.ONLINE)
    assert len(router.campus.portal.logins) == 1


@pytest.mark.parametrize("was_online", [False, True])
def test_a_login_that_is_under_way_when_the_user_logs_off_is_taken_back(was_online: bool) -> None:
    """The portal may be slow, and the password on its way."""
    router = PortalRouter(PortalCampus())
    if was_online:
        router.run(10)
        router.restart(after=10)
    assert router.is_in(State.AUTHENTICATING)

    router.do("log_off")
    router.run(HOUR)

    assert router.is_in(State.GIVEN_UP)
    assert not router.campus.is_online
    assert [order for _, order, _ in router.answered][-1] is Order.LOG_OUT
    assert router.told(events.LoggedOff)


def test_a_login_that_is_under_way_when_the_user_logs_off_and_on_is_adopted() -> None:
    router = PortalRouter(PortalCampus())

    router.do("log_off")
    router.do("try_again")
    router.run(MINUTE)

    assert router.is_in(State.ONLINE)
    assert router.campus.is_online
    assert len(router.campus.portal.logins) == 1


def test_logging_in_anew_waits_until_the_logout_is_over() -> None:
    router = online()

    router.do("log_in_anew")
    router.run(5)

    orders = [order for _, order, _ in router.answered]
    assert orders == [Order.LOG_IN, Order.LOG_OUT, Order.LOG_IN]
    assert router.campus.is_online


def test_the_end_of_the_program_leaves_the_session_or_ends_it() -> None:
    stays, ends = (
        PortalRouter(PortalCampus(), settings=SessionSettings(logoff_on_exit=wanted))
        for wanted in (False, True)
    )
    for router in (stays, ends):
        router.run(1)
        router.session.stop()
        router._carry_out()

    assert stays.campus.is_online
    assert not ends.campus.is_online


def test_a_wrong_password_is_not_tried_again_not_even_after_a_restart() -> None:
    router = PortalRouter(PortalCampus(), password=Secret("cherry-tree"))
    router.run(DAY)
    router.restart(after=DAY)
    router.run(DAY)

    assert len(router.campus.portal.logins) == 1
    assert router.is_in(State.GIVEN_UP)
    failure = router.session.status.last_failure
    assert failure is not None
    assert (failure.kind, failure.advice) == (RefusalKind.CREDENTIALS, Advice.CHECK_PASSWORD)


@pytest.mark.parametrize(
    ("options", "kind", "advice"),
    [
        ({"captcha": True}, RefusalKind.CAPTCHA, Advice.OPEN_PORTAL),
        ({"refusal": "验证码错误."}, RefusalKind.CAPTCHA, Advice.OPEN_PORTAL),
        ({"refusal": "用户未确认网络协议书"}, RefusalKind.AGREEMENT, Advice.CONFIRM_AGREEMENT),
        ({"refusal": "您未绑定服务对应的运营商!"}, RefusalKind.SERVICE, Advice.CHOOSE_SERVICE),
    ],
)
def test_what_only_a_person_can_mend_is_tried_no_more(
    options: dict[str, object], kind: RefusalKind, advice: Advice
) -> None:
    router = PortalRouter(PortalCampus(PortalOptions(**options)))  # type: ignore[arg-type]
    router.run(DAY)

    assert router.is_in(State.GIVEN_UP)
    assert len(router.campus.portal.logins) <= 1
    failure = router.session.status.last_failure
    assert failure is not None
    assert (failure.kind, failure.advice) == (kind, advice)


def test_after_a_captcha_was_solved_in_a_browser_it_goes_on_with_what_it_finds() -> None:
    router = PortalRouter(PortalCampus(PortalOptions(captcha=True)))
    router.run(1)
    assert router.is_in(State.GIVEN_UP)
    portal = router.campus.portal
    portal.options = replace(portal.options, captcha=False)
    assert router.campus.dialogue().log_in().came is Came.ONLINE  # the browser

    router.do("log_in_anew")
    router.run(1)

    assert router.is_in(State.ONLINE)
    assert len(portal.logins) == 1


@pytest.mark.parametrize(
    "words",
    ["你使用的账号已达到同时在线用户数量上限!", "认证设备响应超时", "账户已欠费", "系统错误"],
)
def test_what_may_pass_is_tried_within_the_limits(words: str) -> None:
    router = PortalRouter(PortalCampus(PortalOptions(refusal=words)))
    router.run(DAY)

    tried = [when for when, order, _ in router.answered if order is Order.LOG_IN]
    assert 2 <= len(tried) <= 48
    for count, seconds in LIMITS:
        assert all(
            later - first > seconds for first, later in zip(tried, tried[count:], strict=False)
        )


def test_a_service_that_is_not_there_is_told_with_those_that_are() -> None:
    campus = PortalCampus(PortalOptions(services=(PortalService("a", "校园网"),)))
    router = PortalRouter(campus, service="电信")
    router.run(DAY)

    assert campus.portal.logins == []
    assert router.session.status.services == ("校园网",)
    (gave_up,) = router.told(events.GaveUp)
    assert gave_up.services == ("校园网",)


def test_a_portal_that_moved_gets_the_password_only_when_the_user_agrees() -> None:
    router = online()
    router.campus.portal.options = PortalOptions(host="10.9.8.8")
    router.campus.portal.drop(router.campus.address)
    router.run(HOUR)
    assert len(router.campus.portal.logins) == 1
    assert router.is_in(State.GIVEN_UP)
    failure = router.session.status.last_failure
    assert failure is not None
    assert (failure.text, failure.advice) == ("http://10.9.8.8", Advice.TRUST_PORTAL)

    router.session.trust_anew()
    router.do("log_in_anew")
    router.run(1)

    assert router.campus.is_online
    assert router.memory.portal == "http://10.9.8.8/eportal/index.jsp"


def test_a_portal_that_nobody_hears_costs_no_try_and_is_told() -> None:
    router = PortalRouter(PortalCampus())
    router.campus.portal.is_silent = True
    router.run(1)
    router.restart()
    router.run(HOUR)
    assert router.is_in(State.BACKOFF)
    assert 2 <= len(router.told(events.PortalSilent)) <= 8
    assert router.memory.tries == ()

    router.campus.portal.is_silent = False
    router.run(1.5 * MINUTE)

    assert router.is_in(State.ONLINE)


def test_a_gateway_that_asks_for_a_login_ends_a_session_whose_portal_is_down() -> None:
    router = online()
    router.campus.portal.drop(router.campus.address)
    router.campus.is_down = True
    router.run(HOUR)
    assert len(router.told(events.Dropped)) == 1
    assert not router.is_in(State.ONLINE)

    router.campus.is_down = False
    router.run(2 * MINUTE)

    assert router.is_in(State.ONLINE)
    assert router.campus.portal.complaints == []


def test_while_online_a_silent_portal_ends_nothing() -> None:
    router = online(keepalive=5)
    router.campus.portal.is_silent = True
    router.run(5 * MINUTE)
    assert router.is_in(State.ONLINE)
    router.campus.portal.is_silent = False
    router.run(MINUTE)

    assert router.campus.is_online
    assert len(router.campus.portal.logins) == 1


def mischief(chance: Random) -> Mischief:
    """Return something that goes wrong with one of the calls."""
    how = chance.choice([How.LATE, How.TWICE, How.HALF, How.LARGE, How.DRIPPING, How.CHUNKED])
    calls = ["hijack", "page", "getOnlineUserInfo", "pageInfo", "login", "keepalive"]
    return Mischief(chance.choice(calls), how)


def test_a_simulated_week_of_mishaps() -> None:
    chance = Random(20261129)
    router = online(keepalive=3)
    campus, offline = router.campus, 0.0
    usual = campus.portal.options
    for _ in range(7 * 24 * 6):
        mishap = chance.random()
        if mishap < 0.02:
            campus.portal.drop(campus.address)
        elif mishap < 0.03:
            router.give_address(f"10.20.30.{chance.randrange(2, 250)}")
        elif mishap < 0.04:
            router.link(False)
            router.run(chance.uniform(1, 100))
            router.link(True)
        elif mishap < 0.05:
            campus.portal.is_silent = True
            router.run(chance.uniform(10, 400))
            campus.portal.is_silent = False
        elif mishap < 0.055:
            router.restart(after=chance.uniform(1, 60))
        elif mishap < 0.06:
            campus.portal.is_silent = True
            campus.portal.restart()
            router.run(chance.uniform(30, 300))
            campus.portal.is_silent = False
        elif mishap < 0.09:
            campus.portal.options = dataclasses.replace(usual, mischief=(mischief(chance),))
            if chance.random() < 0.5:
                campus.portal.drop(campus.address)
            router.run(chance.uniform(10, 1200))
            style, encoding = chance.choice([*HijackStyle]), chance.choice(["utf-8", "gbk"])
            campus.portal.options = dataclasses.replace(usual, encoding=encoding, hijack=style)
        for _ in range(10):
            router.run(MINUTE)
            campus.now = router.now
            offline += 0 if campus.is_online else MINUTE
        assert campus.portal.complaints == []

    assert router.is_in(State.ONLINE)
    assert offline < 0.03 * 7 * DAY
    came = {outcome.came for _, _, outcome in router.answered}
    assert Came.REFUSED not in came
    assert Came.UNCLEAR in came
    tried = [when for when, _, outcome in router.answered if outcome.has_tried]
    assert all(later - first > 600 for first, later in zip(tried, tried[3:], strict=False))
