"""What apk-tools 3 does with an .apk file, as far as packages notice.

As seen of apk 3.0.6 itself: what is below /etc and was changed stays, and the new file lies beside
it as ``.apk-new``; an upgrade runs the new package's post-upgrade and none of the old one's
scripts; what an older version had and the newer has not is removed.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from openwrt.packaging.package import Package
from tests.openwrt.apk_reader import ReadApk, read_apk
from tests.openwrt.router_root import Router

NEW = ".apk-new"
_SCRIPT = "/tmp/script"
"""apk has it in memory, under no name."""


class Apk:
    """The package manager of a router with OpenWrt 25.12 or later."""

    def __init__(self, router: Router) -> None:
        self.router = router
        self.output = ""
        """What the scripts have printed."""
        self._installed: dict[str, ReadApk] = {}

    def install(self, package: Package) -> None:
        """Install a package, or upgrade to it."""
        self.install_file(package.to_apk(time=1_767_225_600))

    def install_file(self, file: bytes) -> None:
        """Install what is in a package's file, or upgrade to it."""
        new = read_apk(file)
        name = str(new.info["name"])
        old = self._installed.get(name)
        self._run_script(new, "pre-upgrade" if old else "pre-install")
        before = old.files if old else {}
        for folder in new.folders:
            self.router.path(f"/{folder.name}").mkdir(exist_ok=True)
        for path, entry in new.files.items():
            target = self.router.path(path)
            if self._is_the_users(path, before[path].hash if path in before else None):
                if entry.hash == _hash(target):
                    continue
                target = Path(f"{target}{NEW}")
            target.write_bytes(entry.data)
            target.chmod(entry.mode)
            os.utime(target, (entry.mtime, entry.mtime))
        self._installed[name] = new
        if old:
            self._remove_files(old, but=set(new.files))
        self._run_script(new, "post-upgrade" if old else "post-install")

    def take_for_installed(self, file: bytes) -> None:
        """Take note of a package that is there already."""
        apk = read_apk(file)
        self._installed[str(apk.info["name"])] = apk

    def remove(self, name: str) -> None:
        """Remove a package."""
        apk = self._installed.pop(name)
        self._run_script(apk, "pre-deinstall")
        self._remove_files(apk, but=set())
        self._run_script(apk, "post-deinstall")

    def scripts_of(self, name: str) -> dict[str, str]:
        """Return the scripts of an installed package."""
        return self._installed[name].scripts

    def _is_the_users(self, path: str, shipped: str | None) -> bool:
        """Tell whether a file is there that differs from what a package brought."""
        target = self.router.path(path)
        protected = path.startswith("/etc/") and not path.startswith("/etc/init.d/")
        return protected and target.exists() and _hash(target) != shipped

    def _remove_files(self, apk: ReadApk, but: set[str]) -> None:
        for path, file in apk.files.items():
            if path in but:
                continue
            if not self._is_the_users(path, file.hash):
                self.router.path(path).unlink(missing_ok=True)
            self.router.path(f"{path}{NEW}").unlink(missing_ok=True)
        # Folders that no package has any more go, where they are empty.
        others = {one.name for apk in self._installed.values() for one in apk.folders}
        for folder in reversed(apk.folders):
            place = self.router.path(f"/{folder.name}")
            if folder.name not in others and place.is_dir() and not any(place.iterdir()):
                place.rmdir()

    def _run_script(self, apk: ReadApk, script: str) -> None:
        if script not in apk.scripts:
            return
        file = self.router.path(_SCRIPT)
        file.write_text(apk.scripts[script])
        file.chmod(0o755)
        done = self.router.run(
            _SCRIPT, str(apk.info["version"]), APK_SCRIPT=script, APK_PACKAGE=str(apk.info["name"])
        )
        file.unlink()
        assert done.returncode == 0, done.stdout + done.stderr
        self.output += done.stdout + done.stderr


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
