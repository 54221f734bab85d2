"""The hours of a campus, as they are written in the configuration."""

from __future__ import annotations

import pytest

from ruijie_proxy.config.shape.hours import DAYS, MINUTES_OF_DAY, hours
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.engine.login import told_hours
from ruijie_proxy.engine.login.timetable import text_of
from ruijie_proxy.engine.settings import OpenHours


def read(value: str) -> str:
    """Return hours as the program itself writes them."""
    return text_of(tuple(OpenHours(*span) for span in hours(value)))


@pytest.mark.parametrize(
    ("value", "same"),
    [
        ("06:00-23:59", "06:00-23:59"),
        ("6:00-24:00", "06:00-24:00"),
        ("sat 06:00-24:00", "sat 06:00-24:00"),
        (
            "mon-thu 06:00-23:30, fri,sat 06:00-24:00",
            "mon-thu 06:00-23:30, fri,sat 06:00-24:00",
        ),
        ("MON, Tue 7:00-8:00 ,9:00-10:00", "mon,tue 07:00-08:00, 09:00-10:00"),
        ("22:00-24:00, 00:00-06:00", "00:00-06:00, 22:00-24:00"),
        ("fri-mon 06:00-23:00", "mon,fri,sat,sun 06:00-23:00"),
        ("06:00-12:00 12:00-18:00", "06:00-12:00, 12:00-18:00"),
    ],
)
def test_hours_are_read_with_their_days(value: str, same: str) -> None:
    assert read(value) == same
    assert read(same) == same


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("", "names no times"),
        ("mon", "names no times"),
        ("06:00-07:00 mon", "ends in a day without times"),
        ("06:00", "has something that is not two times of a day"),
        ("06:00-", "has something that is not two times of a day"),
        ("06:00-25:00", "has something that is not two times of a day"),
        ("06:60-07:00", "has something that is not two times of a day"),
        ("6-23", "has something that is not two times of a day"),
        ("٠٦:00-07:00", "has something that is not two times of a day"),
        (
            "23:00-06:00",
            "has hours that end before they begin; a night is two: 22:00-24:00, 00:00-06:00",
        ),
        (
            "06:00-06:00",
            "has hours that end before they begin; a night is two: 22:00-24:00, 00:00-06:00",
        ),
        ("06:00-12:00, mon 11:00-13:00", "has hours of mon that overlap"),
        ("mun 06:00-23:00", "has an unknown day; did you mean sun?"),
        ("holidays 06:00-23:00", "has an unknown day; they are mon tue wed thu fri sat sun"),
        ("06：00-23:59", "has a full-width colon in it; write : instead"),
        ("00:00-00:01 " * 50, "is too long"),
    ],
)
def test_what_is_wrong_with_them_is_told(value: str, wrong: str) -> None:
    with pytest.raises(Unfit) as raised:
        hours(value)
    assert str(raised.value).startswith(wrong.partition(";")[0])


def test_reader_and_engine_have_the_same_days() -> None:
    assert MINUTES_OF_DAY == told_hours.MINUTES_OF_DAY
    assert len(DAYS) == 7
