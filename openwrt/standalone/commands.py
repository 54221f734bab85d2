"""Running the tools that a build is made of."""

from __future__ import annotations

import subprocess
from pathlib import Path

from openwrt.standalone.errors import BuildError


def run(
    command: list[str], folder: Path, otherwise: str, environment: dict[str, str] | None = None
) -> str:
    """Run a command in a folder and return its output.

    ``environment`` replaces this process's. Raises BuildError, which says ``otherwise`` and what
    the command said.
    """
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildError(f"{otherwise}:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
