"""Ctrl-C reaches what a test starts, however the tests were started."""

from __future__ import annotations

import subprocess
import sys

from tests.ctrl_c import HEARING_CTRL_C

IN_THE_BACKGROUND = ("env", "--ignore-signal=INT")
"""What a shell's `&` does to a command, and to all that it starts."""
HEARS_IT = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"


def test_a_command_hears_ctrl_c_even_in_the_background() -> None:
    assert hears_it(*IN_THE_BACKGROUND) == "False\n"
    assert hears_it(*IN_THE_BACKGROUND, *HEARING_CTRL_C) == "True\n"


def hears_it(*start: str) -> str:
    command = [*start, sys.executable, "-c", HEARS_IT]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
