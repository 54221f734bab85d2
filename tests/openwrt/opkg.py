"""What opkg does with an ipk, as far as packages notice: files, conffiles, scripts and upgrades."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path

from openwrt.packaging.names import ALL_ARCHITECTURES
from openwrt.packaging.package import Package
from tests.openwrt.router_root import Router

INFO = "/usr/lib/opkg/info"
SCRIPTS = ("preinst", "postinst", "postinst-pkg", "prerm", "postrm")


class WrongArchitecture(Exception):
    """No package of this name is for the router."""


class Opkg:
    """The package manager of a router."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.architecture: str | None = None
        """What the router takes beside packages for all; None: anything."""
        self.output = ""
        """What it and the scripts have printed."""
        self._conffiles: dict[str, str] = {}
        router.path(INFO).mkdir(parents=True, exist_ok=True)

    def install(self, package: Package) -> None:
        """Install a package, or upgrade to it."""
        self.install_file(package.to_ipk(time=1_767_225_600))

    def install_file(self, file: bytes) -> None:
        """Install what is in a package's file, or upgrade to it."""
        ipk = _members(file)
        fields = control_of(file)
        name, architecture = fields["Package"], fields["Architecture"]
        old_files = self.router.lines(f"{INFO}/{name}.list")
        if self.architecture not in (None, architecture) and architecture != ALL_ARCHITECTURES:
            if not old_files:
                raise WrongArchitecture(name)
            # It looks for what it may install, and finds what is there.
            self.output += f"Package {name} installed in root is up to date.\n"
            return
        if old_files:
            self._run_script(name, "prerm", "upgrade", "2", upgrade=True)
        data = _members(ipk["data.tar.gz"])
        control = _members(ipk["control.tar.gz"])
        names = [f"/{path}" for path in data]
        if "preinst" in control:
            preinst = self.router.path(f"{INFO}/{name}.preinst")
            preinst.write_bytes(control["preinst"])
            preinst.chmod(0o755)
            self._run_script(name, "preinst", "upgrade" if old_files else "install")
        conffiles = control.get("conffiles", b"").decode().split()
        for path in conffiles:
            kept = self.router.path(path)
            if kept.exists() and _hash(kept) != self._conffiles.get(path):
                # Changed by the user: the new one lies beside it.
                self.output += f"Collected errors:\n * Existing conffile {path} is different\n"
                data[f"{path[1:]}-opkg"] = data.pop(path[1:])
            else:
                self._conffiles[path] = hashlib.sha256(data[path[1:]]).hexdigest()
        self._unpack(ipk["data.tar.gz"], data)
        for path in set(old_files) - set(names):
            if path not in conffiles:
                self._remove_file(path)
        self.router.path(f"{INFO}/{name}.list").write_text("".join(f"{one}\n" for one in names))
        for script in SCRIPTS:
            self.router.path(f"{INFO}/{name}.{script}").unlink(missing_ok=True)
            if script in control:
                target = self.router.path(f"{INFO}/{name}.{script}")
                target.write_bytes(control[script])
                target.chmod(0o755)
        self._run_script(name, "postinst", "configure", upgrade=bool(old_files))

    def remove(self, name: str) -> None:
        """Remove a package."""
        self._run_script(name, "prerm", "remove")
        for path in self.router.lines(f"{INFO}/{name}.list"):
            if path in self._conffiles:
                conffile = self.router.path(path)
                if conffile.exists() and _hash(conffile) != self._conffiles[path]:
                    self.output += f"Not deleting modified conffile {path}.\n"
                    continue
            self._remove_file(path)
        self.router.path(f"{INFO}/{name}.list").unlink()
        self._run_script(name, "postrm", "remove")
        for file in self.router.path(INFO).glob(f"{name}.*"):
            file.unlink()

    def _run_script(self, name: str, script: str, *words: str, upgrade: bool = False) -> None:
        if self.router.path(f"{INFO}/{name}.{script}").exists():
            done = self.router.run(
                f"{INFO}/{name}.{script}", *words, PKG_UPGRADE="1" if upgrade else "0"
            )
            assert done.returncode == 0, done.stdout + done.stderr
            self.output += done.stdout + done.stderr

    def _unpack(self, archive: bytes, wanted: dict[str, bytes]) -> None:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                target = self.router.root / member.name
                if member.isdir():
                    target.mkdir(exist_ok=True)
                    continue
                name = member.name.removeprefix("./")
                if name not in wanted:
                    target = Path(f"{target}-opkg")
                file = tar.extractfile(member)
                assert file is not None
                target.write_bytes(file.read())
                target.chmod(member.mode)
                os.utime(target, (member.mtime, member.mtime))

    def _remove_file(self, path: str) -> None:
        # The folders stay, empty as they may be.
        self.router.path(path).unlink(missing_ok=True)


def control_of(file: bytes) -> dict[str, str]:
    """Return what a package's file says of it, by the names of the fields."""
    text = _members(_members(file)["control.tar.gz"])["control"].decode()
    return dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))


def _members(archive: bytes) -> dict[str, bytes]:
    """Return the files of a gzipped tar, by their paths without ``./``."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {
            member.name.removeprefix("./"): file.read()
            for member in tar
            if (file := tar.extractfile(member)) is not None
        }


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
