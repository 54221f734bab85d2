"""Debian's package, as dpkg itself reads, installs, upgrades and removes it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.deb import BadDeb, Deb
from openwrt.packaging.debian import EXAMPLE, debian_package
from openwrt.packaging.release import time_of_members
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config.usual_path import YAML_PATH
from tests.openwrt.checkout import CHECKOUT

TIME = time_of_members({})
TIMEOUT = 60

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg is needed")


def run(*command: str | Path, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
        input=answer,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def written(deb: Deb, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / deb.file_name
    path.write_bytes(deb.to_bytes(TIME))
    return path


@pytest.fixture
def package(tmp_path: Path) -> Deb:
    """The package of a program that only says which architecture it would be of."""
    executable = tmp_path / "built"
    executable.write_text("#!/bin/sh\necho runs\n")
    executable.with_name("copyright").write_text("its authors'\n")
    return debian_package(CHECKOUT, _own_architecture(), executable, TIME)


def _own_architecture() -> str:
    return run("dpkg", "--print-architecture").stdout.strip()


class Root:
    """A folder that dpkg takes for a system's root, without systemd."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("updates", "info"):
            (folder / "var/lib/dpkg" / name).mkdir(parents=True)
        for name in ("status", "available"):
            (folder / "var/lib/dpkg" / name).touch()

    def dpkg(self, *arguments: str | Path, answer: str = "") -> str:
        # Scripts are told of the root in DPKG_ROOT: there is no shell in it.
        done = run(
            *("dpkg", f"--root={self.folder}", "--force-not-root", "--force-script-chrootless"),
            f"--log={self.folder}/dpkg.log",
            *arguments,
            answer=answer,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def path(self, name: str) -> Path:
        return Path(f"{self.folder}{name}")

    def files(self) -> set[str]:
        """Return all files but dpkg's own."""
        return {
            f"/{path.relative_to(self.folder)}"
            for path in self.folder.rglob("*")
            if (path.is_symlink() or not path.is_dir())
            and not path.is_relative_to(self.folder / "var/lib/dpkg")
        } - {"/dpkg.log"}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "root")


# What is in it.


def test_dpkg_reads_its_fields(package: Deb, tmp_path: Path) -> None:
    file = written(package, tmp_path)

    told = run("dpkg-deb", "--field", file).stdout

    assert file.name == f"ruijie-proxy_{package.version}_{package.architecture}.deb"
    assert told == package.control
    assert "Depends" not in told


def test_what_dpkg_unpacks_is_what_was_packed(package: Deb, tmp_path: Path) -> None:
    done = run("dpkg-deb", "--extract", written(package, tmp_path), tmp_path / "there")

    assert done.returncode == 0, done.stderr
    for file in package.files:
        there = tmp_path / "there" / file.path[1:]
        assert there.read_bytes() == file.data
        assert there.stat().st_mode & 0o777 == file.mode


def test_all_of_it_is_roots(package: Deb, tmp_path: Path) -> None:
    tar = subprocess.run(
        ["dpkg-deb", "--fsys-tarfile", written(package, tmp_path)], capture_output=True, check=True
    ).stdout

    with tarfile.open(fileobj=io.BytesIO(tar)) as members:
        assert {(member.uid, member.gid, member.mtime) for member in members} == {(0, 0, TIME)}


def test_its_installed_size_is_dpkgs_own_count(package: Deb, tmp_path: Path) -> None:
    """dpkg-gencontrol counts what it would install, in a folder of that."""
    if shutil.which("dpkg-gencontrol") is None:
        pytest.skip("dpkg-gencontrol is needed (Debian: dpkg-dev)")
    tree = tmp_path / "debian" / "ruijie-proxy"
    tree.parent.mkdir()
    run("dpkg-deb", "--extract", written(package, tmp_path), tree)
    (tmp_path / "debian/control").write_text(
        f"Source: x\nMaintainer: {package.maintainer}\n\nPackage: ruijie-proxy\n"
        "Architecture: any\nDescription: x\n"
    )
    (tmp_path / "debian/changelog").write_text(
        f"x (1) unstable; urgency=medium\n\n  * x\n\n -- {package.maintainer}  "
        "Thu, 01 Jan 2026 00:00:00 +0000\n"
    )
    done = subprocess.run(
        ["dpkg-gencontrol", "-O", f"-P{tree}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    (counted,) = [line for line in done.stdout.splitlines() if line.startswith("Installed-Size")]
    assert counted in package.control


def test_the_unit_starts_the_program_that_is_in_it(package: Deb) -> None:
    (unit,) = [file for file in package.files if file.path.endswith(".service")]
    text = unit.data.decode()

    assert "\nExecStart=/usr/bin/ruijie-proxy run -c %d/config.yaml\n" in text
    assert "/usr/local" not in text
    assert f"\nConditionPathExists={YAML_PATH}\n" in text


def test_the_manual_names_every_command_in_both_languages(package: Deb, tmp_path: Path) -> None:
    run("dpkg-deb", "--extract", written(package, tmp_path), tmp_path / "there")
    pages = {
        name: subprocess.run(
            ["gunzip", "--stdout", tmp_path / "there/usr/share/man" / name / "ruijie-proxy.8.gz"],
            capture_output=True,
            check=True,
        ).stdout.decode()
        for name in ("man8", "zh_CN/man8")
    }

    for page in pages.values():
        absent = {f".B {name}" for name in commands.commands} - set(page.splitlines())
        assert absent == {".B lab", ".B deploy"}
    assert ".SH NAME\n" in pages["man8"]
    assert "检查配置，指出其中的每一处错误。" in pages["zh_CN/man8"]


# Its life.


def test_installed_it_runs_and_tells_what_is_still_missing(package: Deb, root: Root) -> None:
    told = root.dpkg("--install", written(package, root.folder.parent))

    assert run(root.path("/usr/bin/ruijie-proxy")).stdout == "runs\n"
    assert f"nothing runs before there is {YAML_PATH}" in told
    assert root.dpkg("--verify", "ruijie-proxy") == ""


def test_an_upgrade_leaves_the_configuration_and_asks_for_a_changed_example_alone(
    package: Deb, root: Root
) -> None:
    root.dpkg("--install", written(package, root.folder.parent))
    root.path(YAML_PATH).write_text("mine\n")
    root.path(EXAMPLE).write_text("mine, too\n")
    files = tuple(
        File(EXAMPLE, b"newer\n") if file.path == EXAMPLE else file for file in package.files
    )
    newer = written(replace(package, version="9.0-1", files=files), root.folder.parent)

    told = root.dpkg("--install", newer, answer="N\n")

    assert "*** config.example.yaml (Y/I/N/O/D/Z) [default=N] ?" in told
    assert root.path(YAML_PATH).read_text() == "mine\n"
    assert root.path(EXAMPLE).read_text() == "mine, too\n"
    assert root.path(f"{EXAMPLE}.dpkg-dist").read_text() == "newer\n"
    # Without a question, as unattended upgrades do it.
    root.dpkg("--force-confnew", "--install", newer)
    assert root.path(YAML_PATH).read_text() == "mine\n"


def test_a_removal_leaves_what_is_the_users_and_a_purge_nothing(package: Deb, root: Root) -> None:
    root.dpkg("--install", written(package, root.folder.parent))
    users = {YAML_PATH, "/etc/ruijie-proxy/seal.key", "/var/lib/private/ruijie-proxy/journal.jsonl"}
    for name in users:
        root.path(name).parent.mkdir(parents=True, exist_ok=True)
        root.path(name).write_text("mine\n")
    root.path("/var/lib/ruijie-proxy").symlink_to("private/ruijie-proxy")

    root.dpkg("--remove", "ruijie-proxy")
    left = {name for name in root.files() if "systemd" not in name}
    assert left == {*users, EXAMPLE, "/var/lib/ruijie-proxy"}

    root.dpkg("--purge", "ruijie-proxy")
    assert root.files() == set()
    assert not root.path("/etc/ruijie-proxy").exists()


def test_it_says_so_where_the_service_of_make_install_goes_first(package: Deb, root: Root) -> None:
    unit = root.path("/usr/local/lib/systemd/system/ruijie-proxy.service")
    unit.parent.mkdir(parents=True)
    unit.touch()

    told = root.dpkg("--install", written(package, root.folder.parent))

    assert "take it away with make uninstall" in told


# What dpkg would not take.


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "Ruijie_Proxy"}, "cannot be a package's name"),
        ({"version": "v1"}, "is no version for dpkg"),
        ({"architecture": "x86 64"}, "cannot be an architecture"),
        ({"conffiles": ("/etc/other",)}, "/etc/other is the user's to change, and is not in"),
        ({"scripts": {"postinstall": ""}}, "dpkg knows no script 'postinstall'"),
        ({"files": (File("/a", b""), File("/a", b""))}, "/a is there twice"),
    ],
)
def test_a_package_that_dpkg_would_refuse_is_not_written(
    package: Deb, wrong: dict[str, object], told: str
) -> None:
    changed = replace(package, **{"conffiles": (), **wrong})  # type: ignore[arg-type]

    with pytest.raises(BadDeb if "twice" not in told else ValueError, match=told):
        changed.to_bytes(TIME)


# The command.


@pytest.mark.parametrize(
    ("kind", "named", "told"),
    [
        ("deb", "mips", "for the architecture mips; there are amd64, arm64, armhf"),
        ("executable", "mipsel", "for the architecture mipsel; nearest are mipsel_"),
    ],
)
def test_an_unknown_architecture_is_told_with_those_there_are(
    tmp_path: Path, kind: str, named: str, told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openwrt.packaging", "--output", tmp_path, kind, named],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert told in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_for_which_there_is_no_room_is_told_and_nothing_of_it_is_left(
    tmp_path: Path, executable: Path
) -> None:
    executable.write_bytes(os.urandom(100_000))
    output = tmp_path / "dist"

    done = subprocess.run(
        # No file may become larger than this.
        [
            *("prlimit", "--fsize=50000", sys.executable, "-m", "openwrt.packaging"),
            *("--output", output, "deb", "amd64", executable),
        ],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.endswith("_amd64.deb was not written: File too large\n")
    assert list(output.iterdir()) == []
