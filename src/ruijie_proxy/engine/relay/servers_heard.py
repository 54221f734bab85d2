"""Who is heard on the WAN as the server of a login: who answered first, until one goes on.

Anybody there can answer a Start. The server of an earlier login goes before strangers, and who goes
on with the login is the server until the next Start (:mod:`..candidates`).
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import HeedServers
from ruijie_proxy.engine.events import ServerFound
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    answers_a_start,
    eap_method,
    goes_on,
)
from ruijie_proxy.protocol.eap import EapCode, EapType
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE, SOURCE_OFFSET, is_group_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.relay.relayed_login import RelayedLogin

KNOWN_FIRST = 0.5
"""Seconds after a Start in which the server of an earlier login is waited for, before strangers are
taken for one."""
_SOURCE_END = SOURCE_OFFSET + ADDRESS_SIZE


class ServersHeard:
    """Finds a login's server. Servers are MAC addresses, 6 bytes."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.known: bytes | None = None
        """The last server that went on with a login …"""
        self._strangers_at = 0.0
        """… and until when others are not heard …"""
        self._held_up: bytes | None = None
        """… and the first request of such a one, which is looked at then."""

    def know(self, server: bytes) -> None:
        """Take note of a server that has gone on with a login."""
        self.known = server
        self._outbox.act(HeedServers((server,)))

    def client_starts(self, now: float) -> None:
        """Take note of a client's Start: the server of an earlier login is waited for now."""
        self._strangers_at = now + KNOWN_FIRST
        self._held_up = None

    def start_goes_out(self, *, is_out: bool) -> None:
        """Have the machine heed those who may answer the Start that goes out next, or ``is_out``.

        In that case, what has come before it is forgotten already, and more may be the answer.
        """
        self._outbox.act(HeedServers(self._known_servers, anew=not is_out))

    @property
    def held_up_until(self) -> float | None:
        """When a stranger's request that was held up may be looked at; None: there is none."""
        return None if self._held_up is None else self._strangers_at

    def take_held_up(self, now: float) -> bytes | None:
        """Return the request that was held up, once, if it may be looked at now."""
        if self._held_up is None or now < self._strangers_at:
            return None
        request, self._held_up = self._held_up, None
        return request

    def hears(
        self,
        login: RelayedLogin,
        frame: bytes,
        code: int | None,
        earlier: bytes | None,
        now: float,
    ) -> bool:
        """Whether a frame is of the login's server, or of one who may be; the login is told which.

        ``code`` is the frame's EAP code, and ``earlier`` the server that the last login came to its
        result with.
        """
        source = frame[SOURCE_OFFSET:_SOURCE_END]
        if login.server is None and answers_a_start(frame, code, earlier):
            if self._is_held_up(source, code, frame, now):
                return False
            self._found(login, source)
        if source != login.server and not self._is_candidate(login, source, code, frame, now):
            return False
        if not login.is_proven and source == login.server and goes_on(frame, code):
            login.is_proven = True
            self.know(source)
        return True

    def _found(self, login: RelayedLogin, server: bytes) -> None:
        login.found_server(server)
        self._held_up = None
        self._outbox.report(ServerFound(server))

    def _is_held_up(self, source: bytes, code: int | None, frame: bytes, now: float) -> bool:
        """Whether a stranger has to wait, for the server of an earlier login may answer, too."""
        if self.known in (None, source) or now >= self._strangers_at:
            return False
        if self._held_up is None and code == EapCode.REQUEST:
            self._held_up = frame
        return True

    def _is_candidate(
        self, login: RelayedLogin, source: bytes, code: int | None, frame: bytes, now: float
    ) -> bool:
        """Whether somebody else than who answered first is heard: anybody may have answered."""
        if login.is_proven or login.server is None or is_group_address(source):
            return False
        if login.server == self.known and now < self._strangers_at:
            return False
        if goes_on(frame, code):
            may_go_on = login.candidates.may_go_on(source)
        elif source == self.known and code == EapCode.REQUEST:
            may_go_on = True
        else:
            is_identity = code == EapCode.REQUEST and eap_method(frame) == EapType.IDENTITY
            return is_identity and self._is_heeded(login, login.server, source, frame)
        if may_go_on:
            self._found(login, source)
        return may_go_on

    def _is_heeded(self, login: RelayedLogin, first: bytes, source: bytes, frame: bytes) -> bool:
        """Whether a candidate's Request/Identity is among those that the client shall answer."""
        if not login.candidates.asks(source, frame[EAP_IDENTIFIER_AT]):
            return False
        servers = (*self._known_servers, first, *login.candidates.servers)
        self._outbox.act(HeedServers(servers))
        return True

    @property
    def _known_servers(self) -> tuple[bytes, ...]:
        return () if self.known is None else (self.known,)
