"""A small file that nobody but the program's own user may read or write, replaced as a whole.

A kill at any moment leaves either the old content or the new one: that follows from the rename
alone, or from the content's being put into one page of memory. Writing never waits for the disk (no
fsync).
"""

from __future__ import annotations

import errno
import os
import stat

from ruijie_proxy.i18n import _

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ONE_PAGE = 4096
"""Bytes, at most, that the kernel takes into its memory of a file in one step, which a kill comes
before or after (generic_perform_write in mm/filemap.c); no processor has smaller pages."""
_ROOM = 256
"""Bytes by whose multiples content is padded."""


class PrivateFile:
    """Reads, replaces and removes one file."""

    __slots__ = ("_directory", "_largest", "_name")

    def __init__(self, directory: str, name: str, largest: int) -> None:
        """Name the file; nothing is read or written yet. ``largest`` is in bytes."""
        self._directory = directory
        self._name = name
        self._largest = largest

    @property
    def path(self) -> str:
        """Where it is."""
        return f"{self._directory}/{self._name}"

    @property
    def _temporary(self) -> str:
        return f"{self._directory}/.{self._name}.new"

    def read(self) -> bytes:
        """Return the content, up to the largest size.

        Raises FileNotFoundError, or another OSError, also when others may read or write it.
        """
        # O_NONBLOCK: a pipe of this name would keep the daemon waiting.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self.path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, _("it is not a regular file"))
            # It is trusted with what the router sends: nobody else may have written it.
            if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
                raise OSError(errno.EPERM, _("others may read or write it"))
            return os.read(descriptor, self._largest)
        finally:
            os.close(descriptor)

    def write(self, content: bytes) -> None:
        """Replace the content, making the directory if need be.

        Raises OSError, and then what was there before still is.
        """
        try:
            self._write(content)
        except FileNotFoundError:
            os.makedirs(self._directory, DIRECTORY_MODE, exist_ok=True)
            self._write(content)

    def overwrite(self, content: bytes) -> None:
        """Replace the content as :meth:`write` does, padding it with spaces.

        For what is written again and again: it is put into the same file where it fits, which costs
        a hundredth of a new file and its rename, and no room on a full disk. Raises OSError.
        """
        if not self._put(content):
            self.write(content.ljust(-(-len(content) // _ROOM) * _ROOM))

    def remove(self) -> None:
        """Remove it, if it is there. Raises OSError."""
        _remove(self.path)
        _remove(self._temporary)

    def _put(self, content: bytes) -> bool:
        """Write over the whole file, if that is safe; return whether it was done."""
        try:
            flags = os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(self.path, flags)
        except OSError:
            return False  # somebody removed it; a new one is made, or tells what is wrong
        try:
            status = os.fstat(descriptor)
            is_ours = status.st_uid == os.geteuid() and not status.st_mode & _OTHERS
            size = status.st_size
            fits = len(content) <= size <= _ONE_PAGE
            if not is_ours or not stat.S_ISREG(status.st_mode) or not fits:
                return False
            return os.pwrite(descriptor, content.ljust(size), 0) == size
        except OSError:
            return False  # a file system that keeps old content, and is full
        finally:
            os.close(descriptor)

    def _write(self, content: bytes) -> None:
        _remove(self._temporary)
        # O_EXCL: what somebody else put there meanwhile is not written into.
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(self._temporary, flags, FILE_MODE)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.rename(self._temporary, self.path)
        except BaseException:
            _remove(self._temporary)  # a full disk is not to be filled further
            raise


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
