"""What the program says, in the user's language: English as it stands in the code, or Chinese.

``_("the server {mac} answers", mac=…)`` marks a message, translates it and fills it in. The
catalogues are gettext's: one .po file for each part of the program in ``locale/zh_CN``, compiled
into one .mo file when the program is installed (hatch_build.py). The .mo file is read here, and not
by :mod:`gettext`, which brings in the regular expressions: 1 MB of no other use to the daemon.

``{keys[client=any]}`` in a message is a setting of the configuration. It is written as YAML has it,
until :func:`written_in` is told of the notation in use.

The language follows LANGUAGE, LC_ALL, LC_MESSAGES and LANG, as gettext(3) says; ``--lang`` sets the
first of them before anything of the program is imported.
"""

from __future__ import annotations

import os
import struct
import sys

from ruijie_proxy.messages import N_
from ruijie_proxy.notation import YAML

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, TypeAlias

    from ruijie_proxy.notation import Notation

    Told: TypeAlias = "dict[str, Any] | list[Any] | str | int | float | None"

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


_LOCALE = os.path.join(os.path.dirname(__file__), "locale", "zh_CN")
_CATALOGUE = os.path.join(_LOCALE, "ruijie-proxy.mo")
CLICKS_CATALOGUE = os.path.join(_LOCALE, "LC_MESSAGES", "messages.mo")
"""Click's own messages (tools/catalogue.py)."""

_KEYS = "keys"
_KEYS_FIELD = f"{{{_KEYS}["
"""What the name of a setting stands behind, in a message."""

_MAGIC = 0x950412DE
"""GNU gettext manual, "The Format of GNU MO Files"; in little-endian order, as Babel writes it."""
_HEADER = struct.Struct("<5I")
"""Magic, revision, count of messages, offset of the originals' table, of the translations'."""
_ENTRY = struct.Struct("<2I")
"""Length and offset of a text, which a zero byte ends."""


class DamagedCatalogue(ValueError):
    """A file is no catalogue of messages."""


def wants_chinese(environment: Mapping[str, str]) -> bool:
    """Whether the user's environment asks for Chinese, of any kind."""
    for variable in VARIABLES:
        value = environment.get(variable, "")
        if value:
            return value.split(":")[0].lower().startswith("zh")
    return False


def read_catalogue(data: bytes) -> dict[str, str]:
    """Return the translations in a .mo file by their originals. Raises DamagedCatalogue."""
    try:
        magic, _, count, originals, translations = _HEADER.unpack_from(data)
        if magic != _MAGIC:
            raise DamagedCatalogue("no catalogue begins so")
        messages = {
            _text(data, originals + number * _ENTRY.size): _text(
                data, translations + number * _ENTRY.size
            )
            for number in range(count)
        }
    except (struct.error, UnicodeDecodeError) as error:
        raise DamagedCatalogue(str(error)) from error
    messages.pop("", None)  # the catalogue's own header
    return messages


def _text(data: bytes, entry: int) -> str:
    length, offset = _ENTRY.unpack_from(data, entry)
    return data[offset : offset + length].decode()


def catalogue_data(path: str) -> bytes:
    """Return what a catalogue's file holds. Raises OSError.

    The self-contained program has it in a module (openwrt/standalone/build.py), which is not kept.
    """
    if getattr(sys, "frozen", False):
        files: dict[str, bytes] = __import__("packed_catalogues").FILES
        del sys.modules["packed_catalogues"]
        return files[os.path.basename(path)]
    with open(path, "rb") as file:
        return file.read()


def _load(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the catalogue of the user's language; nothing where the code's own texts serve."""
    if not wants_chinese(environment):
        return {}
    try:
        return read_catalogue(catalogue_data(_CATALOGUE))
    except FileNotFoundError:
        return {}  # run from a checkout that nobody has installed: English is better than nothing


_MESSAGES = _load(os.environ)


def speaks_chinese() -> bool:
    """Whether the user wants Chinese, and it is there."""
    return bool(_MESSAGES)


class Message(str):
    """A text in the user's language that knows what it was made of, as plain values.

    Who reads it later, in the journal, or elsewhere, at the control socket, may speak another
    language (:func:`retell`). One that has something added to it still knows.
    """

    __slots__ = ("told",)
    told: Told

    def __str__(self) -> str:
        return self  # and so an exception with it for its only argument is said as it is

    def __add__(self, other: str) -> str:
        return _joined(self, other)

    def __radd__(self, other: str) -> str:
        return _joined(other, self)


def _(message: str, /, **values: object) -> str:
    """Return a message in the user's language, with the values filled in by their names."""
    if _KEYS_FIELD in message:
        values.setdefault(_KEYS, keys_of(message, YAML))
    text = _MESSAGES.get(message, message)
    said = Message(text.format(**values) if values else text)
    said.told = {"message": message, "values": {name: told_by(values[name]) for name in values}}
    return said


def listed(members: Iterable[object], member: str = N_("{member}, ")) -> str:
    """Return a list as a sentence has it: in Chinese, 、 stands between its members.

    ``member`` is one that another follows, a message; "" where there are none.
    """
    texts = [str(one) for one in members]
    parts = [_(member, member=text) for text in texts[:-1]] + texts[-1:]
    said = Message("".join(parts))
    said.told = [told_by(part) for part in parts]
    return said


def keys_of(message: str, notation: Notation) -> dict[str, str]:
    """Return the settings that a message names, each as a notation writes it."""
    names = [part.partition("]")[0] for part in message.split(_KEYS_FIELD)[1:]]
    return {name: notation.named(name) for name in names}


def written_in(text: str, notation: Notation) -> str:
    """Return a text in the user's language, with the settings that it names as a notation has them.

    It stays so, whoever retells it.
    """
    told = told_by(text)
    rewritten = _rewritten(told, notation)
    return text if rewritten == told else str(retell(rewritten))


def _rewritten(told: Any, notation: Notation) -> Any:
    if isinstance(told, list):
        return [_rewritten(part, notation) for part in told]
    if not isinstance(told, dict) or "values" not in told:
        return told
    values = {name: _rewritten(value, notation) for name, value in told["values"].items()}
    if _KEYS in values:
        values[_KEYS] = told_by(keys_of(told["message"], notation))
    return {"message": told["message"], "values": values}


def told_by(value: object) -> Told:
    """Return what a text was made of, as far as it knows; of other values what they are."""
    if isinstance(value, int | float | None):
        return value
    if isinstance(value, dict):
        return {name: told_by(one) for name, one in value.items()}
    text = str(value)
    return text.told if isinstance(text, Message) else text


def retell(told: Any) -> Any:
    """Return in the user's language what :func:`told_by` has returned, maybe in another process.

    Raises ValueError when it is nothing of that kind.
    """
    if isinstance(told, list):
        return "".join([str(retell(part)) for part in told])
    if not isinstance(told, dict):
        return told
    try:
        values = told["values"]
        return _(told["message"], **{name: _retold(name, values[name]) for name in values})
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise ValueError("nothing that was told") from error


def _retold(name: str, told: Any) -> Any:
    if name == _KEYS:
        return {key: retell(words) for key, words in told.items()}
    return retell(told)


def _joined(first: str, second: str) -> str:
    said = Message(str.__add__(first, second))
    said.told = [told_by(first), told_by(second)]
    return said


def reason_of(error: OSError) -> str:
    """Return what the system says of an error, in the user's language."""
    return _(error.strerror or str(error))


__all__ = [
    "CLICKS_CATALOGUE",
    "N_",
    "DamagedCatalogue",
    "Message",
    "_",
    "catalogue_data",
    "keys_of",
    "listed",
    "read_catalogue",
    "reason_of",
    "retell",
    "speaks_chinese",
    "told_by",
    "wants_chinese",
    "written_in",
]
