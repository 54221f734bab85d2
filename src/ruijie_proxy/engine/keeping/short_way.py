"""The short way of frames through a login: what a session offers to whoever carries its frames."""

from __future__ import annotations


class ShortWay:
    """Passes frames on that need no decision; a session has one while there are such frames."""

    __slots__ = ("port",)

    port: str
    """The LAN interface where the client is."""

    def to_server(self, port: str, frame: bytes) -> bytes | None:
        """Return a frame of the client's as it goes out; None: it needs the session's decision."""
        raise NotImplementedError

    def to_client(self, frame: bytes) -> bytes | None:
        """Return a frame of the server's as it goes out; None: it needs the session's decision."""
        raise NotImplementedError
