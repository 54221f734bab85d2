"""A genuine client's double: the supplicant on the PC of the virtual campus.

Like :mod:`.switch` it does no input or output. What it finds wrong with what it is sent, it writes
down in :attr:`Client.complaints`.
"""

from __future__ import annotations

from enum import StrEnum

from ruijie_proxy.i18n import _
from ruijie_proxy.lab.client.bare_answer import bare_properties
from ruijie_proxy.lab.client.client_block import client_block
from ruijie_proxy.lab.events import Detail, Event, EventKind, FrameName
from ruijie_proxy.lab.journal import Journal
from ruijie_proxy.lab.options import ClientOptions, Group, Shape
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import (
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    format_mac,
    is_group_address,
)
from ruijie_proxy.protocol.heartbeat import Heartbeat, number_after
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.protocol.text import decode_text, encode_text
from ruijie_proxy.values import replace

SOURCE = "pc"
UNGRANTED_INTERVAL = 30.0
"""Seconds between heartbeats where the server grants none."""

_VENDOR_SIZE = 3
_RUIJIE_VENDORS = frozenset(map(bytes.fromhex, ("00d0f8", "001aa9", "14144b", "58696c")))
"""The vendor parts of addresses that genuine Linux clients know (docs/protocol.md, "The bare
shape")."""
_START_DESTINATIONS = {
    Group.STANDARD: (PAE_GROUP_ADDRESS,),
    Group.RUIJIE: (RUIJIE_GROUP_ADDRESS,),
    Group.BOTH: (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS),
}


class State(StrEnum):
    """What the client is doing."""

    IDLE = "idle"
    STARTING = "starting"
    """A Start is out and nobody has answered."""
    AUTHENTICATING = "authenticating"
    ONLINE = "online"
    GONE = "gone"
    """It left: it neither listens nor speaks."""


class Client:
    """The simulated client."""

    def __init__(self, options: ClientOptions, address: bytes, source: str = SOURCE) -> None:
        self.options = options
        self.address = address
        """The PC's MAC address."""
        self.state = State.IDLE
        self.server: bytes | None = None
        """MAC address of who answered the Start."""
        self.key: int | None = None
        """The heartbeat key, as far as the client knows one."""
        self.heartbeats = 0
        """How many heartbeats it has sent."""
        self._shape = options.shape or Shape.BLOCK
        self._journal = Journal(source)
        self._frames: list[bytes] = []
        self._starts_left = 0
        self._next_step: float | None = None
        self._next_heartbeat: float | None = None
        self._interval = UNGRANTED_INTERVAL
        self._number = options.first_number

    @property
    def complaints(self) -> list[str]:
        """What is wrong with what came in so far."""
        return self._journal.complaints

    def frames_to_send(self) -> list[bytes]:
        """Return the Ethernet frames to be sent now, in order, and forget them."""
        frames, self._frames = self._frames, []
        return frames

    def events(self) -> list[Event]:
        """Return what happened since the last call."""
        return self._journal.take()

    def login(self, now: float) -> None:
        """Begin a login."""
        self.state = State.STARTING
        self.server = None
        self._next_heartbeat = None
        self._starts_left = self.options.start_repeats
        self._send_starts(now)

    def leave(self, now: float) -> None:
        """Vanish, after a Logoff if the client is one that says goodbye."""
        if self.options.logoff_on_leave:
            self.logoff(now)
        self._rest(State.GONE)
        self._journal.tell(EventKind.LEFT, now)

    def logoff(self, now: float) -> None:
        """Say goodbye to the server, and be idle."""
        destination = (None if self._is_bare else self.server) or PAE_GROUP_ADDRESS
        self._send(FrameName.LOGOFF, destination, EapolType.LOGOFF, b"", None, now)
        self._rest(State.IDLE)

    def report(self, now: float) -> None:
        """Tell how things stand, in an event."""
        self._journal.tell(
            EventKind.REPORT,
            now,
            state=self.state,
            complaints=list(self.complaints),
            heartbeats=self.heartbeats,
        )

    def receive(self, frame: bytes, now: float) -> None:
        """Take a frame from the cable."""
        if self.state == State.GONE:
            return
        try:
            self._receive(EapolFrame.parse(frame), now)
        except ProtocolError as error:
            self._journal.complain(
                _("a frame that cannot be read: {reason}", reason=_(error.message, **error.values)),
                now,
            )

    def next_deadline(self) -> float | None:
        """Return when :meth:`handle_timer` has something to do, or None."""
        deadlines = (self._next_step, self._next_heartbeat)
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def handle_timer(self, now: float) -> None:
        """Do what is due: a heartbeat, another Start, another login, or giving up."""
        if self._next_heartbeat is not None and now >= self._next_heartbeat:
            self._send_heartbeat(now)
        if self._next_step is None or now < self._next_step:
            return
        match self.state:
            case State.IDLE:
                self.login(now)
            case State.STARTING if self._starts_left:
                self._starts_left -= 1
                self._send_starts(now)
            case _:
                self._rest(State.IDLE)
                self._journal.tell(EventKind.OFFLINE, now, reason=_("nobody answered in time"))

    @property
    def _is_bare(self) -> bool:
        return self.options.private_block and self._shape == Shape.BARE

    # What comes in

    def _receive(self, frame: EapolFrame, now: float) -> None:
        if frame.destination != self.address:
            if not is_group_address(frame.destination):
                text = _("a frame to {mac} came to me", mac=format_mac(frame.destination))
                self._journal.complain(text, now)
                return
            if frame.destination != PAE_GROUP_ADDRESS:
                self._journal.ignored("a frame to a group that is not mine", now)
                return
        if self.server not in (None, frame.source):
            self._journal.ignored(f"a frame of {format_mac(frame.source)}, not my server", now)
            return
        if frame.type != EapolType.EAP_PACKET:
            self._journal.ignored(f"EAPOL type {frame.type:#04x}", now)
            return
        packet, _behind = EapPacket.parse(frame.body)
        match packet.code:
            case EapCode.REQUEST:
                self._on_request(frame, packet, now)
            case EapCode.SUCCESS if self.state != State.IDLE:
                self._on_success(Result.parse(frame.body), frame.source, now)
            case EapCode.FAILURE if self.state != State.IDLE:
                self._on_failure(Result.parse(frame.body), frame.source, now)
            case code:
                self._journal.ignored(f"EAP code {code}", now)

    def _on_request(self, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        if self.state == State.IDLE:
            self._journal.ignored("a request, while idle", now)
            return
        if self.state == State.ONLINE and not self.options.answer_reauthentication:
            self._journal.ignored("a request, while online", now)
            return
        self.server = frame.source
        self._shape = self.options.shape or _shape_of_vendor(frame.source)
        if self.state != State.ONLINE:
            self.state = State.AUTHENTICATING
            self._next_step = now + self.options.result_timeout
        match packet.type:
            case EapType.IDENTITY:
                self._journal.received(FrameName.REQUEST_IDENTITY, frame.source, now)
                data = encode_text(self.options.username)
                self._respond(FrameName.RESPONSE_IDENTITY, frame.source, packet, data, None, now)
            case EapType.NOTIFICATION:
                self._on_notification(frame, packet, now)
            case EapType.MD5_CHALLENGE:
                self._on_challenge(frame, packet, now)
            case None:
                self._journal.ignored("a request without a type", now)
            case _:
                self._decline(frame, packet, now)

    def _on_notification(self, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        self._journal.tell(
            EventKind.RECEIVED,
            now,
            frame=FrameName.REQUEST_NOTIFICATION,
            source=format_mac(frame.source),
            message=decode_text(packet.data),
        )
        self._respond(FrameName.RESPONSE_NOTIFICATION, frame.source, packet, b"", None, now)

    def _decline(self, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        """Say that another method is not for this client, and MD5 is (RFC 3748, 5.3.1)."""
        self._journal.received(FrameName.REQUEST_OTHER, frame.source, now)
        nak = replace(packet, type=EapType.NAK)
        data = bytes((EapType.MD5_CHALLENGE,))
        self._respond(FrameName.RESPONSE_NAK, frame.source, nak, data, None, now)

    def _on_challenge(self, frame: EapolFrame, packet: EapPacket, now: float) -> None:
        request = Md5Challenge.parse(packet)
        self._journal.tell(
            EventKind.RECEIVED,
            now,
            frame=FrameName.REQUEST_CHALLENGE,
            source=format_mac(frame.source),
            services=list(request.services),
            message=request.reason,
        )
        password = encode_text(self.options.password)
        value = eap_md5_value(packet.identifier, password, request.challenge)
        data = bytes((len(value),)) + value
        name, challenge = FrameName.RESPONSE_CHALLENGE, request.challenge
        if self._is_bare:
            data += bare_properties(self.options, self.address, challenge)
        else:
            data += encode_text(self.options.username)
        self._respond(name, frame.source, packet, data, challenge, now)

    def _on_success(self, result: Result, source: bytes, now: float) -> None:
        self._journal.received(FrameName.SUCCESS, source, now)
        options, grant = self.options, result.grant
        if self.state != State.ONLINE:
            self._number = options.first_number
        self.state = State.ONLINE
        self.server = source  # which it may not have heard since its last Start
        self._next_step = None
        self.key = options.key if options.key is not None else grant.key if grant else None
        granted = float(grant.interval) if grant else UNGRANTED_INTERVAL
        self._interval = options.heartbeat_interval or granted
        sends = options.heartbeats and self.key is not None and not self._is_bare
        self._next_heartbeat = now + options.first_heartbeat_after if sends else None
        self._journal.tell(
            EventKind.ONLINE, now, message=result.message, accounting=result.accounting
        )

    def _on_failure(self, result: Result, source: bytes, now: float) -> None:
        self._journal.received(FrameName.FAILURE, source, now)
        self._rest(State.IDLE)
        if self.options.retry_after_failure is not None:
            self._next_step = now + self.options.retry_after_failure
        self._journal.tell(EventKind.OFFLINE, now, reason=result.message or "Failure")

    # What goes out

    def _send_starts(self, now: float) -> None:
        for destination in _START_DESTINATIONS[self.options.start_group]:
            for _number in range(self.options.starts):
                self._send(FrameName.START, destination, EapolType.START, b"", None, now)
        self._next_step = now + self.options.start_interval

    def _respond(
        self,
        name: FrameName,
        server: bytes,
        request: EapPacket,
        data: bytes,
        challenge: bytes | None,
        now: float,
    ) -> None:
        if challenge is not None and self._shape == Shape.INSIDE and self.options.private_block:
            data += client_block(self.options, self.address, challenge).encode()
        response = EapPacket.build(EapCode.RESPONSE, request.identifier, request.type, data)
        to_group = self.options.answer_to_group or self._is_bare
        destination = PAE_GROUP_ADDRESS if to_group else server
        body = response.encode()
        self._send(name, destination, EapolType.EAP_PACKET, body, challenge, now)

    def _send(
        self,
        name: FrameName,
        destination: bytes,
        packet_type: EapolType,
        body: bytes,
        challenge: bytes | None,
        now: float,
    ) -> None:
        options = self.options
        block = b""
        if options.private_block and self._shape == Shape.BLOCK:
            block = client_block(options, self.address, challenge).encode()
        frame = EapolFrame.build(
            destination, self.address, packet_type, body, block, options.eapol_version
        )
        self._frames.append(frame.encode())
        self._tell_sent(name, now, destination=format_mac(destination))

    def _send_heartbeat(self, now: float) -> None:
        if self._next_heartbeat is None or self.key is None or self.server is None:
            return
        heartbeat = Heartbeat(self.key, self._number)
        self._frames.append(heartbeat.encode(self.server, self.address))
        self.heartbeats += 1
        self._number = number_after(self._number)
        self._next_heartbeat += self._interval
        self._tell_sent(FrameName.HEARTBEAT, now, number=heartbeat.number, key=heartbeat.key)

    def _tell_sent(self, name: FrameName, now: float, **detail: Detail) -> None:
        self._journal.tell(EventKind.SENT, now, frame=name, **detail)

    def _rest(self, state: State) -> None:
        self.state = state
        self._next_step = None
        self._next_heartbeat = None


def _shape_of_vendor(server: bytes) -> Shape:
    return Shape.BLOCK if server[:_VENDOR_SIZE] in _RUIJIE_VENDORS else Shape.BARE
