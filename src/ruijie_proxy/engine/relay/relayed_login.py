"""One client's login on its way through the router: who takes part, and how frames are readdressed.

The session decides which frames cross; this is where they are made fit to. A frame keeps its length
and all that stands behind its stated length.
"""

from __future__ import annotations

from ruijie_proxy.engine.candidates import Candidates
from ruijie_proxy.engine.refusals import WORDS_COUNT_FOR
from ruijie_proxy.engine.relay.crossing import crossing_behind
from ruijie_proxy.engine.relay.fields import (
    find_bare,
    is_readdressed,
    start_to_server,
    to_server,
    wire_address,
)
from ruijie_proxy.engine.unanswered import RESULT_SPREAD, RESULT_WAIT
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.ethernet import ADDRESS_SIZE
from ruijie_proxy.protocol.private_block import crc16

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.engine.keeping.held_session import HeldSession
    from ruijie_proxy.engine.relay.crossing import Crossing
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings
    from ruijie_proxy.protocol.heartbeat import Heartbeat, UdpHeartbeat

MOST_EXCHANGES = 4
"""So many challenges with their answers are remembered; campuses ask one or two in a login."""
IDENTITY_PATIENCE = 4.0
"""Seconds in which a client says who it is. No program asks its user then."""
PROOF_PATIENCE = 10.0
"""Seconds in which it proves it: the server repeats what it asks every 3 seconds, 3 times, and then
gives up (docs/protocol.md, "Frames")."""
_CRC_LIMIT = 1 << 16


class RelayedLogin:
    """The client that the session is locked to, and what its login has come to so far."""

    def __init__(self, client: bytes, port: str, deadline: float, now: float) -> None:
        """Begin with the MAC address and the LAN interface of the client's Start."""
        self.client = client
        self.port = port
        self.deadline = deadline
        """When the login will have taken too long; renewed by each Start of the client."""
        self.server: bytes | None = None
        """MAC address of the server that answered the last Start; None before one has."""
        self.is_proven = False
        """Whether that server has gone on with the login: until then it may be another one …"""
        self.candidates = Candidates()
        """… of these."""
        self.server_answered = False
        """Whether any Start of this login was answered."""
        self.identity_response: bytes | None = None
        """The frame that carried the client's identity to the server."""
        self.successes = 0
        self.answered_since_result = False
        """Whether the client has sent a response since the last Success: a Success that comes
        without one is the last one again, repeated by the server or the network."""
        self.is_asked = False
        """Whether the server has asked something that the client has not answered yet."""
        self.asked_at = now
        """When it asked that first, or, before a server has answered, the client called first …"""
        self.patience = IDENTITY_PATIENCE
        """… and how many seconds an answer may take, where others wait."""
        self.result_until: float | None = None
        """Until when a result of the client's proof can come; None: none is awaited."""
        self.kept_back: tuple[str, bytes] | None = None
        """The LAN interface and the Start of a client that begins anew before that."""
        self.heartbeat: tuple[Heartbeat, float] | None = None
        """The client's last heartbeat since the last Success, and when it came."""
        self.start: bytes | None = None
        """The client's last Start as the client sent it, and so its Identity response …"""
        self.own_identity: bytes | None = None
        self.challenge: bytes | None = None
        """… and the server's last MD5 challenge …"""
        self.is_bare = False
        """Whether the client's last answer to a challenge was in the bare shape."""
        self.exchanges: list[tuple[bytes, bytes]] = []
        """… and each challenge with the client's answer."""
        self.account: str | None = None
        """What a challenge has told of the account."""
        self.udp_heartbeat: UdpHeartbeat | None = None
        """The heartbeat by UDP that the server has said to want."""
        self._words: tuple[str, float] | None = None
        """The server's last words in a request, and when it said them."""

    def note_request(self, method: int | None, now: float) -> None:
        """Take note that the server asks; a question repeated gives the client no new time."""
        self.result_until = None
        if not self.is_asked and method not in (None, EapType.NOTIFICATION):
            self.is_asked = True
            self.asked_at = now
            self.patience = IDENTITY_PATIENCE if method == EapType.IDENTITY else PROOF_PATIENCE

    @property
    def is_idle_at(self) -> float | None:
        """When the turn passes to others, should any wait; None: the client has answered.

        Also where no server answers: a Start that is lost, or goes to a group that this switch does
        not heed, keeps nobody else from calling.
        """
        waits_for_answer = self.is_asked or not self.server_answered
        return self.asked_at + self.patience if waits_for_answer and not self.successes else None

    def note_answer(self, frame: bytes, method: int | None) -> None:
        """Take note of a response as the client sent it, for what there is to learn from it."""
        if method == EapType.MD5_CHALLENGE:
            self.is_bare = find_bare(frame) is not None
        if method == EapType.IDENTITY:
            self.own_identity = frame
        elif method == EapType.MD5_CHALLENGE and self.challenge is not None:
            self.exchanges.append((self.challenge, frame))
            del self.exchanges[:-MOST_EXCHANGES]

    def note_proof(self, now: float) -> None:
        """Take note that the server has what it wants, and that a result may take its time."""
        # The server has drawn its challenge by chance, so nothing else has to be.
        chance = crc16(self.challenge or b"") / _CRC_LIMIT
        self.result_until = now + RESULT_WAIT + RESULT_SPREAD * chance

    def keeps_back(self, port: str, start: bytes, now: float) -> bool:
        """Whether this Start has to wait, since it would end a login whose result is awaited.

        A switch that hears one forgets what it has asked its RADIUS server.
        """
        if self.result_until is None or now >= self.result_until:
            return False
        self.kept_back = port, start
        return True

    @property
    def kept_back_until(self) -> float | None:
        """When the Start goes out that was kept back; None: there is none."""
        return None if self.kept_back is None else self.result_until

    def server_said(self, text: str, now: float) -> None:
        """Take note of words in a request, which may be the reason of a Failure to come."""
        self._words = text, now

    def last_words(self, now: float) -> str | None:
        """Return the server's last words in a request, if a Failure now can be about them."""
        if self._words is None or now - self._words[1] > WORDS_COUNT_FOR:
            return None
        return self._words[0]

    def forget_words(self) -> None:
        """Take note of a Success, or of a login that begins anew: no Failure was meant."""
        self._words = None

    def start_again(self, deadline: float) -> None:
        """Take note of another Start of the client: another server may answer it."""
        self.forget_words()
        self.result_until = self.kept_back = None
        self.deadline = deadline
        self.server = None
        self.is_proven = False
        self.candidates.forget()

    def found_server(self, server: bytes) -> None:
        """Take note of who answered the Start."""
        self.server = server
        self.server_answered = True

    def wire_address(self, settings: SessionSettings, facts: RouterFacts) -> bytes:
        """Return the MAC address under which the client's frames go out to the server."""
        return wire_address(self.client, settings, facts)

    def to_server(self, frame: bytes, settings: SessionSettings, facts: RouterFacts) -> bytes:
        """Make a client's frame fit to go out of the WAN port."""
        return to_server(frame, self.client, settings, facts)[0]

    def start_to_server(
        self, frame: bytes, settings: SessionSettings, facts: RouterFacts
    ) -> tuple[bytes, Crossing]:
        """Make a client's Start fit to go out of the WAN port: :func:`.fields.start_to_server`.

        Returns it, and the short way for the frames that follow.
        """
        sent, changes = start_to_server(frame, self.client, settings, facts)
        return sent, crossing_behind(frame, sent, changes, self.port, settings, facts)

    def to_client(self, frame: bytes, settings: SessionSettings, facts: RouterFacts) -> bytes:
        """Make a server's frame fit to go out of the client's LAN port.

        When addresses are rewritten, it is addressed to the client alone, so that no other
        supplicant on the LAN answers it. So is it when the WAN port would not take the client's
        address, and was answered at its own.
        """
        if is_readdressed(self.client, settings, facts):
            return self.client + frame[ADDRESS_SIZE:]
        return frame


def login_of(held: HeldSession, now: float) -> RelayedLogin:
    """Return the login that a session is from, as far as it matters once that is online."""
    login = RelayedLogin(held.client, "", now, now)
    login.found_server(held.authentication.server)
    login.is_proven = True
    return login
