"""The RADIUS server behind the switches of a campus: how many logins it manages, and what it drops.

It knows nobody's password: what a login deserves, its switch says. It only takes its time.
"""

from __future__ import annotations


class RadiusServer:
    """One server for many switches, which answers requests in the order in which they come.

    What finds the queue full is dropped without a word, as a datagram is by a socket whose buffer
    is full (RFC 2865, 2.4: it is the client that repeats). Times are seconds.
    """

    def __init__(self, a_second: float, queue: int) -> None:
        """Begin idle; it answers so many requests a second, and lets so many others wait."""
        self._each = 1 / a_second
        self._queue = queue
        self._free_at = 0.0
        """When it will have answered all that it has taken in."""
        self.arrivals: list[float] = []
        """When each request came in, a dropped one included."""
        self.dropped = 0
        """How many found the queue full."""
        self.longest_queue = 0
        """How many waited at the most, the one that is being answered included."""

    def take(self, now: float) -> float | None:
        """Take in a request; return when it is answered, or None: it is dropped."""
        self.arrivals.append(now)
        begins = max(now, self._free_at)
        waiting = round((begins - now) / self._each)
        if waiting > self._queue:
            self.dropped += 1
            return None
        self.longest_queue = max(self.longest_queue, waiting)
        self._free_at = begins + self._each
        return self._free_at
