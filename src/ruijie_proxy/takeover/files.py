"""Replacing a configuration, so that no moment leaves half of one, and what was there is kept."""

from __future__ import annotations

import os

OLD_SUFFIX = ".old"
_MODE = 0o600


def replace_file(path: str, content: bytes) -> str | None:
    """Write a file that only its owner can read; return where what was there before is now.

    A link is followed, and what is no file, such as a device or a pipe, is written to instead.
    Raises OSError, and then what was there is still there.
    """
    path = os.path.realpath(path)
    old = None
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "wb") as device:
            device.write(content)
        return None
    if os.path.exists(path):
        with open(path, "rb") as file:
            before = file.read()
        old = path + OLD_SUFFIX
        _write(old, before)
    _write(path, content)
    return old


def _write(path: str, content: bytes) -> None:
    directory, name = os.path.split(path)
    temporary = f"{directory}/.{name}.new"
    if os.path.lexists(temporary):
        os.unlink(temporary)  # of a run that was killed
    # O_EXCL: what somebody else puts there meanwhile is not written into.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, _MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            # Flash file systems may otherwise have the new name before the new content.
            os.fsync(descriptor)
        os.rename(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
