"""``python -m openwrt.packaging``, in a checkout: writes packages, or their files."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from openwrt.packaging.archive import File
from openwrt.packaging.kinds import luci_package, pure_package, self_contained_package
from openwrt.packaging.luci_app import LuciAppMissing
from openwrt.packaging.names import executable_name
from openwrt.packaging.package import Package
from openwrt.packaging.program import program_files
from openwrt.packaging.release import time_of_members, version
from openwrt.packaging.service_files import service_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openwrt.standalone.architectures import Architecture

CHECKOUT = Path(__file__).resolve().parents[2]
FORMATS = ("ipk", "apk")
_ELF = b"\x7fELF"
"""What executables begin with (elf(5))."""


def main() -> int:
    """Carry out the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m openwrt.packaging", description=__doc__)
    parser.add_argument("--output", type=Path, default=CHECKOUT / "dist", metavar="DIR")
    parser.add_argument("--format", choices=FORMATS, default="ipk", help="for opkg or for apk")
    commands = parser.add_subparsers(dest="command")
    own = commands.add_parser("self-contained", help="the package of an executable")
    own.add_argument("architecture")
    own.add_argument("executable", type=Path)
    deb = commands.add_parser("deb", help="Debian's package of an executable")
    deb.add_argument("architecture", help="as dpkg --print-architecture says it")
    alone = commands.add_parser("executable", help="an executable alone")
    alone.add_argument("architecture", help="as in /etc/openwrt_release")
    for command in (deb, alone):
        command.add_argument("executable", type=Path, nargs="?", help="built, if it is not named")
    lay_out = commands.add_parser("lay-out", help="the pure package's files, below a directory")
    lay_out.add_argument("root", type=Path)
    options = parser.parse_args()
    if options.command == "lay-out":
        _lay_out([*program_files(CHECKOUT), *service_files(CHECKOUT)], options.root)
        return 0
    return _make(options)


def _make(options: argparse.Namespace) -> int:
    """Write what is asked for; return the exit code."""
    # Here, because the feed's package has nothing of it.
    from openwrt.standalone.errors import BuildError

    try:
        for name, data in _files(options):
            _write(options.output / name, data)
    except (BuildError, LuciAppMissing, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _files(options: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """Make what is asked for: yield the name of each file, and what is in it.

    What is imported here needs what the SDK's Python does not have. Raises BuildError,
    LuciAppMissing, OSError, or ValueError.
    """
    if options.command == "self-contained":
        package = self_contained_package(CHECKOUT, options.architecture, options.executable)
        yield _file(package, options.format)
    elif options.command == "deb":
        from openwrt.packaging import debian
        from openwrt.standalone.architectures import architecture_named

        row = architecture_named(debian.executable_for(options.architecture))
        executable = options.executable or _built(row)
        deb = debian.debian_package(CHECKOUT, options.architecture, executable, time_of_members())
        yield deb.file_name, deb.to_bytes(time_of_members())
    elif options.command == "executable":
        from openwrt.packaging.plain_executable import plain_executable
        from openwrt.standalone.architectures import architecture_named

        row = architecture_named(options.architecture)
        executable = options.executable or _built(row)
        yield executable_name(version(CHECKOUT), row.name), plain_executable(CHECKOUT, executable)
    else:
        from openwrt.packaging.lmo import from_po

        yield _file(pure_package(CHECKOUT), options.format)
        yield _file(luci_package(CHECKOUT, from_po), options.format)


def _built(row: Architecture) -> Path:
    """Return the executable of a row. Raises BuildError."""
    from openwrt.standalone.build import build

    return build(row, CHECKOUT / "src", CHECKOUT / "build" / "standalone").executable


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
        if data.startswith(_ELF):
            unfinished.chmod(0o755)
        unfinished.replace(path)
    except OSError as error:
        raise OSError(f"{path} was not written: {error.strerror}") from error
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
