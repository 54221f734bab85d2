"""Whatever a gateway or a web portal answers: it is read or refused, and no password is lost."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.byte_source import ByteSource
from ruijie_proxy.engine.portal.dialogue import Dialogue
from ruijie_proxy.engine.settings import LoginSettings, PortalSettings
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.answers import (
    read_login,
    read_online_user,
    read_page_info,
    read_result,
    read_services,
)
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.http import HttpAnswer, make_request, read_answer
from ruijie_proxy.protocol.portal.outcomes import Order, Outcome
from ruijie_proxy.protocol.portal.password import encipher_password, read_key
from ruijie_proxy.protocol.portal.portals import which_portal
from ruijie_proxy.protocol.portal.url import Url, read_url
from ruijie_proxy.secret import Secret

_ASKED = read_url("http://123.123.123.123/")
_KNOWN = "http://10.9.8.7/eportal/index.jsp"
_PASSWORD = "plum-tree-secret"
_LOGIN = LoginSettings("20261234", Secret(_PASSWORD), portal=PortalSettings())
_MOST_ANSWERS = 20
_ORDERS = tuple(Order)
_OF_SESSIONS = (Order.KEEP, Order.LOG_OUT)
"""What is asked only where a session is held, and so where its portal is known."""


def http(data: bytes) -> None:
    """An answer by HTTP, whole or not."""
    answer = read_answer(data, is_whole=False)
    if answer is not None:
        assert read_answer(data, is_whole=True) == answer
        assert len(answer.content) <= len(data)


def hijack(data: bytes) -> None:
    """A page that may lead on."""
    text = data.decode("latin-1")
    for status in (200, 302):
        found = read_hijack(status, text, text, _ASKED)
        if found is not None:
            assert read_url(str(found)) == found
            which_portal(found)


def url(data: bytes) -> None:
    """An address, and the request that it makes: one line, one host."""
    found = read_url(data.decode("utf-8", "replace"), _ASKED)
    head = make_request(found).decode()
    assert head.count("\r\n\r\n") == 1
    assert head.count("\r\nHost: ") == 1
    assert head.split("\r\n")[0].count(" ") == 2


def answers(data: bytes) -> None:
    """What a portal says: of each call, whatever it makes of the others."""
    for read in (read_page_info, read_services, read_online_user, read_result):
        told = read(data)
        assert _PASSWORD not in repr(told)
    assert 0 <= read_login(data).keepalive <= 86400


def key(data: bytes) -> None:
    """A portal's key, and a password that it enciphers: of a bounded size, and hidden."""
    exponent, _, modulus = data.decode("latin-1").partition("\n")
    known = read_key(exponent, modulus)
    ciphered = encipher_password(_PASSWORD, None, known)
    assert len(ciphered) <= 2 * len(modulus) + 4
    assert f"{int.from_bytes(_PASSWORD[::-1].encode(), 'little'):x}" not in ciphered


def conversation(data: bytes) -> None:
    """A whole conversation with somebody who answers anything."""
    source = ByteSource(data)
    number = source.byte()
    order = _ORDERS[(number >> 1) % len(_ORDERS)]
    known = _KNOWN if number & 1 or order in _OF_SESSIONS else ""
    pieces = source.rest().split(b"\xff\xfe")
    asked: list[tuple[Url, str | None]] = []

    def ask(url: Url, body: str | None, cookies: tuple[tuple[str, str], ...]) -> HttpAnswer:
        asked.append((url, body))
        assert len(asked) <= _MOST_ANSWERS, "it ends"
        make_request(url, body=body, content_type="x", cookies=cookies)
        answer = read_answer(pieces[len(asked) % len(pieces)], is_whole=True)
        if answer is None:
            raise TimeoutError
        return answer

    outcome = Dialogue(ask, _LOGIN, known).carry_out(order, "0a")
    assert Outcome.from_plain(outcome.to_plain()).came is outcome.came
    assert "?" not in outcome.page
    logins = {to.origin for to, _ in asked if "method=login" in to.query}
    assert len(logins) <= 1, "one portal gets the password"
    assert not logins or order in (Order.LOG_IN, Order.COME_BACK)
    for to, body in asked:
        assert to.scheme == "http"
        if body is not None and _PASSWORD in body:
            assert not known or to.origin == read_url(known).origin
            assert "method=login" in to.query


ALL: tuple[Callable[[bytes], None], ...] = (http, hijack, url, answers, key, conversation)


def run(data: bytes) -> None:
    """Give the bytes behind the first one to the parser that it names."""
    source = ByteSource(data)
    parser = source.pick(ALL)
    try:
        parser(source.rest())
    except ProtocolError:
        return
