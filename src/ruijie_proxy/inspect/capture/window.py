"""A file that is read forward, a stretch of it at a time: what lies ahead can be looked at."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

from ruijie_proxy.i18n import N_

LARGEST_RECORD = 16 * 1024 * 1024
"""Bytes; a file that wants more at once is damaged, and would only fill the memory. Wireshark's own
limit for a block of pcapng."""
LARGEST_UNPACKED = 2 * 1024 * 1024 * 1024
"""Bytes that a compressed file may come to: a thousandth of it can be enough to make as many."""
_STRETCH = 256 * 1024
"""Bytes that are read at once."""
_ENDS = N_("the file ends in the middle at packet {number}")


class Source(Protocol):
    """What a capture is read from: files, pipes and what is unpacked are alike in this."""

    def read1(self, size: int, /) -> bytes:
        """Read what is there, waiting for a byte at least; nothing at the end. Raises OSError."""


class BrokenFile(Exception):
    """The file cannot be read on; ``what`` gets the packet's number beside the values."""

    def __init__(self, what: str, **values: object) -> None:
        super().__init__(what)
        self.what = what
        self.values = values


class Window:
    """The stretch that is in memory, and where in it the reading has come to."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self.before_reading: Callable[[], None] | None = None
        """Called each time that more is wanted of the file."""
        self._left = LARGEST_UNPACKED if isinstance(file, gzip.GzipFile) else None
        self._found: dict[bytes, int] = {}
        self.data = b""
        self.at = 0
        """What stands before is done with."""

    def has(self, count: int) -> bool:
        """Whether there are so many bytes ahead; then they are in ``data``. At most a record's.

        Raises BrokenFile or OSError.
        """
        missing = count - (len(self.data) - self.at)
        if missing <= 0:
            return True
        if count > LARGEST_RECORD:
            raise BrokenFile(
                N_("the file states an impossible size ({size} bytes) at packet {number}"),
                size=count,
            )
        parts = [self.data[self.at :]]
        while missing > 0 and (part := self._more()):
            parts.append(part)
            missing -= len(part)
        self.data = b"".join(parts)
        self.at = 0
        self._found.clear()
        return missing <= 0

    def require(self, count: int) -> None:
        """Be sure of so many bytes ahead. Raises BrokenFile where the file ends before."""
        if not self.has(count):
            raise BrokenFile(_ENDS)

    def next_of(self, needles: Sequence[bytes]) -> int:
        """Return where in ``data`` the first of some byte strings stands; its end if none does."""
        nearest = len(self.data)
        for needle in needles:
            found = self._found.get(needle, -1)
            if found < self.at:
                found = self.data.find(needle, self.at)
                found = len(self.data) if found < 0 else found
                self._found[needle] = found
            nearest = min(nearest, found)
        return nearest

    def _more(self) -> bytes:
        if self.before_reading is not None:
            self.before_reading()
        try:
            part = self._file.read1(_STRETCH)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BrokenFile(
                N_("the file has damaged compressed data at packet {number}")
            ) from error
        if self._left is not None:
            self._left -= len(part)
            if self._left < 0:
                raise BrokenFile(
                    N_("the file comes to more than {size} bytes unpacked, at packet {number}"),
                    size=LARGEST_UNPACKED,
                )
        return part
