"""What is wrong with a configuration, where, and what would do instead."""

from __future__ import annotations

from ruijie_proxy.values import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SHOWN = 40
"""Characters of the user's own text that a message repeats at most."""


@frozen
class Problem:
    """One thing wrong with a configuration file."""

    file: str
    line: int | None
    """Counted from 1; None when it is the file as a whole."""
    column: int | None
    """In characters, counted from 1; None as the line."""
    key: str
    """Path of the key, such as ``sessions[0].heartbeat.interval``; may be empty."""
    wrong: str
    remedy: str
    """What to write or do instead."""

    def __str__(self) -> str:
        place = [self.file, self.line, self.column, f" {self.key}" if self.key else None]
        return ":".join(str(part) for part in place if part is not None) + (
            f": {self.wrong}; {self.remedy}"
        )


class ConfigurationProblems(Exception):
    """A configuration cannot be used; ``problems`` holds everything found, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=_place))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0


def shown(text: str) -> str:
    """The user's own text, fit to be repeated in a message: short, and safe for a terminal."""
    cut = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in cut)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, if any is close."""
    from difflib import get_close_matches  # only a faulty file needs it

    matches = get_close_matches(word[:_LONGEST_SHOWN].lower(), list(known), n=1)
    return matches[0] if matches else None
