"""Doubting that the session held is still alive, and calling for whoever can log in anew."""

from __future__ import annotations

from ruijie_proxy.engine.events import ClientNeeded, SessionDoubtful
from ruijie_proxy.engine.reasons import Doubt

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.outbox import Outbox


class Doubts:
    """Whose part it is to end a doubt: the router's, where it can log in, or a client's."""

    def __init__(self, outbox: Outbox, router_may_log_in: Callable[[], bool]) -> None:
        """Begin without a doubt; ``router_may_log_in`` tells whether the router itself could."""
        self._outbox = outbox
        self._router_may_log_in = router_may_log_in
        self.is_proof_missing = False
        """Whether the client has left a challenge unanswered."""
        self._are_clients = False
        """Whether it is for a client to log in anew while the session is doubtful."""

    def call_for_client(self, held: HeldSession | None) -> bool:
        """Whether a client is to be called for: without one the session cannot be trusted."""
        return self.is_proof_missing or (held is not None and held.doubtful and self._are_clients)

    def doubt(self, held: HeldSession, doubt: Doubt) -> None:
        """Take note of something that may have ended the session."""
        is_told = held.doubtful and self._are_clients
        held.doubt()
        self._outbox.report(SessionDoubtful(doubt))
        self._are_clients = not self._router_may_log_in()
        if self._are_clients and not is_told:
            self._outbox.report(ClientNeeded(was_asked=False))

    def proof_is_missing(self, held: HeldSession) -> None:
        """Have the router log in, or call for the client, which has not answered a challenge."""
        if self._router_may_log_in():
            self.doubt(held, Doubt.NO_RESULT)
        else:
            self.is_proof_missing = True
            held.doubt()
            self._outbox.report(ClientNeeded())

    def no_result(self, held: HeldSession, *, client_answers: bool) -> None:
        """Take note that a login anew came to no result.

        ``client_answers``: the client is there, for it has just answered, and need not be called.
        """
        if not client_answers or self._router_may_log_in():
            self.doubt(held, Doubt.NO_RESULT)
        else:
            held.doubt()
            self._outbox.report(SessionDoubtful(Doubt.NO_RESULT))

    def proof_was_given(self) -> None:
        """Take note that the challenge was answered, or that nothing is held that it is about."""
        self.is_proof_missing = False

    def begin_anew(self) -> None:
        """Take note that a login has succeeded: what came before is of no matter."""
        self.is_proof_missing = False
        self._are_clients = False
