"""The middle and the edges of a set of measurements."""

from __future__ import annotations

from collections.abc import Sequence


def quantile(values: Sequence[float], part: float) -> float:
    """Return the measured value that ``part`` (0 to 1) of the values do not exceed.

    Raises IndexError when there are none.
    """
    ordered = sorted(values)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the value in the middle."""
    return quantile(values, 0.5)
