"""Starting and ending the processes that are measured or help to."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, cast

from bench.errors import BenchError

PROGRAM = str(Path(sys.executable).with_name("ruijie-proxy"))
"""The command as it is installed beside this interpreter."""
COMMAND = (sys.executable, PROGRAM)
"""As services call it: ``python -m`` would have the modules in memory that look for others."""
STOP_TIMEOUT = 5.0
"""Seconds in which a process has to end when it is told to."""
FINISH_PATIENCE = 30.0
"""Seconds in which one has to tell what it has to tell."""


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


class NamespacedProcess:
    """A process in a namespace, which says things line by line."""

    def __init__(self, namespace: str, *command: str, log: Path | None = None) -> None:
        """Start it; its standard error goes to a file, or where this process's goes."""
        error = None if log is None else log.open("wb")
        self._process = subprocess.Popen(
            # In place of itself, so that this is the process's own number.
            ["ip", "netns", "exec", namespace, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=error,
            # What was not read yet is left to the system, which can be waited on.
            bufsize=0,
            start_new_session=True,
        )
        if error is not None:
            error.close()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    def wait_for(self, word: str, patience: float, other: NamespacedProcess | None = None) -> None:
        """Wait for the next line to come, and be this, unless another process ends before.

        Raises BenchError.
        """
        if self.next_line(patience, other) != word:
            raise BenchError(f"{self._process.args!r} ended before “{word}”")

    def next_line(self, patience: float, other: NamespacedProcess | None = None) -> str:
        """Wait for the next line to come, unless another process ends before.

        Returns "" when it has ended. Raises BenchError when none comes in so many seconds.
        """
        output = cast(IO[bytes], self._process.stdout)
        others = [] if other is None else [cast(IO[bytes], other._process.stdout)]
        ready, _, _ = select.select([output, *others], [], [], patience)
        if output not in ready:
            raise BenchError(f"{self._process.args!r} says nothing in {patience:.0f} s")
        return output.readline().decode().strip()

    def finish(self) -> dict[str, Any]:
        """End its input, and return what it tells then."""
        told, _ = self._process.communicate(timeout=FINISH_PATIENCE)
        answer: dict[str, Any] = json.loads(told)
        return answer

    def stop(self) -> None:
        """End it."""
        stop_process(self._process)
