"""How long, and how long ago, as people say it."""

from __future__ import annotations

from ruijie_proxy.i18n import _

_SECONDS_SAID = 120
_MINUTES_SAID = 120
_HOURS_SAID = 48
"""Up to so many seconds, minutes and hours are said as such."""


def duration(seconds: int) -> str:
    """Write a number of seconds as people say it."""
    if seconds < _SECONDS_SAID:
        return _("{seconds} s", seconds=seconds)
    minutes = round(seconds / 60)
    if minutes < _MINUTES_SAID:
        return _("{minutes} min", minutes=minutes)
    if minutes < _HOURS_SAID * 60:
        return _("{hours:.1f} h", hours=minutes / 60)
    return _("{days:.1f} days", days=minutes / 60 / 24)


def with_distance(at: str) -> str:
    """Return a moment (ISO 8601) with how long ago it was, or how soon it will be."""
    from datetime import datetime  # which those who only want the length go without

    try:
        moment = datetime.fromisoformat(at)
        passed = round((datetime.now(moment.tzinfo) - moment).total_seconds())
    except ValueError:
        return at
    if passed >= 0:
        return _("{time} ({duration} ago)", time=at, duration=duration(passed))
    return _("{time} (in {duration})", time=at, duration=duration(-passed))
