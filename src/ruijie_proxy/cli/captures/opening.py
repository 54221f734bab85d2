"""Opening a capture, whether it is compressed or comes by standard input."""

from __future__ import annotations

import contextlib
import gzip
import select
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruijie_proxy.inspect.capture.window import Source

STANDARD_INPUT = "-"
_PATIENCE = 0.5
"""Seconds; a recorder that has more to write does so at once."""
_GZIP_MAGIC = b"\x1f\x8b"


def is_waiting() -> bool:
    """Whether standard input has nothing for now: half a second is waited for it."""
    return not select.select([sys.stdin.fileno()], [], [], _PATIENCE)[0]


@contextlib.contextmanager
def opened(path: str) -> Iterator[Source]:
    """Open a capture, compressed by gzip or not; "-" is standard input. Raises OSError."""
    with contextlib.ExitStack() as resources:
        is_input = path == STANDARD_INPUT
        place = sys.stdin.fileno() if is_input else path
        file = resources.enter_context(open(place, "rb", closefd=not is_input))
        if file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC):
            yield resources.enter_context(gzip.open(file))
        else:
            yield file
