"""What became of a step of the plan."""

from __future__ import annotations

from enum import Enum

from ruijie_proxy.values import Frozen


class Outcome(Enum):
    """How a step ended."""

    KEPT = "still right"
    BUILT = "built"
    FAILED = "failed"
    LEFT_OUT = "left out"
    """Something that it needs could not be built."""

    @property
    def is_there(self) -> bool:
        """Whether its files are there, as they should be."""
        return self in (Outcome.KEPT, Outcome.BUILT)


class Result(Frozen):
    """How a step ended, and why."""

    outcome: Outcome
    seconds: float = 0.0
    """How long it took."""
    reason: str = ""
    """Where its files are not there."""
