"""The daemon's clock."""

from __future__ import annotations

import time
from pathlib import Path

from ruijie_proxy.runtime.basis import clock


def test_it_counts_the_seconds_since_the_machine_started_sleep_included() -> None:
    before = time.clock_gettime(time.CLOCK_BOOTTIME)
    now = clock.now()
    after = time.clock_gettime(time.CLOCK_BOOTTIME)

    assert before <= now <= after


def test_the_boot_has_a_name_that_stays() -> None:
    assert clock.boot_id() == clock.boot_id()
    assert clock.boot_id() == Path("/proc/sys/kernel/random/boot_id").read_text().strip() != ""
