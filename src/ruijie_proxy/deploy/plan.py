"""What is to be done on a router, step by step, and whether there is room for it."""

from __future__ import annotations

import hashlib
import io
import shlex
import tarfile

from ruijie_proxy.deploy.choice import check_age, is_there
from ruijie_proxy.deploy.errors import NotDeployed
from ruijie_proxy.deploy.package_contents import read_contents
from ruijie_proxy.deploy.package_files import ALL, PAGES, PROGRAM, Manager
from ruijie_proxy.deploy.text import size
from ruijie_proxy.i18n import _
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ruijie_proxy.deploy.choice import Choice
    from ruijie_proxy.deploy.package_contents import Contents
    from ruijie_proxy.deploy.package_files import PackageFile
    from ruijie_proxy.deploy.router_facts import RouterFacts

FOLDER = "/tmp/ruijie-proxy-deploy"  # noqa: S108 - on the router, where root is alone
"""Where the files go. Always the same, so that a second try clears away what a first has left."""
SETTINGS = "settings"
"""What the file that is to become the settings is called there."""
_HASHES = "SHA256SUMS"
_APK_ADD = ("apk", "add", "--allow-untrusted")
"""Takes any version in place of the one that is there, and another file of the same version. Where
it is the very same file, it does nothing (apk-tools 3.0.6)."""
_APK_AGAIN = (
    *("apk", "fix", "--reinstall", "--allow-untrusted"),
    # Where it finds the files, and so needs nothing of the Internet.
    *("--cache-dir", FOLDER, "--repositories-file", "/dev/null"),
)
"""Installs the very same file again. It takes names of packages, and files only from a cache."""
_LEFT_FREE = 256 * 1024
"""Bytes that a router needs for itself, of its flash and of its memory."""


class Plan(Frozen):
    """What is to be done."""

    packages: tuple[Contents, ...]
    """What is to be installed, in this order."""
    there: tuple[PackageFile, ...]
    """What is there already, and need not be."""
    settings: bytes | None
    force_space: bool
    """Whether opkg is to be told that there is room: it does not know that the flash compresses."""
    force: bool
    router: RouterFacts

    @property
    def changes_anything(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.packages) or self.settings is not None

    @property
    def command(self) -> str:
        """The package manager's command, for a shell in :data:`FOLDER`."""
        # With a path, since apk takes a bare name for that of a package.
        files = [f"./{self._called(package)}" for package in self.packages]
        if self.router.manager is Manager.APK:
            add = shlex.join([*_APK_ADD, *files])
            again = [package.file.name for package in self.packages if self._is_there(package)]
            return f"{add} && {shlex.join([*_APK_AGAIN, *again])}" if again else add
        options = []
        if self.force_space:
            options.append("--force-space")
        if self.force or self._replaces_same_version:
            options += ["--force-reinstall", "--force-downgrade"]
        return shlex.join(["opkg", *options, "install", *files])

    @property
    def _replaces_same_version(self) -> bool:
        """Whether the program's other kind is there in this version, which opkg takes for this."""
        there = self.router.program
        return there is not None and any(
            package.file.name == PROGRAM and package.file.version == there.version
            for package in self.packages
        )

    def files(self) -> dict[str, bytes]:
        """Return what is copied, by its name in :data:`FOLDER`."""
        files = {self._called(package): package.data for package in self.packages}
        return files if self.settings is None else {**files, SETTINGS: self.settings}

    def _called(self, package: Contents) -> str:
        """Return the name that a package's file has in :data:`FOLDER`."""
        if package.cached_as is not None and self._is_there(package):
            return package.cached_as
        return package.file.file_name

    def _is_there(self, package: Contents) -> bool:
        return is_there(package.file, self.router.installed(package.file.name))

    def archive(self) -> bytes:
        """Return a tar of what is copied, with its hashes."""
        files = self.files()
        return _tar({**files, _HASHES: _hashes(files)})


def make_plan(router: RouterFacts, choice: Choice, settings: bytes | None, *, force: bool) -> Plan:
    """Return what is to be done. Raises NotDeployed where that cannot be."""
    wanted = [choice.program] if choice.pages is None else [choice.program, choice.pages]
    packages, there = [], []
    for file in wanted:
        installed = router.installed(file.name)
        if is_there(file, installed) and not force:
            there.append(file)
            continue
        if not force:
            check_age(file, installed)
        packages.append(read_contents(file))
    plan = Plan(
        tuple(packages), tuple(there), settings, force_space=False, force=force, router=router
    )
    _check_memory(plan)
    return Plan(
        plan.packages,
        plan.there,
        settings,
        force_space=_needs_force(plan),
        force=force,
        router=router,
    )


def missing_python(router: RouterFacts, program: Contents) -> tuple[str, ...]:
    """Return what the package in Python needs and the router does not have."""
    if program.file.name != PROGRAM or program.file.architecture != ALL:
        return ()
    return tuple(one for one in program.depends if one not in router.python)


def _check_memory(plan: Plan) -> None:
    needed = sum(len(data) for data in plan.files().values()) + _LEFT_FREE
    free = plan.router.free_memory
    if free is not None and plan.packages and free < needed:
        raise NotDeployed(
            _(
                "The router has no room in its memory for the files: {free} are free in /tmp, "
                "{needed} are needed. Restart the router, and run this again at once.",
                free=size(free),
                needed=size(needed),
            )
        )


def _needs_force(plan: Plan) -> bool:
    """Whether there is room, but not as opkg reckons it. Raises NotDeployed where there is none."""
    free = plan.router.free
    if free is None or not plan.packages:
        return False
    unpacked = sum(package.unpacked for package in plan.packages)
    needed = unpacked
    if plan.router.compresses:
        needed = sum(package.compressed for package in plan.packages)
    needed += _LEFT_FREE
    if free < needed:
        told = _(
            "The router's flash is too small: {free} are free, {needed} are needed.",
            free=size(free),
            needed=size(needed),
        )
        if plan.router.program is not None:
            remedy = _(
                "An upgrade needs room for both versions: remove the one that is there before, "
                "with “{command}” on the router; settings with a session in them stay.",
                command=_removal(plan.router),
            )
        else:
            remedy = _(
                "Remove packages that you do not use, or see docs/openwrt.md, “Is there room”."
            )
        raise NotDeployed(f"{told} {remedy}")
    # opkg wants each package's own size to be free, and more.
    most = max(package.unpacked for package in plan.packages)
    return plan.router.manager is Manager.OPKG and free <= most + 1024


def _removal(router: RouterFacts) -> str:
    names = [PAGES] if router.pages is not None else []
    verb = ("apk", "del") if router.manager is Manager.APK else ("opkg", "remove")
    return shlex.join([*verb, *names, PROGRAM])


def _hashes(files: Mapping[str, bytes]) -> bytes:
    rows = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return "".join(rows).encode()


def _tar(files: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.mode = 0o600
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return output.getvalue()
