"""A web portal that does not answer, or not as one does, while the router is online and before."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.status import PortalStatus
from ruijie_proxy.lab.portal.mischief import How, Mischief
from ruijie_proxy.lab.portal.options import PortalOptions
from ruijie_proxy.protocol.portal.outcomes import Came, Order
from ruijie_proxy.secret import Secret
from tests.integration.portal_campus import PortalCampus
from tests.integration.portal_router import PortalRouter

MINUTE, HOUR = 60.0, 3600.0
PAGE = "http://10.9.8.7/eportal/index.jsp"
NO_JSON = Mischief("getOnlineUserInfo", How.INSTEAD, "<html>")


def online(**options: object) -> PortalRouter:
    """Return a router that is online."""
    router = PortalRouter(PortalCampus(PortalOptions(**options)))  # type: ignore[arg-type]
    router.run(10)
    assert router.is_in(State.ONLINE)
    return router


def answers(router: PortalRouter, *mischief: Mischief) -> None:
    """Have the portal answer so from now on."""
    portal = router.campus.portal
    portal.options = dataclasses.replace(portal.options, mischief=mischief)


def portal_status(router: PortalRouter) -> PortalStatus:
    status = router.session.status.portal
    assert status is not None
    return status


def asked_for(router: PortalRouter, order: Order) -> list[float]:
    """Return when that came to something."""
    return [when for when, asked, _ in router.answered if asked is order]


def test_one_that_cannot_be_read_is_asked_ever_more_rarely_and_told_once() -> None:
    router = online()
    answers(router, NO_JSON)
    router.run(6 * HOUR)

    looks = asked_for(router, Order.LOOK)
    pauses = [round(later - before) for before, later in pairwise(looks)]
    assert pauses[:5] == [30, 31, 62, 124, 248]
    assert all(300 <= pause <= 301 for pause in pauses[5:]), "as often as one that answers"
    assert router.told(events.PortalUnread) == [
        events.PortalUnread(PAGE, "its answer is no JSON"),
    ]
    assert router.is_in(State.ONLINE)


def test_it_is_told_when_it_can_be_read_again() -> None:
    router = online()
    answers(router, NO_JSON)
    router.run(HOUR)
    unread, next_look = portal_status(router).unread, portal_status(router).next_look
    assert unread is not None
    assert next_look is not None
    assert (unread.since, unread.why) == (asked_for(router, Order.LOOK)[0], "its answer is no JSON")

    answers(router)
    router.run(next_look - router.now + 1)

    (again,) = router.told(events.PortalReadAgain)
    assert again == events.PortalReadAgain(PAGE, router.answered[-1][0] - unread.since)
    assert portal_status(router).unread is None
    assert len(router.campus.portal.logins) == 1


def test_a_single_answer_that_is_lost_is_not_told() -> None:
    router = online()
    answers(router, NO_JSON)
    while not asked_for(router, Order.LOOK):
        router.run(1)
    assert len(asked_for(router, Order.LOOK)) == 1

    answers(router)
    router.run(HOUR)

    assert router.told(events.PortalUnread) == router.told(events.PortalReadAgain) == []


def test_one_that_is_silent_while_online_is_told_of_like_that() -> None:
    router = online(keepalive=5)
    router.campus.portal.is_silent = True
    router.run(6 * HOUR)

    assert router.told(events.PortalUnread) == [events.PortalUnread(PAGE, "")]
    assert len(asked_for(router, Order.KEEP)) < 6 * HOUR / 280
    assert len(asked_for(router, Order.LOOK)) < 6 * HOUR / 280
    unread = portal_status(router).unread
    assert unread is not None
    assert unread.why == ""


def test_keepalives_that_come_to_nothing_are_sent_ever_more_rarely() -> None:
    router = online(keepalive=5)
    answers(router, Mischief("keepalive", How.INSTEAD, "<html>"))
    router.run(6 * HOUR)

    assert len(asked_for(router, Order.KEEP)) < 6 * HOUR / 280
    assert router.told(events.PortalUnread) == [], "looks find the session"
    assert router.is_in(State.ONLINE)


def test_the_end_of_a_session_is_found_out_all_the_same() -> None:
    router = online()
    router.campus.portal.is_silent = True
    router.run(HOUR)
    router.campus.portal.is_silent = False
    router.campus.portal.drop(router.campus.address)

    router.run(6 * MINUTE)

    assert router.is_in(State.ONLINE)
    assert len(router.campus.portal.logins) == 2


def test_before_a_login_it_is_known_since_when_it_is_silent_and_what_is_unclear() -> None:
    campus = PortalCampus()
    campus.portal.is_silent = True
    router = PortalRouter(campus)
    begun = router.now
    router.run(5 * MINUTE)
    unread = portal_status(router).unread
    assert unread is not None
    assert (round(unread.since - begun), unread.why) == (0, "")
    assert router.session.status.next_try is not None

    router.campus.portal.is_silent = False
    answers(router, Mischief("pageInfo", How.INSTEAD, "<html>"))
    router.run(1.5 * MINUTE)

    unread = portal_status(router).unread
    assert unread is not None
    assert unread.why == "its answer is no JSON"
    assert portal_status(router).page == PAGE

    answers(router)
    router.run(6 * MINUTE)

    assert router.is_in(State.ONLINE)
    assert portal_status(router).unread is None


def test_a_login_that_waits_for_an_address_says_since_when() -> None:
    router = PortalRouter(PortalCampus(), has_address=False)
    begun = router.now
    router.run(HOUR)
    assert router.session.status.awaits_address_since == begun

    router.give_address("10.20.30.100")
    router.run(1)

    assert router.is_in(State.ONLINE)
    assert router.session.status.awaits_address_since is None


@pytest.mark.parametrize(
    ("options", "login"),
    [
        ({"captcha": True}, {}),
        ({"refusal": "验证码错误."}, {}),
        ({}, {"password": Secret("cherry-tree")}),
    ],
    ids=["captcha", "captcha in words", "password"],
)
def test_the_page_to_open_in_a_browser_is_known_after_a_restart(
    options: dict[str, object], login: dict[str, Any]
) -> None:
    campus = PortalCampus(PortalOptions(**options))  # type: ignore[arg-type]
    router = PortalRouter(campus, **login)
    router.run(1)
    assert router.is_in(State.GIVEN_UP)

    router.restart(after=1)

    assert portal_status(router).page == PAGE
    assert router.memory.portal is None, "which is not trusted for that"


def test_what_was_got_in_a_browser_meanwhile_is_found_after_a_restart() -> None:
    router = PortalRouter(PortalCampus(PortalOptions(captcha=True)))
    router.run(1)
    assert router.is_in(State.GIVEN_UP)
    answering = router.campus.portal
    answering.options = dataclasses.replace(answering.options, captcha=False)
    assert router.campus.dialogue().log_in().came is Came.ONLINE  # the browser

    router.restart(after=60)
    router.run(MINUTE)

    assert router.is_in(State.ONLINE)
    assert len(answering.logins) == 1


def test_one_that_has_moved_meanwhile_is_found_after_a_restart() -> None:
    router = PortalRouter(PortalCampus(PortalOptions(captcha=True)))
    router.run(1)
    router.campus.portal.options = PortalOptions(host="10.9.8.8")

    router.restart(after=60)
    router.run(MINUTE)

    assert router.is_in(State.ONLINE)
    assert router.memory.portal == "http://10.9.8.8/eportal/index.jsp"
