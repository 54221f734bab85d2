"""The short way across: the frames of a login that need no decision.

While a login is under way, what its server says goes to the client, and what its client answers
goes to the server; what it all means can be looked at when the frame is out. A relay that thinks
first makes every step of the login wait for it, and on a router that has just been woken from its
sleep, thinking takes longer than anything else. So this does the least that passes such a frame on
rightly. Whatever it does not pass goes the long way, through the session.

The client's private block says the same in every frame of a login, so what was changed in its Start
is changed here, byte string by byte string, without reading the block again. A block that says
something else goes the long way, and so do bare properties, which stand in no frame but the answer
to a challenge.
"""

from __future__ import annotations

from ruijie_proxy.engine.frame_reading import eap_code, goes_on
from ruijie_proxy.engine.keeping.short_way import ShortWay
from ruijie_proxy.engine.relay.fields import LINK_LOCAL_HEADER, MAC_HEADER
from ruijie_proxy.protocol.bare_properties import BARE_BEGINNING, BARE_OFFSET
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    ETHERTYPE_OFFSET,
    HEADER_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    is_group_address,
)
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    PROGRAM_OFFSET,
    PROPERTIES_OFFSET,
    SECOND_MAGIC_OFFSET,
    SIZE_OFFSET,
)
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.engine.relay.fields import Change

_ADDRESSES_END = 2 * ADDRESS_SIZE
_BARE_AT = BODY_OFFSET + EAP_HEADER_SIZE + 1 + BARE_OFFSET
"""Where bare properties begin in a frame that has some."""
# Plain numbers: looking a member of an enum up costs more than comparing it.
_EAP_PACKET = EapolType.EAP_PACKET.value
_REQUEST = EapCode.REQUEST.value


class Crossing(ShortWay):
    """Passes on the frames of one login. Made when the client's Start has gone out."""

    __slots__ = (
        "_are_distinct",
        "_block",
        "_changes",
        "_changes_properties",
        "_client",
        "_destinations",
        "_new_client",
        "_wire",
        "expected",
        "server",
    )

    def __init__(
        self,
        client: bytes,
        port: str,
        wire_address: bytes,
        readdress: bool,
        changes: Sequence[Change] | None,
        block: Change | None = None,
    ) -> None:
        """Take the client's MAC address, its LAN interface, and the address it has on the WAN.

        With ``readdress``, frames to the client are addressed to it alone. ``changes`` are those
        that were made in the Start's private block; None when blocks cross as they are. ``block``
        is that whole block, as it was and as it is now.
        """
        self.port = port
        self._client = client
        self._new_client = client if readdress else None
        self._wire = wire_address
        self._destinations = (wire_address, PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
        self._changes = changes
        # Two that are the same would be found by the one that is there, and another one be missed.
        self._are_distinct = len({old for old, _ in changes or ()}) == len(changes or ())
        self._block = block
        self._changes_properties = wire_address != client
        self.server: bytes | None = None
        """MAC address of the server that has answered the Start …"""
        self.expected: bytes | None = None
        """… and of the one that should; None: anybody may."""

    def to_client(self, frame: bytes) -> bytes | None:
        """Return what to send to the client for a frame from the WAN; None: the long way."""
        if (
            frame[:ADDRESS_SIZE] not in self._destinations
            or frame[ETHERTYPE_OFFSET:HEADER_SIZE] != ETHERTYPE_EAPOL_BYTES
            or len(frame) <= BODY_OFFSET
            or frame[TYPE_OFFSET] != _EAP_PACKET
        ):
            return None
        source = frame[ADDRESS_SIZE:_ADDRESSES_END]
        if source != self.server:
            if (
                self.server is not None
                or eap_code(frame) != _REQUEST
                or is_group_address(source)
                or self.expected not in (None, source)
                or goes_on(frame, _REQUEST)
            ):
                return None
            self.server = source
        return frame if self._new_client is None else self._new_client + frame[ADDRESS_SIZE:]

    def to_server(self, port: str, frame: bytes) -> bytes | None:
        """Return what to send to the server for a frame from the LAN; None: the long way."""
        if (
            frame[ADDRESS_SIZE:_ADDRESSES_END] != self._client
            or frame[ETHERTYPE_OFFSET:HEADER_SIZE] != ETHERTYPE_EAPOL_BYTES
            or len(frame) <= BODY_OFFSET
            or frame[TYPE_OFFSET] != _EAP_PACKET
            or port != self.port
        ):
            return None
        head = frame[:ADDRESS_SIZE] + self._wire
        if self._changes is None:
            return head + frame[_ADDRESSES_END:]
        if frame.startswith(BARE_BEGINNING, _BARE_AT):
            return None
        at = frame.find(TWISTED_MAGIC, BODY_OFFSET)
        if at < 0:
            return head + frame[_ADDRESSES_END:]
        if self._block is None:
            return None
        head += frame[_ADDRESSES_END:at]
        old, new = self._block
        if frame.startswith(old, at):
            # The Identity response repeats the Start's block as it was.
            return head + new + frame[at + len(old) :]
        return self._change(head, frame[at:])

    def _change(self, head: bytes, block: bytes) -> bytes | None:
        """Return both, with the Start's changes made in a block; None when they do not fit it."""
        size = int.from_bytes(block[SIZE_OFFSET:PROPERTIES_OFFSET], "big")
        if (
            not self._are_distinct
            or PROPERTIES_OFFSET + size > len(block)
            or block[HEAD_SIZE:PROGRAM_OFFSET] != MAGIC
            or block[SECOND_MAGIC_OFFSET:SIZE_OFFSET] != MAGIC
        ):
            return None
        # What stands behind the properties is none of them, whatever it looks like.
        behind = block[PROPERTIES_OFFSET + size :]
        block = block[: PROPERTIES_OFFSET + size]
        if self._changes_properties:
            looked_at = block.count(MAC_HEADER) + block.count(LINK_LOCAL_HEADER)
            if looked_at != len(self._changes or ()) - 1:
                return None  # there is more to change than there was in the Start, or less
        # All before any: what one of them becomes must not be taken for another one.
        if any(block.count(old) != 1 for old, _ in self._changes or ()):
            return None
        for old, new in self._changes or ():
            block = block.replace(old, new)
        return head + block + behind
