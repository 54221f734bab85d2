"""What was heard while the doctor listened, and who says what in 802.1X."""

from __future__ import annotations

from enum import Enum

from ruijie_proxy.i18n import listed
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, format_mac
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection


class Speaker(Enum):
    """Which side of 802.1X speaks like this."""

    CLIENT = "client"
    SERVER = "server"
    UNKNOWN = "unknown"
    """Either could, or neither: the keys of Wi-Fi are EAPOL frames, too."""


_OF_CLIENTS = (
    EapolType.START,
    EapolType.LOGOFF,
    EapolType.RUIJIE_HEARTBEAT,
    EapolType.RUIJIE_USER_NAME,
)


class Sighting(Frozen):
    """Frames of one kind from one station, on one interface."""

    interface: str
    source: bytes
    """MAC address, 6 bytes."""
    destination: bytes
    """MAC address, 6 bytes."""
    speaker: Speaker
    is_start: bool = False
    outgoing: bool = False
    """This machine sent them."""
    count: int = 1
    promiscuous: int = 0
    """How many of them came while the interface was told to receive everything."""

    @property
    def to_pae_group(self) -> bool:
        """Whether they went to the group that no bridge forwards."""
        return self.destination == PAE_GROUP_ADDRESS


class Heard(Frozen):
    """Everything that was heard."""

    seconds: float = 0.0
    """For how long."""
    sightings: tuple[Sighting, ...] = ()
    """What the network card handed over, before any filter of this machine."""
    delivered: frozenset[tuple[str, bool]] = frozenset()
    """Where a program that opens a socket for 802.1X was given frames of others: the interface, and
    whether they went to the PAE group."""
    busy: frozenset[str] = frozenset()
    """Interfaces that received packets of any kind."""

    def said_by(self, speaker: Speaker, interfaces: Collection[str]) -> tuple[Sighting, ...]:
        """Return what others said on these interfaces."""
        return tuple(
            one
            for one in self.sightings
            if one.speaker is speaker and one.interface in interfaces and not one.outgoing
        )

    def said_on(self, interfaces: Collection[str]) -> bool:
        """Whether a client or a server was heard on these interfaces."""
        return any(
            self.said_by(speaker, interfaces) for speaker in (Speaker.CLIENT, Speaker.SERVER)
        )


def stations(sightings: Collection[Sighting]) -> str:
    """Return who was seen, for a sentence: MAC addresses, two at most."""
    addresses = list(dict.fromkeys(format_mac(one.source) for one in sightings))
    return listed([*addresses[:2], *(("…",) if len(addresses) > 2 else ())])


def read_sighting(frame: bytes, interface: str, outgoing: bool) -> Sighting | None:
    """Return one frame as a sighting; None: it is no EAPOL."""
    try:
        read = EapolFrame.parse(frame)
    except ProtocolError:
        return None
    return Sighting(
        interface=interface,
        source=read.source,
        destination=read.destination,
        speaker=_speaker_of(read),
        is_start=read.type == EapolType.START,
        outgoing=outgoing,
    )


def _speaker_of(frame: EapolFrame) -> Speaker:
    if frame.type in _OF_CLIENTS:
        return Speaker.CLIENT
    if frame.type != EapolType.EAP_PACKET:
        return Speaker.UNKNOWN
    try:
        packet, _ = EapPacket.parse(frame.body)
    except ProtocolError:
        return Speaker.UNKNOWN
    if packet.code == EapCode.RESPONSE:
        return Speaker.CLIENT
    if packet.code in (EapCode.REQUEST, EapCode.SUCCESS, EapCode.FAILURE):
        return Speaker.SERVER
    return Speaker.UNKNOWN
