"""The file in which a session outlives the program.

It is of use only until the machine restarts, because a switch drops the port meanwhile; so nothing
has to outlive a loss of power, and writing never waits for the disk (no fsync). That a kill at any
moment leaves either the old content or the new one follows from the rename alone.

It is written with every heartbeat, since the next number is the one thing that nothing else knows.
OpenWrt has ``/var`` in memory, so that wears no flash; elsewhere it is half a kilobyte.
"""

from __future__ import annotations

import errno
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


class StateFileError(OSError):
    """The file could not be written or removed: a full disk, a read-only one, a permission."""

    def __init__(self, purpose: str, error: OSError) -> None:
        super().__init__(error.errno, f"{purpose}: {error.strerror or error}")

    def __str__(self) -> str:
        return str(self.strerror)


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
            plain = _decode(self._read())
        except FileNotFoundError:
            return Loaded(None, None)
        except OSError as error:
            return self._unusable(error.strerror or str(error))
        except (ValueError, RecursionError) as error:
            return self._unusable(f"it is damaged ({error})")
        if not isinstance(plain, dict) or plain.get("format") != FORMAT:
            return self._unusable("it is from another version of the program")
        if plain.get("boot_id") != boot_id:
            return Loaded(None, None)  # as after every restart of the machine
        try:
            return Loaded(KeptSession.from_plain(plain["session"]), None)
        except (KeyError, AttributeError, ValueError) as error:
            return self._unusable(f"it is damaged ({error})")

    def save(self, kept: KeptSession, boot_id: str) -> None:
        """Replace what was kept, whatever that was.

        Raises StateFileError, and then what was kept before is still there.
        """
        content = _encode({"format": FORMAT, "boot_id": boot_id, "session": kept.to_plain()})
        try:
            try:
                self._write(content)
            except FileNotFoundError:
                os.makedirs(self._directory, DIRECTORY_MODE, exist_ok=True)
                self._write(content)
        except OSError as error:
            raise StateFileError(f"the session cannot be kept in {self._path}", error) from error

    def forget(self) -> None:
        """Remove what was kept. Raises StateFileError."""
        try:
            _remove(self._path)
            _remove(self._temporary)
        except OSError as error:
            raise StateFileError(f"{self._path} cannot be removed", error) from error

    def _read(self) -> bytes:
        # O_NONBLOCK: a pipe of this name would keep the daemon waiting.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self._path, flags)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "it is not a regular file")
            # The file is trusted with what the router sends: nobody else may have written it.
            if status.st_uid != os.geteuid() or status.st_mode & _OTHERS:
                raise OSError(errno.EPERM, "others may read or write it")
            return os.read(descriptor, LARGEST_FILE)
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
            os.rename(self._temporary, self._path)
        except BaseException:
            _remove(self._temporary)  # a full disk is not to be filled further
            raise

    def _unusable(self, reason: str) -> Loaded:
        return Loaded(None, f"{self._path} is left alone until the next login: {reason}")


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        return


# Loaded with the first session that is kept: a router that waits for a client does without JSON.


def _encode(plain: object) -> bytes:
    import json

    return json.dumps(plain).encode()


def _decode(content: bytes) -> object:
    import json

    return json.loads(content)
