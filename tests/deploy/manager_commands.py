"""The commands ``opkg`` and ``apk`` on a router of the tests, with what the real ones say.

As seen of opkg-lede 38eccbb and apk-tools 3.0.6, and only as far as ``deploy`` uses them. What they
do with a package is done by the stand-ins of tests/openwrt. They run in the router's root; what
only asks is a few lines of shell, since it is asked often.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.openwrt.apk_manager import Apk
from tests.openwrt.apk_reader import BadApk, read_apk
from tests.openwrt.opkg import Opkg, control_of
from tests.openwrt.router_root import Router

ASKING = {
    "opkg": """\
case "$1" in
print-architecture) grep ^arch /etc/opkg.conf ;;
list-installed) for one in /usr/lib/opkg/status.d/*; do echo "${one##*/} - 1"; done ;;
status) [ ! -e "/usr/lib/opkg/status.d/$2" ] || cat "/usr/lib/opkg/status.d/$2" ;;
*) false ;;
esac && exit
""",
    "apk": """\
case "$1" in
info) ls /lib/apk/db/files | sed -n 's/.line$//p' ;;
list) [ ! -e "/lib/apk/db/files/$3.line" ] || cat "/lib/apk/db/files/$3.line" ;;
*) false ;;
esac && exit
""",
}
"""What begins the commands."""
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
    assert command == "install", words
    OPKG_STATUS.mkdir(parents=True, exist_ok=True)
    return max([_opkg_install(Path(name), options) for name in names])


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
    fields["Status"] = "install user installed"
    there.write_text("".join(f"{key}: {value}\n" for key, value in fields.items()))
    print(manager.output, end="")
    return 0


def apk(words: list[str]) -> int:
    options = [word for word in words if word.startswith("--")]
    command, *names = [word for word in words if not word.startswith("--")]
    assert command == "add", words
    APK_DATABASE.mkdir(parents=True, exist_ok=True)
    there = [file.stem for file in sorted(APK_DATABASE.glob("*.apk"))]
    return _apk_add(names, options, there)


def _apk_add(names: list[str], options: list[str], there: list[str]) -> int:
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
        manager.take_for_installed((APK_DATABASE / f"{name}.apk").read_bytes())
    for number, (path, one) in enumerate(new.items(), start=1):
        called = str(one.info["name"])
        print(f"({number}/{len(new)}) Installing {called} ({one.info['version']})")
        manager.install_file(files[path])
        (APK_DATABASE / f"{called}.apk").write_bytes(files[path])
        listed = f"{called}-{one.info['version']} {one.info['arch']} {{{called}}} () [installed]\n"
        (APK_DATABASE / f"{called}.line").write_text(listed)
    print(manager.output, end="")
    print("OK: 12 MiB in 34 packages")
    return 0


if __name__ == "__main__":
    sys.exit({"opkg": opkg, "apk": apk}[sys.argv[1]](sys.argv[2:]))
