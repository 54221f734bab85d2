"""The bodies of the ePortal's calls; how a browser encodes them is asked of a browser."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.portal.calls import (
    Credentials,
    Method,
    call_url,
    encode,
    login_body,
    mac_in,
    page_info_body,
)
from ruijie_proxy.protocol.portal.url import read_url

QUERY = "wlanuserip=0a4b&mac=020000000001&url=http://1.2.3.4/%41"
PAGE = read_url(f"http://10.9.8.7:8080/eportal/index.jsp?{QUERY}")


def test_calls_go_to_the_pages_neighbour() -> None:
    assert str(call_url(PAGE, Method.PAGE_INFO)) == (
        "http://10.9.8.7:8080/eportal/InterFace.do?method=pageInfo"
    )


def test_the_query_is_encoded_once_for_the_page() -> None:
    assert page_info_body("a=b&c=d%20") == "queryString=a%3Db%26c%3Dd%2520"


def test_a_login_has_its_fields_in_the_pages_order_encoded_twice() -> None:
    who = Credentials("20261234@x", "a b", "校园网", is_encrypted=True)

    body = login_body(who, QUERY)

    assert body.startswith("userId=20261234%2540x&password=a%2520b&service=%25E6%25A0%25A1")
    once = parse_qsl(body, keep_blank_values=True)
    assert [(name, unquote(value)) for name, value in once] == [
        ("userId", "20261234@x"),
        ("password", "a b"),
        ("service", "校园网"),
        ("queryString", QUERY),
        ("operatorPwd", ""),
        ("operatorUserId", ""),
        ("validcode", ""),
        ("passwordEncrypt", "true"),
    ]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_encoded_is_read_back(text: str) -> None:
    assert unquote(encode(text)) == text


def test_the_mac_is_the_raw_value() -> None:
    assert mac_in(QUERY) == "020000000001"
    assert mac_in("wlanmac=1&mac=") == "111111111"
