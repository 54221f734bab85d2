"""What a capture shows of logins: packets go in, and of each client the last login stays.

Whatever the file: of each client its last session, its last refusal and its heartbeats are kept, of
a bounded number of clients.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture
from ruijie_proxy.inspect.capture.link_layers import (
    WIRELESS,
    as_ethernet,
    is_eapol,
    read_link_header,
)
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.own_frames import Beside, OwnFrames
from ruijie_proxy.inspect.steps import Kind, Phase, Step
from ruijie_proxy.inspect.story import Story
from ruijie_proxy.learn.arp_packets import ARP_BEGINNING, ETHERTYPE_ARP, sender_of
from ruijie_proxy.learn.leases import Lease, read_lease
from ruijie_proxy.learn.web_logins import HTTP_MARKS, WebLogin, read_web_login
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, IDENTIFIER_OFFSET
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import SOURCE_OFFSET
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.runtime.address.dhcp_answers import DHCP_COOKIE

MOST_CLIENTS = 50
MOST_EXCHANGES = 4
"""In a login: campuses ask one or two."""
MOST_LOGINS = 5
"""That make one session, as many as the key ``successes`` takes."""
MOST_LEASES = 64
MOST_STATIONS = 64
MOST_ADDRESSES = 8
"""Of a station; what is known of more is forgotten, the one in the middle first."""
MOST_TIMES = 64
"""Of heartbeats, and of probes."""
LARGEST_FRAME = 2048
"""Bytes; what is longer is no frame of a login."""
LONGEST_BETWEEN_LOGINS = 60_000_000_000
"""Nanoseconds from one login's Success to the next one's Start, where both make one session: the
address is got meanwhile."""
_TELLING = (ARP_BEGINNING, DHCP_COOKIE, *HTTP_MARKS)
"""What stands in the packets that are looked at, beside EAPOL."""
_ETHERTYPE_IPV4 = 0x0800
_EAPOL_KEY = 3
"""The EAPOL type of a key exchange (IEEE 802.1X-2020, 11.3.2), which wired campuses do not have."""
_OF_CLIENTS = (
    Kind.START,
    Kind.LOGOFF,
    Kind.RESPONSE_IDENTITY,
    Kind.RESPONSE_MD5,
    Kind.RESPONSE,
    Kind.HEARTBEAT,
    Kind.ECHO_ANSWER,
)
_OF_SERVERS = (
    Kind.REQUEST_IDENTITY,
    Kind.REQUEST_MD5,
    Kind.NOTIFICATION,
    Kind.REQUEST,
    Kind.SUCCESS,
    Kind.FAILURE,
    Kind.ECHO,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of a login."""

    number: int
    """The packet's in the file, from 1."""
    order: int
    """Which one it was in the order of time; files need not be in it."""
    at: int | None
    """Nanoseconds since 1970."""
    data: bytes
    """From the Ethernet header on, without VLAN tags; an address that was not captured is zero."""
    is_cut: bool
    """Whether the recording holds less than went over the wire."""

    @property
    def destination(self) -> bytes:
        """MAC address."""
        return self.data[:SOURCE_OFFSET]

    @property
    def method(self) -> int | None:
        """Type of an EAP request or response."""
        at = BODY_OFFSET + EAP_HEADER_SIZE
        return self.data[at] if len(self.data) > at else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """A challenge and the client's answer."""

    challenge: Frame
    answer: Frame


@dataclass(frozen=True, slots=True)
class Login:
    """One login, as far as it was captured."""

    first: int
    """The number of its first packet."""
    start: Frame | None = None
    """The client's last Start before a server answered."""
    start_groups: tuple[bytes, ...] = ()
    """Where Starts went before a server answered, each once."""
    is_asked: bool = False
    """Whether a server has asked anything."""
    identity: Frame | None = None
    """The Identity response."""
    challenge: Frame | None = None
    """The last MD5 challenge."""
    exchanges: tuple[Exchange, ...] = ()
    unpaired: int | None = None
    """The number of an answer whose challenge is not in the capture."""
    other_request: Frame | None = None
    """The last request of another method."""
    notification: Frame | None = None
    """The last Notification: it may tell why a Failure comes."""
    result: Frame | None = None
    """The Success or Failure."""


@dataclass(frozen=True, slots=True)
class Times:
    """Frames that come again and again."""

    first: int | None = None
    """The number of the first one's packet."""
    count: int = 0
    moments: tuple[int, ...] = ()
    """When, in nanoseconds since 1970: the first ones."""

    def after(self, number: int, at: int | None) -> Times:
        """Return what is known after one more."""
        moments = self.moments
        if at is not None and len(moments) < MOST_TIMES:
            moments = (*moments, at)
        return Times(self.first if self.count else number, self.count + 1, moments)

    @property
    def interval(self) -> float | None:
        """Seconds from one to the next: the median; None where there are fewer than two."""
        gaps = sorted(
            later - before
            for before, later in zip(self.moments, self.moments[1:], strict=False)
            if later > before
        )
        return gaps[len(gaps) // 2] / 1e9 if gaps else None


NO_TIMES = Times()


@dataclass(frozen=True, slots=True)
class Client:
    """One client on one interface."""

    conversation: int
    """As ``inspect`` counts them."""
    interface: str | None
    address: bytes
    """MAC address."""
    server: bytes | None = None
    vlans: tuple[int, ...] = ()
    is_sender: bool | None = None
    """Whether the capturing machine is the client, where the file tells."""
    session: tuple[Login, ...] = ()
    """The logins that made the last session, in their order; mostly one."""
    open: Login | None = None
    """A login that has no result yet."""
    failure: Login | None = None
    """The last one that was refused."""
    was_dropped: bool = False
    """Whether that Failure ended a session."""
    heartbeats: Times = NO_TIMES
    """Of the last session."""
    first_heartbeat: Heartbeat | None = None
    probes: Times = NO_TIMES
    """Requests for the identity, while online, that led to nothing more."""
    reauthentications: Times = NO_TIMES
    """Logins that the switch asked for while online."""
    is_online: bool = False
    has_ended: bool = False
    was_online_before: int | None = None
    """The number of a packet that only a client that is online sends, with no login before it."""
    sent: int = 0
    """How many frames the client has sent …"""
    received: int = 0
    """… and servers to it."""


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """An IPv4 address that a station began to have, as its ARP packets tell."""

    number: int
    """The packet's in the file, from 1."""
    order: int
    """As a frame's."""
    address: bytes
    """4 bytes."""


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was kept of a capture."""

    clients: tuple[Client, ...] = ()
    """In the order in which they were heard last."""
    leases: tuple[Lease, ...] = ()
    sources: Mapping[bytes, tuple[SourceAddress, ...]] = field(default_factory=dict)
    """Of each station, by its MAC address, its IPv4 addresses in order."""
    web_login: WebLogin | None = None
    first_at: int | None = None
    """When the first packet that was looked at came, in nanoseconds since 1970 …"""
    last_at: int | None = None
    """… and the last one of those."""
    packets: int = 0
    """Those that were looked at …"""
    others: int = 0
    """… and those that say nothing here."""
    eapol_frames: int = 0
    first_eapol: int | None = None
    """The number of the first one's packet."""
    cut: int | None = None
    """The number of the first EAPOL frame that was not captured whole."""
    wireless: int | None = None
    """The number of the first packet of a wireless network, or 0 for one without a number …"""
    wireless_key: int | None = None
    """… and of the first key exchange, which only such networks have."""


@dataclass(slots=True)
class Observer:
    """Takes in the packets of a capture, one after the other."""

    _story: Story = field(default_factory=Story)
    _clients: OrderedDict[int, Client] = field(default_factory=OrderedDict)
    _identities: dict[int, Frame] = field(default_factory=dict)
    """Of each conversation the last Identity response: it may begin a login while online."""
    _seen: Observed = field(default_factory=Observed)
    _leases: list[Lease] = field(default_factory=list)
    _sources: OrderedDict[bytes, list[SourceAddress]] = field(default_factory=OrderedDict)

    def take(self, packet: Packet) -> None:
        """Take in the next packet."""
        seen = self._seen
        first_at = packet.at if seen.first_at is None else seen.first_at
        last_at = packet.at if packet.at is not None else seen.last_at
        seen = replace(seen, packets=seen.packets + 1, first_at=first_at, last_at=last_at)
        if packet.link_type in WIRELESS and seen.wireless is None:
            seen = replace(seen, wireless=packet.number)
        self._seen = seen
        header = read_link_header(packet)
        if header is None:
            return
        if is_eapol(header):
            is_cut = packet.length > len(packet.data)
            step = self._story.tell(packet, header, first_at)
            data = as_ethernet(packet, header)[:LARGEST_FRAME]
            self._take_eapol(step, Frame(packet.number, seen.packets, packet.at, data, is_cut))
        elif header.ethertype == _ETHERTYPE_IPV4:
            self._take_ipv4(packet, packet.data[header.end :])
        elif header.ethertype == ETHERTYPE_ARP:
            self._take_arp(packet, packet.data[header.end :])

    def result(self, passed_over: Mapping[int, int]) -> Observed:
        """Return what was kept. ``passed_over``: other packets of the file by their link types."""
        seen = self._seen
        if seen.wireless is None and not WIRELESS.isdisjoint(passed_over):
            seen = replace(seen, wireless=0)
        return replace(
            seen,
            others=sum(passed_over.values()),
            clients=tuple(self._clients.values()),
            leases=tuple(self._leases),
            sources={station: tuple(told) for station, told in self._sources.items()},
        )

    def _take_arp(self, packet: Packet, data: bytes) -> None:
        sender = sender_of(data)
        if sender is None:
            return
        station, address = sender
        told = self._sources.get(station)
        if told is not None and told[-1].address == address:
            return
        if told is None:
            told = self._sources[station] = []
            if len(self._sources) > MOST_STATIONS:
                self._sources.popitem(last=False)
        told.append(SourceAddress(packet.number, self._seen.packets, address))
        if len(told) > MOST_ADDRESSES:
            del told[MOST_ADDRESSES // 2]

    def _take_ipv4(self, packet: Packet, data: bytes) -> None:
        lease = read_lease(data, packet.number, self._seen.packets)
        if lease is not None:
            self._leases.append(lease)
            if len(self._leases) > MOST_LEASES:
                del self._leases[MOST_LEASES // 2]  # the first and the last ones tell most
        elif self._seen.web_login is None:
            found = read_web_login(data, packet.number)
            if found is not None:
                self._seen = replace(self._seen, web_login=found)

    def _take_eapol(self, step: Step, frame: Frame) -> None:
        seen = self._seen
        self._seen = seen = replace(
            seen,
            eapol_frames=seen.eapol_frames + 1,
            first_eapol=frame.number if seen.first_eapol is None else seen.first_eapol,
            cut=frame.number if frame.is_cut and seen.cut is None else seen.cut,
        )
        if len(frame.data) > TYPE_OFFSET and frame.data[TYPE_OFFSET] == _EAPOL_KEY:
            if seen.wireless_key is None:
                self._seen = replace(seen, wireless_key=frame.number)
            return
        if step.kind not in (*_OF_CLIENTS, *_OF_SERVERS):
            return
        client = self._client_of(step)
        client = self._after(client, step, frame)
        self._clients[step.conversation] = client
        self._clients.move_to_end(step.conversation)
        if len(self._clients) > MOST_CLIENTS:
            forgotten, _client = self._clients.popitem(last=False)
            self._identities.pop(forgotten, None)

    def _client_of(self, step: Step) -> Client:
        is_clients = step.kind in _OF_CLIENTS
        client = self._clients.get(step.conversation)
        if client is None:
            client = Client(step.conversation, step.interface, b"")
        outgoing = None if step.outgoing is None else step.outgoing is is_clients
        address = step.source if is_clients else step.destination or client.address
        is_group = bool(address[:1]) and bool(address[0] & 1)
        return replace(
            client,
            address=client.address if is_group else address,
            server=client.server if is_clients else step.source,
            vlans=step.vlans or client.vlans,
            is_sender=client.is_sender if outgoing is None else outgoing,
            sent=client.sent + is_clients,
            received=client.received + (not is_clients),
        )

    def _after(self, client: Client, step: Step, frame: Frame) -> Client:
        """Return what is known of a client after this frame."""
        match step.kind:
            case Kind.START:
                return _after_start(client, frame)
            case _ if step.repeats is not None:
                return client
            case Kind.HEARTBEAT:
                return _after_heartbeat(client, frame)
            case Kind.LOGOFF:
                return replace(client, open=None, is_online=False, has_ended=True)
            case Kind.SUCCESS | Kind.FAILURE:
                return _after_result(client, step, frame)
            case Kind.RESPONSE_IDENTITY | Kind.REQUEST_IDENTITY if step.phase is Phase.ONLINE:
                return self._after_probe(client, step, frame)
            case Kind.ECHO | Kind.ECHO_ANSWER:
                return client if client.session else _was_online(client, frame)
            case _:
                return self._in_login(client, step, frame)

    def _after_probe(self, client: Client, step: Step, frame: Frame) -> Client:
        if step.kind is Kind.RESPONSE_IDENTITY:
            self._identities[client.conversation] = frame
            return client
        if not client.session:
            client = _was_online(client, frame)
        return replace(client, probes=client.probes.after(frame.number, frame.at))

    def _in_login(self, client: Client, step: Step, frame: Frame) -> Client:
        """Return what is known after a request or a response within a login."""
        login = client.open or Login(frame.number)
        if client.open is None and client.is_online:
            # The switch asks for the whole proof again: what it asked before was no probe.
            identity = self._identities.get(client.conversation)
            login = replace(login, identity=identity, is_asked=True)
            probes = client.probes
            fewer = Times(probes.first, max(0, probes.count - 1), probes.moments[:-1])
            again = client.reauthentications.after(frame.number, frame.at)
            client = replace(client, probes=fewer, reauthentications=again)
        match step.kind:
            case Kind.RESPONSE_IDENTITY:
                login = replace(login, identity=frame)
            case Kind.REQUEST_MD5:
                login = replace(login, challenge=frame, is_asked=True)
            case Kind.RESPONSE_MD5:
                login = _with_answer(login, frame)
            case Kind.NOTIFICATION:
                login = replace(login, notification=frame, is_asked=True)
            case Kind.REQUEST:
                login = replace(login, other_request=frame, is_asked=True)
            case Kind.REQUEST_IDENTITY:
                login = replace(login, is_asked=True)
            case _:
                pass
        return replace(client, open=login)


def observe(capture: CaptureFile) -> tuple[Observed, DamagedCapture | None]:
    """Return what a capture shows, and where it is damaged, if it is. Raises OSError."""
    observer = Observer()
    beside = Beside(_TELLING, observer.take)
    frames = OwnFrames(lambda frame: observer.take(frame.packet), beside)
    damage = None
    try:
        frames.read(capture)
    except DamagedCapture as found:
        damage = found
    return observer.result(frames.others), damage


def _after_start(client: Client, frame: Frame) -> Client:
    login = client.open
    if login is None or login.is_asked:
        login = Login(frame.number)
    groups = login.start_groups
    if frame.destination not in groups:
        groups = (*groups, frame.destination)[-MOST_LOGINS:]
    return replace(client, open=replace(login, start=frame, start_groups=groups))


def _after_heartbeat(client: Client, frame: Frame) -> Client:
    if not client.session:
        client = _was_online(client, frame)
    first = client.first_heartbeat
    if not client.heartbeats.count:
        try:
            first = Heartbeat.parse(frame.data)
        except ProtocolError:
            first = None
    heartbeats = client.heartbeats.after(frame.number, frame.at)
    return replace(client, heartbeats=heartbeats, first_heartbeat=first)


def _after_result(client: Client, step: Step, frame: Frame) -> Client:
    login = replace(client.open or Login(frame.number), result=frame)
    if step.kind is Kind.FAILURE:
        return replace(
            client,
            open=None,
            failure=login,
            was_dropped=step.phase is Phase.ONLINE,
            is_online=False,
            has_ended=True,
        )
    if client.is_online and login.start is None and client.session:
        return replace(client, open=None)  # the proof that the switch asked for while online
    session: tuple[Login, ...] = (login,)
    if client.session and not client.has_ended and _follows(client.session[-1], login):
        session = (*client.session, login)[-MOST_LOGINS:]
    return replace(
        client,
        open=None,
        session=session,
        heartbeats=NO_TIMES,
        first_heartbeat=None,
        probes=NO_TIMES,
        reauthentications=NO_TIMES,
        is_online=True,
        has_ended=False,
    )


def _follows(before: Login, login: Login) -> bool:
    """Whether two logins make one session, as campuses with double authentication want them."""
    ended = before.result.at if before.result is not None else None
    begun = login.start.at if login.start is not None else None
    return ended is None or begun is None or 0 <= begun - ended <= LONGEST_BETWEEN_LOGINS


def _with_answer(login: Login, frame: Frame) -> Login:
    challenge = login.challenge
    if challenge is None or _identifier(challenge) != _identifier(frame):
        return replace(login, unpaired=frame.number)
    exchanges = (*login.exchanges, Exchange(challenge, frame))[-MOST_EXCHANGES:]
    return replace(login, exchanges=exchanges)


def _identifier(frame: Frame) -> bytes:
    at = BODY_OFFSET + IDENTIFIER_OFFSET
    return frame.data[at : at + 1]


def _was_online(client: Client, frame: Frame) -> Client:
    if client.was_online_before is not None:
        return client
    return replace(client, was_online_before=frame.number)
