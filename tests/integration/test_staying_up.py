"""Whatever befalls a session, at whatever moment: what was granted is not lost for it.

Granted is what was written down. Before that there is a moment in which a Success is in the air, or
has just been read; what is lost with it costs one more login, the router's own or the client's.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.engine import events
from ruijie_proxy.engine.reasons import Doubt
from ruijie_proxy.engine.states import State
from tests.integration.disturbed import (
    AFTERMATH,
    LIVES,
    DisturbedCampus,
    Life,
    assert_no_burst,
    flap,
    kill,
    suspend,
)
from tests.integration.own_campus import assert_within_limits

PATIENCE = 60.0
"""Seconds after which the switch drops who is silent."""
ASKED_FOR = 12.0
"""Seconds for which it asks for what is not answered."""
every_life = pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)


def lived(
    life: Life,
    moment: int,
    disturbance: Callable[[DisturbedCampus], None],
    *,
    forgiving: bool = True,
) -> DisturbedCampus:
    """Go through a life that is disturbed at one moment, and through what follows."""
    campus = life.make(moment, disturbance, forgiving=forgiving)
    life.live(campus)
    assert campus.disturbed_at is not None
    campus.run(AFTERMATH)
    return campus


def assert_goes_on(campus: DisturbedCampus, moment: int) -> None:
    """The session that was written down is still the switch's only one."""
    assert campus.state() is State.ONLINE, f"moment {moment}"
    assert campus.switch.session is not None, f"moment {moment}"
    assert campus.switch.starts == campus.starts_then, f"moment {moment}"
    assert campus.switch.complaints == [], f"moment {moment}"


def assert_found_its_way(life: Life, campus: DisturbedCampus, moment: int) -> None:
    """The router knows whether it is online, and is so again by the next login at the latest."""
    assert_no_burst(campus)
    assert_within_limits(campus)
    is_online = campus.switch.session is not None
    assert (campus.state() is State.ONLINE) is is_online, f"moment {moment}"
    assert campus.switch.starts <= campus.starts_then + 3, f"moment {moment}"
    if not life.relayed:
        assert is_online, f"moment {moment}"
    elif not is_online:
        assert campus.state() is State.WAITING, f"moment {moment}"
        campus.pc_is_there = True
        campus.login()
        assert campus.state() is State.ONLINE, f"moment {moment}"


@every_life
def test_a_kill_at_any_moment_loses_nothing_that_had_been_granted(life: Life) -> None:
    granted = 0
    for moment in range(life.number_of_moments()):
        campus = lived(life, moment, kill, forgiving=False)
        if campus.struck_between:
            # The number of a heartbeat that may not have been sent is not used again.
            campus = lived(life, moment, kill)
        if campus.kept_then:
            granted += 1
            assert campus.of(events.Resumed)
            assert_goes_on(campus, moment)
        else:
            assert_found_its_way(life, campus, moment)
    assert granted >= 30


@every_life
def test_a_short_flap_of_the_link_at_any_moment_is_lived_through(life: Life) -> None:
    for moment in range(life.number_of_moments()):
        campus = lived(life, moment, flap(3.0))
        if campus.kept_then and life.mode is Mode.RELAY:
            assert_goes_on(campus, moment)
        assert_found_its_way(life, campus, moment)


@pytest.mark.parametrize("life", [life for life in LIVES.values() if life.mode is not Mode.RELAY])
def test_after_a_short_flap_the_router_logs_in_anew_at_once(life: Life) -> None:
    """Most switches have closed their port; where this one has not, it is one login more."""
    moments = 0
    for moment in range(life.number_of_moments()):
        campus = lived(life, moment, flap(3.0))
        if campus.kept_then:
            moments += 1
            assert campus.switch.starts == campus.starts_then + 1, f"moment {moment}"
            assert events.SessionDoubtful(Doubt.LINK) in campus.events
            assert not campus.session.status.doubtful
    assert moments >= 30


@every_life
def test_a_long_flap_of_the_link_at_any_moment_leads_to_another_login(life: Life) -> None:
    for moment in range(life.number_of_moments()):
        campus = lived(life, moment, flap(200.0))
        assert_found_its_way(life, campus, moment)
        backs = [one for one in campus.of(events.LinkBack) if isinstance(one, events.LinkBack)]
        # None: nobody had begun yet.
        assert [one.session_goes_on for one in backs] in ([], [False])


@every_life
@pytest.mark.parametrize("seconds", [3.0, 30.0, 200.0, 7200.0])
def test_a_machine_that_sleeps_at_any_moment_finds_its_way(life: Life, seconds: float) -> None:
    for moment in range(life.number_of_moments()):
        campus = lived(life, moment, suspend(seconds))
        was_asked = campus.disturbed_at == campus.asked_at
        if campus.kept_then and (seconds <= 3.0 or (seconds <= 30.0 and not was_asked)):
            assert_goes_on(campus, moment)
        if (campus.in_the_air and seconds > PATIENCE) or (was_asked and seconds > ASKED_FOR):
            # It wakes with a Success or the client's heartbeat in its hand, and nothing tells how
            # old that is; or the switch wanted something meanwhile, and went without being heard.
            assert_within_limits(campus)
        else:
            assert_found_its_way(life, campus, moment)


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_the_clock_on_the_wall_is_nothing_to_what_runs(
    life: Life, jump: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put right by an hour at any moment, it changes nothing that anybody gets, nor when."""
    undisturbed = life.make()
    life.live(undisturbed)
    wall = time.time
    asked: list[float] = []

    def tell() -> float:
        asked.append(wall() + jump)
        return asked[-1]

    monkeypatch.setattr(time, "time", tell)
    monkeypatch.setattr(time, "monotonic", lambda: pytest.fail("the engine reads no clock"))
    campus = life.make()
    life.live(campus)

    assert not asked
    assert campus.sent == undisturbed.sent
    assert campus.kept == undisturbed.kept
    assert campus.memory == undisturbed.memory
