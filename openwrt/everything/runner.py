"""Carries a plan out: several steps at a time, each in a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from openwrt.everything.ledger import Folders, Ledger
from openwrt.everything.outcome import Outcome, Result
from openwrt.everything.plan import EXECUTABLES, OUTPUT, Step
from openwrt.everything.progress import Progress
from ruijie_proxy.values import Frozen

TICK = 1.0
"""Seconds between two looks at what is under way, for people."""


class Workshop(Frozen):
    """Where steps are carried out."""

    checkout: Path
    folders: Folders
    """Where files are as soon as they are whole."""
    unfinished: Path
    """Where files to be published are until then; on the same file system."""
    environment: Mapping[str, str]
    """Set for each command, beside this process's."""
    at_once: int
    """How many steps at most."""


async def carry_out(
    steps: Sequence[Step], workshop: Workshop, ledger: Ledger, progress: Progress
) -> dict[str, Result]:
    """Carry out steps, each of which stands behind those that it needs.

    Return what became of each, by its name. One that fails keeps none from being carried out but
    those that need it. When cancelled, it ends what is under way.
    """
    results: dict[str, Result] = {}
    makers = {file: step for step in steps for file in step.files}
    waiting = list(steps)
    to_make: set[str] = set()
    running: dict[asyncio.Task[Result], Step] = {}

    def settle(step: Step, result: Result) -> None:
        results[step.name] = result
        progress.settled(step, result)

    try:
        while waiting or running:
            # Packing is quick, and makes whole what took long: it goes first.
            for step in sorted(waiting, key=lambda step: step.needs is None):
                needs = None if step.needs is None else makers[step.needs].name
                if needs is not None and needs not in results:
                    continue
                if needs is not None and not results[needs].outcome.is_there:
                    settle(step, Result(Outcome.LEFT_OUT, reason=f"for want of {needs}"))
                elif step.name not in to_make and ledger.is_right(step):
                    settle(step, Result(Outcome.KEPT))
                elif len(running) < workshop.at_once:
                    progress.began(step)
                    running[asyncio.create_task(_make(step, workshop, ledger))] = step
                else:
                    to_make.add(step.name)
                    continue
                waiting.remove(step)
            if running:
                done, _ = await asyncio.wait(
                    running, timeout=TICK, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    settle(running.pop(task), task.result())
                progress.tick()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    return results


async def _make(step: Step, workshop: Workshop, ledger: Ledger) -> Result:
    """Make a step's files: all of them, or none."""
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(dir=workshop.unfinished) as place:
            reason = await _call(step, Path(place), workshop)
            if reason is None:
                if step.is_published:
                    for path in workshop.folders.paths(step):
                        Path(place, path.name).replace(path)
                ledger.enter(step)
    except OSError as error:
        reason = str(error)
    outcome = Outcome.BUILT if reason is None else Outcome.FAILED
    return Result(outcome, time.monotonic() - begun, reason or "")


async def _call(step: Step, place: Path, workshop: Workshop) -> str | None:
    """Run a step's command; return what it said where it failed."""
    module, *arguments = step.command
    folders = {OUTPUT: str(place), EXECUTABLES: str(workshop.folders.executables)}
    for stands_for, folder in folders.items():
        arguments = [argument.replace(stands_for, folder) for argument in arguments]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=workshop.checkout,
        env={**os.environ, **workshop.environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # So that what it has started can be ended with it.
        start_new_session=True,
    )
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await process.wait()
        raise
    if process.returncode == 0:
        return None
    text = said.decode(errors="replace").strip()
    return text or f"the command ended with {process.returncode}"
