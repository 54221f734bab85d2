"""What people are told of a web portal: what it is, and what to do."""

from __future__ import annotations

from ruijie_proxy.config.shape.model import Mode
from ruijie_proxy.i18n import N_, _
from ruijie_proxy.protocol.portal.portals import Portal

_NAMES = {
    Portal.EPORTAL: N_("Ruijie's ePortal"),
    Portal.SAM_PLUS: N_("Ruijie's SAM+ portal"),
    Portal.DR_COM: "Dr.COM",
    Portal.SRUN: "Srun",
    Portal.ZPORTAL: "zportal",
    Portal.SMP: "RG-SMP",
    Portal.BRAS: N_("a carrier's login page"),
    Portal.RUIJIE_CLOUD: N_("Ruijie Cloud"),
    Portal.OTHER: N_("a web page of its own"),
}


def describe_portal(interface: str, portal: Portal, site: str) -> str:
    """Say which portal was found behind a port; ``site`` is the address of its host."""
    return _(
        "behind {wan}, a web portal lets people in: {name}, at {site}.",
        wan=interface,
        name=name_of_portal(portal),
        site=site,
    )


def name_of_portal(portal: Portal) -> str:
    """Return what people call a portal."""
    return _(_NAMES[portal])


def can_log_in_at(portal: Portal, site: str) -> bool:
    """Whether the router can log in there by itself."""
    return portal is Portal.EPORTAL and site.startswith("http:")


def advise(portal: Portal, site: str, mode: Mode) -> str:
    """Say what to do where a session's 802.1X stays unanswered and a portal was found."""
    if portal is Portal.EPORTAL and site.startswith("https:"):
        return _(
            "It asks for the login by HTTPS, which this program does not speak there: open {site} "
            "in a browser behind the router and log in there. If your campus does want 802.1X, "
            "check that the cable is in the right socket.",
            site=site,
        )
    if can_log_in_at(portal, site):
        if mode is Mode.AUTO:
            return _(
                "With “{keys[mode=auto]}” the router logs in there by itself once nobody has "
                "answered 802.1X for half a minute, and no switch has spoken for ten minutes. "
                "Where this account was let in elsewhere before, it waits until you agree: "
                "ruijie-proxy relogin --trust."
            )
        return _(
            "The router can log in there by itself: “{keys[mode=portal]}”. If your campus does "
            "want 802.1X, check that the cable is in the right socket."
        )
    return _(
        "This program cannot log in at a portal of this kind: open {site} in a browser behind the "
        "router and log in there. If your campus does want 802.1X, check that the cable is in the "
        "right socket.",
        site=site,
    )
