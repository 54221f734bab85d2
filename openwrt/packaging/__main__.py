"""``python -m openwrt.packaging``, in a checkout: writes packages, or their files."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from openwrt.packaging.archive import File
from openwrt.packaging.kinds import luci_package, pure_package, self_contained_package
from openwrt.packaging.luci_app import LuciAppMissing
from openwrt.packaging.package import Package
from openwrt.packaging.program import program_files
from openwrt.packaging.release import time_of_members
from openwrt.packaging.service_files import service_files

CHECKOUT = Path(__file__).resolve().parents[2]
FORMATS = ("ipk", "apk")


def main() -> int:
    """Carry out the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m openwrt.packaging", description=__doc__)
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist", metavar="DIR")
    parser.add_argument("--format", choices=FORMATS, default="ipk", help="for opkg or for apk")
    commands = parser.add_subparsers(dest="command")
    own = commands.add_parser("self-contained", help="the package of an executable")
    own.add_argument("architecture")
    own.add_argument("executable", type=Path)
    lay_out = commands.add_parser("lay-out", help="the pure package's files, below a directory")
    lay_out.add_argument("root", type=Path)
    options = parser.parse_args()
    if options.command == "lay-out":
        _lay_out([*program_files(CHECKOUT), *service_files(CHECKOUT)], options.root)
        return 0
    try:
        if options.command == "self-contained":
            packages = [self_contained_package(CHECKOUT, options.architecture, options.executable)]
        else:
            # Here, because it needs Babel, which the SDK's Python does not have.
            from openwrt.packaging.lmo import from_po

            packages = [pure_package(CHECKOUT), luci_package(CHECKOUT, from_po)]
        for name, data in [_file(package, options.format) for package in packages]:
            _write(options.output / name, data)
    except (LuciAppMissing, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _file(package: Package, kind: str) -> tuple[str, bytes]:
    """Return the name of a package's file, and what is in it. Raises ValueError."""
    if kind == "apk":
        return package.apk_file_name, package.to_apk(time_of_members())
    return package.file_name, package.to_ipk(time_of_members())


def _write(path: Path, data: bytes) -> None:
    """Write a file: all of it, or none. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    print(f"{path}: {len(data)} bytes")


def _lay_out(files: list[File], root: Path) -> None:
    for file in files:
        path = root / file.path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
        path.chmod(file.mode)


if __name__ == "__main__":
    sys.exit(main())
