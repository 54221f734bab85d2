"""A router for tests: a folder in which OpenWrt's scripts run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.openwrt.router_root import Router


@pytest.fixture
def router(tmp_path: Path) -> Router:
    return Router(tmp_path / "router")
