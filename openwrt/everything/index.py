"""The files that tell of the others: which is for whom, and the checksum of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path

from openwrt.everything.ledger import sha256
from openwrt.everything.tables import CHECKSUMS, TABLES, tables


def write_index(
    folder: Path,
    unfinished: Path,
    version: str,
    executables: Mapping[str, Iterable[str]],
    right: Set[str],
) -> None:
    """Tell of the files of a folder that are as they should be. Raises OSError.

    Checksums are written as ``sha256sum`` does, by name. ``unfinished``: as of a workshop.
    """
    told = tables(version, executables, right)
    for name, text in told.items():
        (unfinished / name).write_text(text, encoding="utf-8")
        (unfinished / name).replace(folder / name)
    lines = [f"{sha256(folder / name)}  {name}\n" for name in sorted({*right, *told})]
    (unfinished / CHECKSUMS).write_text("".join(lines), encoding="ascii")
    (unfinished / CHECKSUMS).replace(folder / CHECKSUMS)


def remove_index(folder: Path) -> None:
    """Take them away while the files change. Raises OSError."""
    for name in (CHECKSUMS, *TABLES):
        (folder / name).unlink(missing_ok=True)
