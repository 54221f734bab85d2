"""Where a gateway leads to, followed until it is known which portal that is.

A gateway that wants a login answers any page's request in that page's place (docs/portal.md,
section 2). The address that is asked is the one that the vendor's own page has for this: nobody is
there, so who answers is the gateway, and when nobody does, that says nothing.

The gateway's pages are read as a browser would read them. Of the portal's own page only a
redirection counts: the rest of it is a form, whose script leads on when somebody has logged in.
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.portals import Portal, which_portal
from ruijie_proxy.protocol.portal.url import read_url
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.protocol.portal.http import HttpAnswer
    from ruijie_proxy.protocol.portal.url import Url

PROBE = read_url("http://123.123.123.123/")
_MOST_STEPS = 3
"""Of a gateway or a portal that leads on to itself."""
_OK = 200


class Found(Frozen):
    """A portal."""

    portal: Portal
    page: Url
    """With the gateway's query."""


def find_portal(
    get: Callable[[Url], HttpAnswer],
    is_trusted: Callable[[Url], bool] = lambda _: True,
    *,
    needs_page: bool = False,
) -> Found | None:
    """Return where the gateway leads to; None: nobody answers in the place of the Internet.

    ``get`` asks for a page; raises OSError or ProtocolError. No page is asked for that is not
    ``is_trusted``, but for the probe's. Raises ProtocolError where somebody answers, but leads to
    no portal. ``needs_page``: whoever goes on wants what the portal's page gives to be sent back,
    so what ``get`` raises for that page is raised, too.
    """
    try:
        page = _gateway_leads_to(get, PROBE)
    except OSError:
        return None
    for _ in range(_MOST_STEPS):
        if page is None:
            return None
        portal = which_portal(page)
        # A page of the gateway itself, or the old portal's, which its successor has kept.
        leads_on = portal is Portal.EPORTAL or page.origin == PROBE.origin
        if not leads_on or page.scheme != "http" or not is_trusted(page):
            return Found(portal, page)
        further = _leads_on_to(get, page, portal, needs_page)
        if further is None:
            return Found(portal, page)
        if page.origin not in (PROBE.origin, further.origin):
            return _elsewhere(further)
        page = further
    raise ProtocolError(N_("it leads in a circle"))


def _gateway_leads_to(get: Callable[[Url], HttpAnswer], url: Url) -> Url | None:
    answer = get(url)
    found = read_hijack(answer.status, answer.location, answer.text, url)
    if found is None and answer.status == _OK and answer.content:
        raise ProtocolError(N_("a page in the Internet's place leads nowhere"))
    return found


def _leads_on_to(
    get: Callable[[Url], HttpAnswer], page: Url, portal: Portal, needs_page: bool
) -> Url | None:
    if portal is not Portal.EPORTAL:
        try:
            return _gateway_leads_to(get, page)
        except OSError:
            return None
    try:
        answer = get(page)
    except (OSError, ProtocolError):
        if needs_page:
            raise
        return None  # which portal it is, its address says
    return read_hijack(answer.status, answer.location, "", page)


def _elsewhere(further: Url) -> Found:
    """Return what a portal's page leads to on another host, or by another scheme or port.

    An ePortal there would be trusted for nothing but that. Raises ProtocolError.
    """
    portal = which_portal(further)
    if portal is Portal.EPORTAL and further.scheme == "http":
        raise ProtocolError(N_("its page leads on to another host"))
    return Found(portal, further)
