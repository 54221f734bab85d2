"""What the session reads in a frame that crosses.

Only what the stated lengths cover is read: behind them stands padding, which can be stale memory
with anything in it (docs/protocol.md, "Frames"). The frames that come here have at least an EAPOL
header.
"""

from __future__ import annotations

from ruijie_proxy.protocol.eap import (
    EAP_HEADER_SIZE,
    IDENTIFIER_OFFSET,
    EapCode,
    EapPacket,
    EapType,
)
from ruijie_proxy.protocol.eapol import (
    BODY_OFFSET,
    LENGTH_OFFSET,
    TYPE_OFFSET,
    EapolFrame,
    EapolType,
)
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import (
    ETHERTYPE_EAPOL_BYTES,
    ETHERTYPE_OFFSET,
    GROUP_ADDRESSES,
    HEADER_SIZE,
    SOURCE_OFFSET,
    is_group_address,
)
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result

_CODE_AT = BODY_OFFSET
EAP_IDENTIFIER_AT = BODY_OFFSET + IDENTIFIER_OFFSET
_EAP_LENGTH_AT = BODY_OFFSET + 2
_METHOD_AT = BODY_OFFSET + EAP_HEADER_SIZE
_EAP_PACKET = EapolType.EAP_PACKET
# Big-endian numbers of one size compare as their bytes do, and every frame comes through here.
_HEADER_ALONE = EAP_HEADER_SIZE.to_bytes(2, "big")


def is_eapol(frame: bytes) -> bool:
    """Whether a frame is EAPOL and has its header: what all else here takes for granted."""
    return (
        len(frame) >= BODY_OFFSET and frame[ETHERTYPE_OFFSET:HEADER_SIZE] == ETHERTYPE_EAPOL_BYTES
    )


def answers_a_start(frame: bytes, code: int | None, known_server: bytes | None) -> bool:
    """Whether a frame of this EAP code is a server's first answer, and not meant for other people.

    ``known_server`` is the MAC address of one that has answered before.
    """
    source = frame[SOURCE_OFFSET:ETHERTYPE_OFFSET]
    if source == known_server:
        return True
    if is_group_address(source):
        return False
    if code == EapCode.REQUEST:
        return not goes_on(frame, code)  # nobody has told it yet who is to prove something
    return (
        # One that has asked nothing yet tells the group of other people's results.
        code in (EapCode.SUCCESS, EapCode.FAILURE) and frame[:SOURCE_OFFSET] not in GROUP_ADDRESSES
    )


def goes_on(frame: bytes, code: int | None) -> bool:
    """Whether a frame of this EAP code takes a login further than the question who somebody is."""
    if code == EapCode.REQUEST:
        return eap_method(frame) not in (None, EapType.IDENTITY, EapType.NOTIFICATION)
    return code in (EapCode.SUCCESS, EapCode.FAILURE)


def eap_code(frame: bytes) -> int | None:
    """Return the code of the EAP packet in a frame; None when it holds none."""
    if (
        frame[TYPE_OFFSET] != _EAP_PACKET
        or len(frame) <= _CODE_AT
        or frame[LENGTH_OFFSET:BODY_OFFSET] < _HEADER_ALONE
    ):
        return None
    return frame[_CODE_AT]


def eap_method(frame: bytes) -> int | None:
    """Return the method type of a frame's EAP Request or Response; None when it has none."""
    if (
        len(frame) <= _METHOD_AT
        or frame[LENGTH_OFFSET:BODY_OFFSET] <= _HEADER_ALONE
        or frame[_EAP_LENGTH_AT:_METHOD_AT] <= _HEADER_ALONE
    ):
        return None
    return frame[_METHOD_AT]


def read_heartbeat(frame: bytes) -> Heartbeat | None:
    """Return what a heartbeat tells; None when it cannot be read."""
    try:
        return Heartbeat.parse(frame)
    except ProtocolError:
        return None


def read_result(frame: bytes) -> Result:
    """Return what a Success or Failure tells; one that is cut too short tells its code alone."""
    try:
        return Result.parse(EapolFrame.parse(frame).body)
    except ProtocolError:
        return Result(frame[_CODE_AT], 0, b"", ())


def read_eap(frame: bytes) -> EapPacket:
    """Return a frame's EAP packet, its padding not included.

    For frames of which :func:`eap_code` tells a code; one whose length is impossible has no type.
    """
    try:
        packet, _ = EapPacket.parse(EapolFrame.parse(frame).body)
    except ProtocolError:
        return EapPacket(frame[_CODE_AT], 0, 0, None, b"")
    return packet


def read_challenge(frame: bytes) -> Md5Challenge | None:
    """Return what an MD5 challenge tells; None when it cannot be read."""
    try:
        return Md5Challenge.parse(read_eap(frame))
    except ProtocolError:
        return None
