"""May the program do what it has to?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Area, Finding, Severity
from ruijie_proxy.engine.settings import MacMode
from ruijie_proxy.i18n import N_, _

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.doctor.gathering.machine import Machine

RAW = "CAP_NET_RAW"
ADMIN = "CAP_NET_ADMIN"
_REMEDY = N_(
    "sudo ruijie-proxy doctor — a service that is not root needs "
    "AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN"
)


def examine_permission(machine: Machine) -> Iterator[Finding]:
    """Yield which capability is missing, and what does not work without it."""
    if RAW in machine.missing_capabilities:
        yield Finding(
            Severity.FATAL,
            "permission",
            _(
                "This user may not receive 802.1X frames ({capability} is missing), so nothing "
                "could be listened to.",
                capability=RAW,
            ),
            _(_REMEDY),
            Area.PERMISSION,
        )
    elif ADMIN in machine.missing_capabilities:
        clones = machine.configuration is not None and any(
            session.settings.mac is MacMode.CLONE for session in machine.configuration.sessions
        )
        yield Finding(
            Severity.FATAL if clones else Severity.NOTE,
            "permission",
            _(
                "This user may not change MAC addresses ({capability} is missing), which "
                "“{keys[mac=clone]}” does.",
                capability=ADMIN,
            )
            if clones
            else _(
                "This user may not change MAC addresses ({capability} is missing); only "
                "“{keys[mac=clone]}” would need that.",
                capability=ADMIN,
            ),
            _(_REMEDY),
            Area.PERMISSION,
        )
    else:
        yield Finding(Severity.OK, "permission", _("This user may receive and send 802.1X frames."))
