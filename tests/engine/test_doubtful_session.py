"""A session that may have ended: the router logs in anew where it can, or calls for the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import (
    ClientNeeded,
    LoginStarted,
    OwnLoginBegun,
    SessionConfirmed,
    SessionDoubtful,
)
from ruijie_proxy.engine.keeping.held_session import REGULAR_QUESTIONS
from ruijie_proxy.engine.reasons import Doubt
from ruijie_proxy.engine.refused_account import RefusedAccount
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, GRANT, Frames
from tests.engine.own_session import LOGIN, OwnCampus, online, relayed

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

TOLD_WITHIN = 0.1
"""Seconds for which what is told waits for a login's next frame."""


def flap(campus: Campus | OwnCampus) -> None:
    """Let the WAN link go for less than the interval."""
    campus.link(up=False)
    campus.wait(3.0)
    campus.link(up=True)


def in_vain(campus: Campus) -> None:
    """Let the client log in anew, and the switch say nothing to it."""
    for _ in range(2):
        campus.wait(5.0)
        campus.lan(campus.start())
    campus.wait(campus.settings.login_timeout)


def probe(campus: Campus | OwnCampus, times: int, every: float = 25.0) -> None:
    """Let the switch ask regularly who is there."""
    for number in range(times):
        campus.wait(every)
        campus.wan(Frames.identity_request(number))


@pytest.mark.parametrize(("befall", "doubt"), [(flap, Doubt.LINK), (in_vain, Doubt.NO_RESULT)])
def test_a_clients_session_goes_on_in_doubt_and_the_client_is_called_for(
    campus: Campus, befall: Callable[[Campus], None], doubt: Doubt
) -> None:
    campus.go_online()
    befall(campus)

    assert campus.of(SessionDoubtful) == [SessionDoubtful(doubt)]
    assert campus.of(ClientNeeded) == [ClientNeeded(was_asked=False)]
    assert campus.session.status.doubtful
    assert campus.session.status.client_needed
    beats = len(campus.heartbeats)
    campus.wait(60.0)
    assert len(campus.heartbeats) > beats
    assert campus.state() is State.ONLINE


def test_what_the_switch_asks_of_who_is_online_ends_the_doubt(campus: Campus) -> None:
    campus.go_online()
    flap(campus)

    campus.wan(campus.identity_request(9))

    assert campus.of(SessionConfirmed) == [SessionConfirmed()]
    assert not campus.session.status.doubtful
    assert not campus.session.status.client_needed


def test_a_challenge_ends_the_doubt_before_it_is_answered(campus: Campus) -> None:
    campus.go_online()
    flap(campus)

    campus.wan(campus.challenge(9))

    assert campus.state() is State.CHALLENGED
    assert campus.of(SessionConfirmed) == [SessionConfirmed()]
    assert not campus.session.status.doubtful
    assert campus.kept is not None
    assert not campus.kept.doubtful


def test_a_success_ends_the_doubt(campus: Campus) -> None:
    campus.go_online()
    flap(campus)

    campus.wan(campus.success(GRANT))

    assert not campus.session.status.doubtful


def test_a_client_that_starts_in_doubt_goes_out_at_once_and_its_success_ends_it(
    campus: Campus,
) -> None:
    campus.go_online()
    flap(campus)

    campus.log_in(campus.success(GRANT))

    assert campus.of(LoginStarted) == [LoginStarted(CLIENT, campus.PORT, again=True)]
    assert campus.state() is State.ONLINE
    assert not campus.session.status.doubtful


def test_a_new_pc_may_help_when_only_a_client_can(campus: Campus) -> None:
    campus.go_online()
    flap(campus)

    campus.log_in(campus.success(GRANT), campus.OTHER_CLIENT)

    assert campus.session.status.client == campus.OTHER_CLIENT


def test_a_restart_of_the_program_does_not_end_the_doubt(campus: Campus) -> None:
    campus.go_online()
    flap(campus)

    after = campus.restart()

    assert after.of(SessionDoubtful) == [SessionDoubtful(Doubt.KEPT)]
    assert after.session.status.doubtful
    assert after.session.status.client_needed


def test_a_program_killed_in_the_middle_of_a_new_login_knows_of_it_afterwards(
    campus: Campus,
) -> None:
    campus.go_online()
    for _ in range(2):
        campus.wait(5.0)
        campus.lan(campus.start())
    assert campus.state() is State.LOGGING_IN_AGAIN

    assert campus.restart().session.status.doubtful


def test_a_switch_that_asked_regularly_and_falls_silent_may_have_restarted(campus: Campus) -> None:
    campus.go_online()
    probe(campus, REGULAR_QUESTIONS)
    campus.wait(249.0)
    assert not campus.session.status.doubtful

    campus.wait(2.0)

    assert campus.of(SessionDoubtful) == [SessionDoubtful(Doubt.SILENCE)]
    assert campus.session.status.client_needed


def test_a_switch_that_has_hardly_asked_may_be_silent_for_ever(campus: Campus) -> None:
    campus.go_online()
    probe(campus, REGULAR_QUESTIONS - 1)
    campus.wait(3600.0)

    assert not campus.session.status.doubtful


# Where the router can log in by itself.


@pytest.mark.parametrize("auto", [False, True])
def test_the_router_logs_in_anew_at_once(auto: bool) -> None:
    campus = online(auto=auto)
    campus.events.clear()
    flap(campus)

    campus.wait(TOLD_WITHIN)

    assert campus.of(SessionDoubtful) == [SessionDoubtful(Doubt.LINK)]
    assert len(campus.of(OwnLoginBegun)) == 1
    campus.log_in(Frames.success(GRANT))
    assert campus.state() is State.ONLINE
    assert not campus.session.status.doubtful
    assert campus.of(ClientNeeded) == []


def test_after_a_silent_restart_of_the_switch_too() -> None:
    campus = online()
    probe(campus, REGULAR_QUESTIONS)
    campus.events.clear()

    campus.wait(251.0)

    assert campus.of(SessionDoubtful) == [SessionDoubtful(Doubt.SILENCE)]
    assert campus.of(OwnLoginBegun)


def test_it_ends_nothing_that_it_could_not_begin_anew() -> None:
    campus = online()
    while campus.session.next_login(campus.now) <= campus.now:
        flap(campus)
        campus.wait(0.0)
        campus.log_in(Frames.success(GRANT))
    campus.events.clear()

    flap(campus)
    campus.wait(60.0)
    assert campus.of(OwnLoginBegun) == []
    assert campus.state() is State.ONLINE
    assert campus.session.status.doubtful

    campus.wait(3600.0)
    assert campus.of(OwnLoginBegun)


def test_what_was_doubtful_is_logged_in_anew_after_a_restart() -> None:
    campus = online()
    assert campus.session.held is not None
    campus.session.held.doubt()
    campus.carry()
    assert campus.kept is not None
    assert campus.kept.doubtful

    after = OwnCampus()
    after.now = campus.now + 5.0
    after.session.resume(campus.kept, after.now)
    after.begin()
    after.wait(TOLD_WITHIN)

    assert len(after.of(OwnLoginBegun)) == 1


def test_a_clients_login_in_vain_gives_the_router_its_turn() -> None:
    """Two Starts of a genuine client that then says nothing, where auto has the password."""
    campus = OwnCampus(auto=True, settings=SessionSettings(login=LOGIN, any_client=True))
    campus.begin()
    campus.log_in(Frames.success(GRANT))
    for _ in range(2):
        campus.lan(Frames.start(), after=5.0)
    assert campus.state() is State.LOGGING_IN_AGAIN
    campus.events.clear()

    campus.wait(61.0)

    assert campus.of(OwnLoginBegun)
    campus.log_in(Frames.success(GRANT))
    assert campus.state() is State.ONLINE


def test_a_client_whose_login_the_router_cannot_repeat_is_called_for_in_auto() -> None:
    campus = relayed()
    assert campus.session.status.client == CLIENT
    campus.events.clear()

    flap(campus)

    assert campus.of(ClientNeeded) == [ClientNeeded(was_asked=False)]
    assert campus.of(OwnLoginBegun) == []
    assert campus.state() is State.ONLINE


def test_a_doubtful_session_goes_on_where_the_password_is_refused_and_no_login_could_follow() -> (
    None
):
    before = online()
    refused = RefusedAccount.of(LOGIN, 1, "密码错误", before.now)
    campus = OwnCampus(memory=replace(before.memory, refused=refused))
    campus.now = before.now + 1.0
    assert before.kept is not None
    campus.session.resume(before.kept, campus.now)
    campus.begin()

    flap(campus)
    campus.wait(60.0)

    assert campus.of(SessionDoubtful) == [SessionDoubtful(Doubt.LINK)]
    assert campus.state() is State.ONLINE
