"""A campus that cuts everybody off at night, for a year."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.settings import Dialect, OpenHours
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab import options as lab
from ruijie_proxy.lab.options import SwitchOptions
from ruijie_proxy.values import replace
from tests.integration.own_campus import DAY, HOUR, MINUTE, Routed, account, own

OPENS, CLOSES = 6 * HOUR, 23 * HOUR + 59 * MINUTE
HOURS = tuple(OpenHours(day, 360, 1439) for day in range(7))
WORDLESS = "不在认证时段内"
NAMING = "不在认证时段内，正常上网时段为:日常06:00-23:59"
CUT_OFF = "您已被强制下线"


@dataclass
class Year:
    """What the nights came to."""

    tries: list[int]
    """Refused ones, night by night."""
    back_after: list[float]
    """Seconds after the hours' beginning, morning by morning."""


class NightlyCampus:
    """It closes at night by its own clock; the router's may be a little off."""

    def __init__(self, routed: Routed, text: str = WORDLESS, **settings: Any) -> None:
        self.text = text
        self.skew = 0.0
        """Seconds by which the router's clock is ahead."""
        self.clock_is_set = True
        self.jump = 0.0
        """Seconds that the router's local time has jumped by, as daylight saving does."""
        plain = SwitchOptions(dialect=lab.Dialect.PLAIN)
        self.campus = own(routed, plain, login=account(dialect=Dialect.PLAIN), **settings)
        self.campus.local_time = self.local_time
        self.midnight = self.campus.now - 12 * HOUR
        """When the day began that this is the noon of."""

    def local_time(self, now: float) -> tuple[int, float] | None:
        if not self.clock_is_set:
            return None
        wall = now - self.midnight + self.skew + self.jump
        return int(wall // DAY) % 7, wall % DAY

    def run_until(self, when: float) -> None:
        self.campus.run(max(0.0, self.midnight + when - self.campus.now))

    def close(self) -> None:
        self.campus.switch.kick(self.campus.now, CUT_OFF)
        self.campus.switch.options = replace(self.campus.switch.options, refuse_always=self.text)

    def open(self) -> None:
        self.campus.switch.options = replace(self.campus.switch.options, refuse_always=None)

    def live(self, nights: int, chance: Random | None = None) -> Year:
        """Go through some nights, the router's clock being up to 10 s off where there is chance."""
        year = Year([], [])
        switch = self.campus.switch
        self.campus.begin()
        for night in range(nights):
            if chance is not None:
                self.skew = chance.uniform(-10, 10)
            refused = switch.refused
            self.run_until(night * DAY + CLOSES)
            self.close()
            self.run_until((night + 1) * DAY + OPENS)
            self.open()
            opened = self.campus.now
            while self.campus.state() is not State.ONLINE:
                self.campus.run(1.0)
                assert self.campus.now < opened + 2 * HOUR
            year.back_after.append(self.campus.now - opened)
            year.tries.append(switch.refused - refused)
            self.run_until((night + 1) * DAY + 12 * HOUR)
        return year


def test_with_its_hours_a_router_is_refused_once_a_night_at_most_and_back_within_a_minute(
    routed: Routed,
) -> None:
    year = NightlyCampus(routed, hours=HOURS).live(365, Random(1))

    assert max(year.tries) <= 1
    assert max(year.back_after) <= 60


def test_a_refusal_that_names_the_hours_does_as_well_from_the_first_night_on(
    routed: Routed,
) -> None:
    campus = NightlyCampus(routed, NAMING)
    year = campus.live(365, Random(2))

    assert max(year.tries) <= 1
    assert max(year.back_after) <= 60
    learned = campus.campus.of(events.HoursLearned)
    assert [event.hours for event in learned] == ["06:00-23:59"]
    assert campus.campus.session.status.hours == "06:00-23:59"


def test_without_any_hours_it_is_tried_slowly_as_before(routed: Routed) -> None:
    year = NightlyCampus(routed).live(30)

    assert max(year.tries) > 1
    assert max(year.back_after) > 60


def test_what_was_learned_outlives_a_restart(routed: Routed) -> None:
    campus = NightlyCampus(routed, NAMING)
    campus.live(1)
    campus.run_until(DAY + CLOSES)
    campus.close()
    campus.campus.run(MINUTE)
    campus.campus.restart_router()
    refused = campus.campus.switch.refused
    campus.run_until(2 * DAY + OPENS - MINUTE)

    assert campus.campus.switch.refused == refused
    assert campus.campus.session.status.hours == "06:00-23:59"


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["spring", "autumn"])
def test_the_hours_follow_the_clock_on_the_wall_when_it_jumps(routed: Routed, jump: float) -> None:
    campus = NightlyCampus(routed, hours=HOURS)
    campus.campus.begin()
    campus.run_until(CLOSES)
    campus.close()
    campus.run_until(DAY + 2 * HOUR)
    campus.jump = jump
    campus.run_until(DAY + OPENS - jump)
    campus.open()
    campus.campus.run(MINUTE)

    assert campus.campus.state() is State.ONLINE


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["spring", "autumn"])
def test_so_they_do_where_the_campus_closes_without_a_word(routed: Routed, jump: float) -> None:
    campus = NightlyCampus(routed, hours=HOURS)
    switch = campus.campus.switch
    switch.options = replace(switch.options, probe_interval=30.0)
    campus.campus.begin()
    campus.run_until(CLOSES)
    switch.session = None
    switch.options = replace(switch.options, refuse_always=campus.text)
    campus.run_until(DAY + 2 * HOUR)
    assert campus.campus.session.status.doubtful
    campus.jump = jump
    campus.run_until(DAY + OPENS - jump)
    assert switch.refused == 0
    campus.open()
    campus.campus.run(MINUTE)

    assert switch.session is not None
    assert not campus.campus.session.status.doubtful


def test_a_clock_that_is_set_late_keeps_nobody_out(routed: Routed) -> None:
    """A router that comes up at noon and believes it is night logs in all the same."""
    campus = NightlyCampus(routed, hours=HOURS)
    campus.jump = 14 * HOUR  # it says two at night
    campus.campus.begin()
    campus.campus.run(10.0)

    assert campus.campus.state() is State.ONLINE


def test_a_clock_that_was_not_set_for_a_night_is_followed_once_it_is(routed: Routed) -> None:
    campus = NightlyCampus(routed, hours=HOURS)
    campus.clock_is_set = False
    campus.campus.begin()
    campus.run_until(CLOSES)
    campus.close()
    campus.run_until(DAY + 2 * HOUR)
    campus.clock_is_set = True
    refused = campus.campus.switch.refused
    campus.run_until(DAY + OPENS)
    campus.open()
    campus.campus.run(MINUTE)

    assert campus.campus.switch.refused <= refused + 1
    assert campus.campus.state() is State.ONLINE
