"""``make ipk``, ``make apk`` and ``make release``: which programs they call, with what."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.openwrt.checkout import CHECKOUT

PYTHON = """\
#!/bin/sh
# In place of the virtual environment's: notes what it is called with, and builds nothing.
echo "$*" >>"$(dirname "$0")/called"
[ "$2" != openwrt.standalone ] || { [ ! -e "$(dirname "$0")/broken" ] && echo /built/ruijie-proxy; }
"""


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """A virtual environment that is ready."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").write_text(PYTHON)
    (tmp_path / "bin/python").chmod(0o755)
    (tmp_path / ".ready").touch()
    return tmp_path


@pytest.fixture(params=["ipk", "apk"])
def target(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def make(environment: Path, *arguments: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        ["make", "-C", CHECKOUT, f"VENV={environment}", *arguments],
        capture_output=True,
        check=False,
    )
    return done.returncode, (environment / "bin/called").read_text().splitlines()


def test_without_an_architecture_the_packages_for_all_are_made(
    environment: Path, target: str
) -> None:
    assert make(environment, target) == (0, [f"-m openwrt.packaging --format {target}"])


def test_with_an_architecture_its_executable_is_built_and_packed(
    environment: Path, target: str
) -> None:
    assert make(environment, target, "ARCH=x86_64") == (
        0,
        [
            "-m openwrt.standalone x86_64",
            f"-m openwrt.packaging --format {target} self-contained x86_64 /built/ruijie-proxy",
        ],
    )


def test_an_executable_that_cannot_be_built_is_not_packed(environment: Path, target: str) -> None:
    (environment / "bin/broken").touch()

    code, called = make(environment, target, "ARCH=x86_64")

    assert code != 0
    assert called == ["-m openwrt.standalone x86_64"]


def test_a_release_is_of_everything_or_of_some_architectures(environment: Path) -> None:
    assert make(environment, "release") == (0, ["-m openwrt.everything"])
    _, called = make(environment, "release", "ARCHS=x86_64 mipsel_24kc")
    assert called[1:] == ["-m openwrt.everything x86_64 mipsel_24kc"]
