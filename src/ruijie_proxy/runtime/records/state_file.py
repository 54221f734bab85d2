"""The file in which a session outlives the program.

It is of use only until the machine restarts, because a switch drops the port meanwhile; so nothing
has to outlive a loss of power.

It is written with every heartbeat, since the next number is the one thing that nothing else knows.
OpenWrt has ``/var`` in memory, so that wears no flash; elsewhere it is a kilobyte or so, in place.
"""

from __future__ import annotations

from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.basis.json_text import encode_json, from_json
from ruijie_proxy.runtime.records.private_file import PrivateFile
from ruijie_proxy.values import Frozen

FORMAT = 2
"""Changes whenever what is kept changes its meaning."""
LARGEST_FILE = 512 * 1024
"""Bytes: the longest frame, in hex, and the longest texts fit in."""


class StateFileError(OSError):
    """The file could not be written or removed: a full disk, a read-only one, a permission."""

    def __init__(self, failure: str, error: OSError) -> None:
        told = _("{failure}: {reason}", failure=failure, reason=reason_of(error))
        super().__init__(error.errno, told)

    def __str__(self) -> str:
        return str(self.strerror)


class Loaded(Frozen):
    """What a state file held."""

    session: KeptSession | None
    problem: str | None
    """Why a file that is there cannot be used, for the log; None when there is nothing to say."""


class StateFile:
    """Keeps one session of the configuration on disk."""

    __slots__ = ("_directory", "_name", "_name_of_port")

    def __init__(self, directory: str, session_name: str, name_of_port: str | None = None) -> None:
        """Name the file; nothing is read or written yet.

        ``name_of_port`` is the name under which ``login --keep``, which knows of no configuration,
        keeps the session of the same port. It is read, too, and removed once there is a newer one.
        """
        self._directory = directory
        self._name = session_name
        self._name_of_port = None if name_of_port == session_name else name_of_port

    def load(self, boot_id: str) -> Loaded:
        """Read what was kept since the machine started. A file that cannot be used says why."""
        loaded = _load(self._file_of(self._name), boot_id)
        if self._name_of_port is None:
            return loaded
        other = _load(self._file_of(self._name_of_port), boot_id)
        sessions = [one.session for one in (loaded, other) if one.session is not None]
        return Loaded(max(sessions, key=_last_sign, default=None), loaded.problem or other.problem)

    def save(self, kept: KeptSession, boot_id: str) -> None:
        """Replace what was kept, whatever that was.

        Raises StateFileError, and then what was kept before is still there.
        """
        content = encode_json({"format": FORMAT, "boot_id": boot_id, "session": kept.to_plain()})
        file = self._file_of(self._name)
        try:
            file.overwrite(content)
        except OSError as error:
            failure = _("the session cannot be kept in {path}", path=file.path)
            raise StateFileError(failure, error) from error
        self._forget_port()

    def forget(self) -> None:
        """Remove what was kept. Raises StateFileError."""
        self._remove(self._name)
        self._forget_port()

    def _forget_port(self) -> None:
        """Remove what was kept under the port's name, once. Raises StateFileError."""
        name, self._name_of_port = self._name_of_port, None
        if name is not None:
            self._remove(name)

    def _remove(self, name: str) -> None:
        file = self._file_of(name)
        try:
            file.remove()
        except OSError as error:
            failure = _("{path} cannot be removed", path=file.path)
            raise StateFileError(failure, error) from error

    def _file_of(self, name: str) -> PrivateFile:
        # Made when it is asked for, as the others of a session: it has three of them for months.
        return PrivateFile(self._directory, f"{name}.json", LARGEST_FILE)


def _load(file: PrivateFile, boot_id: str) -> Loaded:
    try:
        plain = from_json(file.read())
    except FileNotFoundError:
        return Loaded(None, None)
    except OSError as error:
        return _unusable(file, reason_of(error))
    except (ValueError, RecursionError) as error:
        return _unusable(file, _("it is damaged ({error})", error=error))
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        return _unusable(file, _("it is from another version of the program"))
    if plain.get("boot_id") != boot_id:
        return Loaded(None, None)  # as after every restart of the machine
    try:
        return Loaded(KeptSession.from_plain(plain["session"]), None)
    except (KeyError, AttributeError, ValueError) as error:
        return _unusable(file, _("it is damaged ({error})", error=error))


def _unusable(file: PrivateFile, reason: str) -> Loaded:
    told = _("{path} is left alone until the next login: {reason}", path=file.path, reason=reason)
    return Loaded(None, told)


def _last_sign(kept: KeptSession) -> float:
    """Return when a session was last known to be alive."""
    return max(kept.since, kept.last_heartbeat or 0.0)
