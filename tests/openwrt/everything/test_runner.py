"""Steps of a release, carried out: by small commands of the tests' own."""

from __future__ import annotations

import asyncio
import io
import os
from pathlib import Path

import pytest

from openwrt.everything.ledger import Folders, Ledger, Sources
from openwrt.everything.outcome import Outcome, Result
from openwrt.everything.plan import EXECUTABLES, OUTPUT, Step
from openwrt.everything.progress import Progress, summary
from openwrt.everything.runner import Workshop, carry_out

WRITE = """
import sys
for path in sys.argv[1:]:
    with open(path, "w") as file:
        file.write("made")
"""
TWICE = """
import sys
with open(sys.argv[1], "w") as file:
    file.write("made, and made")
"""
FAIL = """
import sys
sys.exit("no compiler\\nand more")
"""
MEET = """
import sys
place, mode, output = sys.argv[1:]
with open(place, mode):  # returns when another one has opened the other end
    open(output, "w").close()
"""
ALONE = """
import os, sys
place, output = sys.argv[1:]
os.mkdir(place)
open(output, "w").close()
os.rmdir(place)
"""
STAY = """
import os, sys
told, waits, output = sys.argv[1:]
with open(output, "w") as file:
    file.write("half of it")
with open(told, "w") as file:
    file.write(str(os.getpid()))
open(waits).close()  # nobody opens the other end
"""
COMMANDS = {
    "write": WRITE,
    "twice": TWICE,
    "fail": FAIL,
    "meet": MEET,
    "alone": ALONE,
    "stay": STAY,
}
OLD, NEW = Sources((("src/a.py", "00"),)), Sources((("src/a.py", "01"),))


class Yard:
    """Folders for steps, and the commands that they call."""

    def __init__(self, folder: Path) -> None:
        for name, text in COMMANDS.items():
            (folder / f"{name}.py").write_text(text)
        self.folders = Folders(folder / "dist", folder / "executables")
        self.unfinished = folder / "unfinished"
        for place in (self.folders.published, self.folders.executables, self.unfinished):
            place.mkdir()
        self.folder = folder
        self.told = io.StringIO()

    async def carry_out(
        self, *steps: Step, sources: Sources = OLD, at_once: int = 2
    ) -> dict[str, Result]:
        ledger = Ledger(self.folder / "ledger.json", sources, {}, self.folders)
        workshop = Workshop(self.folder, self.folders, self.unfinished, {}, at_once)
        with Progress(self.told, len(steps), self.folders) as progress:
            return await carry_out(steps, workshop, ledger, progress)

    def outcomes(
        self, *steps: Step, sources: Sources = OLD, at_once: int = 2
    ) -> dict[str, Outcome]:
        results = asyncio.run(self.carry_out(*steps, sources=sources, at_once=at_once))
        return {name: result.outcome for name, result in results.items()}

    def published(self) -> list[str]:
        return sorted(path.name for path in self.folders.published.iterdir())


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def published(name: str, *command: str, needs: str | None = None) -> Step:
    return Step(name, (name,), command or write(name), ("src/",), needs)


def write(name: str) -> tuple[str, ...]:
    return ("write", f"{OUTPUT}/{name}")


def executable(name: str, *command: str) -> Step:
    command = command or ("write", f"{EXECUTABLES}/{name}")
    return Step(f"the executable {name}", (name,), command, ("src/",), is_published=False)


def test_files_are_made_once_and_kept_while_they_are_right(yard: Yard) -> None:
    steps = (executable("program"), published("package", needs="program"))

    assert set(yard.outcomes(*steps).values()) == {Outcome.BUILT}
    assert set(yard.outcomes(*steps).values()) == {Outcome.KEPT}
    assert yard.published() == ["package"]


def test_other_sources_make_everything_anew(yard: Yard) -> None:
    yard.outcomes(published("a"))

    assert yard.outcomes(published("a"), sources=NEW) == {"a": Outcome.BUILT}


def test_a_file_that_somebody_changed_or_removed_is_made_again(yard: Yard) -> None:
    steps = (published("a"), published("b"))
    yard.outcomes(*steps)
    (yard.folders.published / "a").write_text("changed")
    (yard.folders.published / "b").unlink()

    assert set(yard.outcomes(*steps).values()) == {Outcome.BUILT}
    assert (yard.folders.published / "a").read_text() == "made"


def test_another_executable_is_packed_again(yard: Yard) -> None:
    package = published("package", needs="program")
    yard.outcomes(executable("program"), package)

    outcomes = yard.outcomes(executable("program", "twice", f"{EXECUTABLES}/program"), package)

    assert set(outcomes.values()) == {Outcome.BUILT}


def test_an_executable_that_comes_out_the_same_is_not_packed_again(yard: Yard) -> None:
    package = published("package", needs="program")
    yard.outcomes(executable("program"), package)
    again = executable("program", "write", f"{EXECUTABLES}/./program")

    assert yard.outcomes(again, package) == {again.name: Outcome.BUILT, "package": Outcome.KEPT}


def test_a_ledger_that_cannot_be_read_costs_no_more_than_time(yard: Yard) -> None:
    yard.outcomes(published("a"))
    (yard.folder / "ledger.json").write_text('{"a": ')

    assert yard.outcomes(published("a")) == {"a": Outcome.BUILT}


def test_one_that_fails_keeps_back_what_needs_it_and_nothing_else(yard: Yard) -> None:
    steps = (
        executable("program", "fail"),
        executable("other"),
        published("package", needs="program"),
        published("another", needs="other"),
    )

    results = asyncio.run(yard.carry_out(*steps))

    assert {name: result.outcome for name, result in results.items()} == {
        "the executable program": Outcome.FAILED,
        "the executable other": Outcome.BUILT,
        "package": Outcome.LEFT_OUT,
        "another": Outcome.BUILT,
    }
    told = yard.told.getvalue()
    assert "the executable program  FAILED" in told
    assert "no compiler\n    and more" in told
    said = summary(results, yard.folders.published, {"another"})
    assert "NOT BUILT: the executable program: no compiler\n" in said
    assert "NOT BUILT for want of the executable program: package" in said


class Terminal(io.StringIO):
    """What a terminal is sent."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_line_of_what_is_under_way(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    yard.told = Terminal()
    yard.outcomes(published("a"), published("b" * 70), at_once=1)

    shown = yard.told.getvalue().split("\r\x1b[K")
    assert "0 of 2 after 0 s; under way: a (0 s)" in shown
    assert f"[2/2] {'b' * 70}  0 kB, 0 s\n" in shown
    assert max(len(line) for line in shown if not line.endswith("\n")) < 60
    assert shown[-1] == ""


def test_what_fails_is_tried_again(yard: Yard) -> None:
    yard.outcomes(published("a", "fail"))
    assert yard.outcomes(published("a", "fail")) == {"a": Outcome.FAILED}
    assert yard.outcomes(published("a")) == {"a": Outcome.BUILT}


def test_a_command_that_made_something_else_has_failed(yard: Yard) -> None:
    results = asyncio.run(yard.carry_out(published("a", *write("b"))))

    assert results["a"].outcome is Outcome.FAILED
    assert "/a'" in results["a"].reason
    assert yard.published() == []


def test_an_executable_that_is_not_there_afterwards_has_failed(yard: Yard) -> None:
    results = asyncio.run(yard.carry_out(executable("a", "write")))

    assert results["the executable a"].reason == "its command made no a"


def test_steps_are_carried_out_side_by_side(yard: Yard) -> None:
    place = yard.folder / "place"
    os.mkfifo(place)
    steps = [
        published(name, "meet", str(place), mode, f"{OUTPUT}/{name}")
        for name, mode in (("a", "r"), ("b", "w"))
    ]

    assert yard.outcomes(*steps) == {"a": Outcome.BUILT, "b": Outcome.BUILT}


def test_no_more_than_so_many_are_carried_out_at_once(yard: Yard) -> None:
    place = yard.folder / "place"
    steps = [published(name, "alone", str(place), f"{OUTPUT}/{name}") for name in "abcd"]

    assert set(yard.outcomes(*steps, at_once=1).values()) == {Outcome.BUILT}


def test_stopping_ends_what_is_under_way_and_leaves_no_half_of_it(yard: Yard) -> None:
    told, waits = yard.folder / "told", yard.folder / "waits"
    os.mkfifo(told)
    os.mkfifo(waits)
    step = published("a", "stay", str(told), str(waits), f"{OUTPUT}/a")

    async def stop_it() -> int:
        work = asyncio.create_task(yard.carry_out(step))
        pid = int(await asyncio.to_thread(told.read_text))
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return pid

    pid = asyncio.run(stop_it())

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert yard.published() == []
    assert list(yard.unfinished.iterdir()) == []
