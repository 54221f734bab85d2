"""Telling a client that wants to log in anew, while the session is online, from mere noise."""

from __future__ import annotations

SHORTEST_PATIENCE = 1.0
LONGEST_PATIENCE = 60.0
"""Seconds from one Start of a client to its next that make the next one count. A client that got no
answer repeats its Start after some seconds; a flood does not wait, and one stray Start must not
cost the session."""
REMEMBERED_CLIENTS = 8
"""So many clients' last Starts are remembered, however many addresses a flood makes up."""


class Restarts:
    """The Starts that clients send while online."""

    def __init__(self) -> None:
        self._last: dict[bytes, float] = {}
        """When each client started last, the longest ago first."""

    def means_a_new_login(self, client: bytes, now: float) -> bool:
        """Take note of a Start; tell whether it is a patient repetition of the client's last."""
        last = self._last.pop(client, None)
        self._last[client] = now
        if len(self._last) > REMEMBERED_CLIENTS:
            del self._last[next(iter(self._last))]
        return last is not None and SHORTEST_PATIENCE <= now - last <= LONGEST_PATIENCE

    def forget(self) -> None:
        """Begin anew: what came before belongs to a login that is done."""
        self._last.clear()
