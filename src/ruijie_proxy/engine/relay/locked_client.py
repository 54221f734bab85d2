"""What the client sends that the session is locked to: its answers, heartbeats, and its farewell.

While a session is held, the keeper takes over from it: which of its heartbeats still go out is the
keeper's to say, and a farewell need not be the session's end.
"""

from __future__ import annotations

from ruijie_proxy.engine.events import LogoffIgnored, LogoffRelayed, ResponseRelayed
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    eap_code,
    eap_method,
    read_heartbeat,
)
from ruijie_proxy.engine.relay.standing import CROSSING_BURST, CROSSING_INTERVAL, RelayEnd
from ruijie_proxy.engine.settings import ClientLogoff
from ruijie_proxy.engine.states import HOLDING, Cause, State
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE
from ruijie_proxy.rate_limit import RateLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
    from ruijie_proxy.engine.relay.standing import Standing

# How many at once, and then one in how many seconds: what a flood may bring about.
HEARTBEAT_BURST = 4
HEARTBEAT_INTERVAL = 1.0
"""Of the client's heartbeats, on their way to the server."""
_OF_SERVERS = (EapCode.REQUEST, EapCode.SUCCESS, EapCode.FAILURE)
"""What no client says."""


class LockedClient:
    """Takes in the client's frames other than Starts."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._heartbeats = RateLimit(HEARTBEAT_BURST, HEARTBEAT_INTERVAL)
        self._answers = RateLimit(CROSSING_BURST, CROSSING_INTERVAL)

    def sends(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        """Take in a frame of the client of this login."""
        standing = self._standing
        packet_type = frame[TYPE_OFFSET]
        if standing.state not in HOLDING and standing.state is not State.AUTHENTICATING:
            return
        if packet_type == EapolType.LOGOFF:
            self._logs_off(login, frame, now)
        elif packet_type == EapolType.RUIJIE_HEARTBEAT:
            self._beats(login, frame, now)
        elif standing.is_out or self._may_cross(frame, now):
            sent = standing.pass_to_server(login, frame)
            if eap_code(sent) == EapCode.RESPONSE:
                login.note_answer(frame, eap_method(frame))
                self._responds(login, sent, now)

    def _may_cross(self, frame: bytes, now: float) -> bool:
        """Whether a frame of the client's is one of those that a session online has a use for.

        Its address is no secret to anybody on the LAN.
        """
        if self._standing.state not in (State.ONLINE, State.CHALLENGED):
            return True
        return eap_code(frame) not in _OF_SERVERS and self._answers.allows(now)

    def _beats(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        if not self._heartbeats.allows(now):
            return
        heartbeat = read_heartbeat(frame)
        held = self._standing.held
        if held is None:
            if heartbeat is not None:
                login.heartbeat = heartbeat, now
            self._standing.pass_to_server(login, frame)
        elif held.keeper.client_heartbeat(heartbeat, now):
            self._standing.pass_to_server(login, frame)
        self._standing.update_listening()

    def _responds(self, login: RelayedLogin, sent: bytes, now: float) -> None:
        method = eap_method(sent)
        login.answered_since_result = True
        login.is_asked = False
        if method == EapType.IDENTITY:
            login.identity_response = sent
            login.candidates.is_answered(sent[:ADDRESS_SIZE], sent[EAP_IDENTIFIER_AT])
        elif method == EapType.MD5_CHALLENGE:
            login.note_proof(now)
        if self._standing.state is State.CHALLENGED:
            login.deadline = now + self._standing.settings.login_timeout
        self._standing.report_crossing(ResponseRelayed(method), now)

    def _logs_off(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        standing = self._standing
        if standing.state in HOLDING and standing.settings.client_logoff is ClientLogoff.IGNORE:
            standing.outbox.report_stranger(LogoffIgnored(), now)
            if standing.held is not None:
                standing.held.keeper.client_left(now)
                standing.update_listening()
            return
        standing.pass_to_server(login, frame)
        standing.outbox.report(LogoffRelayed())
        standing.end = RelayEnd(client_left=True)
        standing.move(Cause.CLIENT_LEFT)
        standing.end_session()
        standing.follow_link()
