"""The short way across: the frames of a login that need no decision.

While a login is under way, what its server says goes to the client, and what its client answers
goes to the server; what it all means can be looked at when the frame is out. A relay that thinks
first makes every step of the login wait for it, and on a router that has just been woken from its
sleep, thinking takes longer than anything else. So this does the least that passes such a frame on
rightly. Whatever it does not pass goes the long way, through the session.

So does the Start that begins a login, where nobody logs in, nothing is held, and nothing but its
client decides: :mod:`.admission` says when.

The client's private block says the same in every frame of a login, so what was changed in its Start
is changed here, byte string by byte string, without reading the block again. A block that says
something else goes the long way, and so do bare properties, which stand in no frame but the answer
to a challenge.
"""

from __future__ import annotations

from ruijie_proxy.engine.keeping.short_way import ShortWay
from ruijie_proxy.engine.relay.fields import (
    LINK_LOCAL_HEADER,
    MAC_HEADER,
    PROPERTY_HEADER_SIZE,
    find_properties,
    is_readdressed,
    start_to_server,
    wire_address,
)
from ruijie_proxy.protocol.bare_properties import BARE_BEGINNING, BARE_OFFSET
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, LENGTH_OFFSET, TYPE_OFFSET, EapolType
from ruijie_proxy.protocol.ethernet import (
    ADDRESS_SIZE,
    ETHERTYPE_EAPOL_BYTES,
    HEADER_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    is_group_address,
)
from ruijie_proxy.protocol.known_frames import (
    BEGINNING_SIZE,
    LEAST_SIZE,
    NONE_KNOWN,
    KnownFrames,
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
    from ruijie_proxy.engine.router_facts import RouterFacts
    from ruijie_proxy.engine.settings import SessionSettings

_ADDRESSES_END = 2 * ADDRESS_SIZE
_BEGINNING = slice(BEGINNING_SIZE)
_DESTINATION = slice(ADDRESS_SIZE)
_SOURCE = slice(ADDRESS_SIZE, _ADDRESSES_END)
_SOURCE_AND_TYPE = slice(ADDRESS_SIZE, HEADER_SIZE)
_ETHERTYPE = slice(_ADDRESSES_END, HEADER_SIZE)
_VERSIONS = (1, 2, 3)
"""Of EAPOL: IEEE 802.1X of 2001, 2004 and 2010."""
_METHOD_AT = BODY_OFFSET + EAP_HEADER_SIZE
_HEADER_ALONE = EAP_HEADER_SIZE.to_bytes(2, "big")
_BARE_AT = _METHOD_AT + 1 + BARE_OFFSET
_BARE = slice(_BARE_AT, _BARE_AT + len(BARE_BEGINNING))
"""Where bare properties begin in a frame that has some, and how far that beginning goes."""
# Plain numbers: looking a member of an enum up costs more than comparing it.
_START = EapolType.START.value
_EAP_PACKET = EapolType.EAP_PACKET.value
_REQUEST = EapCode.REQUEST.value
_IDENTITY = EapType.IDENTITY.value


class Entrance(ShortWay):
    """Lets in one Start, of any client that may log in."""

    __slots__ = (
        "_changes",
        "_crossing",
        "_expected",
        "_sent",
        "_settings",
        "_start",
        "facts",
    )

    port = ""
    client = b""

    def __init__(
        self,
        settings: SessionSettings,
        facts: RouterFacts,
        expected: bytes | None,
        start: bytes | None,
    ) -> None:
        """Take the router's addresses, the server that should answer, by its MAC address, and the
        Start of the login before, where there are such.

        A client says the same each time until something about it changes, so what goes out for that
        Start is there before it comes.
        """
        self._settings = settings
        self.facts = facts
        self._expected = expected
        self._start: bytes | None = None
        self._sent = b""
        self._changes: Sequence[Change] | None = None
        self._crossing: Crossing | None = None
        if start is not None and self.to_server(start) is not None:
            self._crossing = self.crossing("")

    def to_server(self, frame: bytes) -> bytes | None:
        if frame == self._start:
            return self._sent
        if (
            len(frame) < BODY_OFFSET
            or frame[_ETHERTYPE] != ETHERTYPE_EAPOL_BYTES
            or frame[TYPE_OFFSET] != _START
        ):
            return None
        client, clients = frame[_SOURCE], self._settings.clients
        if is_group_address(client) or (clients and client not in clients):
            return None
        self._start, self._crossing = frame, None
        self._sent, self._changes = start_to_server(frame, client, self._settings, self.facts)
        return self._sent

    def to_client(self, frame: bytes) -> bytes | None:  # noqa: ARG002 - nobody was asked yet
        return None

    def crossing(self, port: str) -> Crossing:
        """Return the short way of the frames that follow the Start, which came in by a port."""
        crossing = self._crossing
        if crossing is None:
            start = self._start or b""
            crossing = crossing_behind(
                start, self._sent, self._changes, port, self._settings, self.facts
            )
            crossing.expect(self._expected)
        crossing.port = port
        return crossing


class Crossing(ShortWay):
    """Passes on the frames of one login. Made when the client's Start has gone out."""

    __slots__ = (
        "_answered",
        "_behind_client",
        "_block",
        "_expected",
        "_from_client",
        "_from_server",
        "_head",
        "_new_block",
        "_new_client",
        "_new_head",
        "_others",
        "_properties",
        "_rewrites",
        "_wire",
        "client",
        "known_to_client",
        "known_to_server",
        "port",
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
        self.client = client
        # What frames are compared with is put together here, before there is one.
        self._behind_client = client + ETHERTYPE_EAPOL_BYTES
        self._new_client = client if readdress else None
        self._wire = wire_address
        self._from_server: dict[bytes, bytes] = {}
        """How frames of the server that has answered begin, and how they begin when they go on."""
        self._from_client: dict[bytes, bytes] = {}
        self._expected: dict[bytes, bytes] | None = None
        """How those of the server begin that should answer; None: of whoever does."""
        self._answered: tuple[bytes, dict[bytes, bytes]] | None = None
        """The server that has answered, by the frame that is on its way to the client now."""
        self._rewrites = changes is not None
        self._block: bytes | None = None
        self._new_block = b""
        if block is not None:
            self._block, self._new_block = block
        (self._head, self._new_head), *properties = changes or [(b"", b"")]
        self._properties = [
            (old[:PROPERTY_HEADER_SIZE], old[PROPERTY_HEADER_SIZE:], new) for old, new in properties
        ]
        told = [header for header, _, _ in self._properties]
        self._others = [
            header
            for header in (MAC_HEADER, LINK_LOCAL_HEADER)
            if wire_address != client and header not in told
        ]
        """Headers of properties that would have to be changed, and were not there in the Start."""
        self.known_to_client = KnownFrames(self._from_server)
        self.known_to_server = NONE_KNOWN
        for group in (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS):
            self._may_address(group)
        if not self._rewrites:
            self.known_to_server = KnownFrames(self._from_client)
        elif self._block is not None:
            # The Identity response repeats the Start's block as it was.
            self.known_to_server = KnownFrames(
                self._from_client, TWISTED_MAGIC, self._block, self._new_block
            )

    def expect(self, server: bytes | None) -> None:
        """Take note of the server that should answer the Start: its MAC address; None: anybody."""
        self._expected = None if server is None else self._beginnings_of(server)

    def found_server(self, server: bytes) -> None:
        """Take note of the MAC address of the server that has answered the Start."""
        self._is_answered_by(server, self._beginnings_of(server))

    def to_client(self, frame: bytes) -> bytes | None:
        if self._answered is not None:
            self.be_ready()
        beginning = self._from_server.get(frame[_BEGINNING])
        if beginning is None or len(frame) <= LEAST_SIZE:
            return None if self._from_server else self._first_to_client(frame)
        return beginning + frame[BEGINNING_SIZE:]

    def _first_to_client(self, frame: bytes) -> bytes | None:
        """Pass on the question who somebody is, which shows who the server is.

        Nothing else that one may begin with is passed on undecided.
        """
        server = frame[_SOURCE]
        if (
            len(frame) <= _METHOD_AT
            or frame[_METHOD_AT] != _IDENTITY
            or frame[BODY_OFFSET] != _REQUEST
            or frame[LENGTH_OFFSET:BODY_OFFSET] < _HEADER_ALONE
            or is_group_address(server)
        ):
            return None
        beginnings = self._beginnings_of(server) if self._expected is None else self._expected
        beginning = beginnings.get(frame[_BEGINNING])
        if beginning is None:
            return None
        self._answered = server, beginnings
        return beginning + frame[BEGINNING_SIZE:]

    def be_ready(self) -> None:
        """Be ready for what follows, when a frame of the server's is out."""
        if self._answered is not None:
            self._is_answered_by(*self._answered)
            self._answered = None

    def _beginnings_of(self, server: bytes) -> dict[bytes, bytes]:
        """Return how a server's frames to the client begin, and how they begin at the client."""
        return {
            to + behind: (to if self._new_client is None else self._new_client) + behind
            for to in (self._wire, PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS)
            for behind in _behind_addresses(server)
        }

    def _is_answered_by(self, server: bytes, beginnings: dict[bytes, bytes]) -> None:
        self._from_server.clear()
        self._from_server.update(beginnings)
        self._may_address(server)

    def _may_address(self, server: bytes) -> None:
        """Take note that the client's frames may be addressed so."""
        for came, goes in zip(
            _behind_addresses(self.client), _behind_addresses(self._wire), strict=True
        ):
            self._from_client[server + came] = server + goes

    def to_server(self, frame: bytes) -> bytes | None:
        if (
            len(frame) <= BODY_OFFSET
            or frame[_SOURCE_AND_TYPE] != self._behind_client
            or frame[TYPE_OFFSET] != _EAP_PACKET
        ):
            return None
        if not self._rewrites:
            return frame[_DESTINATION] + self._wire + frame[_ADDRESSES_END:]
        if frame[_BARE] == BARE_BEGINNING:
            return None
        at = frame.find(TWISTED_MAGIC, BODY_OFFSET)
        if at < 0:
            return frame[_DESTINATION] + self._wire + frame[_ADDRESSES_END:]
        block = frame[at:]
        changed = self._new_block if block == self._block else self._change(block)
        if changed is None:
            return None
        return frame[_DESTINATION] + self._wire + frame[_ADDRESSES_END:at] + changed

    def _change(self, block: bytes) -> bytes | None:
        """Return a block, and what stands behind it, with the Start's changes made in it.

        None when they do not fit it. What is behind is none of it, whatever it looks like.
        """
        if len(block) < PROPERTIES_OFFSET or block[:HEAD_SIZE] != self._head:
            return None
        end = PROPERTIES_OFFSET + (block[SIZE_OFFSET] << 8) + block[SIZE_OFFSET + 1]
        if (
            end > len(block)
            or block[HEAD_SIZE:PROGRAM_OFFSET] != MAGIC
            or block[SECOND_MAGIC_OFFSET:SIZE_OFFSET] != MAGIC
        ):
            return None
        changed = self._new_head + block[HEAD_SIZE:end]
        for header, old, new in self._properties:
            # Not counted and replaced: what one becomes must not be taken for another one.
            pieces = changed.split(header)
            if len(pieces) != 2 or pieces[1][: len(old)] != old:
                return None
            changed = pieces[0] + new + pieces[1][len(old) :]
        for header in self._others:
            if header in changed:
                return None
        return changed + block[end:]


def crossing_behind(
    start: bytes,
    sent: bytes,
    changes: Sequence[Change] | None,
    port: str,
    settings: SessionSettings,
    facts: RouterFacts,
) -> Crossing:
    """Return the short way of the frames that follow a Start.

    The Start is given as it came in by a port and as it goes out, with the changes in its block.
    """
    client = start[_SOURCE]
    place = find_properties(start) if changes else None
    block = None
    if place is not None:
        begin, _, end = place
        block = start[begin:end], sent[begin:end]
    address = wire_address(client, settings, facts)
    readdress = is_readdressed(client, settings, facts)
    return Crossing(client, port, address, readdress, changes, block)


def _behind_addresses(source: bytes) -> list[bytes]:
    """Return what is behind the destination of EAP packets, :data:`BEGINNING_SIZE` in all."""
    return [source + ETHERTYPE_EAPOL_BYTES + bytes((version, _EAP_PACKET)) for version in _VERSIONS]
