"""Does another program speak 802.1X on the same port?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.i18n import _, listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_programs(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield who else is on the session's ports; the switch would hear two clients in one."""
    # On the LAN's radios hostapd belongs, with its own EAPOL; clients there are left alone.
    radios = {one.name for one in machine.interfaces.all if one.is_wireless}
    ours = ({session.wan} | machine.lan_side(session)) - radios
    nobody = True
    for program in machine.programs:
        if program.is_own:
            continue
        shared = sorted(program.interfaces & ours)
        if shared or (program.is_campus_client and not program.interfaces):
            nobody = False
            yield Finding(
                Severity.WARNING,
                "other-supplicant",
                _(
                    "Another 802.1X program is on {ports}: {name}, process {pid}. Two on one port "
                    "end each other's sessions.",
                    ports=listed(shared),
                    name=program.name,
                    pid=program.pid,
                )
                if shared
                else _(
                    "Another 802.1X program is running: {name}, process {pid}. Two on one port end "
                    "each other's sessions.",
                    name=program.name,
                    pid=program.pid,
                ),
                program.end_by,
            )
    holder = dict(machine.port_holders).get(session.wan)
    served = any(status["wan"] == session.wan for status in machine.statuses or ())
    if holder is not None and not served and machine.daemon_trouble is None:
        nobody = False
        yield Finding(
            Severity.WARNING,
            "port-taken",
            _(
                "Another ruijie-proxy, process {pid}, serves {name} already, and not with this "
                "configuration.",
                pid=holder,
                name=session.wan,
            ),
            f"kill {holder}",
        )
    # Only root sees whose the sockets are.
    if nobody and not machine.missing_capabilities:
        yield Finding(Severity.OK, "programs", _("No other 802.1X program is on its ports."))
