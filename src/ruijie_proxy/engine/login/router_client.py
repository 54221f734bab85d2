"""The client that the router says to be now: its frames, and who sends them."""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import EAP_IDENTIFIER_AT, read_eap
from ruijie_proxy.engine.login.client_frames import frames_of
from ruijie_proxy.engine.login.client_to_be import OTHER_EDITION, edition_is_open
from ruijie_proxy.engine.login.groups import groups_in_turn
from ruijie_proxy.engine.login.supplicant import Supplicant
from ruijie_proxy.engine.settings import Dialect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.login.client_frames import ClientFrames
    from ruijie_proxy.engine.login.tries import Tries
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import LoginSettings, SessionSettings
    from ruijie_proxy.engine.unanswered import Unanswered
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile


class RouterClient:
    """Makes frames and supplicants of what is known at the time."""

    def __init__(
        self,
        settings: SessionSettings,
        login: LoginSettings,
        facts: Callable[[], RouterFacts],
        profile: ClientProfile | None,
        tries: Tries,
    ) -> None:
        """``facts`` tells what the router's addresses are now."""
        self._settings = settings
        self._login = login
        self._facts = facts
        self._tries = tries
        self.profile = profile
        """What is known of a genuine client."""

    @property
    def is_plain(self) -> bool:
        """Whether its frames hold nothing of Ruijie's."""
        return self._login.dialect is Dialect.PLAIN

    def frames(self) -> ClientFrames:
        """Return the frames, with the addresses and the edition of now."""
        edition = self._tries.memory.edition
        return frames_of(self._settings, self._login, self._facts(), self.profile, edition)

    def supplicant(
        self, outbox: Outbox, unanswered: Unanswered, jitter: Callable[[], float]
    ) -> Supplicant:
        """Return who makes one login."""
        groups = groups_in_turn(self._settings.group, self._tries.memory.group)
        return Supplicant(self.frames(), groups, outbox, unanswered, jitter)

    def would_say(self, response: bytes, server: bytes) -> bool:
        """Whether its Identity response to a server would be the same as this one."""
        ours = self.frames().identity(server, response[EAP_IDENTIFIER_AT])
        return read_eap(response) == read_eap(ours)

    def other_edition(self, refused: int | None) -> int | None:
        """Return the edition to try after one was refused; None: there is none to try."""
        if refused is None or self._tries.memory.edition_was_refused:
            return None
        return OTHER_EDITION[refused] if edition_is_open(self._login, self.profile) else None
