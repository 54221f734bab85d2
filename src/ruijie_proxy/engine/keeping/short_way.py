"""The short way of frames through a login: what a session offers to whoever carries its frames."""

from __future__ import annotations

from ruijie_proxy.protocol.known_frames import NONE_KNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ruijie_proxy.protocol.known_frames import KnownFrames


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
