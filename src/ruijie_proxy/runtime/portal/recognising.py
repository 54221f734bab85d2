"""Which web portal, if any, stands between a port and the Internet."""

from __future__ import annotations

from ruijie_proxy.engine.portal.finding import Found, find_portal
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.runtime.portal.http_call import call

_MOST_QUESTIONS = 4
"""Of :func:`.find_portal`."""


def recognise(interface: str, seconds: float) -> Found | None:
    """Ask by a port, which must have an IPv4 address, and wait, at most so long.

    Returns None where nobody answers, or what answers leads to no portal. Raises nothing.
    """
    try:
        return find_portal(lambda url: call(interface, url, seconds / _MOST_QUESTIONS))
    except ProtocolError:
        return None
