"""Where a gateway leads to, followed until it is known which portal that is.

A gateway that wants a login answers any page's request in that page's place (docs/portal.md,
section 2). The address that is asked is the one that the vendor's own page has for this: nobody is
there, so who answers is the gateway, and when nobody does, that says nothing.
"""

from __future__ import annotations

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.portals import Portal, which_portal
from ruijie_proxy.protocol.portal.url import read_url
from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.protocol.portal.http import HttpAnswer
    from ruijie_proxy.protocol.portal.url import Url

PROBE = read_url("http://123.123.123.123/")
_MOST_STEPS = 3
"""Of a gateway or a portal that leads on to itself."""


@frozen
class Found:
    """A portal."""

    portal: Portal
    page: Url
    """With the gateway's query."""


def find_portal(
    get: Callable[[Url], HttpAnswer], is_trusted: Callable[[Url], bool] = lambda _: True
) -> Found | None:
    """Return where the gateway leads to; None: nowhere, so far as it answers.

    ``get`` asks for a page; raises OSError or ProtocolError. No page is asked for that is not
    ``is_trusted``, but for the probe's.
    """
    page = _leads_to(get, PROBE)
    for _ in range(_MOST_STEPS):
        if page is None:
            return None
        portal = which_portal(page)
        # A page of the gateway itself, or the old portal's, which its successor has kept.
        leads_on = portal is Portal.EPORTAL or page.origin == PROBE.origin
        if not leads_on or page.scheme != "http" or not is_trusted(page):
            return Found(portal, page)
        further = _leads_to(get, page)
        if further is None or further == page:
            return Found(portal, page)
        # Elsewhere lead only the gateway's pages.
        if further.host != page.host and page.origin != PROBE.origin:
            return Found(portal, page)
        page = further
    return None if page is None else Found(which_portal(page), page)


def _leads_to(get: Callable[[Url], HttpAnswer], url: Url) -> Url | None:
    try:
        answer = get(url)
    except (OSError, ProtocolError):
        return None
    return read_hijack(answer.status, answer.location, answer.text, url)
