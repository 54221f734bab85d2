"""What is compared."""

from __future__ import annotations

from enum import StrEnum


class Forwarder(StrEnum):
    """What passes frames on between a switch and a PC."""

    BRIDGE = "bridge"
    """The kernel's: the least that it can cost."""
    BARE = "bare"
    """:mod:`bench.bare_forwarder`: the least that it can cost in Python."""
    DAEMON = "daemon"
    """The real one."""


INTERPRETER = "interpreter"
"""Python alone, which passes nothing on: ``python -c pass``."""
WPA_SUPPLICANT = "wpa_supplicant"
"""Debian's, which logs in by itself and passes nothing on either."""
SILENCE = "in silence"
"""The daemon, too, while no stranger says anything."""
CURL_SCRIPT = "curl script"
"""``portal_script.sh``, as students write them."""
LOGIN_SESSION = "login session"
"""The daemon, too, with a session that logs in by 802.1X."""
MINIEAP = "minieap"
MENTOHUST = "MentoHUST"
"""Other programs for these campuses, as their sources have them (``campus/other_programs.py``)."""
COLUMNS = (
    INTERPRETER,
    WPA_SUPPLICANT,
    SILENCE,
    CURL_SCRIPT,
    LOGIN_SESSION,
    MINIEAP,
    MENTOHUST,
    *Forwarder,
)
