"""Does a web portal stand where no switch is heard?"""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.doctor.gathering.findings import Finding, Severity
from ruijie_proxy.i18n import _
from ruijie_proxy.runtime.address.dhcp_renewal import has_lease
from ruijie_proxy.runtime.portal.telling import advise, can_log_in_at, describe_portal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ruijie_proxy.config.shape.model import SessionConfiguration
    from ruijie_proxy.doctor.gathering.machine import Machine

_SEVERITY = {Mode.PORTAL: Severity.OK, Mode.AUTO: Severity.NOTE}
"""Of a portal that the router can log in at, in the modes that see to it by themselves."""


def examine_portal(session: SessionConfiguration, machine: Machine) -> Iterator[Finding]:
    """Yield which portal was found. That none was says nothing, but to a session that needs one."""
    found = dict(machine.portals).get(session.wan)
    if found is None:
        if _waits_for_one(session, machine):
            yield Finding(
                Severity.WARNING,
                "no-portal",
                _(
                    "Behind {wan} no web portal answers, nor does a gateway lead to one.",
                    wan=session.wan,
                ),
                _(
                    "Open a page of http:// in a browser behind the router. If it comes, nobody "
                    "has to log in; if nothing does, check that the cable leads to a campus socket."
                ),
            )
        return
    site = found.page.site
    what = describe_portal(session.wan, found.portal, site)
    can_log_in = can_log_in_at(found.portal, site)
    severity = _SEVERITY.get(session.mode) if can_log_in else None
    if severity is Severity.OK:
        yield Finding(severity, "web-portal", what)
    else:
        remedy = advise(found.portal, site, session.mode)
        yield Finding(severity or Severity.WARNING, "web-portal", what, remedy)


def _waits_for_one(session: SessionConfiguration, machine: Machine) -> bool:
    """Whether the daemon wants to be let in at a portal, with an address, and has had no words."""
    status = machine.status_of(session)
    address = dict(machine.wan_addresses).get(session.wan)
    return (
        session.mode is Mode.PORTAL
        and status is not None
        and status["state"] in ("backoff", "authenticating")
        and status["last_failure"] is None
        and address is not None
        and has_lease(address.address)
    )
