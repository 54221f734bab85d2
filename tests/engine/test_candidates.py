"""Anybody may ask first after a Start; the server is who goes on with the login."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import HeedClients, HeedServers
from ruijie_proxy.engine.candidates import MOST_CANDIDATES, MOST_REQUESTS, Candidates
from ruijie_proxy.engine.events import ServerFound
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

STRANGERS = [bytes.fromhex("020000005e") + bytes((number,)) for number in range(100)]
SERVER = bytes.fromhex("00d0f8d9f104")
ANY_STATION = st.sampled_from([*STRANGERS, SERVER])


@given(st.lists(st.tuples(ANY_STATION, st.integers(0, 255)), max_size=400))
def test_whatever_asks_the_answers_are_bounded(requests: list[tuple[bytes, int]]) -> None:
    candidates = Candidates()

    answered = [server for server, identifier in requests if candidates.asks(server, identifier)]

    assert len(set(answered)) <= MOST_CANDIDATES
    assert all(answered.count(server) <= MOST_REQUESTS for server in answered)


@given(st.lists(st.tuples(ANY_STATION, st.integers(0, 255)), max_size=60), st.integers(0, 255))
def test_an_answer_to_the_group_is_for_all_who_asked_with_its_identifier(
    requests: list[tuple[bytes, int]], identifier: int
) -> None:
    candidates = Candidates()
    heeded = {server: asked for server, asked in requests if candidates.asks(server, asked)}

    candidates.is_answered(PAE_GROUP_ADDRESS, identifier)

    for server in (*STRANGERS, SERVER):
        assert candidates.may_go_on(server) is (heeded.get(server) == identifier)


def test_who_never_asked_may_not_go_on_although_an_answer_went_to_it() -> None:
    candidates = Candidates()

    candidates.is_answered(SERVER, 1)

    assert not candidates.may_go_on(SERVER)


# A relayed login.


def test_a_relayed_login_goes_on_with_the_server_that_goes_on(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request(source=STRANGERS[0]))
    campus.lan(campus.response(campus.identity, destination=STRANGERS[0]))

    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge())
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.ONLINE
    assert campus.session.status.server == campus.SERVER
    assert campus.of(ServerFound) == [ServerFound(STRANGERS[0]), ServerFound(campus.SERVER)]


def test_a_client_that_answers_to_the_group_answers_all_who_asked(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request(source=STRANGERS[0]))
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity, destination=PAE_GROUP_ADDRESS))

    campus.wan(campus.challenge())

    assert campus.session.status.server == campus.SERVER


@pytest.mark.parametrize("short_way", [False, True])
def test_who_answered_first_is_heard_no_more_once_the_server_goes_on(
    campus: Campus, short_way: bool
) -> None:
    campus.short_way = short_way
    campus.lan(campus.start())
    campus.wan(campus.identity_request(source=STRANGERS[0]))
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge())
    campus.forget_frames()

    campus.wan(campus.challenge(3, source=STRANGERS[0]))
    assert campus.client_got == []

    campus.wan(campus.challenge(3))
    assert campus.client_got == [campus.challenge(3, to=campus.CLIENT)]


@pytest.mark.parametrize("answered", [STRANGERS[0], STRANGERS[1], PAE_GROUP_ADDRESS])
def test_who_was_not_answered_cannot_go_on(campus: Campus, answered: bytes) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request(source=STRANGERS[0]))
    campus.wan(campus.identity_request(2, source=campus.OTHER_SERVER))
    campus.lan(campus.response(campus.identity, destination=answered))
    campus.forget_frames()

    campus.wan(campus.challenge(source=campus.OTHER_SERVER))
    campus.wan(campus.success(campus.GRANT, source=campus.OTHER_SERVER))

    assert campus.client_got == []
    assert campus.session.status.server == STRANGERS[0]


@pytest.mark.parametrize("short_way", [False, True])
def test_a_challenge_before_any_question_who_one_is_reaches_no_client(
    campus: Campus, short_way: bool
) -> None:
    campus.short_way = short_way
    campus.lan(campus.start())

    campus.wan(campus.challenge(source=STRANGERS[0]))
    assert campus.client_got == []
    campus.wan(campus.identity_request())

    assert campus.client_got[0][6:12] == campus.SERVER


def test_once_a_server_has_gone_on_nobody_else_is_heard(campus: Campus) -> None:
    campus.lan(campus.start())
    for server in (campus.SERVER, STRANGERS[0]):
        campus.wan(campus.identity_request(source=server))
        campus.lan(campus.response(campus.identity, destination=server))
    campus.wan(campus.challenge())
    campus.forget_frames()

    campus.wan(campus.identity_request(source=STRANGERS[1]))
    campus.wan(campus.challenge(source=STRANGERS[0]))

    assert campus.client_got == []
    assert campus.session.status.server == campus.SERVER


def test_the_client_has_to_answer_no_more_strangers_than_can_be_meant(campus: Campus) -> None:
    campus.lan(campus.start())
    for stranger in STRANGERS:
        campus.wan(campus.identity_request(source=stranger))

    assert len(campus.client_got) == 1 + MOST_CANDIDATES


def test_strangers_wait_for_the_server_that_is_known(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))
    campus.wan(campus.failure())
    campus.forget_frames()

    campus.lan(campus.start())
    for stranger in STRANGERS:
        campus.wan(campus.identity_request(source=stranger))
    assert campus.client_got == []
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge())

    assert [frame[6:12] for frame in campus.client_got] == [campus.SERVER] * 2


@pytest.mark.parametrize("short_way", [False, True])
def test_a_new_server_is_taken_where_the_known_one_is_silent(
    campus: Campus, short_way: bool
) -> None:
    campus.short_way = short_way
    campus.log_in(campus.success(campus.GRANT))
    campus.wan(campus.failure())

    campus.lan(campus.start())
    campus.wan(campus.identity_request(source=campus.OTHER_SERVER))
    campus.wait(0.5)

    assert campus.session.status.server == campus.OTHER_SERVER
    assert campus.client_got[-1][6:12] == campus.OTHER_SERVER


# Whom the machine is to hear.


def heard(campus: Campus) -> list[HeedServers]:
    return [action for action in campus.heeded if isinstance(action, HeedServers)]


def test_at_a_start_everybody_is_heard_anew_and_later_the_server_alone(campus: Campus) -> None:
    campus.lan(campus.start())
    assert heard(campus) == [HeedServers((), anew=True)]

    campus.wan(campus.identity_request(source=STRANGERS[0]))
    campus.lan(campus.response(campus.identity, destination=STRANGERS[0]))
    campus.wan(campus.identity_request())
    assert heard(campus)[1:] == [HeedServers((STRANGERS[0], campus.SERVER))]
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge())

    assert heard(campus)[-1] == HeedServers((campus.SERVER,))


def test_the_client_is_heeded_for_as_long_as_the_session_is_locked_to_it(
    make_campus: Callable[..., Campus],
) -> None:
    campus, named = make_campus(), make_campus(SessionSettings(clients=(SERVER, b"\2" * 6)))
    for one in (campus, named):
        one.lan(one.start())
        one.wan(one.identity_request())
        one.wan(one.failure())

    told = [action for action in campus.heeded if isinstance(action, HeedClients)]
    assert told == [HeedClients((campus.CLIENT,)), HeedClients(())]
    assert not any(isinstance(action, HeedClients) for action in named.heeded)
