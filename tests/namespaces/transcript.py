"""What a started program says, and waiting for it to say something."""

from __future__ import annotations

import os
import select
import subprocess
import time

PATIENCE = 60.0
"""Seconds in which a program has to say what is waited for; an idle one needs no three."""
_READ_SIZE = 64 * 1024


class Transcript:
    """The lines of a process. They are read while one is waited for."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Begin with a process whose output is a pipe; nobody else may read it."""
        assert process.stdout is not None
        self._process = process
        self._descriptor = process.stdout.fileno()
        self._output = b""
        self._heard = 0
        """Up to where the output has been waited for."""

    @property
    def text(self) -> str:
        """What has been said until now."""
        while self._read(time.monotonic()):
            pass
        return self._output.decode()

    def wait_for(self, words: str, timeout: float = PATIENCE) -> str:
        """Return the next line, after those waited for before, that holds these words."""
        deadline = time.monotonic() + timeout
        while True:
            line = self._next_line(deadline)
            assert line is not None, f"{words!r} was not said, but:\n{self.text}"
            if words in line:
                return line

    def wait_for_all(self, *several: str, timeout: float = PATIENCE) -> None:
        """Wait for as many lines, which may come in any order."""
        deadline = time.monotonic() + timeout
        missing = set(several)
        while missing:
            line = self._next_line(deadline)
            assert line is not None, f"{missing} were not said, but:\n{self.text}"
            missing -= {words for words in missing if words in line}

    def wait_for_end(self, timeout: float = PATIENCE) -> int:
        """Return the exit code, once the process has ended and everything it said has been read."""
        deadline = time.monotonic() + timeout
        while self._read(deadline):
            pass
        return self._process.wait(max(0.0, deadline - time.monotonic()))

    def _next_line(self, deadline: float) -> str | None:
        while (end := self._output.find(b"\n", self._heard)) < 0:
            if not self._read(deadline):
                return None
        line = self._output[self._heard : end].decode()
        self._heard = end + 1
        return line

    def _read(self, deadline: float) -> bool:
        """Take up what is there, waiting until the deadline; False: nothing came, or the end."""
        left = max(0.0, deadline - time.monotonic())
        if not select.select([self._descriptor], [], [], left)[0]:
            return False
        piece = os.read(self._descriptor, _READ_SIZE)
        self._output += piece
        return bool(piece)
