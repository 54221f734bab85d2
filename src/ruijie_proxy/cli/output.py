"""What commands print, without what it takes to load click: a line, and words that stand out.

Colours go to terminals alone; a file or a program gets the text.
"""

from __future__ import annotations

import os
import sys

from ruijie_proxy.cli.exit_codes import ExitCode

_BOLD = "1"
_RESET = "\x1b[0m"
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bright_black": "90"}
"""ECMA-48, 8.3.117 (SGR), and what terminals have added to it."""


def say(text: str, *, error: bool = False) -> None:
    """Print a line: on standard output, or on standard error what is not the answer itself."""
    stream = sys.stderr if error else sys.stdout
    try:
        stream.write(f"{text}\n")
        stream.flush()
    except BrokenPipeError:
        # Who reads has seen enough. What is still to be written as the interpreter ends goes where
        # nobody complains.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        sys.exit(ExitCode.ERROR)


def styled(text: str, colour: str | None = None, *, bold: bool = False) -> str:
    """Return a text in a colour, or bold, where standard output is a terminal."""
    codes = [_COLOURS[colour]] if colour else []
    codes += [_BOLD] if bold else []
    if not codes or not sys.stdout.isatty():
        return text
    return f"\x1b[{';'.join(codes)}m{text}{_RESET}"
