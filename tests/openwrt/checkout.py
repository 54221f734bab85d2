"""Copies of the checkout, as somebody else may have it in another place."""

from __future__ import annotations

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
LUCI_APP = Path("openwrt/luci-app-ruijie-proxy")
LICENCE = "LICENSE"
PARTS = ("openwrt", "src", "tools")
"""What packages are made of."""


def copy_of_checkout(target: Path) -> Path:
    """Copy what packages are made of, without what running it has left; return the target."""
    for part in PARTS:
        shutil.copytree(
            CHECKOUT / part, target / part, ignore=shutil.ignore_patterns("__pycache__", "*.mo")
        )
    shutil.copy(CHECKOUT / LICENCE, target)
    return target


def stand_in_for_luci(checkout: Path) -> None:
    """Give a copy of the checkout a LuCI app of a few files, in place of its own if any."""
    app = checkout / LUCI_APP
    shutil.rmtree(app, ignore_errors=True)
    for name in (
        "htdocs/luci-static/resources/view/ruijie-proxy/overview.js",
        "root/usr/share/luci/menu.d/luci-app-ruijie-proxy.json",
        "root/usr/libexec/rpcd/ruijie-proxy",
        "po/zh_Hans/ruijie-proxy.po",
    ):
        (app / name).parent.mkdir(parents=True)
        (app / name).write_text(name)
