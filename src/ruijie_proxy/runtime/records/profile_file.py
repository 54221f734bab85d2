"""The file in which a learned client profile lies: written once a campus, and kept for good."""

from __future__ import annotations

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.protocol.clients.profile_data import (
    ProfileDamaged,
    profile_from_plain,
    profile_to_plain,
)
from ruijie_proxy.runtime.basis.json_text import from_json, to_json_lines
from ruijie_proxy.runtime.records.private_file import PrivateFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile

LARGEST_FILE = 64 * 1024


class ProfileUnusable(Exception):
    """A profile's file is there, but cannot be used."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            _("the profile in {path} cannot be used: {reason}", path=path, reason=reason)
        )


class ProfileFile:
    """Keeps the profile of one session of the configuration."""

    __slots__ = ("_directory", "_name")

    def __init__(self, directory: str, session_name: str) -> None:
        """Name the file; nothing is read or written yet."""
        self._directory = directory
        self._name = session_name

    @property
    def _file(self) -> PrivateFile:
        return PrivateFile(self._directory, f"{self._name}.profile.json", LARGEST_FILE)

    @property
    def path(self) -> str:
        """Where it is."""
        return self._file.path

    def load(self) -> ClientProfile | None:
        """Read the profile; None when there is none. Raises ProfileUnusable."""
        try:
            content = self._file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ProfileUnusable(self.path, reason_of(error)) from error
        except ProfileDamaged as error:
            raise ProfileUnusable(self.path, _(error.message, **error.values)) from error
        try:
            return profile_from_plain(from_json(content))
        except (ValueError, RecursionError) as error:
            raise ProfileUnusable(self.path, str(error)) from error

    def save(self, profile: ClientProfile) -> None:
        """Replace the profile. Raises OSError, and then the old one is still there."""
        text = to_json_lines(profile_to_plain(profile))
        self._file.write(text.encode(errors="backslashreplace") + b"\n")

    def forget(self) -> None:
        """Remove it, if it is there. Raises OSError."""
        self._file.remove()
