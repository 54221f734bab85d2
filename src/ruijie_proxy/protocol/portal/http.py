"""One request and its answer by HTTP/1.1 (RFC 9112), as far as portals and gateways need it.

Requests look like a browser's, in the usual case of their headers: gateways of two campuses drop
others (docs/portal.md, section 2).
"""

from __future__ import annotations

from ruijie_proxy.messages import N_
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.portal.url import Url

LARGEST_ANSWER = 128 * 1024
"""Bytes of an answer, head and content; a page's information has a few thousand."""
LARGEST_HEAD = 16 * 1024
"""Bytes of an answer before its content."""
_USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) ruijie-proxy"
_HTTP_PORT = 80
_HEAD_ENDS = (b"\n\r\n", b"\n\n")
"""A line's end may be that of Unix (RFC 9112, section 2.2)."""
_LINE_END = b"\r\n"
_STATUS_SIZE = 3
_LONGEST_CHUNK_LINE = 256
_CHUNK_DIGITS = 8
_LENGTH_DIGITS = 9
"""Of a size; what has more is larger than any answer that is read."""
_HEX = frozenset(b"0123456789abcdefABCDEF")
_EMPTY = (204, 304)
"""Statuses whose answers have no content (RFC 9112, section 6.3)."""
_UNCHANGED = ("", "identity")
"""Codings of content that change nothing (RFC 9110, section 8.4.1)."""
_NO_HTTP = N_("its answer is no HTTP")
_TOO_LARGE = N_("its answer is larger than any portal's")
_IMPOSSIBLE_SIZE = N_("the size of its answer is impossible")
CUT_OFF = N_("its answer ends in the middle")
TOO_SLOW = N_("its answer is not whole in time")


class HttpAnswer(Frozen):
    """What came back."""

    status: int
    location: str | None
    cookies: tuple[tuple[str, str], ...]
    """Names and values that are to go along with the next request."""
    content: bytes

    def __repr__(self) -> str:
        return f"HttpAnswer({self.status}, …)"

    @property
    def text(self) -> str:
        """The content, for whoever looks for what is ASCII in it."""
        return self.content.decode("latin-1")


class _Head(Frozen):
    status: int
    fields: tuple[tuple[str, str], ...]
    size: int

    def field(self, name: str) -> str | None:
        return next((value for each, value in self.fields if each == name), None)


def make_request(
    url: Url,
    *,
    body: str | None = None,
    content_type: str = "",
    cookies: tuple[tuple[str, str], ...] = (),
) -> bytes:
    """Return a request: a POST where there is a body, else a GET."""
    host = url.host if url.port == _HTTP_PORT else f"{url.host}:{url.port}"
    fields = [
        f"{'GET' if body is None else 'POST'} {url.target} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {_USER_AGENT}",
        "Accept: */*",
        "Connection: close",
    ]
    if cookies:
        fields.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies))
    if body is not None:
        fields += [f"Content-Type: {content_type}", f"Content-Length: {len(body.encode())}"]
    # What is in an address was read as such, and has no blanks: only its letters may be any.
    return "\r\n".join([*fields, "", body or ""]).encode()


def read_answer(data: bytes, *, is_whole: bool) -> HttpAnswer | None:
    """Read an answer as far as it has come; None: more of it is to come.

    ``is_whole``: nothing more will come. Raises ProtocolError where it is none, or ends early.
    """
    if len(data) > LARGEST_ANSWER:
        raise ProtocolError(_TOO_LARGE)
    head = _read_head(data)
    if head is None:
        if is_whole or len(data) > LARGEST_HEAD:
            raise ProtocolError(_NO_HTTP)
        return None
    if (head.field("content-encoding") or "").lower() not in _UNCHANGED:
        raise ProtocolError(N_("its answer is compressed, which nobody asked for"))
    content = _content(head, data[head.size :], is_whole)
    if content is None:
        return None
    return HttpAnswer(head.status, head.field("location"), _cookies(head), content)


def _read_head(data: bytes) -> _Head | None:
    ends = [(data.find(end, 0, LARGEST_HEAD), len(end)) for end in _HEAD_ENDS]
    end, size = min((found for found in ends if found[0] >= 0), default=(-1, 0))
    if not b"HTTP/1.".startswith(data[:7]):
        raise ProtocolError(_NO_HTTP)
    if end < 0:
        return None
    first, *lines = data[:end].decode("latin-1").split("\n")
    status = first.partition(" ")[2][:_STATUS_SIZE]
    if len(status) != _STATUS_SIZE or not (status.isascii() and status.isdigit()):
        raise ProtocolError(_NO_HTTP)
    split = [line.partition(":") for line in lines]
    fields = tuple([(name.strip().lower(), value.strip()) for name, _, value in split])
    return _Head(int(status), fields, end + size)


def _content(head: _Head, data: bytes, is_whole: bool) -> bytes | None:
    if head.status in _EMPTY:
        return b""
    if "chunked" in (head.field("transfer-encoding") or "").lower():
        return _dechunked(data, is_whole)
    told = head.field("content-length")
    if told is None:
        return data if is_whole else None
    if not (told.isascii() and told.isdigit()):
        raise ProtocolError(_IMPOSSIBLE_SIZE)
    if len(told) > _LENGTH_DIGITS:
        raise ProtocolError(_TOO_LARGE)
    if len(data) >= int(told):
        return data[: int(told)]
    if is_whole:
        raise ProtocolError(CUT_OFF)
    return None


def _dechunked(data: bytes, is_whole: bool) -> bytes | None:
    """Join the chunks (RFC 9112, section 7.1); None: some are to come yet."""
    content: list[bytes] = []
    at = 0
    while True:
        end = data.find(_LINE_END, at, at + _LONGEST_CHUNK_LINE)
        if end < 0:
            break
        digits = data[at:end].partition(b";")[0].strip()
        if not 0 < len(digits) <= _CHUNK_DIGITS or not _HEX.issuperset(digits):
            raise ProtocolError(_IMPOSSIBLE_SIZE)
        size = int(digits, 16)
        begin = end + len(_LINE_END)
        at = begin + size + len(_LINE_END)
        if size == 0:
            return b"".join(content)
        if at > len(data):
            break
        content.append(data[begin : begin + size])
    if is_whole or len(data) - at > _LONGEST_CHUNK_LINE:
        raise ProtocolError(CUT_OFF)
    return None


def _cookies(head: _Head) -> tuple[tuple[str, str], ...]:
    """Return the cookies that an answer sets, without what says how long and where they hold."""
    pairs = [
        value.partition(";")[0].strip().partition("=")
        for name, value in head.fields
        if name == "set-cookie"
    ]
    # What steers a terminal or begins a line is no part of a cookie (RFC 6265, section 4.1.1).
    return tuple(
        [(name, value) for name, _, value in pairs if name and (name + value).isprintable()]
    )
