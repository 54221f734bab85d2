"""Which files of a folder a router gets, and what keeps it from getting any."""

from __future__ import annotations

from ruijie_proxy.deploy.errors import NotDeployed, Trouble
from ruijie_proxy.deploy.package_files import ALL, PAGES, PROGRAM, newest
from ruijie_proxy.deploy.text import printable
from ruijie_proxy.deploy.versions import age
from ruijie_proxy.i18n import _, listed
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ruijie_proxy.deploy.package_files import PackageFile
    from ruijie_proxy.deploy.router_facts import Installed, RouterFacts

_PYTHON = "python3-light"
"""What every OpenWrt with a Python has."""


class Choice(Frozen):
    """What there is for a router."""

    program: PackageFile
    pages: PackageFile | None
    """None where the router has no LuCI that could show them, or the folder has none."""


def check_router(router: RouterFacts) -> None:
    """See that packages of ours can be installed there. Raises NotDeployed."""
    if not router.is_openwrt or router.manager is None:
        system = router.system or _("a system that does not say what it is")
        told = _("This is no OpenWrt, but {system}.", system=system)
        if router.has_dpkg:
            remedy = _(
                "For Debian and its kin there is a package of another kind: make deb in a "
                "checkout, then there: apt install ./FILE.deb"
            )
        else:
            remedy = _("Packages are for OpenWrt alone. See that this is the router's address.")
        raise NotDeployed(f"{told} {remedy}", Trouble.MISUSED)
    if not router.is_root:
        raise NotDeployed(
            _("Only root may install on a router: write root@ before its address."),
            Trouble.FORBIDDEN,
        )


def choose(router: RouterFacts, files: Sequence[PackageFile], folder: str, *, pure: bool) -> Choice:
    """Return the files for a router. ``pure``: the program in Python. Raises NotDeployed."""
    fitting = [file for file in files if file.manager is router.manager]
    programs = [file for file in fitting if file.name == PROGRAM]
    if not programs:
        raise _nothing_there(router, files, folder)
    program = newest(file for file in programs if file.architecture in _wanted(router, pure=pure))
    if program is None and not pure and _PYTHON in router.python:
        program = newest(file for file in programs if file.architecture == ALL)
    if program is None:
        raise _none_fits(router, programs, pure=pure)
    pages = newest(file for file in fitting if file.name == PAGES)
    return Choice(program, pages if router.luci == "new" else None)


def is_there(file: PackageFile, installed: Installed | None) -> bool:
    """Whether a package is installed already, in the same version and kind."""
    return installed is not None and (installed.version, installed.architecture) == (
        file.version,
        file.architecture,
    )


def check_age(file: PackageFile, installed: Installed | None) -> None:
    """See that a package is not older than the one that is there. Raises NotDeployed."""
    if installed is not None and age(file.version) < age(installed.version):
        raise NotDeployed(
            _(
                "{file} is older than what the router has, {version}. To install it all the same, "
                "add --force.",
                file=file.file_name,
                version=installed.version,
            ),
            Trouble.MISUSED,
        )


def _wanted(router: RouterFacts, *, pure: bool) -> tuple[str, ...]:
    """Return architectures of packages that run there."""
    if pure:
        return (ALL,)
    # What its owner has told the package manager to take runs there, too (docs/openwrt.md).
    return (router.architecture, *(one for one in router.takes if one != ALL))


def _nothing_there(router: RouterFacts, files: Sequence[PackageFile], folder: str) -> NotDeployed:
    kind = router.ending
    make = f"make {kind} ARCH={printable(router.architecture)}"
    told = _(
        "In {folder} there is no package of the program that ends in .{kind}.",
        folder=folder,
        kind=kind,
    )
    if any(file.name == PROGRAM for file in files):
        other = "apk" if kind == "ipk" else "ipk"
        told += " " + _(
            "Those in .{other} are for other releases of OpenWrt than this router's.", other=other
        )
    return NotDeployed(
        f"{told} "
        + _("Make them in a checkout with: {command}", command=f"make {kind}; {make}")
        + " "
        + _("Or name their folder with --packages."),
        Trouble.MISUSED,
    )


def _none_fits(router: RouterFacts, programs: Sequence[PackageFile], *, pure: bool) -> NotDeployed:
    kind = router.ending
    there = listed(sorted({file.architecture for file in programs}))
    if pure:
        told = _("There is no package in Python here; there are: {there}.", there=there)
        make = f"make {kind}"
    else:
        told = _(
            "There is no package for this router's architecture, {architecture}; there are: "
            "{there}. The program of another architecture would not start.",
            architecture=router.architecture,
            there=there,
        )
        make = f"make {kind} ARCH={router.architecture}"
    return NotDeployed(
        f"{told} " + _("Make it in a checkout with: {command}", command=make), Trouble.MISUSED
    )
