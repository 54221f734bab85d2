"""May the program do what it has to?"""

from __future__ import annotations

from ruijie_proxy.doctor.findings import Area, Finding, Severity
from ruijie_proxy.engine.settings import MacMode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.machine import Machine

RAW = "CAP_NET_RAW"
ADMIN = "CAP_NET_ADMIN"
_REMEDY = (
    "sudo ruijie-proxy doctor; a service that is not to be root needs "
    "AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN"
)


def examine_permission(machine: Machine) -> Iterator[Finding]:
    """Yield which capability is missing, and what does not work without it."""
    if RAW in machine.missing_capabilities:
        yield Finding(
            Severity.FATAL,
            "permission",
            f"This user may not receive 802.1X frames ({RAW} is missing), so nothing could be "
            "listened to.",
            _REMEDY,
            Area.PERMISSION,
        )
    elif ADMIN in machine.missing_capabilities:
        clones = machine.configuration is not None and any(
            session.settings.mac is MacMode.CLONE for session in machine.configuration.sessions
        )
        yield Finding(
            Severity.FATAL if clones else Severity.NOTE,
            "permission",
            f"This user may not change MAC addresses ({ADMIN} is missing)"
            + (", which “mac: clone” does." if clones else "; only “mac: clone” would need it."),
            _REMEDY,
            Area.PERMISSION,
        )
    else:
        yield Finding(Severity.OK, "permission", "This user may receive and send 802.1X frames.")
