"""What a capture shows of a web portal: a page that a gateway sends a browser to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ruijie_proxy.learn.ipv4_packets import tcp_payload
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.portals import Portal, which_portal
from ruijie_proxy.protocol.portal.url import Url, read_url

HTTP_MARKS = (b"HTTP/1.", b"/eportal/")
"""What stands in every request and answer, and in the script that a gateway sends apart."""
_MOST_LOOKED_AT = 4096
"""Bytes of a packet: a gateway's answer is short."""
_ANSWER = re.compile(r"HTTP/1\.[01] ([0-9]{3})[ \r]", re.ASCII)
_LOCATION = re.compile(r"\r\nlocation:[ \t]*([^\s]{1,2048})", re.IGNORECASE | re.ASCII)
_REQUEST = re.compile(r"(?:GET|POST) (/[^\s]{0,2048}) HTTP/1\.", re.ASCII)
_HOST = re.compile(r"\r\nhost:[ \t]*([^\s]{1,256})\r", re.IGNORECASE | re.ASCII)
_NOWHERE = Url("http", "0.0.0.0", 80, "/", "")  # noqa: S104 - stands for who was asked
_OK = 200


@dataclass(frozen=True, slots=True)
class WebLogin:
    """A portal that a browser was sent to, or asked."""

    number: int
    """The packet's in the file, from 1."""
    portal: Portal
    site: str
    """The address of its host, without what its query tells of people."""


def read_web_login(packet: bytes, number: int) -> WebLogin | None:
    """Return the portal that an IPv4 packet leads to; None where it leads to none that is known."""
    payload = tcp_payload(packet)
    if not payload:
        return None
    text = payload[:_MOST_LOOKED_AT].decode("latin-1")
    url = _asked_for(text) if _REQUEST.match(text) else _led_to(text)
    if url is None or url.host == _NOWHERE.host:
        return None
    portal = which_portal(url)
    return None if portal is Portal.OTHER else WebLogin(number, portal, url.site)


def _asked_for(text: str) -> Url | None:
    request, host = _REQUEST.match(text), _HOST.search(text)
    if request is None or host is None:
        return None
    try:
        return read_url(f"http://{host[1]}{request[1]}")
    except ProtocolError:
        return None


def _led_to(text: str) -> Url | None:
    """Return where an answer leads to. Many gateways send its head and its script apart."""
    answer, location = _ANSWER.match(text), _LOCATION.search(text)
    status = _OK if answer is None else int(answer[1])
    return read_hijack(status, None if location is None else location[1], text, _NOWHERE)
