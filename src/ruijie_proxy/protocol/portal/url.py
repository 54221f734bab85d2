"""Addresses of web pages, as a portal's gateway and its pages write them (RFC 3986, section 3)."""

from __future__ import annotations

import re

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.values import Frozen

LONGEST = 4096
"""Characters; queries of gateways have some hundred."""
_PORTS = {"http": 80, "https": 443}
_MOST_PORTS = 65535
# No user's name before the host, which only ever misleads, and no blanks or controls anywhere.
_ABSOLUTE = re.compile(
    r"(?P<scheme>https?)://(?P<host>[0-9a-z._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[/?#][^\s\x00-\x1f\x7f]*)?",
    re.IGNORECASE | re.ASCII,
)


class Url(Frozen):
    """An address by HTTP or HTTPS, without the fragment."""

    scheme: str
    """``http`` or ``https``."""
    host: str
    """In small letters; an address of IPv6 in its brackets."""
    port: int
    path: str
    """With its leading slash."""
    query: str
    """What stands behind the question mark, unchanged."""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Whom it leads to (RFC 6454, section 4)."""
        return self.scheme, self.host, self.port

    @property
    def target(self) -> str:
        """What a request to its host names: the path and the query."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def site(self) -> str:
        """The address of the host alone, as people write it."""
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    def __repr__(self) -> str:
        # What stands behind the question mark may name the machine and its user.
        return f"Url({self.site!r}, …)"

    def __str__(self) -> str:
        return f"{self.site}{self.target}"


def read_url(text: str, base: Url | None = None) -> Url:
    """Read an address; one without a scheme or a host is taken relative to ``base``.

    Raises ProtocolError.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise ProtocolError("the address of a page is too long")
    if base is not None and not re.match(r"[a-z][a-z0-9+.-]*:", text, re.IGNORECASE):
        text = _absolute(text, base)
    found = _ABSOLUTE.fullmatch(text)
    if found is None:
        raise ProtocolError("not the address of a page")
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _PORTS[scheme]
    if not 0 < port <= _MOST_PORTS:
        raise ProtocolError("the address of a page has an impossible port")
    path, _, query = (found["rest"] or "").partition("#")[0].partition("?")
    return Url(scheme, found["host"].lower(), port, _without_dots(path or "/"), query)


def _absolute(text: str, base: Url) -> str:
    """Write out an address relative to another (RFC 3986, section 5.2)."""
    if text.startswith("//"):
        return f"{base.scheme}:{text}"
    if text.startswith("/"):
        return base.site + text
    if text.startswith("?"):
        return base.site + base.path + text
    return f"{base.site}{base.path.rpartition('/')[0]}/{text}"


def _without_dots(path: str) -> str:
    """Take ``.`` and ``..`` out of a path (RFC 3986, section 5.2.4)."""
    kept: list[str] = []
    parts = path.split("/")[1:]
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
