"""What it means that the server has refused a login, or has ended a session."""

from __future__ import annotations

from ruijie_proxy.engine.events import (
    Dropped,
    LoginRefused,
    OtherEditionNext,
    OtherShapeNext,
)
from ruijie_proxy.engine.refusals import RefusalKind, read_refusal
from ruijie_proxy.engine.status import LoginFailure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.events import GaveUp, NextTryPlanned
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.login.client_frames import ClientFrames
    from ruijie_proxy.engine.login.router_client import RouterClient
    from ruijie_proxy.engine.login.supplicant import Supplicant
    from ruijie_proxy.engine.login.tries import Tries
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.refusals import Refusal
    from ruijie_proxy.protocol.results import Result


class Failures:
    """Reads the server's Failures, and takes note of them for the tries to come.

    Times are seconds on the engine's clock.
    """

    __slots__ = ("_client", "_outbox", "_tries", "last")

    def __init__(self, tries: Tries, client: RouterClient, outbox: Outbox) -> None:
        self._tries = tries
        self._client = client
        self._outbox = outbox
        self.last: LoginFailure | None = tries.refused_before
        """The last one; also that of an earlier run which still keeps the password from being
        tried."""

    def login_refused(
        self, supplicant: Supplicant, result: Result, now: float
    ) -> NextTryPlanned | GaveUp | None:
        """Take note that a login was refused; return what is planned, as :meth:`.Tries.plan`."""
        message = result.reason or supplicant.reason
        refusal = read_refusal(message, to_plain=self._client.is_plain)
        self.last = LoginFailure(message, refusal.kind, now, refusal.advice)
        self._client.was_heard()
        self._outbox.report(LoginRefused(message, own=True))
        if refusal.kind is RefusalKind.CLIENT_REJECTED and self._tries_another_client(
            supplicant.frames, refusal, now
        ):
            return self._tries.plan(now, was_failure=True)
        self._tries.services = supplicant.services
        self._tries.note_hours(refusal, message)
        self._tries.note_refused_password(refusal, message, now)
        return self._tries.pause(refusal, now, supplicant.services)

    def of_a_client(
        self, message: str | None, dropped: bool, now: float
    ) -> NextTryPlanned | GaveUp | None:
        """Take note of what a server said to a client on the LAN; return as :meth:`.Tries.plan`."""
        return self._tries.pause(read_refusal(message, was_online=dropped), now)

    def _tries_another_client(self, refused: ClientFrames, refusal: Refusal, now: float) -> bool:
        """Whether the next try is as another client: docs/architecture.md, "Not being banned"."""
        edition = self._client.other_edition(refused, refusal.advice)
        if edition is not None:
            self._outbox.report(OtherEditionNext(edition))
            self._tries.try_other_edition(edition, refused.shape, now)
            return True
        shape = self._client.other_shape(refused, refusal.advice)
        if shape is not None:
            self._outbox.report(OtherShapeNext(shape.value))
            self._tries.try_other_shape(shape, now)
        return shape is not None

    def without_result(self, supplicant: Supplicant | None) -> None:
        """Take note that a login came to no result, and tell of what is tried next."""
        shape = self._client.fell_silent(supplicant)
        if shape is not None:
            self._outbox.report(OtherShapeNext(shape.value))

    def dropped(self, held: HeldSession, message: str | None, now: float) -> Refusal:
        """Take note that the server has ended the session; return what that means."""
        refusal = read_refusal(message, was_online=True)
        self.last = LoginFailure(message, refusal.kind, now, refusal.advice, was_online=True)
        self._outbox.report(Dropped(message))
        self._tries.was_dropped(held.since, held.own, now)
        self._tries.note_hours(refusal, message)
        if held.own:
            self._tries.note_refused_password(refusal, message, now)
        return refusal
