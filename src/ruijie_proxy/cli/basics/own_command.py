"""How the program was started, to start it anew."""

from __future__ import annotations

import sys


def own_command() -> list[str]:
    """Return the command that starts the program anew, as it was started."""
    # The same script or module again: only that one knows where the program's modules are.
    return sys.orig_argv[: len(sys.orig_argv) - len(sys.argv[1:])]
