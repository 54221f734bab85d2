"""Reading what a user has named as a file, whatever it is, without waiting for ever."""

from __future__ import annotations

import errno
import os
import stat
import time

from ruijie_proxy.i18n import _

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""What editors on Windows write in front of UTF-8."""
PATIENCE = 5.0
"""Seconds that a pipe has for all it brings: who writes into it, as ``<(…)`` of a shell, is there.
"""
_NOT_HELD_UP = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def read_bounded(path: str, most: int) -> bytes:
    """Return the content of a file, or what a pipe or a device brings, up to ``most`` bytes.

    Raises OSError, also for a directory, and where nothing comes.
    """
    descriptor = os.open(path, _NOT_HELD_UP)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        deadline = time.monotonic() + PATIENCE
        content = b""
        while len(content) < most:
            if not stat.S_ISREG(mode):
                _wait_for(descriptor, deadline, path)
            piece = os.read(descriptor, most - len(content))
            if not piece:
                break
            content += piece
        return content
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, deadline: float, path: str) -> None:
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise TimeoutError(errno.ETIMEDOUT, _("nothing comes out of this pipe"), path)
