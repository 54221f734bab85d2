"""What a switch asks its client again and again: Cernet's echo, other campuses' identity probe."""

from __future__ import annotations


class Poll:
    """A question that is asked again and again while a client is online."""

    def __init__(self, interval: float, silence: float, now: float) -> None:
        self.waiting = False
        """Whether it was asked and has not been answered."""
        self._interval = interval
        self._silence = silence
        self._asked_at = now
        self._answered_at = now

    @property
    def due(self) -> float:
        """When it is to be asked next."""
        return self._asked_at + self._interval

    @property
    def deadline(self) -> float:
        """When a client that has not answered since is to be dropped."""
        return self._answered_at + self._silence

    def asked(self, now: float) -> None:
        """Remember that it was asked."""
        self.waiting = True
        self._asked_at = now

    def answered(self, now: float) -> None:
        """Remember that it was answered as it should be."""
        self.waiting = False
        self._answered_at = now

    def silence(self, now: float) -> float:
        """Return the seconds since the last answer."""
        return now - self._answered_at
