"""The WAN link goes and comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import LinkBack, LinkLost, LoginStarted
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER
from ruijie_proxy.protocol.results import Grant

if TYPE_CHECKING:
    from tests.engine.conftest import Campus


def test_without_a_link_no_heartbeats_are_sent(campus: Campus) -> None:
    campus.go_online()

    campus.link(up=False)
    campus.wait(25.0)
    campus.sleep(3600.0)

    assert campus.server_got == []
    assert campus.of(LinkLost) == [LinkLost()]
    assert campus.state() is State.LINK_DOWN
    assert campus.session.next_deadline is None


def test_a_link_back_within_the_interval_goes_on_with_the_next_number(campus: Campus) -> None:
    campus.go_online()
    campus.link(up=False)
    campus.wait(20.0)
    campus.link(up=True)
    assert campus.of(LinkBack) == [LinkBack(session_goes_on=True)]

    campus.wait(60.0)

    assert campus.numbers == [FIRST_NUMBER + 1, FIRST_NUMBER + 2]
    assert campus.state() is State.ONLINE


def test_a_heartbeat_that_fell_due_without_a_link_follows_at_once_and_alone(
    campus: Campus,
) -> None:
    campus.go_online(Grant(campus.KEY, 300))
    campus.link(up=False)
    campus.now += 100.0
    campus.link(up=True)
    back = campus.now

    campus.wait(30.0)

    assert [at - back for at, _ in campus.heartbeats] == [0.0, pytest.approx(27.0)]


def test_a_link_back_after_the_interval_waits_for_a_login(campus: Campus) -> None:
    campus.go_online()
    campus.link(up=False)
    campus.wait(30.0)
    campus.link(up=True)

    assert campus.of(LinkBack) == [LinkBack(session_goes_on=False)]
    assert campus.state() is State.WAITING
    assert campus.kept is None
    campus.log_in(campus.success(campus.GRANT))
    assert campus.state() is State.ONLINE


def test_a_link_that_goes_during_a_login_ends_it(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())

    campus.link(up=False)
    campus.link(up=True)

    assert campus.state() is State.WAITING
    campus.lan(campus.start(campus.OTHER_CLIENT))
    assert campus.state() is State.AUTHENTICATING


def test_a_link_that_goes_between_two_logins_ends_both(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(SessionSettings(successes=2))
    campus.log_in(campus.success(campus.GRANT))

    campus.link(up=False)
    campus.link(up=True)

    assert campus.of(LinkBack) == [LinkBack(session_goes_on=False)]
    assert campus.state() is State.WAITING


@pytest.mark.parametrize("again", ["challenged", "starts again"])
def test_a_link_that_goes_during_another_login_leaves_the_session_held(
    campus: Campus, again: str
) -> None:
    campus.go_online()
    if again == "challenged":
        campus.wan(campus.challenge(9))
    else:
        for _ in range(2):
            campus.wait(2.0)
            campus.lan(campus.start(campus.OTHER_CLIENT))
        campus.wan(campus.identity_request(source=campus.SERVER))
    campus.link(up=False)
    campus.wait(5.0)
    campus.link(up=True)
    campus.forget_frames()

    assert campus.state() is State.ONLINE
    assert campus.session.status.client == campus.CLIENT
    campus.wan(campus.identity_request(0x44, source=campus.OTHER_SERVER))
    assert campus.server_got == []
    campus.wan(campus.identity_request(0x44))
    assert len(campus.server_got) == 1


def test_starts_without_a_link_are_not_taken(campus: Campus) -> None:
    campus.link(up=False)

    campus.lan(campus.start())
    campus.link(up=True)

    assert campus.server_got == []
    assert campus.of(LoginStarted) == []
    assert campus.state() is State.WAITING


def test_a_program_started_without_a_link_waits_for_it(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(link_up=False)
    assert campus.state() is State.LINK_DOWN

    campus.link(up=True)
    campus.log_in(campus.success(campus.GRANT))

    assert campus.state() is State.ONLINE


def test_news_that_is_none_changes_nothing(campus: Campus) -> None:
    campus.go_online()

    campus.link(up=True)
    campus.link(up=True)

    assert campus.events == []
    assert campus.state() is State.ONLINE


def test_a_client_is_listened_to_again_when_the_link_is_back(campus: Campus) -> None:
    campus.log_in(campus.success())
    campus.wait(5.0)
    campus.link(up=False)
    assert not campus.listening

    campus.link(up=True)

    assert campus.listening
    campus.lan(campus.heartbeat(campus.KEY, 7))
    campus.wait(28.0)
    assert campus.numbers == [7, 8]


def test_frames_without_a_link_change_nothing(campus: Campus) -> None:
    campus.go_online()
    campus.link(up=False)

    campus.wan(campus.failure())
    campus.wan(campus.identity_request(9))
    campus.lan(campus.logoff())
    campus.lan(campus.heartbeat(campus.KEY, 7))

    assert campus.server_got == campus.client_got == []
    assert campus.state() is State.LINK_DOWN
