"""A terminal: its width, and colours where they are wanted."""

from __future__ import annotations

import os
import sys

from ruijie_proxy.choices import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

USUAL = 80
"""Columns of a terminal that does not tell."""
_RESET = "\x1b[0m"
_BOLD, _DIM = "1", "2"
_COLOURS = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "magenta": "35",
    "cyan": "36",
    "bright_black": "90",
}
"""ECMA-48, 8.3.117 (SGR), and what terminals have added to it."""


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


def width_of(output: TextIO) -> int | None:
    """Return how many columns a terminal has; None for what is none."""
    if not output.isatty():
        return None
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given):
        return int(given)
    try:
        return os.get_terminal_size(output.fileno()).columns or USUAL
    except OSError:
        return USUAL


def painted(text: str, style: Style) -> str:
    """Return a text in colour."""
    return f"{style.value}{text}{_RESET}" if text else text


def styled(text: str, colour: str | None = None, *, bold: bool = False, dim: bool = False) -> str:
    """Return a text in a colour, bold or dim, where standard output wants that."""
    codes = [_COLOURS[colour]] if colour else []
    codes += ([_BOLD] if bold else []) + ([_DIM] if dim else [])
    if not codes or not text or not wants_colour(sys.stdout):
        return text
    return f"\x1b[{';'.join(codes)}m{text}{_RESET}"


def moves_the_cursor(output: TextIO) -> bool:
    """Whether a line can be written over and the screen cleared."""
    return output.isatty() and os.environ.get("TERM") != "dumb"
