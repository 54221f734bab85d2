"""The three kinds of packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from openwrt.packaging import luci_app, release, service_files
from openwrt.packaging.archive import File
from openwrt.packaging.names import ALL_ARCHITECTURES, PAGES, PROGRAM
from openwrt.packaging.package import Package
from openwrt.packaging.program import executable_files, program_files

DEPENDS = (
    "python3-light",
    "python3-click",
    "python3-codecs",  # GB18030, and the width of characters
    "python3-ctypes",  # giving up what root may do
    "python3-uuid",  # Click 8.2 and later
    "python3-yaml",
)
"""Just what the daemon and the commands import; tests/openwrt/test_depends.py holds it to that."""
SECTION = "net"
DESCRIPTION = """\
Ruijie 802.1X for campus networks, on the router
Keeps a campus port that speaks Ruijie's 802.1X online: the router logs in by
itself, or the genuine client on a PC logs in through it, and may go then."""


def pure_package(checkout: Path) -> Package:
    """Return the package of the program in Python, for routers whose feed has Python.

    Raises OSError.
    """
    return _program(checkout, ALL_ARCHITECTURES, program_files(checkout), DEPENDS)


def self_contained_package(checkout: Path, architecture: str, executable: Path) -> Package:
    """Return the package of one executable that needs nothing but the kernel.

    ``architecture``: as in ``/etc/openwrt_release``. Raises OSError.
    """
    return _program(checkout, architecture, executable_files(checkout, executable), depends=())


def luci_package(checkout: Path, to_lmo: Callable[[Path], bytes]) -> Package:
    """Return the package of the pages for LuCI; ``to_lmo`` compiles a .po file for it.

    Raises LuciAppMissing, or OSError.
    """
    return Package(
        name=PAGES,
        version=release.version(checkout),
        architecture=ALL_ARCHITECTURES,
        section="luci",
        description="LuCI pages for ruijie-proxy, in Chinese and English",
        files=tuple(luci_app.luci_files(checkout, to_lmo)),
        depends=("luci-base", PROGRAM),
        scripts=luci_app.SCRIPTS,
        one_for_all=True,
    )


def _program(
    checkout: Path, architecture: str, program: list[File], depends: tuple[str, ...]
) -> Package:
    return Package(
        name=PROGRAM,
        version=release.version(checkout),
        architecture=architecture,
        section=SECTION,
        description=DESCRIPTION,
        files=(*program, *service_files.service_files(checkout)),
        depends=depends,
        scripts=service_files.scripts(checkout),
    )
