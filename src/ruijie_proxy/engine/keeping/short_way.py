"""The short way of frames through a login: what a session offers to whoever carries its frames."""

from __future__ import annotations

from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

BEGINNING_SIZE = 16
"""Bytes of a frame by which it is known: addresses, EtherType, EAPOL's version and packet type."""
LEAST_SIZE = 18
"""Bytes that a frame has more than, where EAPOL's packet has a body."""


class KnownFrames(Frozen):
    """Frames that can be told by a look at them, and what becomes of those.

    Data, and no method that decides: a program that has been asleep has left the processor's
    caches, and each object more that it comes by costs the frame more than what is done there.
    """

    beginnings: Mapping[bytes, bytes]
    """How they begin, :data:`BEGINNING_SIZE` bytes, and how they begin when they go on. Frames of
    :data:`LEAST_SIZE` bytes or fewer are none of these."""
    mark: bytes = b""
    """Empty: the rest goes on as it is. Otherwise this mark is in them, and …"""
    rest: bytes = b""
    """… from where it is first, this is all the rest …"""
    new_rest: bytes = b""
    """… and this, when they go on."""


NONE_KNOWN = KnownFrames({})


class ShortWay:
    """Passes frames on that need no decision; a session has one while there are such frames."""

    __slots__ = ()

    port: str
    """The LAN interface where the client is; empty: any may be a client's."""
    client: bytes
    """The client's MAC address; empty likewise."""

    known_to_server: KnownFrames = NONE_KNOWN
    known_to_client: KnownFrames = NONE_KNOWN
    """Those among the frames that pass by which it is plain. What begins otherwise, or has another
    rest, is for …"""

    def to_server(self, frame: bytes) -> bytes | None:
        """Return a frame that came in at the client's interface as it goes out to the server.

        None: it needs the session's decision.
        """
        raise NotImplementedError

    def to_client(self, frame: bytes) -> bytes | None:
        """Return a frame of the server's as it goes out to the client; None: as above."""
        raise NotImplementedError
