"""The width of text on a terminal, where Chinese characters take two columns."""

from __future__ import annotations

from bisect import bisect_right

from ruijie_proxy.standard_streams import as_shown

_WIDE = (
    (0x1100, 0x115F),  # Hangul's beginnings of syllables
    (0x2E80, 0x303E),  # radicals, punctuation
    (0x3041, 0x33FF),  # Kana, enclosed characters, units
    (0x3400, 0x4DBF),
    (0x4E00, 0xA4C6),  # Chinese; Yi
    (0xA960, 0xA97C),
    (0xAC00, 0xD7A3),  # Hangul
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE19),
    (0xFE30, 0xFE6B),
    (0xFF01, 0xFF60),  # ASCII at full width
    (0xFFE0, 0xFFE6),
    (0x1F300, 0x1F64F),  # pictures
    (0x1F900, 0x1F9FF),
    (0x20000, 0x3FFFD),  # Chinese
)
"""First and last code points of what takes two columns: the classes W and F of Unicode's annex 11,
in whole blocks. Unicode's own tables are a million bytes, which the program for small routers goes
without; a test holds these equal to them for all that a campus can say."""
_FIRSTS = [first for first, _last in _WIDE]
_NOT_FIRST = "，。、；：？！）》】”’…—,.;:?!)"
"""Punctuation that no line begins with …"""
_NOT_LAST = "（《【“‘("
"""… and that none ends with."""


def columns(text: str) -> int:
    """Return how many columns a text without escape codes takes, as standard output shows it."""
    return sum(_width(character) for character in as_shown(text))


def padded(text: str, width: int) -> str:
    """Return a text with as many spaces behind it as fill ``width`` columns."""
    return text + " " * (width - columns(text))


def right_aligned(text: str, width: int) -> str:
    """Return a text with as many spaces before it as fill ``width`` columns."""
    return " " * (width - columns(text)) + text


def fold(text: str, width: int, *, break_words: bool = True) -> list[str]:
    """Cut a text into lines of at most ``width`` columns: between words, or Chinese characters.

    Without ``break_words`` a word that is longer than a line, such as a path, stays whole.
    """
    lines = [""]
    for word in text.split(" "):
        glue = " " if lines[-1] else ""
        for part in _parts(word) or [""]:
            if columns(lines[-1] + glue + part) <= width:
                lines[-1] += glue + part
            elif columns(part) <= width or not break_words:
                lines.append(part)
            else:
                lines.append("")
                for character in part:
                    if columns(lines[-1] + character) > width:
                        lines.append("")
                    lines[-1] += character
            glue = ""
    return [line for line in lines if line]


def _parts(word: str) -> list[str]:
    """Cut a text without spaces where a line may end."""
    parts: list[str] = []
    for character in word:
        before = parts[-1][-1] if parts else ""
        may_part = before and (_width(before) == 2 or _width(character) == 2)
        if may_part and character not in _NOT_FIRST and before not in _NOT_LAST:
            parts.append(character)
        elif parts:
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def _width(character: str) -> int:
    code = ord(character)
    index = bisect_right(_FIRSTS, code) - 1
    return 2 if index >= 0 and code <= _WIDE[index][1] else 1
