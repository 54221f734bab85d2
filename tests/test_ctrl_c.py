"""Ctrl-C reaches what a test starts, however that was started, and ends the program quietly."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import termios

import pytest

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


PRESSING_CTRL_C = """
import os, signal, sys
number, imports = int(sys.argv.pop(1)), 0
def count(event, _):
    global imports
    if event == "import" and "ruijie_proxy.cli.basics.ctrl_c" in sys.modules:
        imports += 1
        if imports == number:
            os.kill(os.getpid(), signal.SIGINT)
sys.addaudithook(count)
from ruijie_proxy.cli import main
try:
    main()
finally:
    if not number:
        print("imports:", imports)
"""
"""Runs a command, and presses Ctrl-C as it begins its import of this number; 0: never."""
PLACES = 5
"""In how many of a command's imports it is pressed, from the first to the last."""


def pressed_at(number: int, *command: str) -> subprocess.CompletedProcess[str]:
    """Return what comes of a command in whose import of this number Ctrl-C is pressed."""
    start = [*HEARING_CTRL_C, sys.executable, "-c", PRESSING_CTRL_C, str(number)]
    return subprocess.run(
        [*start, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        ("login", "--wan", "lo", "-u", "20261234"),
        ("status", "-c", "/nothing.yaml"),
        ("doctor", "-c", "/nothing.yaml"),
    ],
    ids=lambda command: command[0],
)
def test_ctrl_c_ends_a_command_quietly_in_whichever_import_it_comes(
    command: tuple[str, ...],
) -> None:
    imports = int(pressed_at(0, *command).stdout.split()[-1])
    assert imports > PLACES

    # But for the last two: those are of its end, when it has said what is wrong.
    for number in range(1, imports - 1, imports // PLACES):
        done = pressed_at(number, *command)
        # A shell says 130 of both: it was the signal, or the program says so itself.
        assert done.returncode in (-signal.SIGINT, 130), number
        assert done.stderr == "", number


def test_ctrl_c_at_the_question_for_a_password_leaves_the_terminal_as_it_was() -> None:
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    # A session of its own, so that the terminal is its own, too.
    enter = "import os, sys; os.setsid(); os.open(os.ttyname(0), os.O_RDWR); "
    enter += "os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", enter, sys.executable, "-m", "ruijie_proxy"]
    command += ["password", "seal", "-u", "20261234", "--key-file", "/nothing.key"]
    with subprocess.Popen(
        [*HEARING_CTRL_C, *command], stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        told = b""
        while b"20261234" not in told:
            told += os.read(ours, 4096)
        assert not termios.tcgetattr(theirs)[3] & termios.ECHO

        os.write(ours, b"\x03")
        assert process.wait() == 130

    told += os.read(ours, 4096)
    assert told.count(b"\n") == 1
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)
