"""Opening a capture, whether it is compressed or comes by standard input."""

from __future__ import annotations

import contextlib
import gzip
import sys
from collections.abc import Iterator
from typing import BinaryIO

STANDARD_INPUT = "-"


_GZIP_MAGIC = b"\x1f\x8b"


@contextlib.contextmanager
def opened(path: str) -> Iterator[BinaryIO]:
    """Open a capture, compressed by gzip or not; "-" is standard input. Raises OSError."""
    if path == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with open(path, "rb") as file:
        if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            with gzip.open(file) as unpacked:
                yield unpacked  # type: ignore[misc] # it reads as a file of bytes does
        else:
            yield file
