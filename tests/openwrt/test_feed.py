"""The feed's package, built with stand-ins for the SDK's makefiles, beside the pure package."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from openwrt.packaging.kinds import DEPENDS, pure_package
from tests.openwrt.checkout import CHECKOUT, copy_of_checkout

SDK = Path(__file__).parent / "sdk"
PURE = pure_package(CHECKOUT)


class Built:
    """What became of the Makefile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "ruijie-proxy" / "root"

    @property
    def fields(self) -> list[str]:
        return (self.folder / "ruijie-proxy" / "fields").read_text().splitlines()

    def control_file(self, name: str) -> str:
        return (self.folder / "ruijie-proxy" / "control" / name).read_text()

    def files(self, package: str = "ruijie-proxy") -> dict[str, Path]:
        root = self.folder / package / "root"
        return {f"/{path.relative_to(root)}": path for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("sdk")
    # Reached by a link, as `scripts/feeds install` makes one.
    checkout = copy_of_checkout(folder / "checkout")
    (checkout / "LICENSE").write_text("")
    (folder / "package").symlink_to(checkout / "openwrt")
    done = subprocess.run(
        [
            *("make", "--no-print-directory", "-C", folder / "package", "build"),
            f"TOPDIR={SDK}",
            f"BUILD_DIR={folder}/build",
            f"HOST_PYTHON3_BIN={sys.executable}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return Built(folder / "build")


def test_it_says_what_the_pure_package_says(built: Built) -> None:
    title = PURE.description.splitlines()[0]
    name, version, depends, *rest = built.fields

    assert (name, version, *rest) == (
        PURE.name,
        PURE.version,
        title,
        PURE.section,
        "GPL-2.0-or-later",
    )
    assert depends.split() == [f"+{package}" for package in DEPENDS]


def test_it_describes_itself_in_the_same_words(built: Built) -> None:
    description = built.control_file("description")

    assert description.split() == " ".join(PURE.description.splitlines()[1:]).split()


@pytest.mark.parametrize("script", ["preinst", "postinst", "postrm"])
def test_its_scripts_are_the_same(built: Built, script: str) -> None:
    assert built.control_file(script).rstrip() == PURE.scripts[script].rstrip()


def test_it_installs_the_same_files_with_bytecode_in_place_of_source(built: Built) -> None:
    expected = {re.sub(r"\.py$", ".pyc", file.path): file for file in PURE.files}
    files = built.files()

    assert set(files) == set(expected)
    for name, file in expected.items():
        if not name.endswith(".pyc"):
            assert files[name].read_bytes() == file.data, name
            assert stat.S_IMODE(files[name].stat().st_mode) == file.mode, name


def test_its_bytecode_runs_without_any_source(built: Built) -> None:
    command = (built.root / "usr/bin/ruijie-proxy").read_text()
    library = built.root / "usr/lib/ruijie-proxy"

    done = subprocess.run(
        [
            *(sys.executable, "-c", command.replace("/usr/lib/ruijie-proxy", str(library))),
            *("--lang", "zh", "--help"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "显示守护进程正在做什么" in done.stdout


def test_the_source_is_a_package_of_its_own(built: Built) -> None:
    modules = {file.path for file in PURE.files if file.path.endswith(".py")}

    assert set(built.files("ruijie-proxy-src")) == modules


def test_reading_the_makefile_takes_neither_python_nor_a_build(tmp_path: Path) -> None:
    """OpenWrt reads every Makefile of a feed to list what there is."""
    done = subprocess.run(
        [
            *("make", "--no-print-directory", "--dry-run", "-C", CHECKOUT / "openwrt", "build"),
            f"TOPDIR={SDK}",
            f"BUILD_DIR={tmp_path}/build",
            "HOST_PYTHON3_BIN=/nowhere",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "build").exists()
