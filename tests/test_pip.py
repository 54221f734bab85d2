"""Wheel and sdist, as the newest pip of each year installs them."""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from ruijie_proxy import __version__

ROOT = Path(__file__).parents[1]
FETCHED = ROOT / "build" / "pips"
"""Where each pip stays once it was fetched."""
LAST_OF_EACH_YEAR = ("22.3.1", "23.3.2", "24.3.1", "25.3", "26.3")
DEBIAN_13 = "25.1.1"
TIMEOUT = 300
INSTALL = ("install", "--no-index", "--no-deps", "--no-build-isolation", "--no-compile")
"""Offline: what builds it, hatchling, is there; what it depends on is not asked for."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("sdist", tmp_path_factory.mktemp("sdist"))


@pytest.fixture(params=[*LAST_OF_EACH_YEAR, DEBIAN_13])
def pip(request: pytest.FixtureRequest) -> list[str]:
    """Return the command of a pip."""
    command = [sys.executable, str(fetched(request.param) / "pip")]
    if not works(*command):
        pytest.skip(f"pip {request.param} does not run on this Python")
    return command


@functools.cache
def works(*pip: str) -> bool:
    """Whether a pip knows this Python: the oldest do not know the newest."""
    return run([*pip], "list").returncode == 0


def built(kind: str, folder: Path) -> Path:
    """Build one kind of package into an empty folder, and return it."""
    done = run([sys.executable, "-m", "hatchling"], "build", "--target", kind, "-d", str(folder))
    assert done.returncode == 0, done.stderr
    (package,) = folder.iterdir()
    return package


def fetched(version: str) -> Path:
    """Return the folder of a pip, fetched if it is not there."""
    FETCHED.mkdir(parents=True, exist_ok=True)
    folder, partial = FETCHED / version, FETCHED / "partial"
    with (FETCHED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            shutil.rmtree(partial, ignore_errors=True)
            fetch = ("install", "--quiet", "--no-deps", f"pip=={version}", "--target", str(partial))
            done = run([sys.executable, "-m", "pip"], *fetch)
            assert done.returncode == 0, done.stderr
            partial.rename(folder)
    return folder


def run(command: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_every_years_pip_installs_it(
    pip: list[str], kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    package: Path = request.getfixturevalue(kind)

    done = run(pip, *INSTALL, "--target", str(tmp_path), str(package))

    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"ruijie_proxy-{__version__}.dist-info").is_dir()
    assert (tmp_path / "bin" / "ruijie-proxy").is_file()


def test_a_wheel_has_the_compiled_messages_and_not_their_sources(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert "ruijie_proxy/locale/zh_CN/ruijie-proxy.mo" in names
    assert [name for name in names if name.endswith(".po")] == []


def test_an_sdist_has_the_sources_of_the_messages(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = archive.getnames()

    folder = f"ruijie_proxy-{__version__}/src/ruijie_proxy/locale/zh_CN"
    assert {f"{folder}/cli.po", f"{folder}/runtime.po"} <= set(names)
