"""Catalogues of messages as LuCI reads them: ``.lmo`` files, made from gettext's ``.po``.

The format is that of luci-base's ``po2lmo`` and ``lmo.c``. First the translations, each filled up
with zero bytes to four; then the index, an entry of four numbers each: the hash of the message,
how many forms its translations have, offset and length of the text in bytes; sorted by the hash,
because it is searched by halves. Last the offset of the index. Numbers have 32 bits, big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

CONTEXT_END = "\1"
"""Stands between a message's context and the message, where it has one."""
FORM_START = "\2"
"""Stands between a message that has a plural and the number of the form."""

_HEADER_KEY = 0
"""In the index, instead of a hash: the rule that chooses among plural forms."""
_ALIGNMENT = 4
_ENTRY = struct.Struct(">4I")
_NUMBER = struct.Struct(">I")
_BITS = 0xFFFF_FFFF


class NotTranslatable(ValueError):
    """A file holds nothing that LuCI could find."""


def from_po(path: Path) -> bytes:
    """Return the ``.lmo`` of a ``.po`` file. What is not translated is left out.

    Raises NotTranslatable where nothing is, and for a message that LuCI could not find again.
    """
    with path.open("rb") as file:
        catalogue = read_po(file)
    texts = bytearray()
    index = []
    for message in catalogue:
        if not message.id:
            continue
        for key, text, forms in _translations(message):
            index.append(_ENTRY.pack(key_hash(key), forms, len(texts), len(text)))
            texts += text + bytes(-len(text) % _ALIGNMENT)
    if not index:
        raise NotTranslatable(f"{path}: nothing is translated")
    rule = f"nplurals={catalogue.num_plurals}; plural={catalogue.plural_expr};".encode()
    index.append(_ENTRY.pack(_HEADER_KEY, 0, len(texts), len(rule)))
    texts += rule + bytes(-len(rule) % _ALIGNMENT)
    # Bytes in big-endian order sort as the numbers do.
    return bytes(texts) + b"".join(sorted(index)) + _NUMBER.pack(len(texts))


def _translations(message: Message) -> Iterator[tuple[str, bytes, int]]:
    """Yield key, translation and the count of forms, for each form of a message."""
    plural = not isinstance(message.id, str)
    original = message.id if isinstance(message.id, str) else message.id[0]
    texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if original != " ".join(original.split()):
        # LuCI makes one space of all white space before it looks a message up.
        raise NotTranslatable(f"{original!r}: LuCI finds no message with such white space")
    context = f"{message.context}{CONTEXT_END}" if message.context else ""
    for number, text in enumerate(texts):
        key = f"{context}{original}{FORM_START}{number}" if plural else f"{context}{original}"
        # What is the same in both languages need not be looked up.
        if text and text != key:
            yield key, text.encode(), len(texts)


def key_hash(key: str) -> int:
    """Return what LuCI looks a message up by."""
    data = key.encode()
    return super_fast_hash(data, len(data))


def super_fast_hash(data: bytes, start: int) -> int:
    """Return Paul Hsieh's SuperFastHash (32 bits), begun with a number of 32 bits."""
    value = start
    whole = len(data) & ~3
    for low, high in struct.iter_unpack("<2H", data[:whole]):
        value = (value + low) & _BITS
        value = (value << 16 ^ high << 11 ^ value) & _BITS
        value = (value + (value >> 11)) & _BITS
    value = _with_rest(value, data[whole:])
    value ^= value << 3 & _BITS
    value = (value + (value >> 5)) & _BITS
    value ^= value << 4 & _BITS
    value = (value + (value >> 17)) & _BITS
    value ^= value << 25 & _BITS
    return (value + (value >> 6)) & _BITS


def _with_rest(value: int, rest: bytes) -> int:
    """Take in the up to three bytes that are left; a single one counts with its sign."""
    if len(rest) == 3:
        low, last = struct.unpack("<Hb", rest)
        value = (value + low) & _BITS
        value = (value ^ value << 16 ^ last << 18) & _BITS
        return (value + (value >> 11)) & _BITS
    if len(rest) == 2:
        (low,) = struct.unpack("<H", rest)
        value = (value + low) & _BITS
        value = (value ^ value << 11) & _BITS
        return (value + (value >> 17)) & _BITS
    if rest:
        (last,) = struct.unpack("<b", rest)
        value = (value + last) & _BITS
        value = (value ^ value << 10) & _BITS
        return (value + (value >> 1)) & _BITS
    return value
