"""What nobody answers: Starts, since when, how many, and when to say so; and a login's last word.

Whoever sends them, the router or a client through it: a port behind which nobody listens is the
same to both, and so is a server that is asked by more than it can answer.
"""

from __future__ import annotations

from ruijie_proxy.values import Frozen

RESULT_WAIT = 18.0
"""Seconds of silence after an answer that mean that there will be no result: a switch repeats a
request for 12, and asks its RADIUS server for the last time after 15 (docs/protocol.md, "Frames").
Who begins anew before that gives its place in the queue away."""
RESULT_SPREAD = 10.0
"""Seconds more, at the most, before the next Start. How many, chance decides: where many have had
no answer, they would all ask at once again."""

FIRST_TOLD = 30.0
"""Seconds in vain after which it is told: a port that has just come up is deaf for 15 to 30."""
RAREST_TOLD = 3600.0
"""It is told again after twice as long each time, and once in so many seconds at the least."""

NEW_SERIES_AFTER = 120.0
"""Seconds without a Start after which the next one begins to count anew: a client that was left
alone meanwhile, and whose call may well be answered."""


class Asked(Frozen):
    """How often a server was called in vain."""

    since: float
    """When the first of the Starts went out, in seconds on the engine's clock."""
    count: int
    """How many there were."""


class NobodyAnswers(Frozen):
    """Starts go out, and no server has answered one; more of them follow."""

    seconds: float
    """Since the first of them."""
    count: int
    """How many there were."""


class Unanswered:
    """Counts Starts from one answer to the next. Times are seconds on the engine's clock."""

    __slots__ = ("_last", "_told_after", "asked")

    def __init__(self) -> None:
        self.asked: Asked | None = None
        """None: a server has answered since the last Start, or there was none."""
        self._last = 0.0
        """When the last Start went out."""
        self._told_after = FIRST_TOLD

    def note_start(self, now: float) -> NobodyAnswers | None:
        """Take note of a Start that goes out; return what is to be told now, if anything is."""
        before, last = self.asked, self._last
        self._last = now
        if before is None or now - last > NEW_SERIES_AFTER:
            self._told_after = FIRST_TOLD
            self.asked = Asked(now, 1)
            return None
        self.asked = Asked(before.since, before.count + 1)
        seconds = now - before.since
        if seconds < self._told_after:
            return None
        self._told_after = seconds + min(seconds, RAREST_TOLD)
        return NobodyAnswers(seconds, self.asked.count)

    def seconds(self, now: float) -> float:
        """Return for how long a server has been called in vain."""
        return now - self.asked.since if self.asked is not None else 0.0

    def forget(self) -> None:
        """Begin anew: a server has answered, or the port is another one now."""
        self.asked = None
