"""Commands for a test that presses Ctrl-C."""

from __future__ import annotations

HEARING_CTRL_C = ("env", "--default-signal=INT")
"""What such a command begins with: in the background of a shell, which has its children ignore
SIGINT, a command of a test would ignore it, too."""
