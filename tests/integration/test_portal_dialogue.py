"""Logins at every kind of portal that is known, by the strict virtual one."""

from __future__ import annotations

import itertools

import pytest

from ruijie_proxy.engine.settings import PortalSettings
from ruijie_proxy.lab.portal.options import HijackStyle, MacStyle, PortalOptions, PortalService
from ruijie_proxy.protocol.portal.outcomes import Came, Outcome
from ruijie_proxy.secret import Secret
from tests.integration.portal_campus import PortalCampus

PAGE = "http://10.9.8.7/eportal/index.jsp"
SERVICES = (
    PortalService("campus", "校园网", is_default=True),
    PortalService("telecom@a b", "电信宽带"),
)


@pytest.mark.parametrize(
    ("encrypts", "mac", "encoding", "hijack", "port"),
    list(itertools.product([True, False], MacStyle, ["utf-8", "gbk"], HijackStyle, [80, 8080])),
)
def test_it_logs_in_at_every_kind_of_portal(
    encrypts: bool, mac: MacStyle, encoding: str, hijack: HijackStyle, port: int
) -> None:
    campus = PortalCampus(
        PortalOptions(encrypts=encrypts, mac=mac, encoding=encoding, hijack=hijack, port=port)
    )

    outcome = campus.dialogue().log_in()

    assert outcome.came is Came.ONLINE
    assert campus.is_online
    assert campus.portal.complaints == []
    assert outcome.user_index
    assert outcome.page == (PAGE if port == 80 else PAGE.replace("10.9.8.7", "10.9.8.7:8080"))


@pytest.mark.parametrize("password", ["a b&c=d%+", "ü" * 200, "'\"\\<>", "1"])
def test_any_password_that_the_page_can_send_arrives(password: str) -> None:
    campus = PortalCampus(PortalOptions(password=password, user="张三@campus"))

    assert campus.dialogue().log_in().came is Came.ONLINE
    assert campus.portal.complaints == []


def test_a_portal_that_wants_encryption_without_saying_so_gets_it() -> None:
    campus = PortalCampus(PortalOptions(says_so=False))

    assert campus.dialogue().log_in().came is Came.ONLINE
    assert len(campus.portal.logins) == 2


@pytest.mark.parametrize(("wanted", "sent"), [(None, ""), ("电信宽带", "telecom"), ("campus", "")])
def test_a_service_is_named_as_it_is_shown_or_sent(wanted: str | None, sent: str) -> None:
    campus = PortalCampus(PortalOptions(services=SERVICES))

    outcome = campus.dialogue(service=wanted).log_in()

    assert outcome.came is Came.ONLINE
    assert sent in campus.portal.logins[0]
    assert outcome.services == ("校园网", "电信宽带")


def test_a_service_that_is_not_on_offer_costs_no_try() -> None:
    campus = PortalCampus(PortalOptions(services=SERVICES))

    outcome = campus.dialogue(service="联通").log_in()

    assert (outcome.came, outcome.message) == (Came.NO_SERVICE, "联通")
    assert outcome.services == ("校园网", "电信宽带")
    assert campus.portal.logins == []
    assert not outcome.has_tried


@pytest.mark.parametrize("lists", [True, False])
def test_services_are_found_wherever_they_are_listed(lists: bool) -> None:
    campus = PortalCampus(PortalOptions(services=SERVICES, lists_services=lists))
    names = ("校园网", "电信宽带")

    there = campus.dialogue(service="电信宽带").log_in()
    campus.portal.drop(campus.address)
    absent = campus.dialogue(service="联通").log_in()

    assert (there.came, there.services) == (Came.ONLINE, names)
    assert (absent.came, absent.services) == (Came.NO_SERVICE, names)
    assert campus.portal.complaints == []


@pytest.mark.parametrize("lists", [True, False])
def test_who_is_refused_for_the_service_is_told_those_there_are(lists: bool) -> None:
    words = "用户不允许使用本服务!"
    campus = PortalCampus(PortalOptions(services=SERVICES, lists_services=lists, refusal=words))

    outcome = campus.dialogue().log_in()

    assert (outcome.came, outcome.message) == (Came.REFUSED, words)
    assert outcome.services == ("校园网", "电信宽带")
    assert campus.asked.count("login") == 1


def test_the_carriers_account_goes_along() -> None:
    campus = PortalCampus(
        PortalOptions(services=SERVICES, operator_user="139x", operator_password="pear>tree")
    )

    assert campus.dialogue(service="电信宽带").log_in().came is Came.ONLINE
    assert campus.portal.complaints == []


def test_a_prefix_stands_before_the_name() -> None:
    campus = PortalCampus(PortalOptions(prefix="stu_"))

    assert campus.dialogue().log_in().came is Came.ONLINE


@pytest.mark.parametrize(
    "words", ["您的密码错误", "账户已欠费", "你使用的账号已达到同时在线用户数量上限!"]
)
def test_a_refusal_is_told_in_the_servers_words(words: str) -> None:
    campus = PortalCampus(PortalOptions(refusal=words))

    outcome = campus.dialogue().log_in()

    assert (outcome.came, outcome.message, outcome.has_tried) == (Came.REFUSED, words, True)
    assert len(campus.portal.logins) == 1


def test_a_wrong_password_is_sent_once() -> None:
    campus = PortalCampus()

    outcome = campus.dialogue(password=Secret("cherry-tree")).log_in()

    assert (outcome.came, outcome.message) == (Came.REFUSED, "密码不匹配,请输入正确的密码!")
    assert len(campus.portal.logins) == 1


def test_a_captcha_ends_it_before_the_password_is_sent() -> None:
    campus = PortalCampus(PortalOptions(captcha=True))

    assert campus.dialogue().log_in() == Outcome(Came.CAPTCHA, page=PAGE)
    assert campus.portal.logins == []


def test_a_password_that_the_page_cannot_encipher_is_not_sent() -> None:
    campus = PortalCampus()

    assert campus.dialogue(password=Secret("密码")).log_in().came is Came.NOT_ENCIPHERABLE
    assert campus.portal.logins == []


def test_a_session_that_lives_is_adopted_without_the_password() -> None:
    campus = PortalCampus()
    first = campus.dialogue().log_in()

    again = campus.dialogue(known=first.page).log_in()

    assert (again.came, again.user_index) == (Came.FOUND_ONLINE, first.user_index)
    assert len(campus.portal.logins) == 1


def test_a_portal_that_is_not_ready_says_so() -> None:
    campus = PortalCampus(PortalOptions(waits=1))

    assert campus.dialogue().log_in().came is Came.WAIT
    assert campus.dialogue().log_in().came is Came.ONLINE


def test_a_query_that_the_portal_has_forgotten_is_fetched_anew_once() -> None:
    campus = PortalCampus(PortalOptions(refusal="设备未注册,请在ePortal上添加认证设备"))

    assert campus.dialogue().log_in().came is Came.REFUSED
    assert campus.asked.count("login") == 2
    first, second = campus.portal.logins
    assert first != second


def test_a_portal_elsewhere_than_the_trusted_one_gets_no_password() -> None:
    campus = PortalCampus()

    outcome = campus.dialogue(known="http://10.1.1.1/eportal/index.jsp").log_in()

    assert (outcome.came, outcome.message) == (Came.OTHER_SITE, "http://10.9.8.7")
    assert campus.asked == ["/"]


@pytest.mark.parametrize(
    ("leads_to", "name"),
    [("http://10.9.8.7/srun_portal_pc?ac_id=1", "srun"), ("http://10.9.8.7/x", "other")],
)
def test_another_vendors_portal_is_named(leads_to: str, name: str) -> None:
    campus = PortalCampus(PortalOptions(leads_to=leads_to))

    outcome = campus.dialogue().log_in()

    assert (outcome.came, outcome.message, outcome.page) == (
        Came.OTHER_PORTAL,
        name,
        "http://10.9.8.7",
    )


def test_where_nobody_answers_nothing_is_known() -> None:
    campus = PortalCampus()
    campus.portal.is_silent = True

    assert campus.dialogue().log_in().came is Came.NO_PORTAL
    assert campus.dialogue(known=PAGE).log_in().came is Came.SILENT
    assert campus.dialogue(known=PAGE).look().came is Came.SILENT


def test_a_session_is_looked_at_kept_and_ended() -> None:
    campus = PortalCampus(PortalOptions(keepalive=5))
    session = campus.dialogue().log_in()
    assert session.keepalive == 300

    talk = campus.dialogue(known=session.page)
    assert talk.look().came is Came.FOUND_ONLINE
    assert talk.keep(session.user_index).came is Came.ONLINE
    assert talk.log_out(session.user_index).came is Came.ONLINE
    assert not campus.is_online
    assert talk.look().came is Came.OFFLINE
    assert talk.keep(session.user_index).came is Came.OFFLINE
    assert campus.portal.complaints == []


def test_nothing_is_told_of_the_session_but_its_name() -> None:
    campus = PortalCampus()
    session = campus.dialogue().log_in()

    assert campus.options.password not in repr(campus.dialogue(known=session.page).look())


def test_an_outcome_crosses_a_pipe_unchanged() -> None:
    outcome = Outcome(Came.REFUSED, "密码不匹配", PAGE, "0a", 300, ("校园网",), has_tried=True)

    assert Outcome.from_plain(outcome.to_plain()) == outcome


def test_a_page_of_the_users_own_is_trusted_from_the_beginning() -> None:
    campus = PortalCampus()

    elsewhere = campus.dialogue(known="http://10.9.8.8/eportal/index.jsp").log_in()
    right = campus.dialogue(known=PAGE, portal=PortalSettings(PAGE)).log_in()

    assert (elsewhere.came, right.came) == (Came.OTHER_SITE, Came.ONLINE)
