"""The commands ``opkg`` and ``apk`` on a router of the tests, with what the real ones say.

As seen of opkg-lede 38eccbb and apk-tools 3.0.6, and only as far as ``deploy`` uses them. What they
do with a package is done by the stand-ins of tests/openwrt. They run in the router's root; what
only asks is a few lines of shell, since it is asked often.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.openwrt.apk_manager import Apk
from tests.openwrt.apk_reader import BadApk, ReadApk, read_apk
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
APK_COMMANDS = {"add": (), "fix": ("reinstall",)}
"""Those that ``deploy`` uses, with their own options."""
APK_SWITCHES = ("allow-untrusted",)
APK_WITH_A_WORD = ("cache-dir", "repositories-file")
"""Options of every command."""


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
    command, *rest = words
    options, names = {}, []
    for word in (left := iter(rest)):
        name = word.removeprefix("--")
        if name == word:
            names.append(word)
        elif name in APK_WITH_A_WORD:
            options[name] = next(left)
        elif name in (*APK_SWITCHES, *APK_COMMANDS[command]):
            options[name] = ""
        else:
            print(f"ERROR: command line: unrecognized option '{name}'")
            return 1
    APK_DATABASE.mkdir(parents=True, exist_ok=True)
    there = {file.stem: file.read_bytes() for file in sorted(APK_DATABASE.glob("*.apk"))}
    manager = Apk(ThisRouter())
    for data in there.values():
        manager.take_for_installed(data)
    code = {"add": _apk_add, "fix": _apk_fix}[command](manager, there, names, options)
    print(manager.output, end="")
    if not code:
        print("OK: 12 MiB in 34 packages")
    return code


def _apk_add(
    manager: Apk, there: dict[str, bytes], names: list[str], options: dict[str, str]
) -> int:
    files = {name: Path(name).read_bytes() for name in names}
    if "allow-untrusted" not in options:
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
    # What is there already, by the unique id, is left as it is: even what was broken since.
    changes = [
        (str(one.info["name"]), one, files[path])
        for path, one in new.items()
        if _unique_id(there.get(str(one.info["name"]))) != one.info["hashes"]
    ]
    for number, (called, one, data) in enumerate(changes, start=1):
        print(f"({number}/{len(changes)}) {_verb(there.get(called), one)} {called}")
        manager.install_file(data)
        (APK_DATABASE / f"{called}.apk").write_bytes(data)
        listed = f"{called}-{one.info['version']} {one.info['arch']} {{{called}}} () [installed]\n"
        (APK_DATABASE / f"{called}.line").write_text(listed)
    return 0


def _apk_fix(
    manager: Apk, there: dict[str, bytes], names: list[str], options: dict[str, str]
) -> int:
    assert "reinstall" in options
    if unknown := [name for name in names if name not in there]:
        print(*(f"ERROR: Package '{name}' not found" for name in unknown), sep="\n")
        return len(unknown)
    for number, name in enumerate(names, start=1):
        info = read_apk(there[name]).info
        unique_id = str(info["hashes"])
        cached = Path(options["cache-dir"]) / f"{name}-{info['version']}.{unique_id[:8]}.apk"
        is_found = cached.is_file() and cached.stat().st_size == len(there[name])
        unavailable = "" if is_found else "[APK unavailable, skipped] "
        print(f"({number}/{len(names)}) {unavailable}Reinstalling {name} ({info['version']})")
        if is_found and "allow-untrusted" not in options:
            print(f"ERROR: {name}-{info['version']}: UNTRUSTED signature")
            return 1
        if is_found:
            manager.install_file(cached.read_bytes())
    return 0


def _unique_id(package: bytes | None) -> object:
    return None if package is None else read_apk(package).info["hashes"]


def _verb(before: bytes | None, new: ReadApk) -> str:
    if before is None:
        return "Installing"
    old = read_apk(before)
    if old.info["version"] == new.info["version"]:
        return "Replacing"
    before_it, now = (re.findall(r"\d+", str(one.info["version"])) for one in (old, new))
    return "Upgrading" if list(map(int, before_it)) < list(map(int, now)) else "Downgrading"


if __name__ == "__main__":
    sys.exit({"opkg": opkg, "apk": apk}[sys.argv[1]](sys.argv[2:]))
