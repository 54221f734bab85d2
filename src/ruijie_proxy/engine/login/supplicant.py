"""The supplicant: one login of the router's own, from its Start to the server's result.

It sends, repeats and answers, and tells the result; whether there is another login, and when, is
:mod:`.login_session`'s matter. While online it answers what the server asks anew.
"""

from __future__ import annotations

from ruijie_proxy.engine.actions import HeedServers, SendToServer
from ruijie_proxy.engine.candidates import Candidates
from ruijie_proxy.engine.events import (
    ClearPasswordWanted,
    RequestAnswered,
    ServerFound,
    ServerSaid,
    ShapeByVendor,
)
from ruijie_proxy.engine.frame_reading import (
    EAP_IDENTIFIER_AT,
    answers_a_start,
    eap_code,
    eap_method,
    goes_on,
    read_eap,
    read_result,
)
from ruijie_proxy.engine.outbox import Outbox
from ruijie_proxy.engine.refusals import WORDS_COUNT_FOR
from ruijie_proxy.engine.unanswered import RESULT_WAIT, Unanswered
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_OFFSET,
    SOURCE_OFFSET,
    is_group_address,
)
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.text import decode_text
from ruijie_proxy.protocol.v4_check import CHALLENGE_SIZE
from ruijie_proxy.rate_limit import RateLimit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ruijie_proxy.engine.login.client_frames import ClientFrames
    from ruijie_proxy.protocol.clients.client_shape import ClientShape
    from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
    from ruijie_proxy.protocol.results import Result

START_REPEAT = 2.85
"""Seconds to the next Start, at most, while a server may be waking up: with two group addresses in
turn each of them is called within 6, and time is left for the login …"""
EAGER_FOR = 30.0
"""… which holds for so many seconds in vain: a switch's port takes 15 to 30 to come up. Later a
round of calls to each group address comes …"""
PAUSES_A_CALL = 5
"""… after a fifth of the time that was called in vain …"""
LONGEST_PAUSE = 30.0
"""… and in so many seconds at the least."""
START_JITTER = 0.15
"""Part of the time to the next Start that chance takes off, at most, so that the routers of a
campus do not call as one for ever after a power cut …"""
PAUSE_JITTER = 0.5
"""… and part of a longer pause: within minutes they call at all times alike."""
DUPLICATE_WITHIN = 1.0
"""Seconds in which a request that comes again is the network's duplicate, and not the server's
repetition: that comes after 3 (docs/protocol.md, "Frames")."""
CONTEST_WAIT = 4.0
"""Seconds in which one of several who asked for the identity has to go on, before all are asked
anew."""
_NOBODIES = (bytes.fromhex("00d0f8000000"), bytes.fromhex("020000000000"))
"""The servers of a rehearsal: one of Ruijie's and another, who may be spoken to otherwise."""
REQUEST_BURST = 20
REQUEST_INTERVAL = 1.0
"""Of requests answered: so many at once, and then one in so many seconds."""


class Supplicant:
    """One login. Times are seconds on the engine's clock."""

    __slots__ = (
        "_answered",
        "_called",
        "_calls",
        "_calls_a_round",
        "_candidates",
        "_groups",
        "_is_proven",
        "_jitter",
        "_outbox",
        "_requests",
        "_said_at",
        "_started",
        "_unanswered",
        "account",
        "broadcast",
        "frames",
        "group",
        "identity_response",
        "known_server",
        "next_deadline",
        "reason",
        "server",
        "services",
        "tried",
        "udp_heartbeat",
    )

    def __init__(
        self,
        frames: ClientFrames,
        groups: tuple[bytes, ...],
        outbox: Outbox,
        unanswered: Unanswered,
        jitter: Callable[[], float],
    ) -> None:
        """Begin with nothing sent.

        ``groups`` are the group addresses that the Start goes to, in turns. ``unanswered`` counts
        the Starts, also those before this login. ``jitter`` gives numbers by chance, from 0 to 1.
        """
        self.frames = frames
        self.server: bytes | None = None
        """MAC address of who answered the Start: the first, or who has gone on with the login."""
        self.known_server: bytes | None = None
        """MAC address of one that has gone on with an earlier login."""
        self.group: bytes | None = None
        """The group address that was answered."""
        self.identity_response: bytes | None = None
        """The frame that answered the last Request/Identity."""
        self.reason: str | None = None
        """The server's last words in a request, which may be the reason of a refusal to come."""
        self._said_at = 0.0
        """When it said them."""
        self.services: tuple[str, ...] = ()
        """The services that the server offers."""
        self.udp_heartbeat: UdpHeartbeat | None = None
        """The heartbeat by UDP that a challenge has said to be wanted."""
        self.account: str | None = None
        """What the server has told of the account in a request."""
        self.broadcast: str | None = None
        """What it has told everybody."""
        self.tried: float | None = None
        """When the first Start went out that was answered."""
        self._groups = groups
        self._outbox = outbox
        self._unanswered = unanswered
        self._jitter = jitter
        self._calls: list[tuple[bytes, int]] = []
        """What is left of a round of Starts: to which group, and in which way each …"""
        self._calls_a_round = 1
        """… of how many."""
        self._called = groups[0]
        """The group address that the last Start went to …"""
        self._started = 0.0
        """… and when."""
        self._is_proven = False
        self._candidates: Candidates | None = None
        """Who asks for the identity besides that server, while it has not gone on."""
        self._answered: tuple[EapPacket, bytes, float] | None = None
        """The last request's EAP packet, the answer to it, and when that was sent."""
        self._requests = RateLimit(REQUEST_BURST, REQUEST_INTERVAL)
        self.next_deadline: float | None = None
        """When :meth:`handle_timer` wants to be called, or None."""

    def begin(self, now: float) -> None:
        """Send the first Start."""
        self._send_start(now)

    def go_on_with(self, server: bytes) -> None:
        """Begin as one whose login is done: only to answer what this server asks anew."""
        self.server = server
        self._is_proven = True
        self.frames = self.frames.for_server(server)

    @property
    def was_answered(self) -> bool:
        """Whether a server has answered at all."""
        return self.server is not None

    @property
    def unheard_shape(self) -> ClientShape | None:
        """The shape of an identity that the server asked for, and then said nothing more to."""
        if self._is_proven or self.server is None or self.identity_response is None:
            return None
        return self.frames.for_server(self.server).shape

    def last_words(self, now: float) -> str | None:
        """Return the server's last words in a request, if a Failure while online is about them."""
        return self.reason if now - self._said_at <= WORDS_COUNT_FOR else None

    def handle_timer(self, now: float) -> bool:
        """Do what is due; tell whether the login has come to nothing: its result was lost."""
        if self.next_deadline is None or now < self.next_deadline:
            return False
        if self._is_contested:
            self.server = None
        if self.was_answered:
            self.next_deadline = None
            return True
        self._send_start(now)
        return False

    def receive(self, frame: bytes, now: float) -> Result | None:
        """Take in a frame of a server's; returns the result of the login when it is one."""
        code = eap_code(frame)
        source = frame[SOURCE_OFFSET:ETHERTYPE_OFFSET]
        if self.server is None and answers_a_start(frame, code, None):
            frames = self.frames.to_start_anew(source)
            if frames is not None:
                self.frames = frames
                self._calls.clear()
                self._send_start(now)
                return None
            self._found(source, now)
        if source != self.server and not self._takes_over(source, frame, code, now):
            return None
        if not self._is_proven and goes_on(frame, code):
            self._is_proven = True
            self._outbox.act(HeedServers((source,)))
            self._settle(source)
        if code in (EapCode.SUCCESS, EapCode.FAILURE):
            self.next_deadline = None
            return read_result(frame)
        if code == EapCode.REQUEST and self.answer(frame, now) and not self._is_contested:
            self.next_deadline = now + RESULT_WAIT
        return None

    def _settle(self, server: bytes) -> None:
        """Speak as this server wants it from now on."""
        before, frames = self.frames, self.frames.for_server(server)
        self.frames = frames
        if frames.shape is not None and frames.shape is not before.shape:
            self._outbox.report(ShapeByVendor(frames.shape.value, frames.name, frames.edition))

    @property
    def _is_contested(self) -> bool:
        """Whether several ask for the identity, and none of them has gone on."""
        return not self._is_proven and self._candidates is not None

    def _takes_over(self, source: bytes, frame: bytes, code: int | None, now: float) -> bool:
        """Whether another one than answered first is the server, as anybody may have answered.

        Whoever may still be it is given its answer.
        """
        if self._is_proven or self.server is None or is_group_address(source):
            return False
        identifier = frame[EAP_IDENTIFIER_AT] if len(frame) > EAP_IDENTIFIER_AT else 0
        if goes_on(frame, code):
            if self._candidates is None or not self._candidates.may_go_on(source):
                return False
            self._found(source, now)
            self.identity_response = self.frames.identity(source, identifier)
            return True
        if code != EapCode.REQUEST or eap_method(frame) != EapType.IDENTITY:
            return False
        if source == self.known_server:
            self._found(source, now)
            return True
        candidates = self._candidates = self._candidates or Candidates()
        if candidates.asks(source, identifier):
            self._outbox.act(SendToServer(self.frames.identity(source, identifier)))
            candidates.is_answered(source, identifier)
            if len(candidates.servers) == 1:
                self.next_deadline = now + CONTEST_WAIT
            servers = (*self._known_servers, self.server, *candidates.servers)
            self._outbox.act(HeedServers(servers))
        return False

    @property
    def _known_servers(self) -> tuple[bytes, ...]:
        return () if self.known_server is None else (self.known_server,)

    def answer(self, frame: bytes, now: float) -> bool:
        """Answer a request of the server; tell whether there was an answer to it.

        The network's duplicates are ignored, and the server's repetitions answered as before
        (RFC 3748, 4.1).
        """
        if self.server is None or not self._requests.allows(now):
            return False
        packet = read_eap(frame)
        answer: bytes | None
        if self._answered is not None and self._answered[0] == packet:
            _, answer, at = self._answered
            if now - at < DUPLICATE_WITHIN:
                return False
        else:
            answer = self._answer_to(frame, self.server, now)
        if answer is None:
            return False
        self._outbox.act(SendToServer(answer))
        self._answered = packet, answer, now
        return True

    def rehearse(self, now: float) -> None:
        """Go through a login with nobody, once before a first one.

        What Python makes at the first time (the constructors of values, the codec of the server's
        texts, the tables of the V4 check) takes several times as long as an answer itself, and
        would be in the midst of the login.
        """
        for server in _NOBODIES:
            self._rehearse_with(server, now)

    def _rehearse_with(self, server: bytes, now: float) -> None:
        alone = Supplicant(self.frames, self._groups, Outbox(), Unanswered(), lambda: 0.0)
        alone.begin(now)
        us = bytes(ADDRESS_SIZE)
        for packet in (
            EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY),
            Md5Challenge(2, bytes(CHALLENGE_SIZE), (), b"").encode(),
            EapPacket.build(EapCode.SUCCESS, 2),
        ):
            frame = EapolFrame.build(us, server, EapolType.EAP_PACKET, packet.encode())
            alone.receive(frame.encode(), now)

    def _found(self, server: bytes, now: float) -> None:
        self.server = server
        if self.tried is None:
            self.tried = self._started
        self._answered = None
        self._requests.refill()
        self.group = self._called
        self.next_deadline = now + RESULT_WAIT
        self._unanswered.forget()
        self._outbox.report(ServerFound(server))

    def _answer_to(self, frame: bytes, server: bytes, now: float) -> bytes | None:
        identifier = frame[EAP_IDENTIFIER_AT] if len(frame) > EAP_IDENTIFIER_AT else 0
        method = eap_method(frame)
        services: tuple[str, ...] = ()
        if method is None:
            return None
        if method == EapType.IDENTITY:
            answer = self.identity_response = self.frames.identity(server, identifier)
        elif method == EapType.MD5_CHALLENGE:
            try:
                request = Md5Challenge.parse(read_eap(frame))
                answer = self.frames.answer(server, request)
            except ProtocolError:
                return None  # cut, or of a size that nobody can answer: it will come again
            own = (request.service,) if request.service else ()
            services = self.services = request.services or self.services or own
            self.account = request.account or self.account
            if request.reason:
                self.reason, self._said_at = request.reason, now
            self.udp_heartbeat = request.udp_heartbeat or self.udp_heartbeat
            self._note_broadcast(request.broadcast)
        elif method == EapType.NOTIFICATION:
            answer = self.frames.noted(server, identifier)
            self._note(decode_text(read_eap(frame).data), now)
        elif method == EapType.CLEAR_PASSWORD:
            answer, said = self.frames.in_clear(server, identifier)
            self._outbox.report(ClearPasswordWanted(said))
        else:
            answer = self.frames.other_method(server, identifier)
        self._outbox.report(RequestAnswered(method, services))
        return answer

    def _note_broadcast(self, text: str | None) -> None:
        if text is not None and text != self.broadcast:  # it comes with each challenge
            self.broadcast = text
            self._outbox.report(ServerSaid(text))

    def _note(self, text: str, now: float) -> None:
        if text:
            self.reason, self._said_at = text, now
            self._outbox.report(ServerSaid(text))

    def _send_start(self, now: float) -> None:
        self._calls = self._calls or self._next_round(now)
        self._called, way = self._calls.pop(0)
        self._candidates = None
        self._outbox.act(HeedServers(self._known_servers, anew=True))
        self._started = now
        self._outbox.act(SendToServer(self.frames.start(self._called, way)))
        told = self._unanswered.note_start(now)
        if told is not None:
            self._outbox.report(told)
        pause = self._pause(self._unanswered.seconds(now))
        part = PAUSE_JITTER if pause > START_REPEAT else START_JITTER
        self.next_deadline = now + pause * (1 - part * self._jitter())

    def _next_round(self, now: float) -> list[tuple[bytes, int]]:
        """Return the calls of a round: to each group, and, once it has called in vain, in all ways.

        A switch that wakes up is called by the usual one within 6 seconds.
        """
        ways = self.frames.ways_to_start if self._unanswered.seconds(now) >= EAGER_FOR else 1
        calls = [(group, way) for way in range(ways) for group in self._groups]
        self._calls_a_round = len(calls)
        return calls

    def _pause(self, in_vain: float) -> float:
        """Return the time to the next Start after so many seconds in vain, nothing taken off."""
        if in_vain < EAGER_FOR or self._calls:
            return START_REPEAT
        since_the_round_began = START_REPEAT * (self._calls_a_round - 1)
        pause = min(in_vain / PAUSES_A_CALL, LONGEST_PAUSE)
        return max(pause - since_the_round_began, START_REPEAT)
