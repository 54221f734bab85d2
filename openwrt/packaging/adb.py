"""The binary form in which apk-tools 3 keeps what it knows: values in a block, written once each.

A value is a word of 32 bits: its type in the upper four, and in the others a small number or where
in the block the rest of it lies. Everything is little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

NULL = 0
"""The value of what is not there."""

_INTEGER = 0x1
_INTEGER_32 = 0x2
_INTEGER_64 = 0x3
_BLOBS = ((0x8, "<B"), (0x9, "<H"), (0xA, "<I"))
"""Types of bytes, each with the size that stands before them: the smallest that can hold it."""
_OBJECT = 0xE
_TYPE_SHIFT = 28
_SMALL = 1 << _TYPE_SHIFT
_HEADER = struct.Struct("<BBHI")
"""Two versions, both 0, two bytes that are reserved, and the root's value."""
_WORD = 4


class Block:
    """A block that is being written."""

    def __init__(self) -> None:
        """Begin an empty one."""
        self._data = bytearray(_HEADER.size)
        self._written: dict[tuple[int, bytes], int] = {}

    def integer(self, number: int) -> int:
        """Return the value of a number. Raises ValueError where it is negative, or too large."""
        if not 0 <= number < 1 << 64:
            raise ValueError(f"{number} is no number that an apk can hold: 0, or up to 64 bits")
        if number < _SMALL:
            return _value(_INTEGER, number)
        if number < 1 << 32:
            return _value(_INTEGER_32, self._once(struct.pack("<I", number), _WORD))
        return _value(_INTEGER_64, self._once(struct.pack("<Q", number), _WORD))

    def blob(self, data: bytes) -> int:
        """Return the value of some bytes; of none, that is null."""
        if not data:
            return NULL
        kind, size = _blob_form(data)
        return _value(kind, self._once(size + data, len(size)))

    def text(self, text: str) -> int:
        """Return the value of a text."""
        return self.blob(text.encode())

    def object(self, fields: Sequence[int]) -> int:
        """Return the value of an object of these fields, or of a list of these values."""
        words = list(fields)
        while words and words[-1] == NULL:
            words.pop()
        if not words:
            return NULL
        count = len(words) + 1
        return _value(_OBJECT, self._once(struct.pack(f"<{count}I", count, *words), _WORD))

    def place_for(self, length: int) -> tuple[int, slice]:
        """Return the value of bytes that are filled in later, and where they are to be put.

        They are zero until then, and nothing else shares them.
        """
        kind, size = _blob_form(bytes(length))
        offset = self._append(size + bytes(length), len(size))
        start = offset + len(size)
        return _value(kind, offset), slice(start, start + length)

    def finish(self, root: int) -> bytearray:
        """Return the block's bytes."""
        _HEADER.pack_into(self._data, 0, 0, 0, 0, root)
        return self._data

    def _once(self, data: bytes, alignment: int) -> int:
        """Return where the data lies, written now unless it is there already."""
        key = (alignment, data)
        if key not in self._written:
            self._written[key] = self._append(data, alignment)
        return self._written[key]

    def _append(self, data: bytes, alignment: int) -> int:
        self._data += bytes(-len(self._data) % alignment)
        offset = len(self._data)
        self._data += data
        return offset


def _blob_form(data: bytes) -> tuple[int, bytes]:
    for kind, form in _BLOBS[:-1]:
        if len(data) < 1 << 8 * struct.calcsize(form):
            return kind, struct.pack(form, len(data))
    kind, form = _BLOBS[-1]
    return kind, struct.pack(form, len(data))


def _value(kind: int, rest: int) -> int:
    if rest >= _SMALL:
        raise ValueError("an apk cannot describe so much: names and scripts come to 256 MiB")
    return kind << _TYPE_SHIFT | rest
