"""The RADIUS client in a switch: it asks the server about one login, again and again for a while.

docs/protocol.md, "The switch's clock".
"""

from __future__ import annotations

from enum import Enum, auto

from ruijie_proxy.lab.switch.radius_server import RadiusServer

REPEATED_AFTER = 5.0
"""Seconds without an answer after which a request is sent again …"""
REPETITIONS = 3
"""… so many times, before the switch gives the login up."""


class Outcome(Enum):
    """What has become of a request."""

    ANSWERED = auto()
    GIVEN_UP = auto()


class RadiusClient:
    """One port's requests, of which one at a time is out. Times are seconds."""

    def __init__(self, server: RadiusServer) -> None:
        self._server = server
        self._answered_at: float | None = None
        self._repeated_at: float | None = None
        self._repetitions_left = 0

    def ask(self, now: float) -> None:
        """Send a request; one that was out before is forgotten."""
        self._repetitions_left = REPETITIONS
        self._send(now)

    def forget(self) -> None:
        """Have no request out: its answer would be to a login that is over."""
        self._answered_at = self._repeated_at = None

    def next_deadline(self) -> float | None:
        """Return when :meth:`handle_timer` has something to do, or None."""
        return self._repeated_at if self._answered_at is None else self._answered_at

    def handle_timer(self, now: float) -> Outcome | None:
        """Do what is due; return what has become of the request, once that is known."""
        due = self.next_deadline()
        if due is None or now < due:
            return None
        if self._answered_at is not None:
            self.forget()
            return Outcome.ANSWERED
        if not self._repetitions_left:
            self.forget()
            return Outcome.GIVEN_UP
        self._repetitions_left -= 1
        self._send(now)
        return None

    def _send(self, now: float) -> None:
        # One that waits in the queue is not sent again: the server would know it for a duplicate
        # (RFC 5080, 2.2.2).
        self._answered_at = self._server.take(now)
        self._repeated_at = now + REPEATED_AFTER
