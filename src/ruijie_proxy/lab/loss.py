"""A bad cable: frames are lost and repeated, the same ones each time for the same seed."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Loss:
    """How bad one direction of a cable is."""

    lost: float = 0.0
    """The share of frames that vanish, 0 to 1."""
    repeated: float = 0.0
    """The share of frames, of those not lost, that come twice, 0 to 1."""

    def __bool__(self) -> bool:
        return self.lost > 0 or self.repeated > 0

    def copies(self, random: Random) -> int:
        """Return how often the next frame arrives: 0, 1 or 2 times."""
        if random.random() < self.lost:
            return 0
        return 2 if random.random() < self.repeated else 1


NO_LOSS = Loss()
"""A good cable."""
