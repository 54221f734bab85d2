"""The file in which the memory of the router's own logins outlives the program.

What matters most in it is when they were tried: a campus counts refusals, whoever restarted
meanwhile. After a restart of the machine the boot clock begins anew, and the time in between is
told by the clock on the wall, as far as it can be believed: routers without a battery begin in the
past, and then no time has gone by.
"""

from __future__ import annotations

from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.basis.json_text import encode_json, from_json
from ruijie_proxy.runtime.records.private_file import PrivateFile
from ruijie_proxy.values import Frozen, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ruijie_proxy.runtime.basis.clock import Moment

FORMAT = 1
"""Changes whenever what is kept changes its meaning."""
LARGEST_FILE = 16 * 1024
_LATEST = 1e12
"""Seconds; no clock tells a later time."""


class LoadedMemory(Frozen):
    """What the file held."""

    memory: LoginMemory
    problem: str | None
    """Why a file that is there cannot be used, for the log; None when there is nothing to say."""


class LoginMemoryFile:
    """Keeps the memory of one session of the configuration."""

    __slots__ = ("_directory", "_name")

    def __init__(self, directory: str, session_name: str) -> None:
        """Name the file; nothing is read or written yet."""
        self._directory = directory
        self._name = session_name

    @property
    def _file(self) -> PrivateFile:
        return PrivateFile(self._directory, f"{self._name}.logins.json", LARGEST_FILE)

    def load(self, now: Moment) -> LoadedMemory:
        """Read what was remembered. A file that cannot be used says why."""
        try:
            plain = from_json(self._file.read())
            return LoadedMemory(_moved(plain, now), None)
        except FileNotFoundError:
            return LoadedMemory(LoginMemory(), None)
        except OSError as error:
            reason = reason_of(error)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            reason = _("it is damaged ({error})", error=error)
        told = _(
            "{path} is not used: {reason}; how often was tried lately is forgotten",
            path=self._file.path,
            reason=reason,
        )
        return LoadedMemory(LoginMemory(), told)

    def forget_refusal(self, now: Moment) -> None:
        """Let a password that was refused be tried again. Raises OSError."""
        memory = self.load(now).memory
        if memory.refused is not None:
            self.save(replace(memory, refused=None), now)

    def save(self, memory: LoginMemory, now: Moment) -> None:
        """Replace what was remembered. Raises OSError, and then the old is still there."""
        plain = {
            "format": FORMAT,
            "boot_id": now.boot_id,
            "boot": now.boot,
            "wall": now.wall,
            "memory": memory.to_plain(),
        }
        self._file.write(encode_json(plain))


def _moved(plain: dict[str, Any], now: Moment) -> LoginMemory:
    """Return the memory on the clock of this run of the machine."""
    if plain["format"] != FORMAT:
        raise ValueError(_("it is from another version of the program"))
    boot, wall = plain["boot"], plain["wall"]
    # Neither infinity nor NaN, which JSON can carry, is within the bounds.
    if any(type(at) not in (int, float) or not abs(at) < _LATEST for at in (boot, wall)):
        raise ValueError(_("it does not tell when it was written"))
    memory = LoginMemory.from_plain(plain["memory"])
    if plain["boot_id"] == now.boot_id:
        return memory.moved(0.0, now.boot)
    elapsed = max(0.0, now.wall - wall)
    return memory.moved(now.boot - elapsed - boot, now.boot)
