"""What this process may do (capabilities(7))."""

from __future__ import annotations

PROC_STATUS = "/proc/self/status"

_BITS = {"CAP_NET_ADMIN": 12, "CAP_NET_RAW": 13}
"""linux/capability.h"""


def missing_capabilities(status_file: str = PROC_STATUS) -> tuple[str, ...]:
    """Return which of the capabilities that the program uses this process lacks."""
    with open(status_file, encoding="ascii", errors="replace") as lines:
        words = [line.split() for line in lines if line.startswith("CapEff:")]
    effective = int(words[0][1], 16)
    return tuple(name for name, bit in _BITS.items() if not effective >> bit & 1)
