"""Does a web portal stand where no switch is heard?"""

from __future__ import annotations

from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.runtime.portal.telling import advise, describe_portal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine


def examine_portal(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield which portal was found. That none was found says nothing."""
    found = dict(machine.portals).get(session.wan)
    if found is not None:
        site = found.page.site
        what = describe_portal(session.wan, found.portal, site)
        yield Finding(Severity.WARNING, "web-portal", f"{what}.", f"{advise(found.portal, site)}.")
