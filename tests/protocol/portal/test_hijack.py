"""Where a gateway's answer leads to is read as a browser would read it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.http import LARGEST_ANSWER
from ruijie_proxy.protocol.portal.portals import Portal, which_portal
from ruijie_proxy.protocol.portal.url import read_url

ASKED = read_url("http://123.123.123.123/")
QUERY = "wlanuserip=0a4b&wlanacname=&t=wireless-v2&url=68747470"
PAGE = f"http://10.9.8.7:8080/eportal/index.jsp?{QUERY}"


@pytest.mark.parametrize(
    "body",
    [
        f"<script>top.self.location.href='{PAGE}'</script>",
        f"<script>self.location.href='{PAGE}'</script>\r\n",
        f'<html><script type="text/javascript">location.href = "{PAGE}";</script></html>',
        f"<script>window.location='{PAGE}'</script>",
        f"<script>location.replace('{PAGE}')</script>",
        f'<script>top.location.assign( "{PAGE}" )</script>',
        f"<script>top.self.location.href='{PAGE.replace('&', '&amp;')}'</script>",
        f'<META HTTP-EQUIV="Refresh" CONTENT="0; URL={PAGE}">',
        f"<meta content='0;url={PAGE.replace('&', '&amp;')}' http-equiv=refresh />",
    ],
)
def test_a_page_that_leads_on_is_followed(body: str) -> None:
    found = read_hijack(200, None, body, ASKED)

    assert str(found) == PAGE


RAW = "校园网&ssid=dorm \"5\"&x='1'"
IN_UTF_8 = "%E6%A0%A1%E5%9B%AD%E7%BD%91&ssid=dorm%20%225%22&x=%271%27"
IN_GBK = "%D0%A3%D4%B0%CD%F8&ssid=dorm%20%225%22&x=%271%27"


@pytest.mark.parametrize(("encoding", "sent"), [("utf-8", IN_UTF_8), ("gbk", IN_GBK)])
def test_what_no_address_may_have_is_written_as_chromium_does(encoding: str, sent: str) -> None:
    """Byte for byte, whatever the encoding: the portal gets what its gateway has written."""
    told = f"{PAGE}&name={RAW}".encode(encoding).decode("latin-1")

    assert str(read_hijack(302, told, "", ASKED)) == f"{PAGE}&name={sent}"
    quoted = f"<script>location='{told.partition('&x=')[0]}'</script>"
    assert str(read_hijack(200, None, quoted, ASKED)) == f"{PAGE}&name={sent.partition('&x=')[0]}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_followed(status: int) -> None:
    assert str(read_hijack(status, PAGE, "", ASKED)) == PAGE


@pytest.mark.parametrize(
    ("told", "leads_to"),
    [
        ("/eportal/index.jsp?a=b", "http://123.123.123.123/eportal/index.jsp?a=b"),
        ("eportal/index.jsp", "http://123.123.123.123/eportal/index.jsp"),
        ("//10.9.8.7/eportal/", "http://10.9.8.7/eportal/"),
        ("HTTP://Portal.Campus.EDU.cn/", "http://portal.campus.edu.cn/"),
        ("./a/../eportal/./x", "http://123.123.123.123/eportal/x"),
    ],
)
def test_an_address_may_be_relative(told: str, leads_to: str) -> None:
    assert str(read_hijack(302, told, "", ASKED)) == leads_to


@pytest.mark.parametrize(
    ("status", "location", "body"),
    [
        (200, None, "<html>It works</html>"),
        (200, PAGE, ""),
        (204, None, ""),
        (302, None, ""),
        (404, None, f"<script>location.href='{PAGE}'</script>"),
        (302, "javascript:alert(1)", ""),
        (302, "file:///etc/passwd", ""),
        (302, "http://user:word@10.9.8.7/", ""),
        (302, "http://10.9.8.7:0/", ""),
        (302, "http://10.9.8.7:99999/", ""),
        (302, "http://10.9.8.7/a\tb", ""),
        (302, "http://10.9.8.7/" + "a" * 5000, ""),
        (302, "http:///x", ""),
    ],
)
def test_what_leads_nowhere_is_no_hijack(status: int, location: str | None, body: str) -> None:
    assert read_hijack(status, location, body, ASKED) is None


@pytest.mark.parametrize(
    ("leads_to", "portal"),
    [
        (PAGE, Portal.EPORTAL),
        ("http://10.9.8.7/eportal/index.jsp?c=Portal&a=login", Portal.EPORTAL),
        ("http://10.9.8.7/eportal/redirect.jsp?x=1", Portal.EPORTAL),
        ("http://10.9.8.7/portal/portal-main?sessionId=1", Portal.SAM_PLUS),
        ("https://10.9.8.7/portal/entry/local?x=1", Portal.SAM_PLUS),
        ("http://10.9.8.7:801/eportal/?c=Portal&a=login", Portal.DR_COM),
        ("http://10.9.8.7/eportal/portal/login?user=1", Portal.DR_COM),
        ("http://10.9.8.7/srun_portal_pc?ac_id=1", Portal.SRUN),
        ("http://10.9.8.7/cgi-bin/srun_portal", Portal.SRUN),
        ("http://10.9.8.7/zportal/loginForWeb?wlanuserip=1", Portal.ZPORTAL),
        ("http://10.9.8.7/smp/commonauth?x=1", Portal.SMP),
        ("http://10.9.8.7/webauth.do?wlanuserip=1", Portal.BRAS),
        ("http://10.9.8.7/x/api/auth/wifidog?stage=login", Portal.RUIJIE_CLOUD),
        ("http://10.9.8.7/login?next=/eportal/index.jsp", Portal.OTHER),
    ],
)
def test_a_portal_is_known_by_its_path(leads_to: str, portal: Portal) -> None:
    assert which_portal(read_url(leads_to)) is portal


@given(st.integers(0, 999), st.none() | st.text(), st.text())
def test_whatever_is_answered_is_read_or_leads_nowhere(
    status: int, location: str | None, body: str
) -> None:
    found = read_hijack(status, location, body, ASKED)

    if found is not None:
        assert read_url(str(found)) == found


@given(st.text())
def test_an_address_that_is_read_is_written_as_it_was_read(text: str) -> None:
    try:
        url = read_url(text, ASKED)
    except ProtocolError:
        return
    assert read_url(str(url)) == url


@st.composite
def hijacks(draw: st.DrawFn) -> tuple[str, int, str | None, str]:
    """Draw an address, and a gateway's answer that leads there."""
    host = draw(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,9}[a-z0-9])?", fullmatch=True))
    port = draw(st.integers(1, 65535))
    plain = st.characters(
        codec="latin-1", exclude_categories=["Cc", "Z"], exclude_characters="'\"<>&#"
    )
    name, value = st.text(plain, max_size=20), st.text(plain, max_size=60)
    query = "&".join(draw(st.lists(st.builds("{}={}".format, name, value), min_size=1, max_size=5)))
    url = f"http://{host}:{port}/eportal/index.jsp?{query}"
    written = draw(st.sampled_from([url, url.replace("&", "&amp;")]))
    blanks = draw(st.sampled_from(["", " ", "\t", "\r\n  "]))
    quote = draw(st.sampled_from("'\""))
    before = draw(
        st.text(st.characters(exclude_characters="<'\"")).filter(
            lambda text: "location" not in text
        )
    )
    script = draw(
        st.sampled_from(
            [
                "location{b}={b}{q}{u}{q}",
                "top.self.location.href{b}={b}{q}{u}{q};",
                "location.replace({b}{q}{u}{q})",
            ]
        )
    ).format(b=blanks, q=quote, u=written)
    meta = f"<meta http-equiv={quote}refresh{quote} content={quote}0;{blanks}url={written}{quote}>"
    status, location, body = draw(
        st.sampled_from(
            [
                (302, url, ""),
                (200, None, f"{before}<script>{script}</script>"),
                (200, None, before + meta),
            ]
        )
    )
    sent = "".join(char if char.isascii() else f"%{ord(char):02X}" for char in url)
    return str(read_url(sent)), status, location, body


@given(hijacks())
def test_where_a_gateway_leads_is_read_whatever_stands_around_it(
    hijack: tuple[str, int, str | None, str],
) -> None:
    url, status, location, body = hijack

    assert str(read_hijack(status, location, body, ASKED)) == url


@given(st.text(), st.sampled_from(["http://{}@10.9.8.7/", "http://10.9.8.7{}/", "{}", "//{}"]))
def test_an_address_names_one_host_and_nobody_before_it(text: str, form: str) -> None:
    found = read_hijack(302, form.format(text), "", ASKED)

    if found is not None:
        assert found.scheme in ("http", "https")
        assert not set(found.host) & set("@/?# \\\r\n\t")
        assert not set(found.target) & set(" \r\n\t#")


@pytest.mark.parametrize(
    "piece",
    [
        "location",
        "location ",
        "location=",
        "location='",
        "<meta ",
        "<meta content=0",
        "location.href ",
        " ",
    ],
)
def test_no_page_takes_long_to_read(piece: str) -> None:
    """Of the longest answers that are read at all: 0.1 s, unless an expression tries every way."""
    begun = time.process_time()
    for body in (
        piece * (LARGEST_ANSWER // len(piece)),
        (piece + " " * 4000) * (LARGEST_ANSWER // 4000),
        ("<meta http-equiv=refresh content=" + " " * 4000 + ">") * (LARGEST_ANSWER // 4000),
    ):
        read_hijack(200, None, body, ASKED)

    assert time.process_time() - begun < 10
