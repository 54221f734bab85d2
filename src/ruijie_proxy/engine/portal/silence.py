"""For how long no portal was heard, and when to say so."""

from __future__ import annotations

_FIRST_TOLD = 30.0
"""Seconds without any answer after which it is told, and then as often as that again."""
_RAREST_TOLD = 3600.0


class Silence:
    """Counts from one word to the next. Times are seconds on the engine's clock."""

    __slots__ = ("_told_after", "since")

    def __init__(self) -> None:
        self.since: float | None = None
        """Since when no portal was heard, nor a gateway that leads to one."""
        self._told_after = _FIRST_TOLD

    def is_over(self) -> None:
        """Take note of a word."""
        self.since = None

    def goes_on(self, now: float) -> float | None:
        """Take note that nobody has answered; return the seconds that are to be told, if any."""
        if self.since is None:
            self.since, self._told_after = now, _FIRST_TOLD
        seconds = now - self.since
        if seconds < self._told_after:
            return None
        self._told_after = seconds + min(seconds, _RAREST_TOLD)
        return seconds
