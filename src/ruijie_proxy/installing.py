"""How a package that a command needs, and that is missing, gets onto this machine."""

from __future__ import annotations

import os
import shutil
import sys

from ruijie_proxy.i18n import _

OPENWRT = "/etc/openwrt_release"
"""What every release of OpenWrt has, and nothing else."""


def how_to_install(from_pypi: str, from_feed: str | None) -> str:
    """Return what to run, or do, in the user's language.

    ``from_pypi``: what pip is to install. ``from_feed``: the name of OpenWrt's package of it, None
    where its feed has none.
    """
    if getattr(sys, "frozen", False):  # as openwrt/standalone makes it
        return _(
            "the package of this router's architecture is closed; take the one that is called "
            "…_all, for routers with Python"
        )
    if not os.path.exists(OPENWRT):
        return f"{_pip()} install {from_pypi}"
    # From OpenWrt 25.12 on; before it was opkg.
    install = "apk update && apk add" if shutil.which("apk") else "opkg update && opkg install"
    if from_feed is not None:
        return f"{install} {from_feed}"
    return f"{install} python3-pip && pip install {from_pypi}"


def _pip() -> str:
    """Return the command of the pip that installs where this Python looks.

    A system's own refuses to, on Debian 12 and later (PEP 668), and would install elsewhere.
    """
    if sys.prefix == sys.base_prefix:
        return "pip"
    programs = os.path.join(sys.prefix, "bin")
    pip = os.path.join(programs, "pip")
    if os.path.exists(pip):
        return pip
    # As `make install` and pipx leave it: without one.
    python = os.path.join(programs, "python3")
    return f"{python} -m ensurepip && {python} -m pip"
