"""What emulated machines are made of: Debian's kernel and BusyBox, and a file system in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from openwrt.standalone.commands import run
from openwrt.standalone.debian import fetch_package


def unpack_packages(patterns: Sequence[str], architecture: str, folder: Path) -> Path:
    """Unpack Debian's packages of these names, fetching them if need be; return where they are.

    Raises BuildError.
    """
    unpacked = folder / "unpacked"
    if not unpacked.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / "partial"
        for pattern in patterns:
            package = fetch_package(pattern, architecture, folder)
            unpack = ["dpkg-deb", "-x", package.name, partial.name]
            run(unpack, folder, f"{package.name} cannot be unpacked")
        partial.rename(unpacked)
    return unpacked


def busybox_in(unpacked: Path) -> Path:
    """Return the BusyBox of the package busybox-static."""
    return next(
        path for path in (unpacked / "bin/busybox", unpacked / "usr/bin/busybox") if path.is_file()
    )


def pack_file_system(root: Path, archive: Path) -> None:
    """Pack what is below a folder as the kernel unpacks it into memory. Raises BuildError."""
    pack = f"find . | sort | cpio --quiet -o -H newc -R 0:0 | gzip -1 > {archive.resolve()}"
    run(["sh", "-c", pack], root, "the file system cannot be packed")
