"""Processes that are no children of the test's, and whether they still run."""

from __future__ import annotations

from pathlib import Path


def is_running(pid: int) -> bool:
    """Whether the process is there and not yet a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # the latter: it ended while it was read
        return False
    return stat.rsplit(") ", 1)[1][0] != "Z"
