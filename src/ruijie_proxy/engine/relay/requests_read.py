"""What a server tells in its requests, besides asking: read when they are on their way."""

from __future__ import annotations

from ruijie_proxy.engine.events import ServerSaid
from ruijie_proxy.engine.frame_reading import read_challenge, read_eap
from ruijie_proxy.protocol.text import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin
    from ruijie_proxy.engine.relay.standing import Standing


class RequestsRead:
    """Takes in what a server says to a client, for the log, the status and the Failure to come."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def read_challenge(self, login: RelayedLogin, frame: bytes, now: float) -> tuple[str, ...]:
        """Take in what stands behind a challenge; return the services that it names."""
        challenge = read_challenge(frame)
        if challenge is None:
            return ()
        login.account = challenge.account or login.account
        login.udp_heartbeat = challenge.udp_heartbeat or login.udp_heartbeat
        if challenge.reason:
            login.server_said(challenge.reason, now)
        if challenge.broadcast:
            self._standing.report_crossing(ServerSaid(challenge.broadcast), now)
        offered, service = challenge.services, challenge.service
        if offered:
            self._standing.services = offered
        elif service and not self._standing.services:
            self._standing.services = (service,)
        return offered or ((service,) if service else ())

    def read_notification(self, login: RelayedLogin, frame: bytes, now: float) -> None:
        """Take in the text of a Request/Notification (RFC 3748, 5.2)."""
        text = decode_text(read_eap(frame).data)
        if text:
            login.server_said(text, now)
            self._standing.report_crossing(ServerSaid(text), now)
