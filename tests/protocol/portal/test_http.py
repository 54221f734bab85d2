"""Answers by HTTP are read as Python's own client reads them, and never past their bounds."""

from __future__ import annotations

import http.client
import io
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.portal.http import LARGEST_HEAD, HttpAnswer, make_request, read_answer
from ruijie_proxy.protocol.portal.url import read_url

PAGE = read_url("http://10.9.8.7:8080/eportal/InterFace.do?method=login")
ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=GBK\r\n\r\n\xc4\xe3\xba\xc3",
    b"HTTP/1.0 302 Moved\r\nlocation:  http://10.9.8.7/eportal/index.jsp?a=b \r\n\r\n",
    b"HTTP/1.1 204\r\nSet-Cookie: JSESSIONID=A1; Path=/eportal; HttpOnly\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\n yo\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTRANSFER-ENCODING: Chunked\r\n\r\nA\r\n0123456789\r\n00\r\n\r\n",
)


class _Received:
    """The socket that Python's client would read from."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object, **__: object) -> io.BytesIO:
        return io.BytesIO(self._data)


def as_python_reads(data: bytes) -> tuple[int, str | None, bytes]:
    answer = http.client.HTTPResponse(cast("http.client.socket.socket", _Received(data)))  # type: ignore[name-defined]
    answer.begin()
    location = answer.getheader("location")
    return answer.status, location and location.strip(), answer.read()


@pytest.mark.parametrize("data", ANSWERS)
def test_an_answer_is_read_as_python_reads_it(data: bytes) -> None:
    answer = read_answer(data, is_whole=True)

    assert answer is not None
    assert (answer.status, answer.location, answer.content) == as_python_reads(data)


@pytest.mark.parametrize("data", ANSWERS)
def test_an_answer_that_comes_byte_by_byte_is_waited_for(data: bytes) -> None:
    whole = read_answer(data, is_whole=True)

    ready = [read_answer(data[:size], is_whole=False) for size in range(len(data) + 1)]

    assert all(answer in (None, whole) for answer in ready)


def test_cookies_are_kept_without_where_they_hold() -> None:
    data = (
        b"HTTP/1.1 200\r\nSet-Cookie: a=b; Path=/\r\nset-cookie: c=d=e\r\nContent-Length: 0\r\n\r\n"
    )

    assert cast(HttpAnswer, read_answer(data, is_whole=False)).cookies == (("a", "b"), ("c", "d=e"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SSH-2.0-dropbear\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * LARGEST_HEAD,
    ],
)
def test_what_is_no_whole_answer_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_answer(data, is_whole=True)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_head_with_the_line_ends_of_unix_is_read(line_end: bytes) -> None:
    """As browsers do (RFC 9112, section 2.2); a content may have either, too."""
    lines = [b"HTTP/1.1 302 x", b"Location: /a", b"Set-Cookie: b=c", b"Content-Length: 6", b""]
    data = line_end.join([*lines, b"a\r\n\r\nb"])

    answer = read_answer(data, is_whole=False)

    assert answer is not None
    assert (answer.status, answer.location, answer.cookies) == (302, "/a", (("b", "c"),))
    assert answer.content == b"a\r\n\r\nb"
    assert read_answer(data[:-7], is_whole=False) is None, "the head is not over"


@given(st.binary() | st.binary().map(lambda data: b"HTTP/1.1 200 OK\r\n" + data), st.booleans())
def test_whatever_comes_is_read_or_refused(data: bytes, is_whole: bool) -> None:
    try:
        answer = read_answer(data, is_whole=is_whole)
    except ProtocolError:
        return
    assert answer is None or len(answer.content) <= len(data)


def test_a_call_looks_like_a_browsers() -> None:
    request = make_request(
        PAGE, body="a=密", content_type="application/x-www-form-urlencoded", cookies=(("a", "b"),)
    )

    head, _, body = request.partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"POST /eportal/InterFace.do?method=login HTTP/1.1",
        b"Host: 10.9.8.7:8080",
        b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) ruijie-proxy",
        b"Accept: */*",
        b"Connection: close",
        b"Cookie: a=b",
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: 5",
    ]
    assert body == "a=密".encode()
