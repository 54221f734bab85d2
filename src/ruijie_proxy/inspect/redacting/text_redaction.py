"""Blanking out, in a server's text, what tells of the user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_ENCODING = "gb18030"
_BLANK = b"x"
_UNREADABLE = "?"
_LINE_ENDS = "\r\n\t"
_SHORTEST_PART = 3
"""Characters; a shorter part of a name, such as a realm's, is in any text."""
_NAME_PARTS = re.compile(r"[@\\/]")
_PERSONAL = re.compile(
    r"\d{5,}"  # numbers of students, telephones and accounts
    r"|\d{1,3}(?:\.\d{1,3}){3}"  # IPv4 addresses
    r"|(?:[0-9A-Fa-f]{2}[:.-]?){5}[0-9A-Fa-f]{2}"  # MAC addresses
)
_MOST_CHARACTER_BYTES = 4


def is_text(raw: bytes) -> bool:
    """Whether data is GBK text to its last byte, but for zeros around it.

    Of a few bytes it is no proof that they are meant as text.
    """
    return all(
        character != _UNREADABLE or piece == _UNREADABLE.encode()
        for character, piece in _characters(raw.strip(b"\0"))
    )


class TextRedaction:
    """Knows the user names and addresses of a capture."""

    def __init__(self, names: Iterable[bytes], addresses: Iterable[bytes] = ()) -> None:
        """Take user names as they are on the wire, in GBK or UTF-8, and addresses in binary."""
        self._forms: set[bytes] = {address for address in addresses if any(address)}
        texts: set[str] = set()
        for name in names:
            for text in _texts(name):
                parts = {part for part in _NAME_PARTS.split(text) if len(part) >= _SHORTEST_PART}
                for part in {text, *parts}:
                    texts.add(part)
                    self._forms |= {part.encode("utf-8"), part.encode(_ENCODING)}
            self._forms.add(name)
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        self._names = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
        self._has_names = bool(texts)

    def __call__(self, raw: bytes) -> bytes:
        """Return a text of as many bytes, with names, numbers and addresses blanked out.

        It ends with the first zero: what stands behind it is none of it. What is no character that
        can be shown is blanked out, too.
        """
        text, end, rest = raw.partition(b"\0")
        return self._redacted(text) + bytes(len(end) + len(rest))

    def _redacted(self, raw: bytes) -> bytes:
        pieces = list(_characters(raw))
        text = "".join(character for character, _ in pieces)
        blanks: set[int] = set()
        for pattern in (_PERSONAL, self._names) if self._has_names else (_PERSONAL,):
            for match in pattern.finditer(text):
                blanks.update(range(*match.span()))
        kept = b"".join(
            _BLANK * len(piece) if at in blanks or character == _UNREADABLE else piece
            for at, (character, piece) in enumerate(pieces)
        )
        if any(form in kept for form in self._forms):
            return _BLANK * len(raw)  # bytes of two characters that make a name by chance
        return kept


def _texts(name: bytes) -> Iterator[str]:
    for encoding in ("utf-8", _ENCODING):
        try:
            text = name.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text:
            yield text


def _characters(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each character with its bytes; one that cannot be read or shown is one byte."""
    at = 0
    while at < len(raw):
        for size in (1, 2, _MOST_CHARACTER_BYTES):
            piece = raw[at : at + size]
            try:
                character = piece.decode(_ENCODING)
            except UnicodeDecodeError:
                continue
            if character.isprintable() or character in _LINE_ENDS:
                break
        else:
            character, piece = _UNREADABLE, raw[at : at + 1]
        yield character, piece
        at += len(piece)
