"""The self-contained program, built for each architecture and run under an emulator.

The emulator is told to be the oldest processor that an executable serves: what that one lacks ends
the program there, too. Building takes two minutes an executable, once: what is in
``build/standalone`` is used again. Which are tested, RUIJIE_PROXY_ARCHITECTURES says: names with
spaces between them, or ``all``; without it, :data:`CHOSEN`.
"""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from openwrt.packaging.kinds import self_contained_package
from openwrt.packaging.package import Package
from openwrt.standalone.architectures import (
    ARCHITECTURES,
    EXECUTABLES,
    Architecture,
    architecture_named,
)
from openwrt.standalone.build import Built, build
from tests.conftest import NOT_HERE

CHECKOUT = Path(__file__).parents[3]
FOLDER = CHECKOUT / "build" / "standalone"
SOURCES_OF = "bookworm"
"""The release of Debian, number 12, that has the source packages which the build is made of."""
TIMEOUT = 300.0
"""Seconds for a command: it is emulated."""
NATIVE = "x86_64"
"""The architecture of the machine that builds."""
CHOSEN = (
    NATIVE,
    "aarch64_cortex-a53",
    "arm_cortex-a7_neon-vfpv4",
    "mips_24kc",
    "mipsel_24kc",
    "i386_pentium-mmx",
)
"""Those of most routers, and one with code of its own in main.c."""


def executables_to_test() -> list[str]:
    """Return the rows to test, by their names. Raises BuildError where there is no such one."""
    asked = os.environ.get("RUIJIE_PROXY_ARCHITECTURES", "").split() or CHOSEN
    rows = EXECUTABLES if asked == ["all"] else map(architecture_named, asked)
    return sorted({architecture.name for architecture in rows})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test beside this file, by the architecture that it builds for."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            call = getattr(item, "callspec", None)
            built_for = NATIVE if call is None else call.params.get("installed", NATIVE)
            item.add_marker("alone" if built_for == NATIVE else "foreign")


@dataclass(frozen=True)
class Installed:
    """The package, unpacked into a directory, and what runs its programs."""

    architecture: Architecture
    built: Built
    package: Package
    root: Path

    @property
    def program(self) -> list[str]:
        """The command of the program."""
        return [*self._emulator, str(self.root / "usr/bin/ruijie-proxy")]

    def run(
        self, *arguments: str, language: str = "en", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run the packaged program to its end."""
        return self._run([*self.program, *arguments], {"LANGUAGE": language, **(environment or {})})

    def run_code(self, code: str) -> str:
        """Run Python with the interpreter and the modules that are in the package."""
        done = self._run([*self._emulator, str(self.built.interpreter), code], {})
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def _emulator(self) -> list[str]:
        return [self.architecture.emulator, "-cpu", self.architecture.oldest]

    def _run(
        self, command: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIMEOUT,
            check=False,
        )


@pytest.fixture(scope="session", params=executables_to_test())
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    return install(ARCHITECTURES[request.param], tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def native(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(ARCHITECTURES[NATIVE], tmp_path_factory.mktemp("native"))


def install(architecture: Architecture, root: Path) -> Installed:
    if platform.freedesktop_os_release().get("VERSION_CODENAME") != SOURCES_OF:
        pytest.skip(f"{NOT_HERE}the cross-build takes its sources from Debian's {SOURCES_OF}")
    built = build(architecture, CHECKOUT / "src", FOLDER)
    package = self_contained_package(CHECKOUT, architecture.name, built.executable)
    for file in package.files:
        target = root / file.path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.data)
        target.chmod(file.mode)
    return Installed(architecture, built, package, root)
