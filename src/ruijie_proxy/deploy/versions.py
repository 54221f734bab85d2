"""Which of two versions of a package is newer, whichever package manager has written them."""

from __future__ import annotations

import re

_APK_RELEASE = re.compile(r"-r([0-9]+)$")
_PART = re.compile(r"[0-9]+|[a-z]+|~")
_BEFORE_A_RELEASE = ("alpha", "beta", "dev", "pre", "rc", "~")
_END = (1, 0, "")
"""Where a version ends: behind what comes before a release, and before all that comes after it."""


def usual(version: str) -> str:
    """Return a version as ipk files have it: 0.1.0-1, where apk says 0.1.0-r1."""
    return _APK_RELEASE.sub(r"-\1", version)


def age(version: str) -> list[tuple[int, int, str]]:
    """Return what is larger the newer a version is."""
    parts = []
    for part in _PART.findall(usual(version)):
        if part.isdecimal():
            parts.append((2, int(part), ""))
        else:
            parts.append((0 if part in _BEFORE_A_RELEASE else 3, 0, part))
    return [*parts, _END]
