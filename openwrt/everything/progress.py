"""What is told at the terminal while a release is built."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Set
from pathlib import Path
from textwrap import indent
from typing import TextIO

from openwrt.everything.ledger import Folders
from openwrt.everything.outcome import Outcome, Result
from openwrt.everything.plan import Step
from openwrt.everything.tables import CHECKSUMS, TABLES
from ruijie_proxy.durations import duration

_REMINDER = 60.0
"""Seconds after which what is under way is told again, where that cannot stay in one line."""
_CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Tells of each step when it is over, and below that of those under way."""

    def __init__(self, output: TextIO, total: int, folders: Folders) -> None:
        """``total`` is the number of steps, ``folders`` where their files are then."""
        self._output = output
        self._is_terminal = output.isatty()
        self._total = total
        self._folders = folders
        self._settled = 0
        self._under_way: dict[str, float] = {}
        self._begun = self._reminded = time.monotonic()

    def began(self, step: Step) -> None:
        """Take a step as being under way."""
        self._under_way[step.name] = time.monotonic()
        self._show()

    def settled(self, step: Step, result: Result) -> None:
        """Tell that a step is over."""
        self._settled += 1
        self._under_way.pop(step.name, None)
        number = f"{self._settled:{len(str(self._total))}}"
        self._say(f"[{number}/{self._total}] {step.name}  {self._end(step, result)}")
        self._show()

    def tick(self) -> None:
        """Say how far those under way are, from time to time."""
        if self._is_terminal:
            self._show()
        elif self._under_way and time.monotonic() - self._reminded >= _REMINDER:
            self._say(self._status())

    def __enter__(self) -> Progress:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the line of what is under way empty."""
        if self._is_terminal:
            self._output.write(_CLEAR_LINE)
            self._output.flush()

    def _end(self, step: Step, result: Result) -> str:
        """Return how a step ended."""
        if result.outcome is Outcome.BUILT:
            octets = sum(path.stat().st_size for path in self._folders.paths(step))
            return f"{size(octets)}, {duration(round(result.seconds))}"
        if result.outcome is Outcome.KEPT:
            return "still right"
        if result.outcome is Outcome.LEFT_OUT:
            return f"LEFT OUT: {result.reason}"
        return f"FAILED after {duration(round(result.seconds))}:\n{indent(result.reason, '    ')}"

    def _say(self, line: str) -> None:
        self._reminded = time.monotonic()
        self._output.write(f"{_CLEAR_LINE if self._is_terminal else ''}{line}\n")
        self._output.flush()

    def _show(self) -> None:
        if self._is_terminal:
            width = shutil.get_terminal_size().columns - 1
            self._output.write(_CLEAR_LINE + self._status()[:width])
            self._output.flush()

    def _status(self) -> str:
        now = time.monotonic()
        steps = ", ".join(
            f"{name} ({duration(round(now - since))})" for name, since in self._under_way.items()
        )
        whole = duration(round(now - self._begun))
        return f"{self._settled} of {self._total} after {whole}; under way: {steps or 'nothing'}"


def summary(results: Mapping[str, Result], folder: Path, right: Set[str]) -> str:
    """Return what is said at the end. ``right``: the files in the folder as they should be."""
    counted = Counter(result.outcome for result in results.values())
    whole = size(sum((folder / name).stat().st_size for name in right))
    lines = [
        f"{len(right)} files, {whole}, are in {folder}; steps carried out: "
        f"{counted[Outcome.BUILT]}, not needed again: {counted[Outcome.KEPT]}."
    ]
    others = {path.name for path in folder.iterdir() if path.is_file()} - right
    if others := others - {CHECKSUMS, *TABLES}:
        lines.append(
            f"Not made of this source, and in neither {CHECKSUMS} nor {TABLES[0]}: "
            f"{', '.join(sorted(others))}"
        )
    lines += [
        f"NOT BUILT: {name}: {_in_short(result.reason)}"
        for name, result in results.items()
        if result.outcome is Outcome.FAILED
    ]
    left_out: dict[str, list[str]] = {}
    for name, result in results.items():
        if result.outcome is Outcome.LEFT_OUT:
            left_out.setdefault(result.reason, []).append(name)
    lines += [f"NOT BUILT {reason}: {', '.join(names)}" for reason, names in left_out.items()]
    return "\n".join(lines)


def _in_short(reason: str) -> str:
    """Return one line of what a command said: its first, or what a traceback ends with."""
    lines = reason.splitlines()
    return lines[-1] if any(line.startswith("Traceback ") for line in lines) else lines[0]


def size(octets: int) -> str:
    """Return how big something is, for people: in kB or MB, of 1000."""
    return f"{octets / 1e6:.1f} MB" if octets >= 1_000_000 else f"{octets / 1e3:.0f} kB"
