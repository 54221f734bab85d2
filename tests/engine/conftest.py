"""A session on a workbench: frames are put in, time passes, and all that comes out is kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck

from ruijie_proxy.engine.actions import (
    ForgetSession,
    HeedClients,
    HeedServers,
    KeepSession,
    ListenToClient,
    RenewAddress,
    Report,
    SendToClient,
    SendToServer,
    SetWanAddress,
)
from ruijie_proxy.engine.keeping.session import Session
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import AddressHead, PrivateBlock
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Grant, accounting_piece, message_piece
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.values import replace
from tests.engine.known_frames import passed_on

if TYPE_CHECKING:
    from ruijie_proxy.engine.actions import Action
    from ruijie_proxy.engine.events import Event

HARMLESS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
"""A fixture that makes a campus for each example; and a busy machine."""
T = TypeVar("T")

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("00d0f8d9f104")
WAN = bytes.fromhex("0200000000e1")
PORT = "lan2"
KEY = 0x32764AE1
GRANT = Grant(KEY, 30)
STEP = 0.01
"""Seconds between two frames of a login."""

DEFAULT_SETTINGS = SessionSettings()
ROUTER = RouterFacts(WAN)


class Frames:
    """Frames of the client and the server, made the way they make them."""

    CLIENT = CLIENT
    OTHER_CLIENT = bytes.fromhex("02000000cc02")
    SERVER = SERVER
    OTHER_SERVER = bytes.fromhex("00d0f8d9f105")
    WAN = WAN
    PORT = PORT
    KEY = KEY
    GRANT = GRANT

    identity = EapPacket.build(EapCode.RESPONSE, 1, EapType.IDENTITY, b"student")
    md5 = EapPacket.build(EapCode.RESPONSE, 2, EapType.MD5_CHALLENGE, b"\x10" + bytes(range(16)))

    @staticmethod
    def block(client: bytes = CLIENT) -> PrivateBlock:
        """Return a private block like a Linux client's."""
        eui64 = bytes((client[0] ^ 0x02,)) + client[1:3] + b"\xff\xfe" + client[3:]
        properties = (
            Property(PropertyType.ADDRESS_FROM_DHCP, bytes(4)),
            Property(PropertyType.MAC_ADDRESS, client),
            Property(PropertyType.PASSWORD, b""),
            Property(PropertyType.IPV6_GATEWAY_LINK_LOCAL, bytes(16)),
            Property(PropertyType.IPV6_LINK_LOCAL, bytes.fromhex("fe80000000000000") + eui64),
            Property(PropertyType.V4_CHECK, b"0123456789abcdef" * 8),
            Property(0xEE, b"nobody knows"),
            Property(PropertyType.CLIENT_NAME, b"RG-SU For Linux V1.0\0"),
        )
        return PrivateBlock(AddressHead(1), b"8021x.exe", bytes((1, 1, 1, 2)), properties)

    @classmethod
    def start(cls, client: bytes = CLIENT, group: bytes = PAE_GROUP_ADDRESS) -> bytes:
        """A Start with its private block."""
        trailer = cls.block(client).encode()
        return EapolFrame.build(group, client, EapolType.START, trailer=trailer).encode()

    @classmethod
    def logoff(cls, client: bytes = CLIENT) -> bytes:
        """A Logoff with its private block."""
        trailer = cls.block(client).encode()
        return EapolFrame.build(SERVER, client, EapolType.LOGOFF, trailer=trailer).encode()

    @classmethod
    def response(
        cls,
        packet: EapPacket,
        client: bytes = CLIENT,
        destination: bytes = SERVER,
        trailer: bytes | None = None,
    ) -> bytes:
        """A frame of the client's with an EAP packet, and behind its length the private block."""
        trailer = cls.block(client).encode() if trailer is None else trailer
        return EapolFrame.build(
            destination, client, EapolType.EAP_PACKET, packet.encode(), trailer
        ).encode()

    @staticmethod
    def heartbeat(key: int, number: int, client: bytes = CLIENT) -> bytes:
        """A heartbeat of the client."""
        return Heartbeat(key, number).encode(SERVER, client)

    @staticmethod
    def of_server(
        packet: EapPacket | bytes,
        to: bytes = WAN,
        source: bytes = SERVER,
        trailer: bytes = b"",
        version: int = 1,
    ) -> bytes:
        """A frame of the server's with an EAP packet."""
        body = packet.encode() if isinstance(packet, EapPacket) else packet
        frame = EapolFrame.build(to, source, EapolType.EAP_PACKET, body, trailer, version)
        return frame.encode()

    @classmethod
    def identity_request(
        cls, identifier: int = 1, to: bytes = WAN, source: bytes = SERVER, trailer: bytes = b""
    ) -> bytes:
        """A Request/Identity: a login's, or a probe."""
        packet = EapPacket.build(EapCode.REQUEST, identifier, EapType.IDENTITY)
        return cls.of_server(packet, to, source, trailer)

    @classmethod
    def challenge(
        cls,
        identifier: int = 2,
        to: bytes = WAN,
        source: bytes = SERVER,
        services: str = "",
    ) -> bytes:
        """A Request/MD5-Challenge, with the services on offer inside its length."""
        offered = Property(PieceType.SERVICES_ON_OFFER, encode_text(services), marked=False)
        pieces = (offered,) if services else ()
        return cls.of_server(
            Md5Challenge(identifier, bytes(range(16)), pieces, b"").encode(), to, source
        )

    @classmethod
    def success(
        cls,
        grant: Grant | None = None,
        message: str | None = None,
        to: bytes = WAN,
        source: bytes = SERVER,
        accounting: str | None = None,
    ) -> bytes:
        """A Success; without grant and texts the bare one."""
        private = b"" if message is None else message_piece(encode_text(message))
        private += b"" if accounting is None else accounting_piece(encode_text(accounting))
        private += b"" if grant is None else grant.encode()
        packet = EapPacket.build(EapCode.SUCCESS, 2, data=private)
        return cls.of_server(packet, to, source)

    @classmethod
    def failure(cls, message: str | None = None, to: bytes = WAN, source: bytes = SERVER) -> bytes:
        """A Failure, with the server's reason."""
        private = b"" if message is None else message_piece(encode_text(message))
        return cls.of_server(EapPacket.build(EapCode.FAILURE, 2, data=private), to, source)


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame that came out."""

    at: float
    frame: bytes


class Bench(Frames, ABC):
    """A session on a clock of the test's own, whose actions are carried out."""

    session: Session
    now: float
    """Seconds."""

    @abstractmethod
    def carry(self) -> None:
        """Carry out what the session asks for."""

    def wait(self, seconds: float) -> None:
        """Let time pass, each timer being on time."""
        end = self.now + seconds
        handled_at = 0
        while (deadline := self.session.next_deadline) is not None and deadline <= end:
            handled_at = handled_at + 1 if deadline <= self.now else 0
            assert handled_at < 5, "what was due is done, and still due"
            self.now = max(self.now, deadline)
            self.session.handle_timer(self.now)
            self.carry()
        self.now = end


class Campus(Bench):
    """A session between a client and a server that a test plays, on a clock of the test's own."""

    def __init__(
        self,
        settings: SessionSettings = DEFAULT_SETTINGS,
        facts: RouterFacts = ROUTER,
        link_up: bool = True,
    ) -> None:
        self.session: RelaySession = RelaySession(settings, facts, link_up)
        self.settings = settings
        self.facts = facts
        self.now = 1000.0
        """Seconds."""
        self.to_server: list[Sent] = []
        self.to_client: list[Sent] = []
        self.ports: list[str] = []
        """The LAN interface that each frame to the client went out by."""
        self.events: list[Event] = []
        self.kept: KeptSession | None = None
        """What is on disk."""
        self.writes = 0
        """How often something was written there."""
        self.renewals = 0
        self.listening = False
        self.heeded: list[HeedClients | HeedServers] = []
        """Whom the machine was to hear, whatever strangers send."""
        self.asked_addresses: list[bytes] = []
        """The MAC addresses that the WAN port was to take."""
        self.takes_addresses = True
        """Whether the WAN port takes them at once."""
        self.short_way = False
        """Whether frames are passed on by the short way where there is one, as the daemon does."""

    # Putting in.

    def resume(self, kept: KeptSession) -> None:
        """Let the session go on from what was on disk."""
        self.kept = kept
        self.session.resume(kept, self.now)
        self.carry()

    def restart(
        self,
        after: float = 1.0,
        settings: SessionSettings | None = None,
        facts: RouterFacts | None = None,
        link_up: bool = True,
    ) -> Campus:
        """Return the session of a program that was killed and started again after some seconds."""
        campus = Campus(settings or self.settings, facts or self.facts, link_up)
        campus.now = self.now + after
        assert self.kept is not None
        campus.resume(self.kept)
        return campus

    def lan(self, frame: bytes, port: str = PORT) -> None:
        """Let a frame come in by the LAN."""
        way = self.session.short_way(self.now) if self.short_way else None
        is_there = way is not None and way.port in ("", port)
        passed = None
        if way is not None and is_there:
            passed = passed_on(way.known_to_server, way.to_server, frame)
        if passed is None:
            self.session.receive_from_lan(port, frame, self.now)
        else:
            self.to_server.append(Sent(self.now, passed))
            self.session.crossed_to_server(port, frame, self.now)
        self.carry()

    def wan(self, frame: bytes) -> None:
        """Let a frame come in by the WAN port."""
        way = self.session.short_way(self.now) if self.short_way else None
        passed = None if way is None else passed_on(way.known_to_client, way.to_client, frame)
        if way is None or passed is None:
            self.session.receive_from_wan(frame, self.now)
        else:
            self.to_client.append(Sent(self.now, passed))
            self.ports.append(way.port)
            self.session.crossed_to_client(frame, self.now)
        self.carry()

    def link(self, up: bool) -> None:
        """Let the WAN link come or go."""
        self.session.link_changed(up, self.now)
        self.carry()

    def take_address(self, address: bytes) -> None:
        """Let the WAN port have another MAC address."""
        self.change_facts(replace(self.facts, mac=address))

    def change_facts(self, facts: RouterFacts) -> None:
        """Let the router have other addresses."""
        self.facts = facts
        self.session.router_changed(facts, self.now)
        self.carry()

    def refuse_address(self, reason: str = "the driver will not") -> None:
        """Let the WAN port keep the MAC address that it has."""
        self.session.address_not_taken(reason)
        self.carry()

    def stop(self) -> None:
        """End the session."""
        self.session.stop()
        self.carry()

    def sleep(self, seconds: float) -> None:
        """Let time pass with the machine asleep: the timer comes late."""
        self.now += seconds
        self.session.handle_timer(self.now)
        self.carry()

    # Whole logins.

    def log_in(self, result: bytes, client: bytes = CLIENT) -> None:
        """Let a client go through a login that ends in a result."""
        wire = self.facts.mac
        for put_in, frame in (
            (self.lan, self.start(client)),
            (self.wan, self.identity_request(to=wire)),
            (self.lan, self.response(self.identity, client)),
            (self.wan, self.challenge(to=wire)),
            (self.lan, self.response(self.md5, client)),
            (self.wan, result),
        ):
            put_in(frame)
            self.wait(STEP)

    def go_online(self, grant: Grant | None = GRANT) -> None:
        """Let a client log in, and the router take over by the grant, if there is one."""
        self.log_in(self.success(grant))
        self.wait(1.0)
        assert self.state() is State.ONLINE
        self.forget_frames()

    # Looking at what came out.

    def state(self) -> State:
        """Return where the session stands."""
        return self.session.state

    def of(self, kind: type[T]) -> list[T]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def server_got(self) -> list[bytes]:
        """The frames that went to the server."""
        return [sent.frame for sent in self.to_server]

    @property
    def client_got(self) -> list[bytes]:
        """The frames that went to the client."""
        return [sent.frame for sent in self.to_client]

    @property
    def heartbeats(self) -> list[tuple[float, Heartbeat]]:
        """The heartbeats that went to the server, and when."""
        found = []
        for sent in self.to_server:
            try:
                found.append((sent.at, Heartbeat.parse(sent.frame)))
            except ProtocolError:
                continue
        return found

    @property
    def numbers(self) -> list[int]:
        """The numbers of the heartbeats that went to the server."""
        return [heartbeat.number for _, heartbeat in self.heartbeats]

    def forget_frames(self) -> None:
        """Look only at what comes out from now on."""
        self.to_server.clear()
        self.to_client.clear()
        self.ports.clear()
        self.events.clear()

    def carry(self) -> None:
        while actions := self.session.take_actions():
            for action in actions:
                self._do(action)

    def _do(self, action: Action) -> None:
        match action:
            case SendToServer(frame):
                self.to_server.append(Sent(self.now, frame))
            case SendToClient(port, frame):
                self.ports.append(port)
                self.to_client.append(Sent(self.now, frame))
            case ListenToClient(listening):
                assert listening is not self.listening
                self.listening = listening
            case HeedClients() | HeedServers():
                self.heeded.append(action)
            case SetWanAddress(address):
                self.asked_addresses.append(address)
                if self.takes_addresses:
                    self.facts = replace(self.facts, mac=address)
                    self.session.router_changed(self.facts, self.now)
            case RenewAddress():
                self.renewals += 1
            case KeepSession(kept):
                # What survives is what can be written down.
                self.kept = KeptSession.from_plain(kept.to_plain())
                self.writes += 1
            case ForgetSession():
                self.kept = None
                self.writes += 1
            case Report(event):
                self.events.append(event)


@pytest.fixture
def campus() -> Campus:
    """A session with the default settings, waiting for a client."""
    return Campus()


@pytest.fixture
def make_campus() -> Callable[..., Campus]:
    """Make one with other settings: ``make_campus(SessionSettings(…))``."""
    return Campus


@pytest.fixture
def frames() -> type[Frames]:
    """What the client and the server send."""
    return Frames
