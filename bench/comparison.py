"""What was measured: figures side by side, and whether a target is reached."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from bench.forwarder import Forwarder


@dataclass(frozen=True, slots=True)
class Target:
    """How the daemon has to compare."""

    against: str
    """The column that it is compared with."""
    ratio: float
    """At most so many times that column's figure."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What the daemon must not exceed, whatever others do."""

    most: float
    """In the unit of the figure."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the result."""

    what: str
    unit: str
    figures: dict[str, float]
    """By column; a column that has none is left out. Infinity: what never came."""
    target: Target | None = None
    """None: it is compared with nothing."""
    limit: Limit | None = None
    """None: there is none. With neither, the line is for information."""

    @property
    def ratio(self) -> float | None:
        """The daemon's figure over the one it is compared with; None where it is with none."""
        return self.ratio_of(Forwarder.DAEMON)

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached, or the limit kept; None where there is neither."""
        if self.limit is not None:
            return self.figures[Forwarder.DAEMON] <= self.limit.most
        if self.target is None or self.ratio is None:
            return None
        return self.ratio <= self.target.ratio

    def ratio_of(self, column: str) -> float | None:
        """Return another column's figure over the same one."""
        if self.target is None or column not in self.figures:
            return None
        return self.figures[column] / self.figures[self.target.against]

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        # JSON knows no infinity.
        figures = {
            column: value if isfinite(value) else None for column, value in self.figures.items()
        }
        plain: dict[str, Any] = {"what": self.what, "unit": self.unit, "figures": figures}
        if self.target is not None:
            plain |= {
                "against": self.target.against,
                "ratio": self.ratio,
                "target": self.target.ratio,
                "reached": self.reached,
            }
        if self.limit is not None:
            plain |= {"limit": self.limit.most, "reached": self.reached}
        return plain
