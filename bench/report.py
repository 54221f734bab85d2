"""Showing what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from bench.comparison import Comparison
from bench.forwarder import COLUMNS, Forwarder

_HEADINGS = ("", "", *COLUMNS, "ratio", "target", "")
_LEFT_ALIGNED = (0, 1, len(_HEADINGS) - 1)
"""The columns of words; all others hold figures."""
_GAP = "  "
_LARGE = 1000
"""Figures from here on need no decimals."""


def table(comparisons: Sequence[Comparison]) -> str:
    """Return the result as a table for people."""
    rows = [_HEADINGS, *(_row(comparison) for comparison in comparisons)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.ljust(width) if column in _LEFT_ALIGNED else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return _GAP.join(cells).rstrip()


def _row(comparison: Comparison) -> tuple[str, ...]:
    figures = (_figure(comparison.figures.get(column)) for column in COLUMNS)
    return comparison.what, comparison.unit, *figures, *_verdict(comparison)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if value >= _LARGE else f"{value:.2f}"


def _verdict(comparison: Comparison) -> tuple[str, str, str]:
    """Return the ratio, the target, and what comes of it."""
    if comparison.limit is not None:
        word = "reached" if comparison.reached else "MISSED"
        return "", f"<= {comparison.limit.most:g} {comparison.unit}", word
    target, ratio = comparison.target, comparison.ratio
    if target is None or ratio is None:
        return "", "", ""
    word = "reached"
    if not comparison.reached:
        word = "MISSED"
        floor = comparison.ratio_of(Forwarder.BARE)
        if floor is not None and floor > target.ratio:
            word += f"; the bare forwarder's, too: {floor:.2f}"
    return f"{ratio:.2f} x {target.against}", f"<= {target.ratio:.2f}", word
