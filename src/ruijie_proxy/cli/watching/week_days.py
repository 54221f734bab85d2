"""The days of the chart, in local time."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

DAYS = 7
"""Today and those before it."""
USUAL_HOURS = 24


def last_days(now: float) -> list[tuple[float, float]]:
    """Return when each of the last days begins and ends, by the clock on the wall.

    Where the clocks change, a day has 23 or 25 hours.
    """
    midnight = datetime.fromtimestamp(now).replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [(midnight + timedelta(days=number)).timestamp() for number in range(1 - DAYS, 2)]
    return list(itertools.pairwise(edges))


def hours_of(begin: float, end: float) -> float:
    """Return how many hours a day has."""
    return round((end - begin) / 3600, 1)


def local_text(at: float) -> str:
    """Write a time as events do: local time with its zone, whole seconds."""
    return datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")
