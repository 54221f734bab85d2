"""Is the clock right?"""

from __future__ import annotations

import time

from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.i18n import _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.gathering.machine import Machine

_FIRST_PLAUSIBLE_YEAR = 2024
_TOLERANCE = 3600.0
"""Seconds; a file of another machine may be a little ahead."""


def examine_clock(machine: Machine) -> Iterator[Finding]:
    """Yield whether the clock is behind. Nothing here depends on it: sessions count by another."""
    told = time.gmtime(machine.now)
    day = time.strftime("%Y-%m-%d", told)
    if told.tm_year < _FIRST_PLAUSIBLE_YEAR or machine.now < machine.newest_file - _TOLERANCE:
        yield Finding(
            Severity.NOTE,
            "clock",
            _(
                "The clock is behind: it says {day}. Logins work all the same; the times in logs "
                "do not.",
                day=day,
            ),
            _(
                "Once online, it is set from the network: on OpenWrt “service sysntpd restart”, "
                "elsewhere “timedatectl set-ntp true”."
            ),
        )
    else:
        yield Finding(Severity.OK, "clock", _("The clock says {day}.", day=day))
