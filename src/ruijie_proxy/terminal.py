"""A terminal: its width, and colours where they are wanted."""

from __future__ import annotations

import os
import shutil
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
