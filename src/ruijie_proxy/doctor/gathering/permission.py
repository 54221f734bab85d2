"""What this process may do (capabilities(7))."""

from __future__ import annotations

from ruijie_proxy.runtime.processes.privileges import CAP_NET_ADMIN, CAP_NET_RAW

PROC_STATUS = "/proc/self/status"

_BITS = {"CAP_NET_ADMIN": CAP_NET_ADMIN, "CAP_NET_RAW": CAP_NET_RAW}


def missing_capabilities(status_file: str = PROC_STATUS) -> tuple[str, ...]:
    """Return which of the capabilities that the program uses this process lacks."""
    with open(status_file, encoding="ascii", errors="replace") as lines:
        words = [line.split() for line in lines if line.startswith("CapEff:")]
    effective = int(words[0][1], 16)
    return tuple(name for name, bit in _BITS.items() if not effective >> bit & 1)
