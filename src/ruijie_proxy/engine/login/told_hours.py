"""The hours that a server names when it refuses somebody outside of them.

``正常上网时段为:日常06:00-23:59`` and the like (docs/protocol.md, "What servers say"): the days, in
Chinese words, before the times that are meant. Whether a text means open or closed hours is not
told from its words, which say either in a hundred ways, but from the time at which it was said.
"""

from __future__ import annotations

from ruijie_proxy.engine.login_memory import MOST_HOURS
from ruijie_proxy.engine.settings import MINUTES_OF_DAY as MINUTES_OF_DAY
from ruijie_proxy.engine.settings import OpenHours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_WEEK = range(7)
_DAY_WORDS = {
    "工作日": range(5),
    "平日": range(5),
    "周末": range(5, 7),
    "双休日": range(5, 7),
    "休息日": range(5, 7),
    "日常": _WEEK,
    "每天": _WEEK,
    "每日": _WEEK,
    "全天": _WEEK,
}
_WEEK_WORDS = ("星期", "礼拜", "周")
_DAY_NAMES = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_TO = "-~–—－～至到"
_POINTS = ":：点时"
_MIDNIGHT_OF_NEXT = ("次日", "第二天")
_EARLY = ("凌晨", "清晨", "早晨", "早上", "上午", "早", "中午")
_AFTERNOON = ("下午", "傍晚")
_NIGHT = ("晚上", "夜间", "晚")
"""Before a time: an hour below 12 is one of the second half of the day; 12 at night ends it."""
_CLOSING = ("断", "停", "关", "禁", "熄灯", "不允许", "不能", "不可", "不得", "无法")
_HALF_A_WEEK = len(_WEEK) * MINUTES_OF_DAY // 2
_DIGITS = "0123456789"
_LONGEST_TEXT = 1500
"""No frame holds a longer one."""


def told_hours(text: str) -> Iterator[tuple[OpenHours, ...]]:
    """Give what a text's times can mean: the hours that are open, and then those between them.

    Gives nothing where there are no times. A day that the text does not name is open. No campus is
    closed for most of the week: that is a meaning only where the text has no word of closing.
    """
    spans = list(_spans("".join(text[:_LONGEST_TEXT].split())))
    if not spans:
        return
    tells_of_closing = any(word in text for word in _CLOSING)
    for are_open in (True, False):
        hours = _hours(spans, are_open=are_open)
        may_be_few = are_open and not tells_of_closing
        if 0 < len(hours) <= MOST_HOURS and (may_be_few or open_minutes(hours) >= _HALF_A_WEEK):
            yield hours


def open_minutes(hours: tuple[OpenHours, ...]) -> int:
    """Return for how many minutes of a week it is open."""
    return sum(item.end - item.begin for item in hours)


def _hours(
    spans: list[tuple[frozenset[int], int, int]], *, are_open: bool
) -> tuple[OpenHours, ...]:
    """Return the week's hours, a minute at a time: few, and no case is a special one."""
    named = frozenset().union(*[days for days, _, _ in spans])
    minutes = [day not in named or not are_open for day in _WEEK for _ in range(MINUTES_OF_DAY)]
    for days, begin, end in spans:
        for day in days:
            for minute in range(begin, end if end > begin else end + MINUTES_OF_DAY):
                minutes[(day * MINUTES_OF_DAY + minute) % len(minutes)] = are_open
    return (*_runs(minutes),)


def _runs(minutes: list[bool]) -> Iterator[OpenHours]:
    for day in _WEEK:
        of_day = minutes[day * MINUTES_OF_DAY : (day + 1) * MINUTES_OF_DAY]
        begin: int | None = None
        for minute, is_open in enumerate((*of_day, False)):
            if is_open and begin is None:
                begin = minute
            elif not is_open and begin is not None:
                yield OpenHours(day, begin, minute)
                begin = None


def _spans(text: str) -> Iterator[tuple[frozenset[int], int, int]]:
    """Give the spans of a text: the days, and from which minute of the day to which."""
    days: frozenset[int] = frozenset()
    are_over = True
    at = 0
    while at < len(text):
        named, behind = _days(text, at)
        if named:
            days = named if are_over else days | named
            are_over, at = False, behind
            continue
        span = _span(text, at)
        if span is None:
            at += 1
            continue
        begin, end, at = span
        yield days or frozenset(_WEEK), begin, end
        are_over = True


def _days(text: str, at: int) -> tuple[frozenset[int], int]:
    """Read days at a place; returns none where there are none, and where they end."""
    for word, days in _DAY_WORDS.items():
        if text.startswith(word, at):
            return frozenset(days), at + len(word)
    first, behind = _day(text, at)
    if first is None:
        return frozenset(), at
    if text[behind : behind + 1] and text[behind] in _TO:
        last, end = _day(text, behind + 1)
        if last is not None:
            count = (last - first) % len(_WEEK) + 1
            return frozenset((first + step) % len(_WEEK) for step in range(count)), end
    return frozenset((first,)), behind


def _day(text: str, at: int) -> tuple[int | None, int]:
    for word in _WEEK_WORDS:
        begin = at + len(word)
        if text.startswith(word, at) and text[begin : begin + 1] in _DAY_NAMES:
            return _DAY_NAMES[text[begin]], begin + 1
    return None, at


def _span(text: str, at: int) -> tuple[int, int, int] | None:
    """Read two times with a word for "to" between; returns them, and where they end."""
    begin, behind = _time(text, at)
    if begin is None or behind >= len(text) or text[behind] not in _TO:
        return None
    behind += 1
    for word in _MIDNIGHT_OF_NEXT:
        if text.startswith(word, behind):
            behind += len(word)
    end, behind = _time(text, behind)
    if end is None or begin == end:
        return None
    return begin % MINUTES_OF_DAY, end, behind


def _time(text: str, at: int) -> tuple[int | None, int]:
    """Read a time of the day; returns its minutes since midnight, None where there is none."""
    behind, adds_until = _part_of_day(text, at)
    hour, behind = _number(text, behind)
    if hour is None or behind >= len(text) or text[behind] not in _POINTS:
        return None, at
    minute, end = _number(text, behind + 1)
    if minute is None:
        is_half = text.startswith("半", behind + 1)
        minute, end = (30, behind + 2) if is_half else (0, behind + 1)
    elif text[end : end + 1] == "分":
        end += 1
    elif text[end : end + 1] == ":":
        _seconds, end = _number(text, end + 1)
    if hour <= adds_until:
        hour += 12
    total = 60 * hour + minute
    return (total, end) if minute < 60 and total <= MINUTES_OF_DAY else (None, at)


def _part_of_day(text: str, at: int) -> tuple[int, int]:
    """Read a word such as ``晚上`` at a place: where it ends, up to which hour it adds 12."""
    for words, until in ((_EARLY, -1), (_AFTERNOON, 11), (_NIGHT, 12)):
        for word in words:
            if text.startswith(word, at):
                return at + len(word), until
    return at, -1


def _number(text: str, at: int) -> tuple[int | None, int]:
    end = at
    while end < len(text) and end < at + 2 and text[end] in _DIGITS:
        end += 1
    return (int(text[at:end]) if end > at else None), end
