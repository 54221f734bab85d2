"""What a session has on disk: read when it begins, and written as the engine asks."""

from __future__ import annotations

from ruijie_proxy.i18n import _, reason_of
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.telling.level import Level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.actions import (
        ForgetSession,
        KeepProfile,
        KeepSession,
        RememberLogins,
    )
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.login_memory import LoginMemory
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.runtime.records.login_memory_file import LoginMemoryFile
    from ruijie_proxy.runtime.records.profile_file import ProfileFile
    from ruijie_proxy.runtime.records.state_file import StateFile


class SessionFiles:
    """The files of one session, of which each may be none. What goes wrong with one is told."""

    __slots__ = ("_memory", "_profile", "_save_failed", "_say", "_state")

    def __init__(
        self,
        state: StateFile | None,
        memory: LoginMemoryFile | None,
        profile: ProfileFile | None,
        say: Callable[[Level, str], None],
    ) -> None:
        """``say`` tells the user."""
        self._state = state
        self._memory = memory
        self._profile = profile
        self._say = say
        self._save_failed = False

    def load_session(self) -> KeptSession | None:
        """Return the session that was kept, if one can be used."""
        if self._state is None:
            return None
        kept = self._state.load(clock.boot_id())
        if kept.problem is not None:
            self._say(Level.NOTICE, kept.problem)
        return kept.session

    def load_memory(self) -> LoginMemory | None:
        """Return what is remembered of the router's own logins."""
        if self._memory is None:
            return None
        loaded = self._memory.load(clock.moment())
        if loaded.problem is not None:
            self._say(Level.WARNING, loaded.problem)
        return loaded.memory

    def load_profile(self) -> ClientProfile | None:
        """Return what is known of a genuine client."""
        if self._profile is None:
            return None
        from ruijie_proxy.runtime.records.profile_file import ProfileUnusable

        try:
            return self._profile.load()
        except ProfileUnusable as error:
            self._say(Level.WARNING, _("{error}; going on without it", error=error))
            return None

    def keep(self, action: KeepSession) -> None:
        """Write the session down; that it cannot be is told once."""
        if self._state is None:
            return
        try:
            self._state.save(action.kept, clock.boot_id())
            self._save_failed = False
        except OSError as error:
            if not self._save_failed:
                self._save_failed = True
                told = _("{error}; the session goes on, but a restart would end it", error=error)
                self._say(Level.WARNING, told)

    def forget(self, _action: ForgetSession) -> None:
        """Remove what was kept."""
        if self._state is None:
            return
        try:
            self._state.forget()
        except OSError as error:
            self._say(Level.WARNING, str(error))

    def remember_logins(self, action: RememberLogins) -> None:
        """Write down what is remembered of the router's own logins."""
        if self._memory is None:
            return
        try:
            self._memory.save(action.memory, clock.moment())
        except OSError as error:
            self._say(
                Level.WARNING,
                _(
                    "the logins of late cannot be remembered ({reason}): after a restart they may "
                    "be repeated too soon. See that “{keys[state_dir]}” can be written to",
                    reason=reason_of(error),
                ),
            )

    def keep_profile(self, action: KeepProfile) -> None:
        """Write down what was learned of a client."""
        if self._profile is None:
            return
        try:
            self._profile.save(action.profile)
        except OSError as error:
            told = _("the profile cannot be kept: {reason}", reason=reason_of(error))
            self._say(Level.WARNING, told)
