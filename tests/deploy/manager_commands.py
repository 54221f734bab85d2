"""The commands ``opkg`` and ``apk`` on a router of the tests, with what the real ones say.

As seen of opkg-lede 38eccbb and apk-tools 3.0.6, and only as far as ``deploy`` uses them. What they
do with a package is done by the stand-ins of tests/openwrt. They run in the router's root.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.openwrt.apk_manager import Apk
from tests.openwrt.apk_reader import BadApk, ReadApk, read_apk
from tests.openwrt.opkg import Opkg, control_of
from tests.openwrt.router_root import Router

FLASH = "/overlay"
OPKG_STATUS = Path("/usr/lib/opkg/status.d")
"""The control fields of each package that is there, in a file of its name."""
OPKG_CONF = Path("/etc/opkg.conf")
APK_ARCH = Path("/etc/apk/arch")
APK_DATABASE = Path("/lib/apk/db/files")
"""The file of each package that is there."""
UNTRUSTED = "--allow-untrusted"


class ThisRouter(Router):
    """The router that this runs on."""

    def __init__(self) -> None:
        self.root = Path("/")

    def path(self, name: str) -> Path:
        return Path(name)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # Not by pipes: a service that is started keeps them open.
        said = Path("/tmp/said-by-a-script")
        with said.open("w") as file:
            done = subprocess.run(
                command, env={**os.environ, **environment}, stdout=file, stderr=file, check=False
            )
        return subprocess.CompletedProcess(command, done.returncode, said.read_text(), "")


def architectures() -> list[str]:
    lines = OPKG_CONF.read_text().splitlines()
    return [line.split()[1] for line in lines if line.startswith("arch ")]


def fields_of(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))


def opkg(words: list[str]) -> int:
    options = [word for word in words if word.startswith("--")]
    command, *names = [word for word in words if not word.startswith("--")]
    OPKG_STATUS.mkdir(parents=True, exist_ok=True)
    if command == "print-architecture":
        print(*(f"arch {name} 1" for name in architectures()), sep="\n")
    elif command == "list-installed":
        for file in sorted(OPKG_STATUS.iterdir()):
            print(f"{file.name} - {fields_of(file.read_text())['Version']}")
    elif command == "status":
        file = OPKG_STATUS / names[0]
        if file.exists():
            fields = {"Status": "install user installed", **fields_of(file.read_text())}
            print(*(f"{name}: {value}" for name, value in fields.items()), sep="\n")
    elif command == "install":
        return max([_opkg_install(Path(name), options) for name in names])
    else:
        raise AssertionError(f"not known here: {words}")
    return 0


def _opkg_install(file: Path, options: list[str]) -> int:
    data = file.read_bytes()
    fields = control_of(data)
    name, version = fields["Package"], fields["Version"]
    there = OPKG_STATUS / name
    before = fields_of(there.read_text())["Version"] if there.exists() else None
    if fields["Architecture"] not in architectures():
        print(
            f"Unknown package '{name}'.\nCollected errors:\n * pkg_hash_fetch_best_installation_"
            f"candidate: Packages for {name} found, but incompatible with the architectures "
            f"configured\n * opkg_install_cmd: Cannot install package {name}."
        )
        return 255
    if before == version and "--force-reinstall" not in options:
        print(f"Package {name} ({version}) installed in root is up to date.")
        return 0
    if before is not None and before > version and "--force-downgrade" not in options:
        print(f"Not downgrading package {name} on root from {before} to {version}.")
        return 0
    flash = os.statvfs(FLASH)
    free, size = flash.f_bavail * flash.f_frsize // 1024, int(fields["Installed-Size"]) // 1024 + 1
    if size >= free and "--force-space" not in options:
        print(f"Only have {free}kb available on filesystem {FLASH}, pkg {name} needs {size}")
        return 255
    print(f"Installing {name} ({version}) to root...\nConfiguring {name}.")
    manager = Opkg(ThisRouter())
    manager.install_file(data)
    there.write_text("".join(f"{key}: {value}\n" for key, value in fields.items()))
    print(manager.output, end="")
    return 0


def apk(words: list[str]) -> int:
    options = [word for word in words if word.startswith("--")]
    command, *names = [word for word in words if not word.startswith("--")]
    APK_DATABASE.mkdir(parents=True, exist_ok=True)
    there = {file.name: read_apk(file.read_bytes()) for file in sorted(APK_DATABASE.iterdir())}
    if command == "info":
        print(*there, sep="\n")
    elif command == "list":
        for name, one in there.items():
            if name in names:
                print(f"{name}-{one.info['version']} {one.info['arch']} {{{name}}} () [installed]")
    elif command == "add":
        return _apk_add(names, options, there)
    else:
        raise AssertionError(f"not known here: {words}")
    return 0


def _apk_add(names: list[str], options: list[str], there: dict[str, ReadApk]) -> int:
    files = {name: Path(name).read_bytes() for name in names}
    if UNTRUSTED not in options:
        print(*(f"ERROR: {name}: UNTRUSTED signature" for name in names), sep="\n")
        return len(names)
    try:
        new = {name: read_apk(data) for name, data in files.items()}
    except BadApk:
        print("ERROR: unexpected end of file")
        return 1
    for one in new.values():
        if one.info["arch"] not in (*APK_ARCH.read_text().split(), "noarch"):
            print("ERROR: unable to select packages:")
            print(f"  {one.info['name']}-{one.info['version']}:\n    error: uninstallable")
            print(f"    arch: {one.info['arch']}")
            return 1
    manager = Apk(ThisRouter())
    for name in there:
        manager.take_for_installed((APK_DATABASE / name).read_bytes())
    for number, (path, one) in enumerate(new.items(), start=1):
        called = str(one.info["name"])
        print(f"({number}/{len(new)}) Installing {called} ({one.info['version']})")
        manager.install_file(files[path])
        (APK_DATABASE / called).write_bytes(files[path])
    print(manager.output, end="")
    print("OK: 12 MiB in 34 packages")
    return 0


if __name__ == "__main__":
    sys.exit({"opkg": opkg, "apk": apk}[sys.argv[1]](sys.argv[2:]))
