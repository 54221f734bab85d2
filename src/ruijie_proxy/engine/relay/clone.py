"""Giving the WAN port the client's MAC address before the client's Start goes out by it."""

from __future__ import annotations


class Clone:
    """What is under way while the WAN port takes the client's address, and what it had before."""

    def __init__(self) -> None:
        self.original: bytes | None = None
        """The WAN port's own MAC address while it has a client's."""
        self._start: bytes | None = None
        """The client's Start, from when the address is wanted until a server has answered: many
        ports lose their link for a moment, and with it what was sent just before."""
        self._is_out = False
        """Whether the Start has been sent since the link came up."""
        self._refused = False
        """Whether the port would not take the address."""

    @property
    def is_under_way(self) -> bool:
        """Whether no server has answered the Start yet that the address is taken for."""
        return self._start is not None

    @property
    def holds_back(self) -> bool:
        """Whether the Start has still to go out."""
        return self._start is not None and not self._is_out

    def begin(self, start: bytes, address: bytes) -> bool:
        """Take the client's Start; tell whether the port must now be given another address.

        ``address`` is the one that it has.
        """
        was_under_way = self.is_under_way
        self._start = start
        self._is_out = False
        if was_under_way:
            return False
        self._refused = False
        if self.original is None:
            self.original = address
        return True

    def refused(self, address: bytes) -> None:
        """Take note that the port keeps ``address``: the Start goes out with that."""
        self._refused = True
        if self.original == address:
            self.original = None

    def link_lost(self) -> None:
        """Take note that the link is down: what was sent just now is lost."""
        self._is_out = False

    def start_to_send(self, client: bytes, address: bytes) -> bytes | None:
        """Return the Start if it can go out now by the port, which has ``address``."""
        if not self.holds_back or (address != client and not self._refused):
            return None
        self._is_out = True
        return self._start

    def done(self) -> None:
        """Be done with the Start."""
        self._start = None
