"""Taking decisions and frames from the bytes of a fuzzer, from front to back.

Not atheris's own: that takes numbers from the back, so a few bytes more change everything before
them; and whoever runs the corpus needs no fuzzer for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class ByteSource:
    """Some bytes, of which more and more is taken. Behind their end there are zeros."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_empty(self) -> bool:
        """Whether all is taken."""
        return self._at >= len(self._data)

    def byte(self) -> int:
        """Take a number from 0 to 255."""
        taken = self.take(1)
        return taken[0] if taken else 0

    def take(self, count: int) -> bytes:
        """Take so many bytes, or as many as there are."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken

    def rest(self) -> bytes:
        """Take all that is left."""
        return self.take(len(self._data))

    def pick(self, choices: Sequence[T]) -> T:
        """Take one of at most 256 choices."""
        return choices[self.byte() % len(choices)]
