"""What is wrong with a configuration, where, and what would do instead.

No message repeats what the file says. A password can have slipped anywhere in it, by a missing
space, quote or line break; and the line and column are told, which show it to whoever may read it.
"""

from __future__ import annotations

from ruijie_proxy.i18n import _
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

"""The shortest configuration, in YAML."""
_LONGEST_COMPARED = 40
"""Characters of a word that are held against the known ones."""


class Unfit(Exception):
    """A value is not what its key takes."""

    def __init__(self, wrong: str, remedy: str | None = None) -> None:
        """Neither may repeat the value.

        ``remedy`` None: the description of what the key takes will do.
        """
        super().__init__(wrong)
        self.wrong = wrong
        self.remedy = remedy


class Unusable(Exception):
    """Another file cannot be used, or what it holds."""

    def __init__(self, wrong: str, remedy: str) -> None:
        super().__init__(_("{wrong}; {remedy}", wrong=wrong, remedy=remedy))
        self.wrong = wrong
        self.remedy = remedy


class Problem(Frozen):
    """One thing wrong with a configuration file."""

    file: str
    line: int | None
    """Counted from 1; None when it is the file as a whole."""
    column: int | None
    """In characters, counted from 1; None as the line, or where the line will do."""
    key: str
    """What the key is called, such as ``sessions[0].heartbeat.interval``; may be empty."""
    wrong: str
    remedy: str
    """What to write or do instead."""

    def __str__(self) -> str:
        place = [self.file, self.line, self.column, f" {self.key}" if self.key else None]
        return _(
            "{place}: {wrong}; {remedy}",
            place=":".join(str(part) for part in place if part is not None),
            wrong=self.wrong,
            remedy=self.remedy,
        )


class ConfigurationProblems(Exception):
    """A configuration cannot be used; ``problems`` holds everything found, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=_place))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class ConfigurationForbidden(ConfigurationProblems):
    """This user may not read the configuration."""


def refuse(file: str, wrong: str, remedy: str, text_before: str | None = None) -> NoReturn:
    """Raise ConfigurationProblems with one problem: of the file, or of the place behind a text."""
    line = column = None
    if text_before is not None:
        line = text_before.count("\n") + 1
        column = len(text_before) - (text_before.rfind("\n") + 1) + 1
    raise ConfigurationProblems([Problem(file, line, column, "", wrong, remedy)])


def _place(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column or 0


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant, if any is close."""
    from difflib import get_close_matches  # only a faulty file needs it

    matches = get_close_matches(word[:_LONGEST_COMPARED].lower(), list(known), n=1)
    return matches[0] if matches else None
