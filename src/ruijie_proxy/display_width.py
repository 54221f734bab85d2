"""The width of text on a terminal, where Chinese characters take two columns."""

from __future__ import annotations

import unicodedata

_NOT_FIRST = "，。、；：？！）》】”’…—,.;:?!)"
"""Punctuation that no line begins with …"""
_NOT_LAST = "（《【“‘("
"""… and that none ends with."""


def columns(text: str) -> int:
    """Return how many columns a text without escape codes takes."""
    return sum(_width(character) for character in text)


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
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
