"""Which of the clients' frames the machine lets in, for as long as they can matter."""

from __future__ import annotations

from ruijie_proxy.engine.actions import HeedClients, ListenToClient
from ruijie_proxy.engine.settings import ClientLogoff
from ruijie_proxy.engine.states import LOGGING_IN, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.outbox import Outbox
    from ruijie_proxy.engine.settings import SessionSettings


class Listening:
    """Tells the machine what to let in, when that changes."""

    def __init__(self, settings: SessionSettings, outbox: Outbox) -> None:
        """Begin as the machine does: with Starts alone, of anybody."""
        self._settings = settings
        self._outbox = outbox
        self._listening = False
        self._heeded: tuple[bytes, ...] = ()

    def update(self, state: State, held: HeldSession | None) -> None:
        """Listen to the client's frames to the server for as long as they can matter."""
        wanted = state in LOGGING_IN
        if state is State.ONLINE and held is not None:
            forwards_logoff = self._settings.client_logoff is ClientLogoff.FORWARD
            wanted = held.keeper.wants_to_hear or forwards_logoff
        if wanted is not self._listening:
            self._listening = wanted
            self._outbox.act(ListenToClient(wanted))

    def heed(self, client: bytes | None) -> None:
        """Have the client heard that the session is locked to, where not all of them are named."""
        wanted = () if client is None else (client,)
        if wanted != self._heeded and not self._settings.clients:
            self._heeded = wanted
            self._outbox.act(HeedClients(wanted))
