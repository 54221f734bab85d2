"""A session online that has to prove itself anew: the server challenges, and the client answers.

Most campuses do so, hourly at most. The session is held all the while.
"""

from __future__ import annotations

from ruijie_proxy.engine.events import ChallengedOnline
from ruijie_proxy.engine.frame_reading import EAP_IDENTIFIER_AT
from ruijie_proxy.engine.relay.relayed_login import PROOF_PATIENCE
from ruijie_proxy.engine.states import Cause, State
from ruijie_proxy.protocol.eap import EapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
    from ruijie_proxy.engine.relay.standing import Standing
    from ruijie_proxy.protocol.results import Result


class Reauthentication:
    """From a server's question to who is online, to the Success or the time that ends it."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    @property
    def is_online(self) -> bool:
        """Whether what the server says now is said to who is online."""
        return self._standing.state in (State.ONLINE, State.CHALLENGED)

    def answers_itself(self, method: int | None, frame: bytes, now: float) -> bool:
        """Whether what the server asks is a probe that needs no client, and is answered by this."""
        held = self._standing.held
        if held is None or method != EapType.IDENTITY or not self.is_online:
            return False
        return held.answer_identity(frame[EAP_IDENTIFIER_AT], now)

    def server_asks(self, login: RelayedLogin, method: int | None, now: float) -> None:
        """Take note of a question to who is online that has been passed on to the client."""
        if method in (None, EapType.IDENTITY, EapType.NOTIFICATION):
            return
        standing = self._standing
        if standing.state is State.ONLINE:
            login.answered_since_result = False
            standing.outbox.report(ChallengedOnline(login.port))
            if standing.held is not None:
                standing.held.gave_sign()
        if standing.state is State.ONLINE or not login.is_asked:
            login.is_asked = True
            login.deadline = now + PROOF_PATIENCE
        standing.move(Cause.CHALLENGED)
        standing.update_listening()

    def succeeded(self, login: RelayedLogin, result: Result, now: float) -> None:
        """Take note of the Success that ends a challenge."""
        standing = self._standing
        standing.move(Cause.SUCCEEDED)
        standing.doubts.proof_was_given()
        if standing.held is not None:
            standing.held.reauthenticated(result, now, login.account)
        standing.update_listening()

    def told_success(self, login: RelayedLogin, result: Result, now: float) -> None:
        """Take note of a Success that comes while online: repeated, or the answer was late."""
        standing = self._standing
        proven, held = login.answered_since_result, standing.held
        if held is None or not held.told_success(
            result, proven=proven, now=now, account=login.account
        ):
            return
        if proven:
            login.answered_since_result = False
            standing.doubts.proof_was_given()
        standing.update_listening()

    def timed_out(self) -> None:
        """Take note that the client has left the challenge unanswered."""
        standing = self._standing
        standing.move(Cause.TIMED_OUT)
        if standing.held is None:
            raise AssertionError("challenged without a session")
        standing.doubts.proof_is_missing(standing.held)
