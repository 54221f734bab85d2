"""What sessions at a switch have in common: they hold one that speaks in frames, and was kept."""

from __future__ import annotations

from ruijie_proxy.engine.events import LoggedOff, TooLateToResume
from ruijie_proxy.engine.keeping.held_session import ANOTHER_ADDRESS, HEARD_NOTHING, HeldSession
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.keeping.wanted import why_unwanted
from ruijie_proxy.engine.states import State, next_state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.engine.states import Cause
    from ruijie_proxy.engine.unanswered import Unanswered


class SwitchSession(Session):
    """A session at a switch."""

    __slots__ = ()

    def _may_go_on(self, kept: KeptSession, held: HeldSession, address: bytes, now: float) -> bool:
        """Whether a session that was kept may go on; else be done with it.

        ``address`` is the MAC address, 6 bytes, that its frames go out with now.
        """
        if not held.keeper.may_still_hold(now):
            self._outbox.report(TooLateToResume(HEARD_NOTHING))
            held.forget()
            return False
        reason = self._why_unwanted(kept)
        if reason is None and not held.has_address(address):
            reason = ANOTHER_ADDRESS
        if reason is None:
            return True
        self._outbox.report(TooLateToResume(reason))
        if self.link_up:
            held.log_off()
            self._outbox.report(LoggedOff())
        else:
            held.forget()
        return False

    def _lose_address(self, held: HeldSession) -> None:
        """Log off a session whose address the WAN port has no more: nothing goes out with that one,
        and a switch that holds it on to a port hears no other there.
        """
        self._outbox.report(TooLateToResume(ANOTHER_ADDRESS))
        held.log_off()
        self._outbox.report(LoggedOff())

    def _why_unwanted(self, kept: KeptSession) -> str | None:
        """Return why the settings want another session than one that was kept, or None."""
        return why_unwanted(kept, self._settings)


class PlainSession(SwitchSession):
    """A session that keeps by itself where it stands, in no part of its own."""

    __slots__ = ("_accounting", "_facts", "_held", "_link_up", "_message", "_state")

    def __init__(
        self,
        settings: SessionSettings,
        facts: RouterFacts,
        link_up: bool,
        state: State,
        outbox: Outbox | None,
        unanswered: Unanswered | None = None,
    ) -> None:
        """Begin without a session held; :meth:`resume` goes on with one that was kept."""
        super().__init__(settings, outbox, unanswered)
        self._facts = facts
        self._link_up = link_up
        self._state = state
        self._held: HeldSession | None = None
        self._message: str | None = None
        self._accounting: str | None = None

    @property
    def state(self) -> State:
        return self._state

    @property
    def held(self) -> HeldSession | None:
        return self._held

    @property
    def link_up(self) -> bool:
        return self._link_up

    def _move(self, cause: Cause) -> None:
        self._state = next_state(self._state, cause)

    def _log_off_if_held(self) -> bool:
        """Say goodbye, if a session is held, and let go of it."""
        held, self._held = self._held, None
        if held is None:
            return False
        held.log_off()
        return True
