"""Opening a capture, whether it is compressed or comes by standard input."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import select
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ruijie_proxy.display_width import columns
from ruijie_proxy.i18n import _
from ruijie_proxy.terminal import moves_the_cursor

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

    from ruijie_proxy.inspect.capture.window import Source

STANDARD_INPUT = "-"
_PATIENCE = 0.5
"""Seconds; a recorder that has more to write does so at once."""
_LONG = 64 * 1024 * 1024
"""Bytes; what is read within a second needs no figures."""
_BETWEEN_FIGURES = 0.2
"""Seconds."""
_GZIP_MAGIC = b"\x1f\x8b"


def is_waiting() -> bool:
    """Whether standard input has nothing for now: half a second is waited for it."""
    return not select.select([sys.stdin.fileno()], [], [], _PATIENCE)[0]


class _Watched(io.FileIO):
    """A long file, of which a terminal is told how much is read."""

    def __init__(self, path: str, size: int) -> None:
        super().__init__(path)
        self._size = size
        self._read = 0
        self._told_at = time.monotonic()
        self._columns = 0

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """Read on."""
        count = super().readinto(buffer)
        self._read += count or 0
        if not count:
            self._clear()
        elif time.monotonic() - self._told_at >= _BETWEEN_FIGURES:
            self._told_at = time.monotonic()
            percent = min(100, 100 * self._read // self._size)
            self._show(_("{percent} % read", percent=percent))
        return count

    def close(self) -> None:
        """End, with nothing left on the screen."""
        self._clear()
        super().close()

    def _clear(self) -> None:
        if self._columns:
            self._show("")

    def _show(self, text: str) -> None:
        blank = " " * max(0, self._columns - columns(text))
        sys.stderr.write(f"\r{text}{blank}" if text else f"\r{blank}\r")
        sys.stderr.flush()
        self._columns = columns(text)


@contextlib.contextmanager
def opened(path: str) -> Iterator[Source]:
    """Open a capture, compressed by gzip or not; "-" is standard input. Raises OSError."""
    with contextlib.ExitStack() as resources:
        file = resources.enter_context(_file_of(path))
        if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            yield resources.enter_context(gzip.open(file))
        else:
            yield file


def _file_of(path: str) -> io.BufferedReader:
    if path == STANDARD_INPUT:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    size = os.stat(path).st_size
    if size >= _LONG and moves_the_cursor(sys.stderr):
        return io.BufferedReader(_Watched(path, size))
    return open(path, "rb")
