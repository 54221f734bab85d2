"""Numbers by chance."""

import os

_CHANCE_BYTES = 4


def chance() -> float:
    """Return a number by chance, from 0 to 1 (not by :mod:`random`, which brings in hashlib)."""
    return int.from_bytes(os.urandom(_CHANCE_BYTES), "big") / (1 << 8 * _CHANCE_BYTES)
