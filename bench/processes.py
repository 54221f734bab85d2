"""Starting and ending the processes that are measured or help to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("ruijie-proxy"))
"""The command as it is installed beside this interpreter."""
COMMAND = (sys.executable, PROGRAM)
"""As services call it: ``python -m`` would have the modules in memory that look for others."""
STOP_TIMEOUT = 5.0
"""Seconds in which a process has to end when it is told to."""


def start_process(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a process whose standard output can be read, and which Ctrl-C does not reach."""
    return subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """End it; by force if it does not end in time."""
    with process:
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
