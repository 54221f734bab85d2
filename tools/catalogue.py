"""Compiles catalogues of messages, with nothing but Python: GNU gettext's .po into its .mo.

Usage: catalogue.py SOURCES TARGET. It writes into TARGET what the folder SOURCES, with one .po file
for each part of the program, comes to: the program's own catalogue, and Click's. Both are the same
bytes whenever they are made, since nothing of a .po's header but its two lasting lines goes in.
"""

from __future__ import annotations

import ast
import struct
import sys
from pathlib import Path

OWN = Path("ruijie-proxy.mo")
"""The program's catalogue, of all .po files but Click's."""
CLICKS_SOURCE = "click.po"
CLICKS = Path("LC_MESSAGES/messages.mo")
"""Click's own messages, which gettext itself looks up, in the domain that Click uses."""
COMPILED = (OWN, CLICKS)

_HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"
_MAGIC = 0x950412DE
"""GNU gettext manual, "The Format of GNU MO Files"."""


class CatalogueError(ValueError):
    """A .po file says what this does not read; the text names file and line."""


def compile_catalogues(sources: Path) -> dict[Path, bytes]:
    """Return the compiled catalogues of a folder of .po files, by their paths within a locale's.

    Raises CatalogueError, or OSError.
    """
    own: dict[str, str] = {}
    clicks: dict[str, str] = {}
    for source in sorted(sources.glob("*.po")):
        (clicks if source.name == CLICKS_SOURCE else own).update(read_po(source))
    return {OWN: to_mo(own), CLICKS: to_mo(clicks)}


def read_po(path: Path) -> dict[str, str]:
    """Return the translations of a .po file by their originals, without its header.

    An original with a plural is both forms with a zero byte between, as in a .mo file; its one
    translation serves both. Raises CatalogueError, or OSError.
    """
    translations: dict[str, str] = {}
    entry: dict[str, str] = {}
    keyword = ""
    lines = [*path.read_text(encoding="utf-8").splitlines(), 'msgid ""']
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not text.startswith('"'):
            keyword, _, text = text.partition(" ")
            if keyword == "msgid":
                _add(entry, translations)
                entry = {}
            elif keyword not in ("msgid_plural", "msgstr", "msgstr[0]"):
                raise CatalogueError(f"{path}:{number}: {keyword} is not read here")
        try:
            value = ast.literal_eval(text)
        except (SyntaxError, ValueError):
            raise CatalogueError(f"{path}:{number}: no text in quotation marks") from None
        entry[keyword] = entry.get(keyword, "") + value
    return translations


def to_mo(translations: dict[str, str]) -> bytes:
    """Return a .mo file, in little-endian order and sorted, so that the same comes of the same."""
    messages = sorted(
        (original.encode(), translation.encode())
        for original, translation in {"": _HEADER, **translations}.items()
    )
    table_size = 8 * len(messages)
    originals_at = struct.calcsize("<7I")
    text_at = originals_at + 2 * table_size
    tables = b""
    texts = b""
    for column in (0, 1):
        for message in messages:
            tables += struct.pack("<2I", len(message[column]), text_at + len(texts))
            texts += message[column] + b"\0"
    # Without a table of hashes, which is optional: its size is 0.
    head = struct.pack(
        "<7I", _MAGIC, 0, len(messages), originals_at, originals_at + table_size, 0, text_at
    )
    return head + tables + texts


def _add(entry: dict[str, str], translations: dict[str, str]) -> None:
    original = entry.get("msgid")
    translation = entry.get("msgstr", entry.get("msgstr[0]"))
    if not original or not translation:
        return  # the header, or what nobody has translated
    if "msgid_plural" in entry:
        original += "\0" + entry["msgid_plural"]
    if original in translations:
        raise CatalogueError(f"{original!r} is translated twice")
    translations[original] = translation


if __name__ == "__main__":
    for _path, _data in compile_catalogues(Path(sys.argv[1])).items():
        _target = Path(sys.argv[2], _path)
        _target.parent.mkdir(parents=True, exist_ok=True)
        _target.write_bytes(_data)
