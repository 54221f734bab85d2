"""Whose a campus's namespaces and files are: their names tell it, even after a crash."""

from __future__ import annotations

import os
import re

_OWNED = re.compile(r"rp-lab-(?P<owner>\d+)-.+")


def owned_prefix() -> str:
    """Return what the names of this process's things begin with."""
    return f"rp-lab-{os.getpid()}-"


def is_stale(name: str) -> bool:
    """Whether a name is that of a campus whose process is gone."""
    match = _OWNED.fullmatch(name)
    return match is not None and not _is_alive(int(match["owner"]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
