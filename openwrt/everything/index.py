"""The files that tell of the others: which is for whom, and the checksum of each."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from openwrt.everything.ledger import sha256
from openwrt.everything.tables import CHECKSUMS, TABLES


def write_index(folder: Path, unfinished: Path, pages: Mapping[str, str], right: Set[str]) -> None:
    """Tell of the files of a folder that are right. Raises OSError.

    ``pages``: the tables, by the names of their files. Checksums are written as ``sha256sum`` does,
    by name. ``unfinished``: as of a workshop.
    """
    for name, text in pages.items():
        (unfinished / name).write_text(text, encoding="utf-8")
        (unfinished / name).replace(folder / name)
    lines = [f"{sha256(folder / name)}  {name}\n" for name in sorted({*right, *pages})]
    (unfinished / CHECKSUMS).write_text("".join(lines), encoding="ascii")
    (unfinished / CHECKSUMS).replace(folder / CHECKSUMS)


def remove_index(folder: Path) -> None:
    """Take them away while the files change. Raises OSError."""
    for name in (CHECKSUMS, *TABLES):
        (folder / name).unlink(missing_ok=True)
