"""Tests of VLANs run where the kernel has them; elsewhere they are skipped, and say so."""

from __future__ import annotations

import functools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import namespace_obstacle
from tests.namespaces.conftest import Network

REQUIRE_VLANS = "RUIJIE_PROXY_REQUIRE_VLANS"
"""Set to 1 (as `make test-vlan` does) where no test may be left out."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip every test beside this file where it cannot run, unless it has to."""
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    obstacle = vlan_obstacle() if here else None
    if obstacle and os.environ.get(REQUIRE_VLANS, "") in ("", "0"):
        for item in here:
            item.add_marker(pytest.mark.skip(f"no VLANs here ({obstacle}): make test-vlan"))


@functools.cache
def vlan_obstacle() -> str | None:
    """Return what keeps this process from making a bridge with VLANs; None: nothing does."""
    obstacle = namespace_obstacle()
    if obstacle:
        return obstacle
    name = f"rp-vlans-{os.getpid()}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        make = ["ip", "-n", name, "link", "add", "type", "bridge", "vlan_filtering", "1"]
        made = subprocess.run(make, capture_output=True, text=True, check=False)
        return None if made.returncode == 0 else made.stderr.strip()
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


@pytest.fixture
def network() -> Iterator[Network]:
    """Give a test its own network."""
    with Network() as network:
        yield network
