"""What a router says, made fit for a terminal; and sizes, for people."""

from __future__ import annotations

_LONGEST_LINE = 300
"""Characters of a line that is shown."""


def printable(text: str) -> str:
    """Return one line of text without what could steer a terminal, and not too long."""
    shown = "".join(one if one.isprintable() else " " for one in text).strip()
    return shown if len(shown) <= _LONGEST_LINE else f"{shown[:_LONGEST_LINE]}…"


def lines(text: str) -> list[str]:
    """Return the lines of a text that say something, each printable."""
    return [shown for line in text.splitlines() if (shown := printable(line))]


def size(count: int) -> str:
    """Return a number of bytes as people say it: in kB below a megabyte, in MB above."""
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{-(-count // 1000)} kB"
