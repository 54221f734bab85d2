"""Does a web portal stand where no switch is heard?"""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.runtime.portal.telling import advise, can_log_in_at, describe_portal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine

_AT_PORTALS = (Mode.PORTAL, Mode.AUTO)
"""The modes that see to it by themselves."""


def examine_portal(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield which portal was found. That none was found says nothing."""
    found = dict(machine.portals).get(session.wan)
    if found is not None:
        site = found.page.site
        what = describe_portal(session.wan, found.portal, site)
        if session.mode in _AT_PORTALS and can_log_in_at(found.portal, site):
            yield Finding(Severity.OK, "web-portal", what)
        else:
            yield Finding(Severity.WARNING, "web-portal", what, advise(found.portal, site))
