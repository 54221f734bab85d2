"""``mode: auto`` at ports of all kinds: it logs in at the switch, or, where nobody speaks 802.1X,
at the web portal.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.auto.turning_session import LOOK_EVERY, SPOKEN_FOR
from ruijie_proxy.engine.settings import PortalSettings, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.way_in import Turn
from ruijie_proxy.lab.options import ClientOptions
from ruijie_proxy.protocol.portal.outcomes import Order
from ruijie_proxy.secret import Secret
from tests.integration.both_ways import NO_ADDRESS, BothWays, a_portal
from tests.integration.own_campus import DAY, HOUR, LEASED, MINUTE, account

SITE = "http://10.9.8.7"
PAGE = f"{SITE}/eportal/index.jsp"


def at_portal(**portal: object) -> BothWays:
    """Return a router that was let in by a portal."""
    campus = BothWays(portal=a_portal(**portal))
    campus.begin(MINUTE)
    assert campus.is_at_portal
    return campus


def turns(campus: BothWays) -> list[Turn]:
    """Return why it has turned back to the switch."""
    return [event.why for event in campus.events if isinstance(event, events.TurnedToSwitch)]


# To the portal.


def test_where_nobody_answers_and_a_portal_hijacks_it_logs_in_there() -> None:
    campus = BothWays(portal=a_portal())

    campus.begin(29)
    assert campus.looked == []
    campus.run(3)

    assert campus.is_at_portal
    assert campus.state() is State.ONLINE
    assert campus.of(events.TurnedToPortal) == [events.TurnedToPortal(SITE)]
    assert campus.session.status.portal is not None
    assert campus.session.status.portal.page == PAGE
    assert len(campus.portal.portal.logins) == 1  # type: ignore[union-attr]


def test_at_the_portal_no_frame_goes_out_any_more() -> None:
    campus = at_portal()
    sent = len(campus.to_switch)

    campus.run(DAY)

    assert len(campus.to_switch) == sent
    assert campus.is_at_portal


def test_where_a_switch_answers_no_portal_is_asked() -> None:
    campus = BothWays(switch_is_there=True, portal=a_portal())

    campus.begin(DAY)

    assert campus.is_at_switch
    assert (campus.looked, campus.asked) == ([], [])
    assert campus.portal is not None
    assert campus.portal.asked == []


def test_a_switch_that_answers_and_then_falls_silent_is_still_a_switch() -> None:
    """It comes back, while a portal in its place may be anybody's."""
    campus = BothWays(switch_is_there=True, portal=a_portal())
    campus.begin()
    campus.log_off()
    campus.session.try_again(campus.now)
    campus.switch_is_there = False

    campus.run(SPOKEN_FOR - 10)

    assert campus.asked == []


def test_a_refused_login_at_a_switch_is_none_at_a_portal() -> None:
    login = account(password=Secret("cherry-tree"))
    campus = BothWays(
        switch_is_there=True, portal=a_portal(), settings=SessionSettings(login=login)
    )

    campus.begin(HOUR)

    assert campus.asked == []


def test_where_a_switch_had_the_account_a_portal_gets_the_password_only_when_the_user_agrees() -> (
    None
):
    campus = BothWays(switch_is_there=True, portal=a_portal())
    campus.begin()
    campus.switch_is_there = False
    campus.link(False)
    campus.run(HOUR)
    campus.link(True)
    campus.run(HOUR)
    assert campus.asked == []
    assert campus.of(events.PortalNotTrusted) == [events.PortalNotTrusted(SITE)]

    campus.session.trust_anew()
    campus.session.log_in_anew(campus.now)
    campus.run(5)

    assert campus.is_at_portal


def test_the_page_of_the_configuration_alone_is_trusted() -> None:
    elsewhere = account(portal=PortalSettings(page="http://10.0.0.1/eportal/index.jsp"))
    there = account(portal=PortalSettings(page=PAGE))
    refused, let_in = (
        BothWays(portal=a_portal(), settings=SessionSettings(login=login))
        for login in (elsewhere, there)
    )
    for campus in (refused, let_in):
        campus.begin(MINUTE)

    assert not refused.is_at_portal
    assert refused.of(events.PortalNotTrusted) == [events.PortalNotTrusted(SITE)]
    assert let_in.is_at_portal


def test_it_looks_rarely_and_only_from_an_address() -> None:
    campus = BothWays(facts=NO_ADDRESS)
    campus.begin(HOUR)
    assert campus.looked == []

    campus.address(LEASED)
    campus.run(HOUR)

    assert 20 <= len(campus.looked) <= 21
    assert all(later - before >= LOOK_EVERY for before, later in pairwise(campus.looked))


def test_an_address_that_comes_late_is_asked_from_at_once() -> None:
    campus = BothWays(facts=NO_ADDRESS, portal=a_portal())
    campus.begin(10 * MINUTE)

    campus.address(LEASED)
    campus.run(3)

    assert campus.is_at_portal


def test_who_has_logged_off_is_not_logged_in_at_a_portal() -> None:
    campus = BothWays(portal=a_portal())
    campus.begin(10)
    campus.log_off()
    campus.login()
    campus.run(HOUR)

    assert campus.asked == []


def test_a_pc_that_calls_in_vain_keeps_nobody_offline() -> None:
    campus = BothWays(portal=a_portal())
    campus.begin(10)
    for _ in range(6):
        campus.login(10)

    assert campus.is_at_portal


# Across restarts.


def test_a_restart_goes_where_it_was_let_in_the_last_time() -> None:
    campus = at_portal(keepalive=5)

    campus.restart_router()
    campus.run(2)

    assert campus.state() is State.ONLINE
    assert campus.of(events.PortalAdopted)
    orders = [action.order for action in campus.asked]
    assert orders == [Order.LOG_IN, Order.COME_BACK, Order.KEEP]


def test_a_restart_goes_to_the_switch_that_had_it_the_last_time() -> None:
    campus = at_portal()
    campus.portal = None
    campus.switch_is_there = True
    campus.restart_router()
    campus.run(5 * MINUTE)
    assert campus.is_at_switch
    assert turns(campus) == [Turn.SILENT]

    campus.restart_router()
    campus.run(5)

    assert campus.is_at_switch
    assert turns(campus) == [Turn.SILENT]


def test_the_limits_on_tries_are_those_of_the_account_wherever_it_logs_in() -> None:
    campus = BothWays(portal=a_portal(refusal="系统错误"))
    campus.begin(10 * MINUTE)
    assert campus.portal is not None
    before = len(campus.portal.portal.logins)
    campus.restart_router()
    campus.run(5)

    assert before == 3
    assert len(campus.portal.portal.logins) == before


# Back to the switch.


def test_a_switch_that_asks_while_the_portal_lets_it_in_ends_nothing() -> None:
    campus = at_portal()
    campus.switch_is_there = True
    campus.switch_asks()
    campus.run(HOUR)

    assert campus.is_at_portal
    assert turns(campus) == []


@pytest.mark.parametrize("was_dropped", [True, False])
def test_while_no_portal_is_heard_802_1x_is_tried(was_dropped: bool) -> None:
    campus = at_portal()
    portal, campus.portal = campus.portal, None
    campus.link(False)
    campus.run(5)
    campus.link(True)
    campus.run(5 * MINUTE)
    assert turns(campus) == [Turn.SILENT]
    assert campus.state() is State.AUTHENTICATING

    campus.portal = portal
    assert portal is not None
    portal.portal.is_silent = False
    if was_dropped:
        portal.portal.drop(portal.address)
    campus.run(4 * MINUTE)

    assert campus.is_at_portal
    assert campus.state() is State.ONLINE
    assert len(portal.portal.logins) == 1 + was_dropped
    assert len(campus.of(events.TurnedToPortal)) == 2


def test_a_portal_that_is_down_behind_its_gateway_is_not_left_again_and_again() -> None:
    campus = at_portal()
    assert campus.portal is not None
    campus.portal.portal.drop(campus.portal.address)
    campus.portal.is_down = True

    campus.run(DAY)

    assert 2 <= len(turns(campus)) <= 40


def test_without_an_address_802_1x_is_tried() -> None:
    campus = at_portal()
    campus.switch_is_there = True
    campus.link(False)
    campus.address(NO_ADDRESS)
    campus.link(True)

    campus.run(2 * MINUTE)

    assert turns(campus) == [Turn.NO_ADDRESS]
    assert campus.state() is State.ONLINE


def test_who_has_logged_off_at_the_portal_stays_so_when_a_switch_asks() -> None:
    campus = at_portal()
    campus.log_off()
    campus.switch_is_there = True
    campus.link(False)
    campus.link(True)
    campus.switch_asks()
    campus.run(HOUR)

    assert campus.state() is State.WAITING
    assert not campus.is_at_portal


def test_a_client_may_log_in_where_the_router_has_given_up_at_the_portal() -> None:
    campus = BothWays(portal=a_portal(captcha=True), client_options=ClientOptions())
    campus.begin(MINUTE)
    assert campus.state() is State.GIVEN_UP
    campus.switch_is_there = True

    campus.login(MINUTE)

    assert turns(campus) == [Turn.CLIENT]
    assert campus.session.held is not None


@pytest.mark.parametrize("was_let_in", [True, False])
def test_a_link_that_is_back_asks_anew_which_way_it_is(was_let_in: bool) -> None:
    campus = at_portal() if was_let_in else BothWays(portal=a_portal(refusal="账户已欠费"))
    if not was_let_in:
        campus.begin(MINUTE)
    campus.link(False)
    campus.link(True)
    campus.run(1)

    assert turns(campus) == ([] if was_let_in else [Turn.LINK])
    assert campus.is_at_portal is was_let_in


def test_behind_a_cable_that_may_be_elsewhere_no_portal_gets_the_password_before_the_look() -> None:
    campus = BothWays(portal=a_portal(refusal="系统错误"))
    campus.begin(MINUTE)
    campus.link(False)
    campus.run(HOUR)
    asked = len(campus.asked)
    campus.link(True)
    campus.run(20)

    assert turns(campus) == [Turn.LINK]
    assert len(campus.asked) == asked


def test_who_has_logged_off_at_a_portal_stays_so_behind_another_cable() -> None:
    campus = BothWays(portal=a_portal(refusal="账户已欠费"))
    campus.begin(MINUTE)
    campus.log_off()
    campus.link(False)
    campus.switch_is_there = True
    campus.link(True)
    campus.run(HOUR)

    assert campus.state() is State.WAITING
    assert not campus.is_at_switch
