"""The one clock of the daemon."""

from __future__ import annotations

import time

BOOT_ID_FILE = "/proc/sys/kernel/random/boot_id"


def now() -> float:
    """Seconds since the machine started, time asleep included (CLOCK_BOOTTIME).

    Nobody sets this clock, and a restarted daemon reads the same one: a deadline written to disk
    still holds, as long as :func:`boot_id` is the same.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    """Return the kernel's random name for this run of the machine (random(4))."""
    with open(BOOT_ID_FILE, encoding="ascii") as file:
        return file.read().strip()
