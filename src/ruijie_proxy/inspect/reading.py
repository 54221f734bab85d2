"""One EAPOL frame, taken apart: the standard part, and the client's private block where it has one.

Only what a length covers is read, and behind it a private block alone: the rest is padding, which
can be stale memory with other people's data in it (docs/protocol.md, "Frames").
"""

from __future__ import annotations

from dataclasses import dataclass

from ruijie_proxy.protocol.bare_properties import BARE_CLIENT_SIZE, parse_bare_properties
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.private_block import PrivateBlock, find_private_block
from ruijie_proxy.protocol.properties import Property, PropertyType

_OF_CLIENTS = (
    EapolType.START,
    EapolType.LOGOFF,
    EapolType.RUIJIE_HEARTBEAT,
    EapolType.RUIJIE_USER_NAME,
    EapolType.CERNET_ECHO_ANSWER,
)
_WITHOUT_BLOCK = (EapolType.RUIJIE_HEARTBEAT, EapolType.CERNET_ECHO_ANSWER)
_BARE_BEGINNING = bytes((PropertyType.CLIENT, BARE_CLIENT_SIZE))
"""No user name begins like that, so it tells bare properties, also those of a frame that was cut
or is wrong further on: in it, too, the password property is none of a name's bytes."""


@dataclass(frozen=True, slots=True)
class BareData:
    """The bare properties of an MD5 response (docs/protocol.md, "The bare shape")."""

    at: int
    """Where they begin in the packet's data."""
    properties: tuple[Property, ...]
    rest: bytes
    """From the first one on that is not whole."""

    def content(self, property_type: int) -> bytes | None:
        """Return the content of the first property of a type, or None."""
        for item in self.properties:
            if item.type == property_type:
                return item.content
        return None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a frame holds."""

    frame: EapolFrame
    eap: EapPacket | None
    """Its EAP packet, whose data ends where a private block begins; None where there is none."""
    from_client: bool | None
    """Who sends such frames: a client or (False) a server; None: cannot be told."""
    block_at: int | None
    """Offset of the private block in the Ethernet frame."""
    block: PrivateBlock | None
    """None where there is none, or (``block_at`` is a number) none that parses."""
    bare: BareData | None = None
    """What stands in place of the user name, in the bare shape."""
    inside: bool = False
    """Whether the block is counted in the EAP length."""


def read_frame(ethernet: bytes) -> Reading:
    """Take an Ethernet frame apart. Raises ProtocolError when it has no EAPOL header."""
    frame = EapolFrame.parse(ethernet)
    eap = _eap(frame)
    from_client = _from_client(frame, eap)
    at = None
    if from_client and frame.type not in _WITHOUT_BLOCK:
        at = find_private_block(ethernet)
    inside = at is not None and eap is not None and at < BODY_OFFSET + eap.length
    if inside:
        # Some clients count the block in the lengths.
        eap = _eap(EapolFrame.parse(ethernet[:at]))
    block = None if at is None else _block(ethernet[at:])
    return Reading(frame, eap, from_client, at, block, bare_data_of(eap), inside)


def bare_data_of(eap: EapPacket | None) -> BareData | None:
    """Return the bare properties of an MD5 response; None for others."""
    if eap is None or eap.code != EapCode.RESPONSE or eap.type != EapType.MD5_CHALLENGE:
        return None
    at = 1 + eap.data[0] if eap.data else 0
    if not eap.data.startswith(_BARE_BEGINNING, at):
        return None
    return BareData(at, *parse_bare_properties(eap.data[at:]))


def _eap(frame: EapolFrame) -> EapPacket | None:
    if frame.type != EapolType.EAP_PACKET:
        return None
    try:
        return EapPacket.parse(frame.body)[0]
    except ProtocolError:
        return None


def _from_client(frame: EapolFrame, eap: EapPacket | None) -> bool | None:
    if frame.type in _OF_CLIENTS:
        return True
    if frame.type == EapolType.CERNET_ECHO:
        return False
    if eap is None:
        return None
    if eap.code == EapCode.RESPONSE:
        return True
    if eap.code in (EapCode.REQUEST, EapCode.SUCCESS, EapCode.FAILURE):
        return False
    return None


def _block(data: bytes) -> PrivateBlock | None:
    try:
        return PrivateBlock.parse(data)
    except ProtocolError:
        return None
