"""Starts that nobody answers: counted, told ever more rarely, and known until a server speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import LoginTimedOut, NobodyAnswers
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.unanswered import FIRST_TOLD, NEW_SERIES_AFTER, Asked, Unanswered
from tests.engine.conftest import Frames
from tests.engine.own_session import online, paused

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

MINUTE = 60.0


def test_a_first_start_begins_the_count_and_an_answer_ends_it() -> None:
    unanswered = Unanswered()
    assert unanswered.asked is None
    unanswered.note_start(100.0)
    unanswered.note_start(103.0)
    assert unanswered.asked == Asked(since=100.0, count=2)
    assert unanswered.seconds(110.0) == 10.0

    unanswered.forget()
    assert unanswered.asked is None
    assert unanswered.seconds(110.0) == 0.0


def test_it_is_told_when_a_switch_should_be_awake_and_then_after_twice_as_long() -> None:
    unanswered = Unanswered()
    told = [
        event.seconds
        for number in range(3600)
        if (event := unanswered.note_start(float(number))) is not None
    ]

    assert told == [FIRST_TOLD * 2**number for number in range(7)]


def test_starts_that_are_far_apart_are_calls_of_their_own() -> None:
    """What a client asked in vain an hour ago says nothing of the answer it is about to get."""
    unanswered = Unanswered()
    unanswered.note_start(100.0)
    later = 100.0 + NEW_SERIES_AFTER + 1.0

    assert unanswered.note_start(later) is None
    assert unanswered.asked == Asked(since=later, count=1)


# A client's Starts.


def test_a_client_that_nobody_answers_shows_in_the_status(campus: Campus) -> None:
    began = campus.now
    for _ in range(3):
        campus.lan(Frames.start())
        campus.wait(5.0)
    assert campus.session.status.asked == Asked(since=began, count=3)

    campus.wait(10 * MINUTE)
    assert campus.state() is State.WAITING
    assert campus.of(LoginTimedOut) == [LoginTimedOut(server_answered=False)]
    assert campus.session.status.asked == Asked(since=began, count=3), "it has gone, unanswered"

    campus.lan(Frames.start())
    campus.wan(Frames.identity_request())
    assert campus.session.status.asked is None


def test_one_that_goes_on_asking_is_told_of_though_its_login_never_times_out(
    campus: Campus,
) -> None:
    for _ in range(40):
        campus.lan(Frames.start())
        campus.wait(15.0)

    assert not campus.of(LoginTimedOut)
    assert [event.seconds for event in campus.of(NobodyAnswers)] == [
        30.0,
        60.0,
        120.0,
        240.0,
        480.0,
    ]


def test_a_cable_that_is_pulled_ends_the_count(campus: Campus) -> None:
    campus.lan(Frames.start())
    campus.link(up=False)

    assert campus.session.status.asked is None


# Where both may log in.


def test_the_routers_calls_and_a_clients_are_counted_together() -> None:
    campus = paused(auto=True)
    assert campus.session.status.asked is None
    campus.lan(Frames.start())
    campus.wait(5.0)
    assert campus.session.status.asked is not None
    assert campus.session.status.asked.count == 1


@pytest.mark.parametrize("auto", [False, True])
def test_a_session_that_is_dropped_is_no_login_that_failed(auto: bool) -> None:
    campus = online(auto=auto)
    campus.wan(Frames.failure("心跳超时被强制下线"))
    failure = campus.session.status.last_failure
    assert failure is not None
    assert failure.was_online

    failure = paused(auto=auto).session.status.last_failure
    assert failure is not None
    assert not failure.was_online


def test_nor_is_a_clients(campus: Campus) -> None:
    campus.go_online()
    campus.wan(Frames.failure("心跳超时被强制下线"))
    assert campus.session.status.last_failure is not None
    assert campus.session.status.last_failure.was_online

    campus.log_in(Frames.failure("密码错误"))
    assert not campus.session.status.last_failure.was_online
