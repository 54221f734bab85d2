"""Whose turn it is to log in, where one client does so at a time.

A client that is asked who it is answers within milliseconds. One that does not has started by
accident, or to be a nuisance, and lets its turn pass to whoever waits; and who has let turns pass
waits behind those who have not.
"""

from __future__ import annotations

from ruijie_proxy.values import Frozen

LONGEST_LINE = 8
"""So many clients wait at most, however many addresses a flood makes up."""
LONGEST_WAIT = 30.0
"""Seconds after its last Start for which a client waits: some repeat it every 30."""
REMEMBERED_IDLERS = 16
"""So many of those that have let turns pass are remembered …"""
IDLERS_FORGOTTEN_AFTER = 600.0
"""… and for so many seconds."""


class Waiting(Frozen):
    """A client that waits for its turn."""

    client: bytes
    """MAC address, 6 bytes."""
    port: str
    """The LAN interface where it is."""
    start: bytes
    """Its last Start …"""
    at: float
    """… and when that came."""


class Turns:
    """The clients that wait, and those that have let turns pass."""

    def __init__(self) -> None:
        self._line: dict[bytes, Waiting] = {}
        """Who waits, by the MAC address; who came first stands first."""
        self._passed: dict[bytes, tuple[int, float]] = {}
        """How many turns each has let pass, and when the last one; the longest ago first."""

    def wait(self, waiting: Waiting) -> None:
        """Let a client wait; one that waits already keeps its place."""
        self._line[waiting.client] = waiting
        if len(self._line) > LONGEST_LINE:
            line = self._in_order(waiting.at)[:LONGEST_LINE]
            self._line = {one.client: one for one in self._line.values() if one in line}

    def next(self, now: float) -> Waiting | None:
        """Return who is next, and no longer waits then."""
        line = self._in_order(now)
        return self._line.pop(line[0].client) if line else None

    @property
    def is_awaited(self) -> bool:
        """Whether anybody waits, or did lately."""
        return bool(self._line)

    def let_pass(self, client: bytes, now: float) -> None:
        """Take note that a client has let its turn pass."""
        count, at = self._passed.pop(client, (0, now))
        if now - at > IDLERS_FORGOTTEN_AFTER:
            count = 0
        self._passed[client] = count + 1, now
        if len(self._passed) > REMEMBERED_IDLERS:
            del self._passed[next(iter(self._passed))]

    def done(self, client: bytes) -> None:
        """Take note that a client has logged in: whatever it let pass before."""
        self._passed.pop(client, None)

    def disperse(self) -> None:
        """Let nobody wait any more: a login has come to its end, and who starts next is next."""
        self._line.clear()

    def _in_order(self, now: float) -> list[Waiting]:
        line = [one for one in self._line.values() if now - one.at <= LONGEST_WAIT]
        # A stable order: of those that have let as many pass, who came first.
        return sorted(line, key=lambda one: self._passes(one, now))

    def _passes(self, waiting: Waiting, now: float) -> int:
        count, at = self._passed.get(waiting.client, (0, now))
        return 0 if now - at > IDLERS_FORGOTTEN_AFTER else count
