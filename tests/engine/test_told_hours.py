"""The hours that a refusal names, read from the words of campuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.login.timetable import text_of
from ruijie_proxy.engine.login.told_hours import told_hours


def readings(text: str) -> list[str]:
    return [text_of(hours) for hours in told_hours(text)]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("正常上网时段为:日常06:00-23:59", "06:00-23:59"),
        ("您不在认证时段内，开放时间：6：00～23：30", "06:00-23:30"),
        ("可上网时间 6点到23点30分", "06:00-23:30"),
        ("上网时间为每天 06:00:00 至 24:00:00", "06:00-24:00"),
        (
            "周日至周四06:00-23:30，周五、周六06:00-24:00",
            "mon,tue,wed,thu,sun 06:00-23:30, fri,sat 06:00-24:00",
        ),
        (
            "工作日 6:30~23:00，周末 7:00~24:00",
            "mon-fri 06:30-23:00, sat,sun 07:00-24:00",
        ),
        (
            "星期一到星期五 07:00-12:00 14:00-23:00",
            "mon-fri 07:00-12:00, 14:00-23:00, sat,sun 00:00-24:00",
        ),
        (
            "周五06:00-次日01:00",
            "mon,tue,wed,thu,sat,sun 00:00-24:00, fri 06:00-24:00",
        ),
    ],
)
def test_hours_are_read_with_their_days(text: str, hours: str) -> None:
    assert readings(text)[0] == hours


def test_times_can_mean_when_it_is_closed_as_well() -> None:
    assert readings("22:00:00至次日07:00:00") == ["00:00-07:00, 22:00-24:00", "07:00-22:00"]


@pytest.mark.parametrize("text", ["22:00至次日07:00断网", "07:00-22:00以外禁止上网"])
def test_beside_a_word_of_closing_no_campus_is_closed_for_most_of_the_day(text: str) -> None:
    assert readings(text) == ["07:00-22:00"]


def test_nor_does_it_open_when_the_hours_that_a_text_names_are_over() -> None:
    assert readings("上网时段:06:00-23:30") == ["06:00-23:30"]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("您的上网时段为6点到23点半", "06:00-23:30"),
        ("开放时间 早上6:00 至 晚上11:30", "06:00-23:30"),
        ("晚上11点半至次日早上6点半断网", "06:30-23:30"),
        ("晚上12点至凌晨6点断网", "06:00-24:00"),
        ("中午12:00-下午2:00、下午6点到晚上10点", "12:00-14:00, 18:00-22:00"),
    ],
)
def test_hours_are_read_by_a_clock_of_twelve_hours_too(text: str, hours: str) -> None:
    assert readings(text)[0] == hours


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不在认证时段内",
        "系统将在6分钟后自动恢复",
        "06:00",
        "99:99-88:88",
        "25:00-26:00",
        "6-23",
    ],
)
def test_a_text_without_times_tells_no_hours(text: str) -> None:
    assert readings(text) == []


@given(st.text(alphabet="0123456789:：-至点分周一五日末工作 次", max_size=40))
def test_whatever_a_text_says_hours_are_hours(text: str) -> None:
    for hours in told_hours(text):
        assert all(0 <= item.day < 7 and 0 <= item.begin < item.end <= 1440 for item in hours)
