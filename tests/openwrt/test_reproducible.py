"""The same packages, byte for byte, whoever makes them, wherever, and whenever."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.openwrt.apk_reader import read_apk
from tests.openwrt.checkout import copy_of_checkout, stand_in_for_luci

MAKE_ALL = """
import sys, time
from pathlib import Path

# On another day: whatever asks for the time gets this.
time.time = lambda: float(sys.argv[2])

from openwrt.packaging.kinds import luci_package, pure_package, self_contained_package
from openwrt.packaging.release import time_of_members

here = Path.cwd()
packages = [
    pure_package(here),
    luci_package(here, lambda path: path.read_bytes()),
    self_contained_package(here, "mipsel_24kc", here / "program"),
]
for package in packages:
    Path(sys.argv[1], package.file_name).write_bytes(package.to_ipk(time_of_members()))
    Path(sys.argv[1], package.apk_file_name).write_bytes(package.to_apk(time_of_members()))
"""
AS_NOBODY = ("unshare", "--user")
"""In a namespace of users without any, where everybody is nobody."""


def make_all(
    checkout: Path,
    today: int,
    environment: dict[str, str],
    *,
    umask: int = 0o022,
    prefix: tuple[str, ...] = (),
) -> dict[str, bytes]:
    """Make all packages of a checkout; return them by the names of their files."""
    output = checkout / "output"
    output.mkdir()
    subprocess.run(
        [*prefix, sys.executable, "-c", MAKE_ALL, output, str(today)],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
        umask=umask,
        check=True,
    )
    return {path.name: path.read_bytes() for path in output.iterdir()}


def checkout_at(folder: Path, time: int, mode: int) -> Path:
    """Copy the checkout, with a time and a mode for all of its files."""
    checkout = copy_of_checkout(folder)
    stand_in_for_luci(checkout)
    (checkout / "program").write_text("an executable")
    (checkout / "copyright").write_text("its authors'")
    for path in checkout.rglob("*"):
        if path.is_file():
            path.chmod(mode)
        os.utime(path, (time, time))
    return checkout


def test_another_folder_day_user_umask_time_zone_and_locale_make_the_same_bytes(
    tmp_path: Path,
) -> None:
    here = checkout_at(tmp_path / "here", 1_800_000_000, 0o644)
    there = checkout_at(tmp_path / "a folder" / "of somebody else", 1_900_000_000, 0o775)

    first = make_all(
        here,
        1_800_000_000,
        {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    )
    second = make_all(
        there,
        1_900_000_000,
        {"TZ": "America/Lima", "LC_ALL": "zh_CN.UTF-8", "PYTHONHASHSEED": "2"},
        umask=0o077,
        prefix=AS_NOBODY,
    )

    assert len(first) == 6
    assert {name: first[name] == second[name] for name in first} == dict.fromkeys(second, True)


def test_a_given_time_is_the_time_of_everything(tmp_path: Path) -> None:
    checkout = checkout_at(tmp_path / "here", 1_800_000_000, 0o644)

    packages = make_all(checkout, 0, {"SOURCE_DATE_EPOCH": "1234567890"})

    listed = subprocess.run(
        ["tar", "--list", "--verbose", "--full-time", "--gunzip", "--file", "-"],
        input=next(data for name, data in packages.items() if name.endswith(".ipk")),
        env={**os.environ, "TZ": "UTC"},
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert {line.split()[3] for line in listed.splitlines()} == {"2009-02-13"}, listed
    apk = read_apk(next(data for name, data in packages.items() if name.endswith(".apk")))
    times = {file.mtime for file in apk.files.values()} | {apk.info["build-time"]}
    assert times == {1_234_567_890}
