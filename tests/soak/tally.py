"""What was done how often, and what failed."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator

from ruijie_proxy.lab.errors import LabError


class Tally:
    """The outcome of one scenario."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        """How often each thing was done."""
        self.measured: dict[str, str] = {}
        """What was measured, for people to read."""
        self.failed: list[str] = []
        """What went wrong."""

    def expect(self, holds: bool, what: str) -> None:
        """Take note of it where something does not hold."""
        if not holds:
            self.failed.append(what)

    @contextlib.contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """Count what is done inside; when the campus waits for something in vain, it failed."""
        try:
            yield
        except LabError as error:
            self.failed.append(f"{what}: {error}")
        self.done[what] += 1
