"""The one clock of the daemon, and what is needed to go on from it after a restart."""

from __future__ import annotations

import time

from ruijie_proxy.values import frozen

BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id"


@frozen
class Moment:
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


def boot_id() -> str:
    """Return the kernel's random name for this run of the machine (random(4))."""
    with open(BOOT_ID_FILE, encoding="ascii") as file:
        return file.read().strip()


def moment() -> Moment:
    """Return the time now as all clocks tell it."""
    return Moment(boot_id(), now(), time.time())
