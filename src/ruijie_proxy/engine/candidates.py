"""Who may be the server, after a Start: all who ask for the identity, until one goes on.

Anybody on the WAN can ask first. The identity is no secret: the Start's private block and every
login's second frame tell as much to everybody. The proof of the password is one; so it is given to
a single server in each login, which was asked for nothing before that it had not earned
(docs/architecture.md, "Strangers").
"""

from __future__ import annotations

from ruijie_proxy.protocol.ethernet import GROUP_ADDRESSES

MOST_CANDIDATES = 32
"""After one Start; what each costs is an answer to its request."""
MOST_REQUESTS = 4
"""Of one candidate: the server asks once and repeats it 3 times (docs/protocol.md, "Frames")."""


class Candidates:
    """Those who asked for the identity since the last Start. Servers are MAC addresses, 6 bytes."""

    __slots__ = ("_answered", "_identifiers", "_requests")

    def __init__(self) -> None:
        self._requests: dict[bytes, int] = {}
        """How many of each candidate were heeded …"""
        self._identifiers: dict[bytes, int] = {}
        """… and which EAP identifier the last one had."""
        self._answered: dict[bytes, None] = {}
        """Who was answered: the keys, for an empty set is three times as large."""

    @property
    def servers(self) -> tuple[bytes, ...]:
        """All of them, in the order in which they came."""
        return tuple(self._requests)

    def forget(self) -> None:
        """Begin anew: another Start has gone out."""
        self._requests.clear()
        self._identifiers.clear()
        self._answered.clear()

    def asks(self, server: bytes, identifier: int) -> bool:
        """Take note of a Request/Identity; tell whether it is to be answered."""
        requests = self._requests.get(server, 0)
        if requests >= MOST_REQUESTS or (not requests and len(self._requests) >= MOST_CANDIDATES):
            return False
        self._requests[server] = requests + 1
        self._identifiers[server] = identifier
        return True

    def is_answered(self, destination: bytes, identifier: int) -> None:
        """Take note that an identity was sent; to a group it is for all who asked so."""
        if destination not in GROUP_ADDRESSES:
            self._answered[destination] = None
            return
        for server, asked in self._identifiers.items():
            if asked == identifier:
                self._answered[server] = None

    def may_go_on(self, server: bytes) -> bool:
        """Whether this one has an answer to go on with."""
        return server in self._answered and server in self._requests
