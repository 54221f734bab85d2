"""What installing a package, upgrading to it and removing it have in common, by opkg and by apk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from openwrt.packaging.package import Package
from tests.openwrt.router_root import Router

PROGRAM = "#!/bin/sh\n# In place of an executable with Python in it.\nexit 0\n"
LIBRARY = "/usr/lib/ruijie-proxy"
CONFIGURATION = "/etc/config/ruijie-proxy"
MODULE = f"{LIBRARY}/ruijie_proxy/runtime/daemon.py"
KEPT_BY_THE_DAEMON = {
    "/etc/ruijie-proxy/journal/journal.jsonl": "{}\n",
    "/etc/ruijie-proxy/profiles/campus.json": "{}\n",
    "/etc/ruijie-proxy/seal.key": "key\n",
    "/var/lib/ruijie-proxy/campus.json": "{}\n",
    "/var/run/ruijie-proxy/control.sock": "",
}


def next_version(package: Package) -> Package:
    return replace(package, version="9.9.9-1")


def use(router: Router) -> None:
    """Leave what the daemon leaves."""
    for name, text in KEPT_BY_THE_DAEMON.items():
        router.path(name).parent.mkdir(parents=True, exist_ok=True)
        router.path(name).write_text(text)


def bytecode(router: Router) -> list[Path]:
    return sorted(router.path(LIBRARY).rglob("*.pyc"))
