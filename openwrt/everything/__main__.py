"""``python -m openwrt.everything``: every file of a release, or those of some architectures."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from openwrt.everything.index import remove_index, write_index
from openwrt.everything.ledger import Folders, Ledger, read_sources
from openwrt.everything.outcome import Result
from openwrt.everything.plan import Step, chosen, plan
from openwrt.everything.progress import Progress, summary
from openwrt.everything.runner import Workshop, carry_out
from openwrt.everything.tables import tables
from openwrt.packaging import debian
from openwrt.packaging.release import time_of_members, version
from openwrt.standalone.architectures import EXECUTABLES

CHECKOUT = Path(__file__).resolve().parents[2]
SERVED = {row.name: row.names for row in EXECUTABLES}
"""The architectures of OpenWrt's that each executable serves."""
_STOPPED = 130
"""The exit code of what a Ctrl-C has ended."""


class Occupied(Exception):
    """Another release is being built in this checkout."""


class Changed(Exception):
    """The checkout did not stay as it was."""


@click.command()
@click.argument("architectures", nargs=-1)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=CHECKOUT / "dist",
    help="The folder of the files.",
)
@click.option(
    "--at-once",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    help="How many steps are carried out at a time; without it, one for each processor.",
)
def main(architectures: tuple[str, ...], output: Path, at_once: int) -> None:
    """Build what is for all and for some ARCHITECTURES; without any, everything.

    What is built already and still right is not built again.
    """
    try:
        with _alone_in(CHECKOUT / "build" / "release") as place:
            is_whole = _release(architectures, place / "ledger.json", output.resolve(), at_once)
    except (OSError, ValueError, Occupied, Changed) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("Stopped. What is finished stays: the next run goes on from there.", err=True)
        sys.exit(_STOPPED)
    sys.exit(0 if is_whole else 1)


def _release(architectures: Sequence[str], known: Path, output: Path, at_once: int) -> bool:
    """Build the files; return whether all are there. ``known``: the ledger's file.

    Raises OSError, ValueError, Changed.
    """
    packages = version(CHECKOUT)
    everything = plan(packages, SERVED, debian.ARCHITECTURES)
    steps = chosen(everything, architectures)
    settings = {"SOURCE_DATE_EPOCH": str(time_of_members())}
    folders = Folders(output, CHECKOUT / "build" / "standalone")
    sources = read_sources(CHECKOUT)
    ledger = Ledger(known, sources, settings, folders)
    output.mkdir(parents=True, exist_ok=True)
    remove_index(output)
    with _unfinished(output) as unfinished:
        workshop = Workshop(CHECKOUT, folders, unfinished, settings, at_once)
        with Progress(sys.stdout, len(steps), folders) as progress:
            results = asyncio.run(_until_told_to_stop(steps, workshop, ledger, progress))
        if read_sources(CHECKOUT) != sources:
            ledger.forget()
            raise Changed(
                "The checkout was changed meanwhile, and some files are of neither: run it again."
            )
        right = ledger.right_files(everything)
        write_index(
            output, unfinished, tables(packages, SERVED, debian.ARCHITECTURES, right), right
        )
    click.echo(summary(results, output, right))
    return all(result.outcome.is_there for result in results.values())


async def _until_told_to_stop(
    steps: Sequence[Step], workshop: Workshop, ledger: Ledger, progress: Progress
) -> dict[str, Result]:
    """Carry the steps out, unless a signal ends that: asyncio itself knows Ctrl-C's alone."""
    work = asyncio.ensure_future(carry_out(steps, workshop, ledger, progress))
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, work.cancel)
    return await work


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    """Make a folder that this process has for itself. Raises Occupied, or OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Occupied(
                "Another release is being built in this checkout: wait for its end, or stop it."
            ) from None
        yield folder


@contextmanager
def _unfinished(output: Path) -> Iterator[Path]:
    """Make a folder for what is not finished, without what a run that was killed left in it."""
    folder = output / ".unfinished"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
