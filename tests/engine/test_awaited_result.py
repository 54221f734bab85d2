"""A server that has the proof and says nothing: how long its result is awaited, and what follows.

It may have been asked by a whole campus at once, after a power cut. Who begins anew meanwhile
gives its place in the queue away, and all who begin anew at once make it worse.
"""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.events import LoginTimedOut, NextTryPlanned, StartIgnored
from ruijie_proxy.engine.login.tries import LIMIT_SPREAD
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.reasons import Hurdle
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.unanswered import RESULT_SPREAD, RESULT_WAIT
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from tests.engine.conftest import CLIENT, GRANT, Campus, Frames
from tests.engine.own_session import LOGIN, OwnCampus, begun

LONGEST = RESULT_WAIT + RESULT_SPREAD


def starts(campus: Campus) -> int:
    """Return how many Starts went to the server."""
    return sum(frame[TYPE_OFFSET] == EapolType.START for frame in campus.server_got)


def prove(campus: Campus) -> None:
    """Let a client log in up to its proof."""
    for put_in, frame in (
        (campus.lan, campus.start()),
        (campus.wan, campus.identity_request(to=campus.facts.mac)),
        (campus.lan, campus.response(campus.identity)),
        (campus.wan, campus.challenge(to=campus.facts.mac)),
        (campus.lan, campus.response(campus.md5)),
    ):
        put_in(frame)
    campus.forget_frames()


# The router's own login.


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_after_silence_chance_decides_when_the_router_begins_anew(chance: float) -> None:
    campus = begun()
    campus.chance = chance
    campus.wan(Frames.identity_request())
    campus.wan(Frames.challenge())
    campus.to_server.clear()

    campus.wait(RESULT_WAIT + RESULT_SPREAD * chance - 0.1)
    assert not campus.to_server
    campus.wait(0.2)
    assert len(campus.to_server) == 1
    assert campus.of(LoginTimedOut) == [LoginTimedOut(True, client_is_awaited=False)]


def test_a_result_that_the_switch_got_at_its_last_attempt_is_not_missed() -> None:
    campus = begun()
    campus.wan(Frames.identity_request())
    campus.wan(Frames.challenge())

    campus.wan(Frames.success(GRANT), after=15.0 + 2.5)

    assert campus.state() is State.ONLINE


def test_routers_that_the_limits_hold_back_do_not_come_back_as_one() -> None:
    waits = []
    for chance in (0.0, 1.0):
        tries = tuple(1000.0 - ago for ago in (3, 2, 1))
        campus = OwnCampus(memory=LoginMemory(tries, settings=settings_digest(LOGIN)))
        campus.chance = chance
        campus.begin()
        waits += [event.seconds for event in campus.of(NextTryPlanned) if event.limited]

    assert waits[1] - waits[0] == pytest.approx(LIMIT_SPREAD)


# A client's login.


def test_a_start_while_the_server_has_the_proof_waits_and_the_result_ends_it(
    campus: Campus,
) -> None:
    prove(campus)
    campus.wait(8.0)
    campus.lan(campus.start())

    assert not campus.server_got, "the switch would forget what it has asked the server"
    assert campus.of(StartIgnored) == [StartIgnored(CLIENT, Hurdle.AWAITS_RESULT)]

    campus.wait(3.0)
    campus.wan(campus.success(GRANT))
    assert campus.session.state is State.ONLINE
    campus.wait(LONGEST)
    assert starts(campus) == 0


def test_a_start_that_has_waited_goes_out_once_no_result_can_come(campus: Campus) -> None:
    prove(campus)
    campus.wait(8.0)
    campus.lan(campus.start())
    campus.lan(campus.start())

    campus.wait(RESULT_WAIT - 8.1)
    assert not campus.server_got
    campus.wait(RESULT_SPREAD + 0.2)
    assert starts(campus) == 1

    campus.wan(campus.identity_request(to=campus.facts.mac))
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge(to=campus.facts.mac))
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(GRANT))
    assert campus.session.state is State.ONLINE


def test_clients_behind_many_routers_do_not_begin_anew_as_one() -> None:
    """The challenge decides, which the server has drawn for each by chance, and its addressee."""
    ends = []
    for number in range(100):
        campus = Campus(facts=RouterFacts(bytes((2, 0, 0, 0, 0, number))))
        prove(campus)
        campus.lan(campus.start())
        campus.now += RESULT_WAIT
        ends.append((campus.session.next_deadline or 0.0) - campus.now)

    tenths = {int(seconds / RESULT_SPREAD * 10) for seconds in ends}
    assert tenths == set(range(10))


def test_a_client_that_has_given_no_proof_may_begin_anew_at_once(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request(to=campus.facts.mac))
    campus.lan(campus.response(campus.identity))
    campus.wait(3.0)
    campus.forget_frames()

    campus.lan(campus.start())

    assert starts(campus) == 1


def test_a_start_after_the_time_for_a_result_goes_out_at_once(campus: Campus) -> None:
    prove(campus)

    campus.wait(LONGEST + 0.1)
    campus.lan(campus.start())

    assert starts(campus) == 1
