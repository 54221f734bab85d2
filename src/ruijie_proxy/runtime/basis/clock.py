"""The one clock of the daemon, and what is needed to go on from it after a restart."""

from __future__ import annotations

import time

from ruijie_proxy.values import Frozen

_BEFORE_THIS_PROGRAM = 1767225600.0
"""The year 2026: a clock that says less was not set. (Routers begin in 1970, or when their system
was built.)"""
BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id"


class Moment(Frozen):
    """A time, as three clocks tell it."""

    boot_id: str
    """The kernel's name for this run of the machine."""
    boot: float
    """Seconds since the machine started."""
    wall: float
    """Seconds since 1970, by a clock that may be wrong."""


def now() -> float:
    """Seconds since the machine started, time asleep included (CLOCK_BOOTTIME).

    Nobody sets this clock, and a restarted daemon reads the same one: a deadline written to disk
    still holds, as long as :func:`boot_id` is the same.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def local_time(at: float) -> str:
    """Write a time of this clock as local time with its zone (ISO 8601, whole seconds)."""
    text = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(time.time() - now() + at))
    return f"{text[:-2]}:{text[-2:]}"


def time_of_week() -> tuple[int, float] | None:
    """Return the day of the week (0 is Monday) and the seconds since midnight, by local time.

    None while nobody has set the clock, as on a router that has just started.
    """
    wall = time.time()
    if wall < _BEFORE_THIS_PROGRAM:
        return None
    local = time.localtime(wall)
    return local.tm_wday, (local.tm_hour * 60 + local.tm_min) * 60 + local.tm_sec + wall % 1


def boot_id() -> str:
    """Return the kernel's random name for this run of the machine (random(4))."""
    with open(BOOT_ID_FILE, encoding="utf-8") as file:
        return file.read().strip()


def moment() -> Moment:
    """Return the time now as all clocks tell it."""
    return Moment(boot_id(), now(), time.time())
