"""A command in a terminal of its own, as people use it."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from types import TracebackType

from tests.ctrl_c import HEARING_CTRL_C

PATIENCE = 60.0
_READ_SIZE = 65536


class InTerminal:
    """``ruijie-proxy`` with arguments in a pseudo-terminal, while the context lasts."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self._screen, terminal = pty.openpty()
        # A session of its own, with the terminal as its own: so that Ctrl-C reaches it.
        enter = (
            "import os, sys, fcntl, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
            "os.execv(sys.executable, sys.argv[1:])"
        )
        self._process = subprocess.Popen(
            [
                *(*HEARING_CTRL_C, sys.executable, "-c", enter),
                *(sys.executable, "-m", "ruijie_proxy", *arguments),
            ],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env={
                **os.environ,
                "TERM": "xterm",
                "LANGUAGE": "en",
                "LC_ALL": "C.UTF-8",
                **environment,
            },
        )
        os.close(terminal)
        self.shown = ""

    def __enter__(self) -> InTerminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def wait_for(self, words: str, *, anew: bool = False) -> None:
        """Wait until this is on the screen; ``anew``: not counting what was."""
        deadline = time.monotonic() + PATIENCE
        seen = len(self.shown) if anew else 0
        while words not in self.shown[seen:]:
            left = deadline - time.monotonic()
            assert self._read(max(0.0, left)), f"{words!r} is not in {self.shown!r}"

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._screen, f"{text}\n".encode())

    def press_ctrl_c(self) -> None:
        """Interrupt it, by the terminal."""
        os.write(self._screen, b"\x03")

    def end(self) -> int:
        """Wait for its end, and return its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(max(0.0, deadline - time.monotonic())):
            pass
        return self._process.wait(PATIENCE)

    def _read(self, timeout: float) -> bool:
        if not select.select([self._screen], [], [], timeout)[0]:
            return False
        try:
            piece = os.read(self._screen, _READ_SIZE)
        except OSError:
            return False  # EIO: nobody has the terminal open any more
        self.shown += piece.decode(errors="replace")
        return bool(piece)
