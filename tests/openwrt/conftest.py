"""A router for tests: a folder in which OpenWrt's scripts run."""

from __future__ import annotations

from pathlib import Path

import pytest

from openwrt.packaging.kinds import luci_package, pure_package, self_contained_package
from openwrt.packaging.package import Package
from tests.openwrt.checkout import CHECKOUT
from tests.openwrt.installing import PROGRAM
from tests.openwrt.router_root import Router


@pytest.fixture
def router(tmp_path: Path) -> Router:
    return Router(tmp_path / "router")


@pytest.fixture
def pure() -> Package:
    """The package of the program in Python, whose configuration is right."""
    return pure_package(CHECKOUT)


@pytest.fixture
def small(tmp_path: Path) -> Package:
    """A self-contained package of a program that only says that all is well."""
    executable = tmp_path / "program"
    executable.write_text(PROGRAM)
    executable.with_name("copyright").write_text("its authors'")
    return self_contained_package(CHECKOUT, "mipsel_24kc", executable)


@pytest.fixture
def pages(router: Router) -> Package:
    """The package for LuCI, and on the router what LuCI keeps, and rpcd."""
    router.path("/tmp/luci-modulecache").mkdir()
    router.path("/etc/init.d/rpcd").write_text('#!/bin/sh\necho "rpcd $1" >>/told\n')
    router.path("/etc/init.d/rpcd").chmod(0o755)
    return luci_package(CHECKOUT, lambda path: b"lmo of " + path.name.encode())


@pytest.fixture
def executable(tmp_path: Path) -> Path:
    """What is packed as if it were one."""
    executable = tmp_path / "built"
    executable.write_bytes(b"\x7fELF and so on")
    executable.with_name("copyright").write_text("its authors'\n")
    return executable
