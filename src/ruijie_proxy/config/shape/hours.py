"""The hours of a campus, as a session's ``hours`` writes them, or Unfit.

``06:00-23:59``, or days before the times that they have: ``mon-thu 06:00-23:30, fri,sat
06:00-24:00``. Times without days are those of the days before them, or of every day.
"""

from __future__ import annotations

from ruijie_proxy.config.shape.look_alikes import look_alike
from ruijie_proxy.config.shape.problems import Unfit, nearest
from ruijie_proxy.engine.settings import DAYS as DAYS
from ruijie_proxy.engine.settings import MINUTES_OF_DAY as MINUTES_OF_DAY
from ruijie_proxy.i18n import _

_LONGEST = 500
"""Characters; ten spans a day, each with its day, take as many."""
_MOST_SPANS = 10
"""Of a day."""


def hours(value: str) -> list[list[int]]:
    """Return the hours as lists of a day (0 is Monday) and two times in minutes since midnight."""
    slip = look_alike(value)
    if slip is not None:
        raise slip.unfit()
    if len(value) > _LONGEST:
        raise Unfit(_("is too long"))
    found: list[list[int]] = []
    days: list[int] = []
    follows_times = True
    for word in value.lower().replace(",", " ").split():
        if not word[0].isdigit():
            days = [*([] if follows_times else days), *_days(word)]
            follows_times = False
            continue
        begin, end = _span(word)
        found += [[day, begin, end] for day in days or range(len(DAYS))]
        follows_times = True
    if not found or not follows_times:
        raise Unfit(_("names no times") if not found else _("ends in a day without times"))
    found.sort()
    # (itertools is not loaded for this: the reader is part of the daemon's start)
    for before, after in zip(found, found[1:], strict=False):  # noqa: RUF007
        if before[0] == after[0] and after[1] < before[2]:
            raise Unfit(_("has hours of {day} that overlap", day=DAYS[after[0]]))
    if any(sum(item[0] == day for item in found) > _MOST_SPANS for day in range(len(DAYS))):
        raise Unfit(_("has more than {most} spans a day", most=_MOST_SPANS))
    return found


def _days(word: str) -> list[int]:
    first, dash, last = word.partition("-")
    for name in (first, last) if dash else (first,):
        if name not in DAYS:
            near = nearest(name, DAYS)
            raise Unfit(
                _("has an unknown day; did you mean {near}?", near=near)
                if near
                else _("has an unknown day; they are {days}", days=" ".join(DAYS))
            )
    if not dash:
        return [DAYS.index(first)]
    begin = DAYS.index(first)
    count = (DAYS.index(last) - begin) % len(DAYS) + 1
    return [(begin + step) % len(DAYS) for step in range(count)]


def _span(word: str) -> tuple[int, int]:
    first, dash, last = word.partition("-")
    begin, end = _minutes(first), _minutes(last)
    if not dash or begin is None or end is None:
        raise Unfit(_("has something that is not two times of a day"))
    if end <= begin:
        raise Unfit(
            _("has hours that end before they begin; a night is two: 22:00-24:00, 00:00-06:00")
        )
    return begin, end


def _minutes(text: str) -> int | None:
    hour, colon, minute = text.partition(":")
    if not (colon and len(hour) in (1, 2) and len(minute) == 2 and (hour + minute).isdecimal()):
        return None
    if not (hour + minute).isascii() or int(minute) > 59:
        return None
    total = 60 * int(hour) + int(minute)
    return total if total <= MINUTES_OF_DAY else None
