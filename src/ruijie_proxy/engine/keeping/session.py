"""What every session is to the machine: one WAN port, whoever logs in by it.

Frames, timers and changes of the link go in with the time; actions and the next deadline come out.
Nothing here reads a clock or touches a socket, so hours of a session run in a test in milliseconds.
There are :mod:`.relay_session`, :mod:`.login_session`, :mod:`.portal_session`, and
:mod:`.auto_session`, which joins the first two; :mod:`.turning_session` is that or the third.
"""

from __future__ import annotations

from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.status import SessionStatus
from ruijie_proxy.engine.unanswered import Unanswered
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.keeping.short_way import ShortWay
    from ruijie_proxy.engine.kept_session import KeptSession
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.protocol.clients.client_profile import ClientProfile
    from ruijie_proxy.protocol.portal.outcomes import Outcome

if TYPE_CHECKING:
    from typing import Protocol

    class Held(Protocol):
        """What every kind of session holds while it is online."""

        @property
        def own(self) -> bool:
            """Whether the router itself has logged in."""

        @property
        def since(self) -> float:
            """Since when, on the engine's clock."""


_UNDER_WAY = (State.PREPARING, State.AUTHENTICATING)
"""The states of a login, without a session held."""


class Anew(Frozen):
    """What became of the wish to end what there is, and to log in anew."""

    was_held: bool
    """Whether a session was held."""
    has_begun: bool
    """Whether it was carried out; otherwise everything is as it was."""
    not_before: float | None = None
    """When the next login may begin, on the engine's clock; None: at any time."""


class Session:
    """One session. Times are seconds on one clock that never goes back."""

    __slots__ = ("_outbox", "_settings", "_unanswered")

    def __init__(
        self, settings: SessionSettings, outbox: Outbox | None, unanswered: Unanswered | None
    ) -> None:
        """Begin without a session held; :meth:`resume` goes on with one that was kept."""
        self._settings = settings
        self._outbox = Outbox() if outbox is None else outbox
        self._unanswered = Unanswered() if unanswered is None else unanswered

    @property
    def state(self) -> State:
        """Where the session stands."""
        raise NotImplementedError

    @property
    def held(self) -> Held | None:
        """What is held while online, and None otherwise."""
        raise NotImplementedError

    @property
    def link_up(self) -> bool:
        """Whether the WAN port has a carrier."""
        raise NotImplementedError

    @property
    def status(self) -> SessionStatus:
        """What the session is doing."""
        raise NotImplementedError

    @property
    def next_deadline(self) -> float | None:
        """When :meth:`handle_timer` wants to be called, or None."""
        raise NotImplementedError

    def take_actions(self) -> list[Action]:
        """Return what is to be done, in order, and forget it."""
        return self._outbox.take()

    def short_way(self, now: float) -> ShortWay | None:  # noqa: ARG002 - as all sessions
        """Return the short way for the next frame, or None when there is none.

        Who passes a frame on by it, tells the session afterwards (:meth:`crossed_to_client`,
        :meth:`crossed_to_server`), and asks for the next; all other frames go to
        :meth:`receive_from_lan` and :meth:`receive_from_wan`.
        """
        return None

    # What happens to the session. What does not concern a kind of session, it takes no note of.

    def resume(self, kept: KeptSession, now: float) -> None:
        """Go on with a session that was kept on disk, if it can still be alive.

        To be called once, before anything else.
        """
        raise NotImplementedError

    def begin(self, now: float) -> None:
        """Begin with what needs nobody to come first. To be called once, after :meth:`resume`."""

    def receive_from_lan(self, port: str, frame: bytes, now: float) -> None:
        """Take in a frame that came in by a LAN interface."""

    def receive_from_wan(self, frame: bytes, now: float) -> None:
        """Take in a frame that came in by the WAN port."""
        raise NotImplementedError

    def crossed_to_server(self, port: str, frame: bytes, now: float) -> bool:
        """Take in a frame from a LAN interface that has crossed the short way.

        Returns whether anything is other than before, as what is to be done and when; mostly the
        frame waits beside others to be looked at.
        """
        raise NotImplementedError

    def crossed_to_client(self, frame: bytes, now: float) -> bool:
        """Take in a frame from the WAN port that has crossed the short way. Returns the same."""
        raise NotImplementedError

    def link_changed(self, up: bool, now: float) -> None:
        """Take note that the WAN port got or lost its carrier, came or went."""
        raise NotImplementedError

    def router_changed(self, facts: RouterFacts, now: float) -> None:
        """Take note of what the router's addresses are now."""
        raise NotImplementedError

    def address_not_taken(self, reason: str) -> None:
        """Take note that the WAN port could not be given the client's MAC address."""

    def address_renewed(self, succeeded: bool, now: float) -> None:
        """Take note that the renewal of the WAN port's address has ended."""

    def portal_found(self, site: str, now: float) -> bool:  # noqa: ARG002 - as few sessions have it
        """Take note that a gateway leads to an ePortal; tell whether the session sees to that.

        ``site`` is the address of its host, such as ``http://10.9.8.7``.
        """
        return False

    def portal_answered(self, outcome: Outcome, now: float) -> None:
        """Take note of what an order to a web portal has come to."""

    def profile_changed(self, profile: ClientProfile | None, now: float) -> None:
        """Take note of what is known of a genuine client now."""

    def next_login(self, now: float) -> float:
        """Return when a login may begin, should the session end now; a client's may at any time."""
        return now

    def log_in_anew(self, now: float) -> Anew:
        """End the session that is held, if one is, and log in anew, as the user asks.

        Nothing is ended that could not begin again at once.
        """
        begins = self.next_login(now)
        is_held = self.held is not None
        not_before = begins if begins > now else None
        if not_before is not None and (is_held or self.state in _UNDER_WAY):
            return Anew(is_held, has_begun=False, not_before=not_before)
        was_held = self.log_off(now)
        self.try_again(now)
        return Anew(was_held, has_begun=True, not_before=not_before)

    def trust_anew(self) -> None:
        """Trust the web portal that comes next with the password, as the user asks."""

    def try_again(self, now: float) -> None:
        """Log in anew where that had been given up, as the user asks."""

    def handle_timer(self, now: float) -> None:
        """Do what is due."""
        raise NotImplementedError

    def log_off(self, now: float) -> bool:
        """Say goodbye to the switch, as the user asks; tell whether a session was held."""
        raise NotImplementedError

    def stop(self) -> None:
        """End for good. What was kept stays on disk, for a restarted program to go on with, unless
        the settings want the switch to be told goodbye.
        """
        raise NotImplementedError
