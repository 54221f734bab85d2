"""How digests are shown: short, because a story is pasted into forums, and still to be compared."""

from __future__ import annotations

_SHOWN = 4
"""Characters from each end."""


def shortened(text: str) -> str:
    """Return the ends of a long text, such as ``bb2a…3b13``."""
    return text if len(text) <= 3 * _SHOWN else f"{text[:_SHOWN]}…{text[-_SHOWN:]}"
