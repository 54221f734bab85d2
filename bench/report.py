"""Showing what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from bench.comparison import Comparison
from bench.forwarder import COLUMNS, Forwarder

_WORDS_BEFORE = 2
"""What is measured and its unit stand on the left, as the verdict does, which is last; between them
are figures."""
_GAP = "  "
_LARGE = 1000
"""Figures from here on need no decimals."""


def table(comparisons: Sequence[Comparison]) -> str:
    """Return the result as a table for people."""
    columns = [one for one in COLUMNS if any(one in row.figures for row in comparisons)]
    headings = ("", "", *columns, "ratio", "target", "")
    rows = [headings, *(_row(comparison, columns) for comparison in comparisons)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(headings))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if _WORDS_BEFORE <= column < len(row) - 1 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return _GAP.join(cells).rstrip()


def _row(comparison: Comparison, columns: Sequence[str]) -> tuple[str, ...]:
    figures = (_figure(comparison.figures.get(column)) for column in columns)
    return comparison.what, comparison.unit, *figures, *_verdict(comparison)


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    if value == inf:
        return "never"
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
