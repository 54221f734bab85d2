"""Text on a terminal: colours where they are wanted, and the width of Chinese characters."""

from __future__ import annotations

import os
import shutil
import unicodedata
from enum import Enum
from typing import TextIO

NARROWEST = 80
WIDEST = 110
_RESET = "\x1b[0m"


class Style(Enum):
    """ANSI escape codes (ECMA-48, 8.3.117), by what they are used for."""

    FAINT = "\x1b[2m"
    BOLD = "\x1b[1m"
    PC = "\x1b[36m"
    ROUTER = "\x1b[32m"
    SWITCH = "\x1b[35m"
    GOOD = "\x1b[1;32m"
    BAD = "\x1b[1;31m"


def wants_colour(output: TextIO) -> bool:
    """Whether colours are welcome: on a terminal, unless NO_COLOR (no-color.org) says no."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return output.isatty()


def usable_width() -> int:
    """Return how many columns to use."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns - 1))


def painted(text: str, style: Style) -> str:
    """Return a text in colour."""
    return f"{style.value}{text}{_RESET}" if text else text


def columns(text: str) -> int:
    """Return how many columns a text without escape codes takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fold(text: str, width: int) -> list[str]:
    """Cut a text into lines of at most ``width`` columns, between words where it has any."""
    lines = [""]
    for word in text.split(" "):
        glue = " " if lines[-1] else ""
        if columns(lines[-1] + glue + word) <= width:
            lines[-1] += glue + word
            continue
        lines.append("")
        for character in word:
            if columns(lines[-1] + character) > width:
                lines.append("")
            lines[-1] += character
    return [line for line in lines if line]
