"""The program's clock as a test steers it, where another process must not lose a race with it."""

from __future__ import annotations

import pytest

from ruijie_proxy.runtime.basis import clock

LONGEST_HOLD = 60.0
"""Seconds for which it may stand still: then what was waited for has failed."""


class SteeredClock:
    """Goes as the real one does, but can be stopped and put forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._real = clock.now
        self._ahead = 0.0
        self._held_at: float | None = None
        monkeypatch.setattr(clock, "now", self._now)

    def hold(self) -> None:
        """Stand still until :meth:`go_on`."""
        self._held_at = self._now()

    def go_on(self) -> None:
        """Go on from where it stood."""
        assert self._held_at is not None
        self._ahead = self._held_at - self._real()
        self._held_at = None

    def skip(self, seconds: float) -> None:
        """Let so much time be over at once."""
        self._ahead += seconds

    def _now(self) -> float:
        now = self._real() + self._ahead
        if self._held_at is None:
            return now
        assert now - self._held_at < LONGEST_HOLD, "nothing let the clock go on"
        return self._held_at
