"""The processes of a campus, as their parent sees them: endpoints, and the daemon."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO, cast

from ruijie_proxy.lab.campus.endpoint import MODULE, STOP, Setup
from ruijie_proxy.lab.campus.lines import LineReader
from ruijie_proxy.lab.events import Event, EventKind

THIS_PROGRAM = (sys.executable, "-m", "ruijie_proxy")
"""The command, wherever this module is."""
STOP_TIMEOUT = 20.0
"""Seconds a process gets to end by itself before it is killed."""
ROUTER = "router"
_CHINESE = {"PYTHONIOENCODING": "utf-8"}
"""Messages of servers are Chinese, whatever this machine's locale is."""
_LEVEL = re.compile(r"<(?P<level>\d)>")


def _journal(output: int) -> dict[str, str]:
    """Return what makes a child take a descriptor for systemd's journal (systemd.exec(5)).

    Then it writes each line behind its level in angle brackets, and without the time.
    """
    stream = os.fstat(output)
    return {"JOURNAL_STREAM": f"{stream.st_dev}:{stream.st_ino}"}


class CampusProcess:
    """A child process whose output is events."""

    _errors: int | None = None
    """Where its standard error goes, as Popen takes it: to the parent's."""
    _logs = False
    """Whether its output is a log, to be written as for systemd's journal."""

    def __init__(self, command: Sequence[str], source: str) -> None:
        """Start it. Raises OSError when the command cannot be run."""
        self.source = source
        reading_end, writing_end = os.pipe()
        self._stdout = open(reading_end, "rb", buffering=0)  # noqa: SIM115 - closed with the process
        environment = _journal(writing_end) if self._logs else {}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=writing_end,
                stderr=self._errors,
                env={**os.environ, **_CHINESE, **environment},
                # Ctrl-C is the parent's to handle: it ends its children in their order.
                start_new_session=True,
            )
        except OSError:
            self._stdout.close()
            raise
        finally:
            os.close(writing_end)
        self._stdin = cast(IO[bytes], self._process.stdin)
        self._lines = LineReader(reading_end)

    @property
    def pid(self) -> int:
        """The process's id; what runs in the namespace keeps that of the command that entered."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether no more events will come: it was stopped, or has closed its output itself."""
        return self._stdout.closed or self._lines.at_end

    def fileno(self) -> int:
        """Return the descriptor to wait on for events."""
        return self._lines.fileno()

    def events(self) -> list[Event]:
        """Return the events that are there by now."""
        return [self._read(line) for line in self._lines.read()]

    def kill(self) -> list[Event]:
        """End it as a power cut would; return its last events."""
        self._process.kill()
        return self._close()

    def stop(self) -> list[Event]:
        """End it in an orderly way, or else by force; return its last events."""
        if self._process.poll() is None:
            self._ask_to_stop()
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._process.kill()
        return self._close()

    def _ask_to_stop(self) -> None:
        self._process.terminate()

    def _read(self, line: str) -> Event:
        raise NotImplementedError

    def _close(self) -> list[Event]:
        self._process.wait()
        if self._stdout.closed:
            return []
        last = self.events()
        self._stdin.close()
        self._stdout.close()
        return last


class DaemonProcess(CampusProcess):
    """The real daemon: its log lines are events."""

    _errors = subprocess.STDOUT
    _logs = True

    def __init__(
        self, entry: Sequence[str], configuration: str, program: Sequence[str] = THIS_PROGRAM
    ) -> None:
        """Start it; ``entry`` is the command that enters the router's namespace."""
        super().__init__([*entry, *program, "run", "-c", configuration], ROUTER)

    def _read(self, line: str) -> Event:
        match = _LEVEL.match(line)
        level = int(match["level"]) if match else None
        detail = {"text": line[match.end() :] if match else line, "level": level}
        return Event(time.monotonic(), self.source, EventKind.LOG, detail)


class RecorderProcess(DaemonProcess):
    """``ruijie-proxy capture`` in the router: what it says is told as events, too."""

    def __init__(self, entry: Sequence[str], configuration: str, file: str) -> None:
        """Start it; it makes the file, which must not be there."""
        record = [*THIS_PROGRAM, "capture", "-c", configuration]
        CampusProcess.__init__(self, [*entry, *record, "-o", file, "--seconds", "3600"], ROUTER)


class EndpointProcess(CampusProcess):
    """The simulated switch, or a client."""

    def __init__(self, entry: Sequence[str], setup: Setup) -> None:
        """Start it; ``entry`` is the command that enters its namespace."""
        super().__init__([*entry, sys.executable, "-m", MODULE], setup.source)
        self._write(setup.to_json())

    def command(self, name: str, **fields: str) -> None:
        """Have it do something: what there is stands in :mod:`.endpoint`."""
        self._write(json.dumps({"command": name, **fields}))

    def _ask_to_stop(self) -> None:
        self.command(STOP)

    def _read(self, line: str) -> Event:
        return Event.from_json(line)

    def _write(self, line: str) -> None:
        try:
            self._stdin.write(line.encode() + b"\n")
            self._stdin.flush()
        except BrokenPipeError:
            return  # it has ended; its last events, or their absence, tell why
