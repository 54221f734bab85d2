"""What a virtual portal can do wrong, or a hostile one on purpose: its answers, changed."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from enum import StrEnum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_HUGE = 10_000_000
_FLOOD = 1000
"""Lines of a head."""


class How(StrEnum):
    """What becomes of an answer."""

    LARGE = "large"
    """Ten megabytes."""
    HALF = "half"
    """The second half of its content is missing."""
    TWICE = "twice"
    CHUNKED = "chunked"
    COMPRESSED = "compressed"
    """By gzip, which nobody asked for."""
    SIZE_TOO_SMALL = "size-too-small"
    SIZE_TOO_LARGE = "size-too-large"
    NO_SIZE = "no-size"
    """Of a number with thousands of digits."""
    FLOODED_HEAD = "flooded-head"
    NO_HEAD = "no-head"
    """As HTTP/0.9 had it."""
    IN_UTF_16 = "in-utf-16"
    LATE = "late"
    DRIPPING = "dripping"
    """A byte each second."""
    INSTEAD = "instead"
    """Another content."""
    LEADS_TO = "leads-to"
    """A redirection."""
    FIELDS = "fields"
    """Some fields of JSON have other values."""


@dataclass(frozen=True, slots=True)
class Mischief:
    """What is done to the answers to one call."""

    at: str
    """A method, ``page`` or ``hijack``."""
    how: How
    text: str = ""
    """The content or the address in place of the right one, or a value of JSON with the fields."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an answer goes out."""

    after: float = 0.0
    """Seconds before it."""
    between: float = 0.0
    """Seconds between its bytes."""


def pace_of(mischief: Mischief, slowness: float) -> Pace:
    """Return how fast it goes out; ``slowness`` is in seconds: longer than who asks waits."""
    if mischief.how is How.LATE:
        return Pace(after=slowness)
    return Pace(between=1.0) if mischief.how is How.DRIPPING else Pace()


def spoil(answer: bytes, mischief: Mischief) -> bytes:
    """Return an answer by HTTP as the mischief has it."""
    head, _, content = answer.partition(b"\r\n\r\n")
    return _SPOILERS[mischief.how](head, content, mischief.text)


def _answer(content: bytes, *fields: bytes, size: int | None = None) -> bytes:
    length = b"Content-Length: %d" % (len(content) if size is None else size)
    return b"\r\n".join([b"HTTP/1.1 200 x", length, *fields, b"", content])


def _chunked(content: bytes) -> bytes:
    chunks = b"".join(b"1;x=y\r\n%c\r\n" % byte for byte in content)
    head = b"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + chunks + b"0\r\n\r\n"


def _with_fields(content: bytes, text: str) -> bytes:
    told: dict[str, Any] = {**json.loads(content), **json.loads(text)}
    return _answer(json.dumps(told).encode())


_SPOILERS: dict[How, Callable[[bytes, bytes, str], bytes]] = {
    How.LARGE: lambda _head, content, _text: _answer(content.ljust(_HUGE)),
    How.HALF: lambda head, content, _text: head + b"\r\n\r\n" + content[: len(content) // 2],
    How.TWICE: lambda head, content, _text: (head + b"\r\n\r\n" + content) * 2,
    How.CHUNKED: lambda _head, content, _text: _chunked(content),
    How.COMPRESSED: lambda _head, content, _text: _answer(
        gzip.compress(content), b"Content-Encoding: gzip"
    ),
    How.SIZE_TOO_SMALL: lambda _head, content, _text: _answer(content, size=len(content) // 2),
    How.SIZE_TOO_LARGE: lambda _head, content, _text: _answer(content, size=len(content) + 99),
    How.NO_SIZE: lambda _head, content, _text: (
        b"HTTP/1.1 200 x\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n" + content
    ),
    How.FLOODED_HEAD: lambda _head, content, _text: _answer(
        content, *(b"Set-Cookie: c%d=%064d" % (number, number) for number in range(_FLOOD))
    ),
    How.NO_HEAD: lambda _head, content, _text: content,
    How.IN_UTF_16: lambda _head, content, _text: _answer(content.decode().encode("utf-16")),
    How.LATE: lambda head, content, _text: head + b"\r\n\r\n" + content,
    How.DRIPPING: lambda head, content, _text: head + b"\r\n\r\n" + content,
    How.INSTEAD: lambda _head, _content, text: _answer(text.encode()),
    How.LEADS_TO: lambda _head, _content, text: (
        f"HTTP/1.1 302 x\r\nLocation: {text}\r\nContent-Length: 0\r\n\r\n".encode()
    ),
    How.FIELDS: lambda _head, content, text: _with_fields(content, text),
}
