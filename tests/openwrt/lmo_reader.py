"""Reads LuCI's catalogues of messages, the way lmo.c does; shares nothing with their writer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """An entry of the index, and the text it leads to."""

    key: int
    forms: int
    offset: int
    text: str


def read_lmo(data: bytes) -> list[Entry]:
    """Return the entries of a ``.lmo`` file in the index's order."""
    index = int.from_bytes(data[-4:], "big")
    assert index % 4 == 0
    assert (len(data) - 4 - index) % 16 == 0
    entries = []
    for place in range(index, len(data) - 4, 16):
        key, forms, offset, length = (
            int.from_bytes(data[place + part : place + part + 4], "big") for part in (0, 4, 8, 12)
        )
        assert offset + length <= index
        entries.append(Entry(key, forms, offset, data[offset : offset + length].decode()))
    return entries
