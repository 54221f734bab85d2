"""What the server says to a router that is online by its own login, and what it is answered."""

from __future__ import annotations

from ruijie_proxy.engine.events import ProofGivenAgain
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    eap_code,
    eap_method,
    read_result,
)
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.login.own_login import OwnLogin
    from ruijie_proxy.engine.login.router_client import RouterClient
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.protocol.results import Result


class OnlineTalk:
    """Answers the server that has let the router in. Times are seconds on the engine's clock."""

    __slots__ = ("_client", "_login", "_outbox", "_proof_given")

    def __init__(self, login: OwnLogin, client: RouterClient, outbox: Outbox) -> None:
        self._login = login
        self._client = client
        self._outbox = outbox
        self._proof_given = False
        """Whether a challenge was answered since the last Success."""

    def begin(self) -> None:
        """Take note that a session begins to be held."""
        self._proof_given = False

    def receive(self, held: HeldSession, frame: bytes, now: float) -> Result | None:
        """Take in a frame of the server's; returns the Failure, if it is one: the session's end."""
        code = eap_code(frame)
        if code == EapCode.REQUEST:
            self._asked(held, frame, now)
        elif code == EapCode.SUCCESS:
            result, account = read_result(frame), self._login.account
            self._login.rest()
            if held.told_success(result, proven=self._proof_given, now=now, account=account):
                if self._proof_given:
                    self._outbox.report(ProofGivenAgain())
                self._proof_given = False
        elif code == EapCode.FAILURE:
            return read_result(frame)
        elif frame[TYPE_OFFSET] == EapolType.CERNET_ECHO:
            answer = self._client.frames().echo(held.authentication.server)
            if answer is not None:
                held.answer_echo(answer, now)
        return None

    def _asked(self, held: HeldSession, frame: bytes, now: float) -> None:
        is_identity = eap_method(frame) == EapType.IDENTITY
        if is_identity and held.answer_identity(frame[EAP_IDENTIFIER_AT], now):
            return
        if not is_identity:
            held.gave_sign()
        if self._login.answer(held.authentication.server, frame, now) and not is_identity:
            self._proof_given = True
