"""When a login may begin, by the campus's hours and the clock on the wall."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.login.timetable import LOOK_AGAIN, Timetable, text_of
from ruijie_proxy.engine.settings import OpenHours

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
EVERY_DAY = tuple(OpenHours(day, 360, 1439) for day in range(7))
WEEKEND = (
    *(OpenHours(day, 360, 1410) for day in range(4)),
    *(OpenHours(day, 0, 1440) for day in (4, 5, 6)),
)
LATE = 30.0
"""What chance adds to the hours' beginning on this bench: the middle of 15 to 45 s."""
NOW = 5000.0


def timetable(
    day: int,
    second: float,
    hours: tuple[OpenHours, ...] = EVERY_DAY,
    learned: tuple[OpenHours, ...] = (),
) -> Timetable:
    return Timetable(hours, learned, lambda: (day, second), lambda: 0.5)


def wait(table: Timetable, pause: float = 0.0) -> float:
    return table.from_then(NOW + pause, NOW) - NOW


def test_within_the_hours_a_login_begins_at_once() -> None:
    assert wait(timetable(0, 12 * HOUR)) == 0


def test_a_pause_that_ends_within_the_hours_is_as_long_as_it_was() -> None:
    assert wait(timetable(0, 12 * HOUR), pause=300) == 300


def test_at_night_a_login_waits_for_the_morning_and_half_a_minute() -> None:
    assert wait(timetable(0, 2 * HOUR)) == 4 * HOUR + LATE


def test_on_sunday_night_for_mondays() -> None:
    assert wait(timetable(6, 23 * HOUR + 59.5 * MINUTE)) == 6 * HOUR + 0.5 * MINUTE + LATE


def test_just_before_closing_no_login_begins_any_more() -> None:
    assert wait(timetable(0, 23 * HOUR + 58 * MINUTE)) > 6 * HOUR


def test_a_pause_that_would_end_in_the_night_ends_in_the_morning() -> None:
    assert wait(timetable(0, 23 * HOUR), pause=2 * HOUR) == 7 * HOUR + LATE


def test_hours_that_go_on_after_midnight_are_not_left_in_between() -> None:
    assert wait(timetable(4, DAY - 30, WEEKEND)) == 0
    assert wait(timetable(5, 0.0, WEEKEND)) == 0
    assert wait(timetable(6, DAY - 30, WEEKEND)) == 30 + 6 * HOUR + LATE


@pytest.mark.parametrize("pause", [0.0, 300.0])
def test_while_the_clock_is_not_set_any_hour_will_do(pause: float) -> None:
    table = Timetable(EVERY_DAY, (), lambda: None, lambda: 0.5)
    assert wait(table, pause) == pause
    assert not table.is_closed()


def test_hours_of_always_never_close() -> None:
    always = tuple(OpenHours(day, 0, 1440) for day in range(7))
    assert wait(timetable(6, DAY - 1, always)) == 0


@pytest.mark.parametrize(("chance", "late"), [(0.0, 15.0), (0.5, 30.0), (1.0, 45.0)])
def test_chance_spreads_a_dormitory_over_less_than_a_minute(chance: float, late: float) -> None:
    opening = Timetable(EVERY_DAY, (), lambda: (0, 6 * HOUR), lambda: chance)
    assert wait(opening) == late
    assert LOOK_AGAIN <= MINUTE


# What a refusal teaches.


def test_a_refusal_at_night_that_names_the_hours_teaches_them() -> None:
    table = timetable(2, 1 * HOUR, hours=())
    learned = table.learn("不在认证时段内，正常上网时段为:日常06:00-23:59")
    assert learned is not None
    assert text_of(learned) == "06:00-23:59"
    assert wait(table) == 5 * HOUR + LATE


def test_named_times_in_which_it_was_said_are_those_that_are_closed() -> None:
    learned = timetable(2, 1 * HOUR, hours=()).learn("23:30-6:00 为断网时段")
    assert learned is not None
    assert text_of(learned) == "06:00-23:30"


@pytest.mark.parametrize("seconds", [-20.0, 0.0, 20.0], ids=["behind", "exact", "ahead"])
@pytest.mark.parametrize("text", ["正常上网时段为:日常06:00-23:59", "每天23:59至次日06:00断网时间"])
def test_just_at_the_closing_either_way_to_say_it_is_understood(text: str, seconds: float) -> None:
    table = timetable(2, 23 * HOUR + 59 * MINUTE + seconds, hours=())
    learned = table.learn(text)
    assert learned is not None
    assert text_of(learned) == "06:00-23:59"


@pytest.mark.parametrize("text", ["正常上网时段为:日常06:00-23:59", "每天23:59至次日06:00断网时间"])
def test_a_campus_that_opens_later_than_it_says_is_not_taken_to_be_open_at_night(text: str) -> None:
    table = timetable(2, 6 * HOUR + 10 * MINUTE, hours=(), learned=EVERY_DAY)
    for _ in range(2):
        assert not table.learn(text)
        assert wait(table) == 0


def test_hours_that_teach_nothing_new_are_not_told_again() -> None:
    table = timetable(2, 1 * HOUR, hours=())
    text = "正常上网时段为:日常06:00-23:59"
    assert table.learn(text) is not None
    assert table.learn(text) is None
    assert table.learn("不在认证时段内") is None


def test_learned_hours_that_a_refusal_belies_are_forgotten() -> None:
    table = timetable(2, 12 * HOUR, hours=(), learned=EVERY_DAY)
    assert table.learn("不在认证时段内") == ()
    assert not table.is_closed()


def test_the_users_own_hours_go_before_what_a_server_says() -> None:
    assert timetable(2, 1 * HOUR).learn("正常上网时段为:日常08:00-22:00") is None


def test_a_text_that_cannot_be_true_just_now_teaches_nothing() -> None:
    monday_alone = "周一00:00-12:00"
    assert timetable(2, 13 * HOUR, hours=()).learn(monday_alone) is None
