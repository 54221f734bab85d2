"""Which web portal, if any, stands between a port and the Internet: one question by address.

A gateway that wants a login answers any page's request in that page's place (docs/portal.md,
section 2). The address that is asked is the one that the vendor's own page has for this: nobody is
there, so who answers is the gateway, and when nobody does, that says nothing.
"""

from __future__ import annotations

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.portals import Portal, Recognised, Seen, which_portal
from ruijie_proxy.protocol.portal.url import read_url
from ruijie_proxy.runtime.portal.http_call import call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.url import Url

PROBE = read_url("http://123.123.123.123/")
_MOST_STEPS = 2
"""Of a portal that leads on to itself."""


def recognise(interface: str, seconds: float) -> Recognised:
    """Ask by a port, which must have an IPv4 address, and wait, at most so long. Raises nothing."""
    timeout = seconds / (1 + _MOST_STEPS)
    page = _follow(interface, PROBE, timeout)
    if not isinstance(page, Recognised):
        portal = which_portal(page)
        if portal is Portal.EPORTAL:
            portal = _as_it_leads_on(interface, page, timeout)
        return Recognised(Seen.PORTAL, portal, page.site)
    return page


def _as_it_leads_on(interface: str, page: Url, timeout: float) -> Portal:
    """Return which portal it is in the end: the old one's address may lead to its successor."""
    for _ in range(_MOST_STEPS):
        further = _follow(interface, page, timeout)
        # An http page of the portal that leads to its https is the portal, still.
        if isinstance(further, Recognised) or further.host != page.host:
            break
        if further == page:
            break
        page = further
    return which_portal(page)


def _follow(interface: str, url: Url, timeout: float) -> Url | Recognised:
    """Return where a page leads to, or what is known where it leads nowhere."""
    if url.scheme != "http":
        return Recognised(Seen.PAGE)
    try:
        answer = call(interface, url, timeout)
    except (OSError, ProtocolError):
        return Recognised(Seen.NOBODY)
    leads_to = read_hijack(answer.status, answer.location, answer.text, url)
    return leads_to or Recognised(Seen.PAGE)
