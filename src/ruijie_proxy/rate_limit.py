"""Bounding what a flood may cost."""

_ROUNDING = 1e-6
"""Seconds: more than what adding and subtracting times can be off by."""


class RateLimit:
    """A token bucket: so many at once, and then one in every so many seconds."""

    __slots__ = ("_burst", "_full_at", "_seconds_each")

    def __init__(self, burst: int, seconds_each: float) -> None:
        self._burst = burst
        self._seconds_each = seconds_each
        self._full_at = 0.0
        """When the bucket will be full again; the tokens in it follow from that."""

    def allows(self, now: float) -> bool:
        """Take a token if there is one; tell whether there was. ``now`` is in seconds."""
        full_at = max(self._full_at, now) + self._seconds_each
        if full_at - now > self._burst * self._seconds_each + _ROUNDING:
            return False
        self._full_at = full_at
        return True

    def would_allow(self, now: float) -> bool:
        """Whether there is a token, and so is later as long as nobody takes it."""
        full_at = self._full_at
        allowed = self.allows(now)
        self._full_at = full_at
        return allowed

    def refill(self) -> None:
        """Have all tokens there again."""
        self._full_at = 0.0
