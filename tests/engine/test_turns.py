"""Whose turn it is to log in: who does not answer loses it to whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import ClientWaits, LoginStarted, OwnLoginBegun, TurnPassed
from ruijie_proxy.engine.login.supplicant import EAGER_FOR
from ruijie_proxy.engine.relay.relayed_login import IDENTITY_PATIENCE, PROOF_PATIENCE
from ruijie_proxy.engine.relay.turns import LONGEST_LINE, LONGEST_WAIT, Turns, Waiting
from ruijie_proxy.engine.settings import MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from tests.engine.conftest import CLIENT, GRANT, Frames
from tests.engine.own_session import OwnCampus, paused
from tests.engine.test_strangers_starts import bare_start

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

STRANGER = bytes.fromhex("02000000bad1")
OTHER = Frames.OTHER_CLIENT


def test_a_client_has_its_turn_within_five_seconds_of_a_stranger_that_says_nothing(
    campus: Campus,
) -> None:
    campus.lan(bare_start(STRANGER))
    campus.wan(campus.identity_request())
    campus.lan(campus.start())
    assert campus.of(ClientWaits) == [ClientWaits(CLIENT)]
    campus.forget_frames()

    campus.wait(4.99)

    assert len(campus.server_got) == 1
    assert campus.of(TurnPassed) == [TurnPassed(STRANGER, IDENTITY_PATIENCE, was_asked=True)]
    assert campus.of(LoginStarted) == [LoginStarted(CLIENT, campus.PORT, again=False)]
    campus.log_in(campus.success(GRANT))
    assert campus.session.status.client == CLIENT


def test_a_switch_that_repeats_its_question_gives_a_stranger_no_new_time(campus: Campus) -> None:
    campus.lan(bare_start(STRANGER))
    campus.wan(campus.identity_request())
    campus.wait(3.0)
    campus.lan(bare_start(STRANGER))
    campus.wan(campus.identity_request())
    campus.lan(campus.start())

    campus.wait(1.1)

    assert campus.session.status.client == CLIENT


def test_a_start_that_no_server_answers_holds_nobody_up_either(campus: Campus) -> None:
    """It may go to the group that this switch does not heed, or the switch be waking up yet."""
    campus.lan(bare_start(STRANGER))
    campus.wait(1.0)
    campus.lan(campus.start())

    campus.wait(IDENTITY_PATIENCE - 1.0)

    assert campus.of(TurnPassed) == [TurnPassed(STRANGER, IDENTITY_PATIENCE, was_asked=False)]
    assert campus.session.status.client == CLIENT
    campus.log_in(campus.success(GRANT))
    assert campus.state() is State.ONLINE


def test_clients_call_a_switch_in_turn_while_none_answers(campus: Campus) -> None:
    for seconds in range(24):
        if seconds % 3 == 0:
            campus.lan(bare_start(STRANGER))
            campus.lan(campus.start())
        campus.wait(1.0)

    callers = [started.client for started in campus.of(LoginStarted)]
    assert callers == [STRANGER, CLIENT] * 3 + [STRANGER]


def test_a_start_that_no_server_answers_keeps_its_turn_where_nobody_waits(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wait(30.0)

    campus.log_in(campus.success(GRANT))

    assert campus.of(TurnPassed) == []


def test_a_client_that_answers_keeps_its_turn(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.lan(campus.start(OTHER))

    campus.wait(30.0)

    assert campus.session.status.client == CLIENT
    assert campus.of(TurnPassed) == []


def test_who_says_a_name_and_proves_nothing_loses_its_turn_too(campus: Campus) -> None:
    campus.lan(campus.start(STRANGER))
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity, STRANGER))
    campus.wan(campus.challenge())
    campus.lan(campus.start())

    campus.wait(PROOF_PATIENCE)

    assert campus.session.status.client == CLIENT


def test_a_slow_client_keeps_its_turn_where_nobody_waits(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.wait(30.0)

    campus.lan(campus.response(campus.identity))

    assert len(campus.server_got) == 2
    assert campus.state() is State.AUTHENTICATING


def test_who_has_let_turns_pass_waits_behind_who_has_not(campus: Campus) -> None:
    for _ in range(2):
        campus.lan(bare_start(STRANGER))
        campus.wan(campus.identity_request())
        campus.lan(campus.start(OTHER))
        campus.wait(IDENTITY_PATIENCE)
        campus.wan(campus.failure())  # OTHER's login
    campus.lan(campus.start(OTHER))
    campus.wan(campus.identity_request())
    campus.lan(bare_start(STRANGER))
    campus.wait(1.0)
    campus.lan(campus.start())

    campus.wait(IDENTITY_PATIENCE)

    assert campus.session.status.client == CLIENT


def test_who_has_logged_in_since_waits_in_front_of_who_came_later(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.start(OTHER))
    campus.wait(IDENTITY_PATIENCE)
    assert [passed.client for passed in campus.of(TurnPassed)] == [CLIENT]
    campus.wan(campus.failure())  # OTHER's login
    campus.go_online()
    campus.wan(campus.failure())
    campus.lan(bare_start(STRANGER))
    campus.wan(campus.identity_request())
    campus.lan(campus.start())
    campus.lan(campus.start(OTHER))

    campus.wait(IDENTITY_PATIENCE)

    assert campus.session.status.client == CLIENT


# A login that has come to its end: who starts next is next.


def asked_anew(make_campus: Callable[..., Campus]) -> Campus:
    """Return a session online whose client logs in anew, and is asked who it is."""
    campus = make_campus(SessionSettings(any_client=True))
    campus.go_online()
    for _ in range(2):
        campus.wait(5.0)
        campus.lan(campus.start())
    campus.wan(campus.identity_request())
    return campus


def stays_silent(campus: Campus) -> None:
    """Let the server ask who is there, and nobody say so."""
    campus.wan(campus.identity_request())
    campus.wait(IDENTITY_PATIENCE)


def test_who_waited_for_a_login_that_succeeded_gets_no_turn_while_that_session_is_held(
    campus: Campus,
) -> None:
    campus.lan(campus.start())
    campus.lan(campus.start(OTHER))
    campus.log_in(campus.success(GRANT))
    for _ in range(2):
        campus.wait(5.0)
        campus.lan(campus.start())
    assert campus.state() is State.LOGGING_IN_AGAIN

    stays_silent(campus)

    assert campus.of(TurnPassed) == []
    assert campus.session.status.client == CLIENT


def test_who_waited_for_a_login_that_was_refused_does_not_wait_for_the_next_one(
    campus: Campus,
) -> None:
    campus.lan(campus.start())
    campus.lan(campus.start(OTHER))
    campus.wan(campus.failure())
    campus.lan(campus.start())

    stays_silent(campus)

    assert campus.of(TurnPassed) == []
    assert campus.session.status.client == CLIENT


def test_who_waited_for_a_login_anew_without_a_result_does_not_wait_for_the_next_one(
    make_campus: Callable[..., Campus],
) -> None:
    campus = asked_anew(make_campus)
    campus.lan(campus.response(campus.identity))
    campus.wait(campus.settings.login_timeout - 1.0)
    campus.lan(campus.start(OTHER))
    assert campus.of(ClientWaits) == [ClientWaits(OTHER)]
    campus.wait(1.0)
    assert campus.state() is State.ONLINE
    campus.lan(campus.start())

    stays_silent(campus)

    assert campus.of(TurnPassed) == []
    assert campus.session.status.client == CLIENT


def test_a_session_that_is_held_waits_for_nobody_who_may_not_log_in_anew(
    make_campus: Callable[..., Campus],
) -> None:
    campus = asked_anew(make_campus)
    campus.lan(bare_start(STRANGER))
    campus.wait(IDENTITY_PATIENCE)
    assert campus.session.status.client == CLIENT
    assert campus.state() is State.LOGGING_IN_AGAIN

    campus.lan(campus.start(OTHER))

    assert campus.session.status.client == OTHER
    assert campus.state() is State.LOGGING_IN_AGAIN


def test_the_wan_port_takes_the_address_of_the_next_client(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(mac=MacMode.CLONE))
    campus.lan(bare_start(STRANGER))
    campus.wan(campus.identity_request(to=STRANGER))
    campus.lan(campus.start())

    campus.wait(IDENTITY_PATIENCE)

    assert campus.asked_addresses == [STRANGER, CLIENT]


def test_in_auto_a_stranger_holds_the_router_up_for_seconds_alone() -> None:
    campus = paused(auto=True)
    campus.lan(bare_start(STRANGER))
    campus.wan(Frames.identity_request())
    assert campus.state() is State.AUTHENTICATING

    campus.wait(4.99)

    assert campus.state() is State.BACKOFF
    assert campus.session.status.next_try is not None


def test_in_auto_one_that_calls_in_vain_keeps_the_router_from_calling_for_seconds_alone() -> None:
    campus = OwnCampus(auto=True)
    campus.begin()
    campus.wait(EAGER_FOR + 1.0)
    campus.lan(bare_start(STRANGER))
    assert campus.of(LoginStarted) == [LoginStarted(STRANGER, campus.PORT, again=False)]
    calls = len(campus.of(OwnLoginBegun))

    campus.wait(IDENTITY_PATIENCE + 0.1)

    (passed,) = campus.of(TurnPassed)
    assert (passed.client, passed.was_asked) == (STRANGER, False)
    assert len(campus.of(OwnLoginBegun)) == calls + 1
    campus.log_in(Frames.success(GRANT))
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("clients", [LONGEST_LINE, 1000])
def test_the_line_is_short_however_many_addresses_are_made_up(clients: int) -> None:
    turns = Turns()
    for number in range(clients):
        turns.wait(Waiting(number.to_bytes(6, "big"), "lan2", b"", 1000.0))

    served = []
    while (one := turns.next(1001.0)) is not None:
        served.append(one.client)

    assert served == [number.to_bytes(6, "big") for number in range(LONGEST_LINE)]


def test_who_has_gone_is_not_served() -> None:
    turns = Turns()
    turns.wait(Waiting(CLIENT, "lan2", b"", 1000.0))

    assert turns.next(1000.0 + LONGEST_WAIT + 0.1) is None


def test_a_full_line_gives_way_to_one_that_has_let_fewer_turns_pass() -> None:
    turns = Turns()
    idlers = [number.to_bytes(6, "big") for number in range(LONGEST_LINE)]
    for idler in idlers:
        turns.let_pass(idler, 1000.0)
        turns.wait(Waiting(idler, "lan2", b"", 1000.0))
    turns.wait(Waiting(CLIENT, "lan2", b"", 1001.0))

    first = turns.next(1001.0)

    assert first is not None
    assert first.client == CLIENT
