"""Where a gateway sends a browser that is not logged in yet (docs/portal.md, section 2).

A gateway answers in the place of whatever page was asked for. What it answers with is some line of
script, a redirection or an element of HTML, made to be understood by browsers alone; so it is read
as they would, as far as such answers go, and not as the one gateway that somebody saw writes it.
"""

from __future__ import annotations

import re

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.url import read_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.url import Url

_REDIRECTIONS = (301, 302, 303, 307, 308)
"""RFC 9110, section 15.4."""
_OK = 200
# Blanks are taken whole (``*+``): what a forger writes costs no more than what it says.
_SCRIPT = re.compile(
    r"location\s*+(?:\.\s*+href\s*+)?+(?:=|\.\s*+(?:replace|assign)\s*+\()\s*+"
    r"""(?:"([^"<>]{1,4096})"|'([^'<>]{1,4096})')""",
    re.ASCII,
)
_NO_PART = {number: f"%{number:02X}" for number in (*b' "<>', *range(0x80, 0x100))}
"""Bytes that no address may have; browsers write their numbers (url.spec.whatwg.org, 1.3)."""
_NO_PART_OF_QUERY = {**_NO_PART, ord("'"): "%27"}
_META = re.compile(r"<meta\s[^<>]{0,4096}>", re.IGNORECASE | re.ASCII)
_REFRESH = re.compile(r"""http-equiv\s*+=\s*+["']?refresh\b""", re.IGNORECASE | re.ASCII)
_REFRESH_URL = re.compile(
    r"""content\s*+=\s*+["']?+\s*+[0-9.]*+\s*+[;,]\s*+url\s*+=\s*+["']?+([^"'<>\s]{1,4096})""",
    re.IGNORECASE | re.ASCII,
)


def read_hijack(status: int, location: str | None, body: str, base: Url) -> Url | None:
    """Return where an answer leads to; None where it leads nowhere.

    ``location`` is the header of that name, ``base`` the page that was asked for; the texts are
    bytes in Latin-1, whatever they mean. An address that cannot be one is none.
    """
    if status in _REDIRECTIONS:
        told = location
    elif status == _OK:
        told = _in_script(body) or _in_meta(body)
    else:
        told = None
    if told is None:
        return None
    try:
        # In script, too: gateways write one text for scripts and for elements.
        return read_url(_as_browsers_write(told.replace("&amp;", "&")), base)
    except ProtocolError:
        return None


def _as_browsers_write(told: str) -> str:
    path, mark, query = told.strip().partition("?")
    return path.translate(_NO_PART) + mark + query.translate(_NO_PART_OF_QUERY)


def _in_script(body: str) -> str | None:
    found = _SCRIPT.search(body)
    return found and (found[1] or found[2])


def _in_meta(body: str) -> str | None:
    for element in _META.findall(body):
        found = _REFRESH.search(element) and _REFRESH_URL.search(element)
        if found:
            return str(found[1])
    return None
