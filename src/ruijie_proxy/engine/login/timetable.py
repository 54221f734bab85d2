"""When a campus lets people in at all: its hours, by the clock on the wall.

Many campuses cut everybody off at night (docs/protocol.md, "What servers say"), and count each try
to log in meanwhile. The hours are the user's, or those that a refusal has named. The clock on the
wall may be set, or jump, at any time, so what follows from it holds for a minute only; while it is
not set, every hour is as good as any other.
"""

from __future__ import annotations

from ruijie_proxy.engine.settings import DAYS, MINUTES_OF_DAY, OpenHours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    LocalTime: TypeAlias = tuple[int, float]
    """Day of the week (0 is Monday) and seconds since midnight, by local time."""

LOOK_AGAIN = 60.0
"""Seconds until the clock on the wall is asked anew, in closed hours."""
CLOSING_MARGIN = 120.0
"""Seconds before the hours' end in which no login begins: the server's clock may be ahead, and it
would be for so short a time."""
_OPENING_LEAST = 15.0
"""Seconds after the hours' beginning at which a login begins, at the least, since the server's
clock may be behind …"""
_OPENING_MOST = 45.0
"""… and at the most. Which of them, chance decides: a whole dormitory comes back then."""
_DOUBT = 300.0
"""Seconds by which a server's clock may be another one: so close to the hours' ends, a refusal
belies nothing."""
_MINUTE = 60
_DAY = MINUTES_OF_DAY * _MINUTE
_WEEK = len(DAYS) * _DAY


class Timetable:
    """The hours of one session's campus."""

    __slots__ = ("_are_set", "_late", "_local_time", "_spans", "hours")

    def __init__(
        self,
        hours: tuple[OpenHours, ...],
        learned: tuple[OpenHours, ...],
        local_time: Callable[[], LocalTime | None],
        jitter: Callable[[], float],
    ) -> None:
        """Begin with the user's hours, and with those that a server has told.

        ``local_time`` tells the time on the wall, None while nobody knows it. ``jitter`` gives
        numbers by chance, from 0 to 1.
        """
        self._are_set = bool(hours)
        self.hours = hours or learned
        """Those that are kept to; empty: any hour is as good as another."""
        self._spans = week_of(self.hours)
        self._local_time = local_time
        self._late = _OPENING_LEAST + (_OPENING_MOST - _OPENING_LEAST) * jitter()

    def from_then(self, at: float, now: float) -> float:
        """Return when, from ``at`` on, a login may begin; seconds on the engine's clock."""
        local = self._second_of_week()
        if local is None or not self._spans:
            return at
        then = local + at - now
        for begin, end in self._spans:
            earliest = max(then, begin + self._late)
            if earliest < end - CLOSING_MARGIN:
                return at + max(0.0, earliest - then)
        return at

    def is_closed(self) -> bool:
        """Whether it is outside the hours, or so close to their ends that the server may say so."""
        local = self._second_of_week()
        return local is not None and bool(self._spans) and not _is_open(self._spans, local)

    def learn(self, text: str | None) -> tuple[OpenHours, ...] | None:
        """Take hours out of the text of a refusal for being out of them.

        Returns what is to be remembered; None: the same as before. Hours that say that it is open
        just now were misread, or are over: they are not believed, nor any more. Near their ends,
        where both meanings of a text could be true, it is the one that is open for longer.
        """
        local = self._second_of_week()
        if self._are_set or local is None:
            return None
        # Few refusals are about hours.
        from ruijie_proxy.engine.login.told_hours import open_minutes, told_hours

        told = [hours for hours in told_hours(text or "") if not _is_open(week_of(hours), local)]
        if told:
            hours = max(told, key=open_minutes)
            return None if week_of(hours) == self._spans else self._keep_to(hours)
        if self._spans and _is_open(self._spans, local):
            return self._keep_to(())
        return None

    def _keep_to(self, hours: tuple[OpenHours, ...]) -> tuple[OpenHours, ...]:
        self.hours, self._spans = hours, week_of(hours)
        return hours

    def _second_of_week(self) -> float | None:
        local = self._local_time()
        return None if local is None else local[0] * _DAY + local[1]


def _is_open(spans: tuple[tuple[int, int], ...], local: float) -> bool:
    """Whether it is open beyond doubt."""
    return any(begin + _DOUBT <= local < end - _DOUBT for begin, end in spans)


def week_of(hours: tuple[OpenHours, ...]) -> tuple[tuple[int, int], ...]:
    """Return when it is open, in seconds since Monday: of the last, this and the next week.

    Hours that go on after midnight are one span.
    """
    of_a_week = sorted(
        (item.day * _DAY + item.begin * _MINUTE, item.day * _DAY + item.end * _MINUTE)
        for item in hours
    )
    joined: list[tuple[int, int]] = []
    for week in (-_WEEK, 0, _WEEK):
        for begin, end in of_a_week:
            if joined and begin + week <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(joined[-1][1], end + week)
            else:
                joined.append((begin + week, end + week))
    return tuple(joined)


def text_of(hours: tuple[OpenHours, ...]) -> str:
    """Write hours as the configuration has them: ``mon-thu 06:00-23:30, fri,sat 06:00-24:00``."""
    of_days = [
        ", ".join(_span_text(item) for item in sorted(hours, key=_begin) if item.day == day)
        for day in range(len(DAYS))
    ]
    return ", ".join(_groups(of_days))


def _groups(of_days: list[str]) -> Iterator[str]:
    told: list[str] = []
    for text in of_days:
        if not text or text in told:
            continue
        told.append(text)
        days = [day for day, other in enumerate(of_days) if other == text]
        if len(days) == len(DAYS):
            yield text
        elif len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
            yield f"{DAYS[days[0]]}-{DAYS[days[-1]]} {text}"
        else:
            yield f"{','.join(DAYS[day] for day in days)} {text}"


def _begin(item: OpenHours) -> int:
    return item.begin


def _span_text(item: OpenHours) -> str:
    return f"{_clock(item.begin)}-{_clock(item.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
