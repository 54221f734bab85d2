"""The file in which a session outlives the program.

It is of use only until the machine restarts, because a switch drops the port meanwhile; so nothing
has to outlive a loss of power, and writing never waits for the disk (no fsync). That a kill at any
moment leaves either the old content or the new one follows from the rename alone.
"""

from __future__ import annotations

import errno
import json
import os
import stat

from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.values import frozen

FORMAT = 1
"""Changes whenever what is kept changes its meaning."""
LARGEST_FILE = 512 * 1024
"""Bytes: the longest frame, in hex, and the longest texts fit in."""
DIRECTORY_MODE = 0o700
FILE_MODE = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@frozen
class Loaded:
    """What a state file held."""

    session: KeptSession | None
    problem: str | None
    """Why a file that is there cannot be used, for the log; None when there is nothing to say."""


class StateFile:
    """Keeps one session of the configuration on disk."""

    def __init__(self, directory: str, session_name: str) -> None:
        """Name the file; nothing is read or written yet."""
        self._directory = directory
        self._path = f"{directory}/{session_name}.json"
        self._temporary = f"{directory}/.{session_name}.json.new"

    def load(self, boot_id: str) -> Loaded:
        """Read what was kept since the machine started. A file that cannot be used says why."""
        try:
            plain = json.loads(self._read())
        except FileNotFoundError:
            return Loaded(None, None)
        except (OSError, ValueError, RecursionError) as error:
            return self._unusable(str(error))
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            return self._unusable("it is from another version of the program")
        if plain.get("boot_id") != boot_id:
            return Loaded(None, None)  # as after every restart of the machine
        try:
            return Loaded(KeptSession.from_plain(plain["session"]), None)
        except (KeyError, AttributeError, ValueError) as error:
            return self._unusable(str(error))

    def save(self, kept: KeptSession, boot_id: str) -> None:
        """Replace what was kept. Raises OSError, and then what was kept before is still there."""
        content = json.dumps({"format": FORMAT, "boot_id": boot_id, "session": kept.to_plain()})
        try:
            self._write(content.encode())
        except FileNotFoundError:
            os.makedirs(self._directory, DIRECTORY_MODE, exist_ok=True)
            self._write(content.encode())

    def forget(self) -> None:
        """Remove what was kept. Raises OSError."""
        for path in (self._path, self._temporary):
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue

    def _read(self) -> bytes:
        # The file is trusted with the session's key: whoever else could have written it could make
        # the router send anything.
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
                raise OSError(errno.EPERM, "others may read or write it")
            return file.read(LARGEST_FILE)

    def _write(self, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._temporary, flags, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, FILE_MODE)
            file.write(content)
        os.rename(self._temporary, self._path)

    def _unusable(self, reason: str) -> Loaded:
        return Loaded(None, f"{self._path} is left alone until the next login: {reason}")
