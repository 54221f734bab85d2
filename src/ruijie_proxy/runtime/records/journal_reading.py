"""Reading the journal, for commands: no daemon has to run."""

from __future__ import annotations

import contextlib
import json
import os

from ruijie_proxy.runtime.records.journal_files import NAME, OLDER_NAME
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, BinaryIO

_TEXTS = ("event", "at", "level", "text")
"""Keys of a line whose values are texts."""


class JournalContent(Frozen):
    """What the journal holds."""

    lines: list[dict[str, Any]]
    """As :meth:`.event_stream.Occurrence.to_plain` made them, oldest first."""
    damaged: int
    """How many lines cannot be read: torn by a loss of power, or by a full disk."""


def read_journal(directory: str) -> JournalContent:
    """Read both files; those that are not there hold nothing. Raises OSError."""
    lines = []
    damaged = 0
    with contextlib.ExitStack() as files:
        for line in _raw_lines(directory, files):
            plain = _read_line(line)
            if plain is None:
                damaged += 1
            else:
                lines.append(plain)
    return JournalContent(lines, damaged)


def is_line(plain: Any) -> bool:
    """Whether it has the shape of a line of the journal."""
    if not isinstance(plain, dict) or not isinstance(plain.get("session"), str | None):
        return False
    return all(isinstance(plain.get(key), str) for key in _TEXTS)


def _raw_lines(directory: str, files: contextlib.ExitStack) -> Iterator[bytes]:
    # The newer one first: when the daemon renames it meanwhile, it is both.
    newer = _open(f"{directory}/{NAME}", files)
    older = _open(f"{directory}/{OLDER_NAME}", files)
    if newer is not None and older is not None and _same(newer, older):
        older = None
    for file in (older, newer):
        if file is not None:
            yield from (line for line in file if line.strip())


def _open(path: str, files: contextlib.ExitStack) -> BinaryIO | None:
    try:
        return files.enter_context(open(path, "rb"))
    except FileNotFoundError:
        return None


def _same(one: BinaryIO, other: BinaryIO) -> bool:
    return os.path.sameopenfile(one.fileno(), other.fileno())


def _read_line(line: bytes) -> dict[str, Any] | None:
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return plain if is_line(plain) else None
