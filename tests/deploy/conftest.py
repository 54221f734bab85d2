"""A router that can be reached by SSH, packages for it, and a laptop that deploys them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from openwrt.packaging.kinds import luci_package, pure_package, self_contained_package
from openwrt.packaging.package import Package
from tests.deploy.laptop import Laptop
from tests.deploy.router_machine import ARCHITECTURE, PROGRAM, Manager, RouterMachine
from tests.openwrt.checkout import CHECKOUT

TIME = 1_767_225_600


def write(package: Package, folder: Path) -> None:
    """Write a package's files for either manager."""
    folder.mkdir(exist_ok=True)
    (folder / package.file_name).write_bytes(package.to_ipk(TIME))
    (folder / package.apk_file_name).write_bytes(package.to_apk(TIME))


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The self-contained package, whose executable is a script that has the program run."""
    executable = tmp_path_factory.mktemp("built") / "program"
    executable.write_text(PROGRAM)
    executable.with_name("copyright").write_text("Everybody's.\n")
    return self_contained_package(CHECKOUT, ARCHITECTURE, executable)


@pytest.fixture(scope="session")
def pages() -> Package:
    return luci_package(CHECKOUT, lambda path: b"lmo of " + path.name.encode())


@pytest.fixture(scope="session")
def pure() -> Package:
    return pure_package(CHECKOUT)


@pytest.fixture
def dist(tmp_path: Path, program: Package, pages: Package) -> Path:
    """A folder with the packages for both managers."""
    folder = tmp_path / "dist"
    for package in (program, pages):
        write(package, folder)
    return folder


@pytest.fixture(params=["opkg", "apk"])
def manager(request: pytest.FixtureRequest) -> Manager:
    chosen: Manager = request.param
    return chosen


@pytest.fixture
def machine(tmp_path: Path, manager: Manager) -> Iterator[RouterMachine]:
    """A router with LuCI and a network, that nothing of ours is on."""
    machine = RouterMachine(tmp_path / "machine", manager)
    machine.has_luci()
    with machine:
        yield machine


@pytest.fixture
def laptop(tmp_path: Path, machine: RouterMachine, dist: Path) -> Laptop:
    """A laptop with a key that the router knows."""
    laptop = Laptop(tmp_path / "laptop", machine.port, dist)
    machine.let_in(laptop.public_key)
    return laptop


@pytest.fixture
def state(machine: RouterMachine) -> Callable[[], dict[str, bytes | None]]:
    """What is on the router, file by file."""
    return machine.router.everything
