"""The examiners: each judges one subject by the facts that were gathered, and looks at nothing.

Those of the machine take :class:`~ruijie_proxy.doctor.gathering.machine.Machine`; those of a
session take the session's configuration, too. Each yields what it finds, good news included.
"""

from __future__ import annotations

from ruijie_proxy.doctor.examiners.address import examine_address
from ruijie_proxy.doctor.examiners.bridges import examine_bridges
from ruijie_proxy.doctor.examiners.clock import examine_clock
from ruijie_proxy.doctor.examiners.configuration import examine_configuration
from ruijie_proxy.doctor.examiners.daemon import examine_daemon, examine_session
from ruijie_proxy.doctor.examiners.filters import examine_filters
from ruijie_proxy.doctor.examiners.permission import examine_permission
from ruijie_proxy.doctor.examiners.portal import examine_portal
from ruijie_proxy.doctor.examiners.ports import examine_ports
from ruijie_proxy.doctor.examiners.programs import examine_programs
from ruijie_proxy.doctor.examiners.storage import examine_storage
from ruijie_proxy.doctor.examiners.switch_device import examine_switch_device
from ruijie_proxy.doctor.examiners.talk import examine_talk, say_who_was_heard
from ruijie_proxy.doctor.examiners.wireless import examine_wireless
from ruijie_proxy.i18n import written_in
from ruijie_proxy.values import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.doctor.gathering.findings import Finding
    from ruijie_proxy.doctor.gathering.machine import Machine

OF_THE_MACHINE = (
    examine_configuration,
    examine_permission,
    examine_daemon,
    examine_storage,
    examine_clock,
)
OF_A_SESSION = (
    examine_ports,
    examine_session,
    examine_switch_device,
    examine_bridges,
    examine_wireless,
    examine_programs,
    examine_filters,
    examine_talk,
    examine_portal,
    examine_address,
)


def examine(machine: Machine) -> tuple[Finding, ...]:
    """Return everything that is found: of the machine first, then of each session."""
    return tuple(
        replace(
            finding,
            what=written_in(finding.what, machine.notation),
            remedy=written_in(finding.remedy, machine.notation),
        )
        for finding in _findings(machine)
    )


def _findings(machine: Machine) -> list[Finding]:
    found = [finding for examiner in OF_THE_MACHINE for finding in examiner(machine)]
    if machine.configuration is None:
        return [*found, *say_who_was_heard(machine)]
    for session in machine.configuration.sessions:
        found += [
            replace(finding, session=session.name)
            for examiner in OF_A_SESSION
            for finding in examiner(session, machine)
        ]
    return found
