"""What is made of the executable for systems other than OpenWrt: Debian's package, and it alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from openwrt.packaging.debian import debian_package
from openwrt.packaging.names import executable_name
from openwrt.packaging.plain_executable import plain_executable
from openwrt.packaging.release import time_of_members, version
from ruijie_proxy import __version__
from tests.openwrt.standalone.conftest import CHECKOUT, Installed

TIME = time_of_members({})
INSIDE = ("Python-", "zlib-", "musl", "compiler_rt", "click-", "PyYAML-")


@pytest.fixture(scope="module")
def deb(native: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    package = debian_package(CHECKOUT, "amd64", native.built.executable, TIME)
    path = tmp_path_factory.mktemp("deb") / package.file_name
    path.write_bytes(package.to_bytes(TIME))
    return path


@pytest.fixture(scope="module")
def alone(native: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The executable in a folder with nothing else."""
    name = executable_name(version(CHECKOUT), native.architecture.name)
    path = tmp_path_factory.mktemp("alone") / name
    path.write_bytes(plain_executable(CHECKOUT, native.built.executable))
    path.chmod(0o755)
    return path


def run(*command: str | Path, language: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "LANGUAGE": language},
        capture_output=True,
        text=True,
        check=False,
    )


def test_lintian_finds_no_fault_with_the_package(deb: Path) -> None:
    if shutil.which("lintian") is None:
        pytest.skip("lintian is needed (Debian: lintian)")
    # Checks that want the whole of Debian's archive have none here.
    done = run("lintian", "--allow-root", "--fail-on", "error,warning", deb)

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_the_same_comes_out_twice(deb: Path, native: Installed) -> None:
    again = debian_package(CHECKOUT, "amd64", native.built.executable, TIME)

    assert again.to_bytes(TIME) == deb.read_bytes()


def test_unpacked_by_dpkg_it_runs(deb: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--extract", deb, tmp_path)

    done = run(tmp_path / "usr/bin/ruijie-proxy", "--version")

    assert done.stdout == f"ruijie-proxy, version {__version__}\n"
    checked = run(
        tmp_path / "usr/bin/ruijie-proxy",
        *("check", "-c", tmp_path / "etc/ruijie-proxy/config.example.yaml"),
    )
    assert checked.returncode == 0, checked.stderr


def test_its_copyright_file_names_all_that_is_inside(deb: Path, tmp_path: Path) -> None:
    run("dpkg-deb", "--extract", deb, tmp_path)
    text = (tmp_path / "usr/share/doc/ruijie-proxy/copyright").read_text(encoding="utf-8")

    named = [line for line in text.splitlines() if line.startswith("Files: ")]
    for part in INSIDE:
        assert any(part in line for line in named), part
    assert "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2" in text


def test_the_executable_alone_speaks_chinese_and_so_does_click_in_it(alone: Path) -> None:
    done = run(alone, "check", "--nonsense", language="zh")

    assert "用法：ruijie-proxy check [选项]" in done.stderr
    assert "没有选项" in done.stderr
    assert "守护进程没有运行" in run(alone, "status", language="zh_TW").stderr
    assert list(alone.parent.iterdir()) == [alone]


def test_the_executable_alone_carries_the_licences(alone: Path) -> None:
    shown = run("busybox", "unzip", "-p", alone, "copyright").stdout

    assert all(part in shown for part in INSIDE)
    assert "GNU GENERAL PUBLIC LICENSE" in shown
