"""Which version the packages are of, and the time that everything in them has."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

# openwrt/Makefile reads it here.
PKG_RELEASE = 1
"""Counts the packages made of one version of the program."""
_TIME = 1_767_225_600
"""2026-01-01 00:00 UTC: of no meaning, but always the same."""
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def version(checkout: Path) -> str:
    """Return the version of the checkout's packages, such as 0.1.0-1. Raises OSError."""
    text = (checkout / "src/ruijie_proxy/__init__.py").read_text(encoding="utf-8")
    found = _VERSION.search(text)
    if found is None:
        raise AssertionError("src/ruijie_proxy/__init__.py does not say a version")
    return f"{found[1]}-{PKG_RELEASE}"


def time_of_members(environment: Mapping[str, str] = os.environ) -> int:
    """Return the time of all files, in seconds since 1970.

    ``SOURCE_DATE_EPOCH`` (reproducible-builds.org) goes first. Raises ValueError where that is no
    number of seconds.
    """
    return int(environment.get("SOURCE_DATE_EPOCH", _TIME))
