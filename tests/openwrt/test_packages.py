"""What is in the packages, read back from their files; and what goes wrong when they are made."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from openwrt.packaging.kinds import (
    DEPENDS,
    luci_package,
    pure_package,
    self_contained_package,
)
from openwrt.packaging.luci_app import LuciAppMissing
from openwrt.packaging.package import Package
from openwrt.packaging.release import PKG_RELEASE, time_of_members
from ruijie_proxy import __version__
from ruijie_proxy.i18n import read_catalogue
from tests.openwrt.checkout import CHECKOUT, LUCI_APP, copy_of_checkout, stand_in_for_luci
from tests.openwrt.lmo_reader import read_lmo

VERSION = f"{__version__}-{PKG_RELEASE}"
SERVICE_FILES = {
    "./usr/share/ruijie-proxy/ruijie-proxy.config": 0o644,
    "./etc/init.d/ruijie-proxy": 0o755,
    "./etc/uci-defaults/90-ruijie-proxy": 0o755,
    "./lib/upgrade/keep.d/ruijie-proxy": 0o644,
}
LIBRARY = "./usr/lib/ruijie-proxy/ruijie_proxy"


class Unpacked:
    """A package's file, taken apart."""

    def __init__(self, package: Package) -> None:
        outer = _unpack(package.to_ipk(time_of_members({})))
        self.members = [name for name in outer if name != "."]
        self.format = outer["./debian-binary"]
        self.control_files = _unpack(outer["./control.tar.gz"])
        self.data = _unpack(outer["./data.tar.gz"])
        with tarfile.open(fileobj=io.BytesIO(outer["./data.tar.gz"])) as tar:
            self.modes = {member.name: member.mode for member in tar if member.isfile()}
        self.control = self.control_files["./control"].decode()

    @property
    def fields(self) -> dict[str, str]:
        lines = [line for line in self.control.splitlines() if not line.startswith(" ")]
        return {name: value for name, _, value in (line.partition(": ") for line in lines)}


def _data_of(ipk: Path) -> dict[str, bytes]:
    return _unpack(_unpack(ipk.read_bytes())["./data.tar.gz"])


def _unpack(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {
            member.name: file.read() if (file := tar.extractfile(member)) else b"" for member in tar
        }


@pytest.fixture(scope="module")
def pure() -> Unpacked:
    return Unpacked(pure_package(CHECKOUT))


@pytest.fixture
def luci(tmp_path: Path) -> Unpacked:
    checkout = copy_of_checkout(tmp_path / "checkout")
    stand_in_for_luci(checkout)
    return Unpacked(luci_package(checkout, lambda path: b"lmo of " + path.name.encode()))


def test_a_packages_file_has_opkgs_three_members(pure: Unpacked) -> None:
    assert pure.members == ["./control.tar.gz", "./data.tar.gz", "./debian-binary"]
    assert pure.format == b"2.0\n"


def test_files_are_called_by_name_version_and_architecture(executable: Path) -> None:
    built = self_contained_package(CHECKOUT, "mipsel_24kc", executable)

    assert pure_package(CHECKOUT).file_name == f"ruijie-proxy_{VERSION}_all.ipk"
    assert built.file_name == f"ruijie-proxy_{VERSION}_mipsel_24kc.ipk"


# The program in Python.


def test_opkg_reads_name_version_dependencies_and_architecture(pure: Unpacked) -> None:
    size = sum(len(data) for name, data in pure.data.items() if name in pure.modes)
    assert pure.fields == {
        "Package": "ruijie-proxy",
        "Version": VERSION,
        "Depends": ", ".join(DEPENDS),
        "Section": "net",
        "Architecture": "all",
        "License": "GPL-2.0-or-later",
        "Installed-Size": str(size),
        "Description": "Ruijie 802.1X for campus networks, on the router",
    }
    assert pure.control.endswith("\n")


def test_the_settings_are_the_users_and_no_file_of_the_packages(pure: Unpacked) -> None:
    """opkg would complain of them at each upgrade: the first boot changes them already."""
    assert "./conffiles" not in pure.control_files
    assert "./etc/config/ruijie-proxy" not in pure.data


def test_its_files_are_the_service_and_the_program(pure: Unpacked) -> None:
    others = {name: mode for name, mode in pure.modes.items() if not name.startswith(LIBRARY)}

    assert others == {**SERVICE_FILES, "./usr/bin/ruijie-proxy": 0o755}
    assert f"{LIBRARY}/runtime/daemon.py" in pure.modes


def test_the_virtual_campus_stays_out_and_so_does_bytecode(pure: Unpacked) -> None:
    assert [name for name in pure.data if "/lab" in name or "__pycache__" in name] == []
    assert {Path(name).suffix for name in pure.modes if name.startswith(LIBRARY)} == {".py", ".mo"}


def test_the_catalogues_are_compiled(pure: Unpacked) -> None:
    own = read_catalogue(pure.data[f"{LIBRARY}/locale/zh_CN/ruijie-proxy.mo"])
    assert own["stopped"] == "已停止"
    assert f"{LIBRARY}/locale/zh_CN/LC_MESSAGES/messages.mo" in pure.modes


# One executable.


def test_an_executable_needs_no_package_and_brings_the_same_service(executable: Path) -> None:
    built = Unpacked(self_contained_package(CHECKOUT, "mipsel_24kc", executable))

    whose = "./usr/share/ruijie-proxy/copyright.gz"
    assert built.modes == {**SERVICE_FILES, "./usr/bin/ruijie-proxy": 0o755, whose: 0o644}
    told = gzip.decompress(built.data[whose]).decode()
    assert told == f"its authors'\n\n{(CHECKOUT / 'LICENSE').read_text()}"
    assert built.data["./usr/bin/ruijie-proxy"] == b"\x7fELF and so on"
    assert "Depends" not in built.fields
    assert built.fields["Architecture"] == "mipsel_24kc"


def test_both_have_the_same_scripts(pure: Unpacked, executable: Path) -> None:
    built = Unpacked(self_contained_package(CHECKOUT, "x86_64", executable))

    scripts = {"./preinst", "./postinst", "./postinst-pkg", "./prerm", "./postrm"}
    for script in scripts:
        assert built.control_files[script] == pure.control_files[script]
    assert set(pure.control_files) == {".", "./control", *scripts}


# The pages for LuCI.


def test_the_pages_lie_where_luci_looks(luci: Unpacked) -> None:
    assert luci.modes == {
        "./usr/lib/lua/luci/i18n/ruijie-proxy.zh-cn.lmo": 0o644,
        "./usr/libexec/rpcd/ruijie-proxy": 0o755,
        "./usr/share/luci/menu.d/luci-app-ruijie-proxy.json": 0o644,
        "./www/luci-static/resources/view/ruijie-proxy/overview.js": 0o644,
    }
    assert luci.fields["Depends"] == "luci-base, ruijie-proxy"
    lmo = luci.data["./usr/lib/lua/luci/i18n/ruijie-proxy.zh-cn.lmo"]
    assert lmo == b"lmo of ruijie-proxy.po"


@pytest.mark.parametrize("missing", ["htdocs", "root", "po"])
def test_a_checkout_without_the_pages_is_told(tmp_path: Path, missing: str) -> None:
    checkout = copy_of_checkout(tmp_path / "checkout")
    stand_in_for_luci(checkout)
    (checkout / LUCI_APP / missing).rename(tmp_path / "elsewhere")

    with pytest.raises(LuciAppMissing, match=missing):
        luci_package(checkout, lambda _path: b"")


# The command.


def run_command(*arguments: str | Path, python: tuple[str, ...] = (sys.executable,)) -> str:
    done = subprocess.run(
        [*python, "-m", "openwrt.packaging", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_command_makes_the_programs_package_and_the_pages(tmp_path: Path) -> None:
    told = run_command("--output", tmp_path)

    names = [f"{name}_{VERSION}_all.ipk" for name in ("ruijie-proxy", "luci-app-ruijie-proxy")]
    assert told.splitlines() == [
        f"{tmp_path / name}: {(tmp_path / name).stat().st_size} bytes" for name in names
    ]
    program, pages = (_data_of(tmp_path / name) for name in names)
    assert set(SERVICE_FILES) <= set(program)
    assert "./www/luci-static/resources/view/ruijie-proxy/settings.js" in pages
    translations = read_lmo(pages["./usr/lib/lua/luci/i18n/ruijie-proxy.zh-cn.lmo"])
    assert "日志语言" in {entry.text for entry in translations}


def test_the_sdks_python_needs_no_library_to_lay_the_program_out(tmp_path: Path) -> None:
    run_command("lay-out", tmp_path, python=(sys.executable, "-S"))

    assert (tmp_path / "etc/init.d/ruijie-proxy").stat().st_mode & 0o777 == 0o755


def test_the_command_writes_a_package_where_it_is_told(tmp_path: Path, executable: Path) -> None:
    told = run_command("--output", tmp_path / "dist", "self-contained", "mips_24kc", executable)

    (package,) = (tmp_path / "dist").iterdir()
    assert package.name == f"ruijie-proxy_{VERSION}_mips_24kc.ipk"
    assert told == f"{package}: {package.stat().st_size} bytes\n"


def test_an_executable_that_is_not_there_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openwrt.packaging", "self-contained", "x86_64", "/nowhere"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (
        1,
        "[Errno 2] No such file or directory: '/nowhere'\n",
    )
