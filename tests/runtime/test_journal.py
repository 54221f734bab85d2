"""The journal: what is written down, when, and what a bad disk costs."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy import __version__
from ruijie_proxy.engine import events
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.basis.json_text import encode_json
from ruijie_proxy.runtime.records import journal
from ruijie_proxy.runtime.records.journal import (
    HURRIES_AT_ONCE,
    HURRY,
    LARGEST_ANSWER,
    LARGEST_BATCH,
    LARGEST_FILE,
    MOST_LINES,
    PATIENCE,
    Journal,
)
from ruijie_proxy.runtime.records.journal_reading import read_journal
from ruijie_proxy.runtime.telling.event_stream import EventStream
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import Noted, WentOffline, WentOnline
from tests.runtime.full_disk import files_no_larger_than

if TYPE_CHECKING:
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

CLIENT = bytes.fromhex("02000000cc01")
DROPPED = events.Dropped("您已被强制下线")
"""Something that matters."""
WAITS = events.ClientWaits(CLIENT)
"""Something worth a line that matters less."""


class Time:
    """The boot clock, as a test sets it."""

    def __init__(self) -> None:
        self.now = 1000.0


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(clock, "now", lambda: time.now)
    return time


class Harness:
    """A journal in a directory, fed by a stream; its timer is looked at and not waited for."""

    def __init__(self, loop: EventLoop, directory: Path, time: Time) -> None:
        self.time = time
        self.directory = directory
        self.complaints: list[str] = []
        self.journal = Journal(loop, str(directory), self.complaints.append)
        self._stream = EventStream()
        self._stream.subscribe(self.journal.record)

    def happens(self, *several: events.Event | MachineEvent, session: str = "dorm") -> None:
        for event in several:
            self._stream.publish(session, event)

    @property
    def written_in(self) -> float | None:
        """Seconds until what is gathered will be written; None: there is nothing to write."""
        when = self.journal._timer.when
        return None if when is None else when - self.time.now

    def passes(self, seconds: float) -> None:
        """Let time go by, with what falls due in it."""
        self.time.now += seconds
        due = self.written_in
        if due is not None and due <= 0:
            self.journal.write()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return read_journal(str(self.directory)).lines

    @property
    def names(self) -> list[str]:
        return [line["event"] for line in self.lines]


@pytest.fixture
def harness(tmp_path: Path, time: Time) -> Iterator[Harness]:
    loop = EventLoop()
    harness = Harness(loop, tmp_path / "state", time)
    harness.journal.begin()
    harness.journal.write()
    yield harness
    loop.close()


@pytest.fixture
def file(harness: Harness) -> Path:
    return harness.directory / "journal.jsonl"


def test_a_line_says_what_the_followers_are_told(harness: Harness) -> None:
    harness.happens(DROPPED)
    harness.journal.write()

    line = harness.lines[-1]
    assert line == {
        "session": "dorm",
        "event": "dropped",
        "at": clock.local_time(1000.0),
        "level": "warning",
        "text": "the server ended the session: “您已被强制下线”",
        "told": [
            {"message": "the server ended the session", "values": {}},
            {"message": ": “{message}”", "values": {"message": "您已被强制下线"}},
        ],
        "detail": {"message": "您已被强制下线"},
    }


def test_what_is_not_written_yet_is_told_as_it_will_be_written(harness: Harness) -> None:
    harness.happens(WAITS, WAITS, WAITS, DROPPED)

    told = harness.journal.unwritten()

    assert [(line["event"], line.get("repeated")) for line in told] == [
        ("client-waits", 2),
        ("dropped", None),
    ]
    before = harness.names
    harness.journal.write()
    assert harness.lines[len(before) :] == told
    assert harness.journal.unwritten() == []


def test_of_a_flood_the_newest_that_an_answer_has_room_for_is_told(harness: Harness) -> None:
    for number in range(MOST_LINES):
        harness.happens(events.Dropped(f"{number} " + "字" * 100))

    told = harness.journal.unwritten()

    assert told[-1]["detail"]["message"].startswith(f"{MOST_LINES - 1} ")
    assert len(encode_json(told)) <= LARGEST_ANSWER + 2 * len(told)
    assert 10 < len(told) < MOST_LINES


def test_what_matters_is_written_within_ten_seconds(harness: Harness) -> None:
    for event in (DROPPED, WentOnline(own=True), WentOffline(), events.LinkLost()):
        harness.happens(event)
        assert harness.written_in == HURRY
        harness.journal.write()
    harness.happens(WAITS)
    assert harness.written_in == PATIENCE
    harness.passes(60.0)
    harness.happens(DROPPED)
    assert harness.written_in == HURRY
    harness.passes(HURRY)
    assert harness.names[-2:] == ["client-waits", "dropped"]


def test_what_matters_less_is_written_within_five_minutes(harness: Harness) -> None:
    harness.happens(WAITS)
    harness.passes(PATIENCE - 1)
    assert harness.names == ["daemon-started"]
    harness.passes(1)
    assert harness.names == ["daemon-started", "client-waits"]


def test_the_chatter_of_frames_is_left_out(harness: Harness) -> None:
    harness.happens(
        events.HeartbeatSent(1),
        events.ProbeAnswered(1),
        events.EchoAnswered(),
        events.ServerFound(CLIENT),
        events.RequestRelayed(1),
        events.ResponseRelayed(1),
        events.RequestAnswered(1),
        Noted(Level.DEBUG, "a detail"),
    )
    assert harness.written_in is None


def test_a_quiet_session_writes_nothing(harness: Harness, file: Path) -> None:
    before = file.stat()
    for number in range(1000):
        harness.happens(events.HeartbeatSent(number))
        harness.passes(30.0)

    assert file.stat() == before


def test_what_is_said_again_is_one_line_with_its_count(harness: Harness) -> None:
    harness.happens(*[WAITS] * 5, DROPPED, WAITS)
    harness.journal.write()

    counts = [(line["event"], line.get("repeated")) for line in harness.lines[1:]]
    assert counts == [("client-waits", 4), ("dropped", None), ("client-waits", None)]


def test_start_and_clean_end_of_the_daemon_are_lines_of_their_own(harness: Harness) -> None:
    harness.journal.end()
    harness.happens(WentOffline())  # as the sessions are closed
    harness.journal.close()

    first, offline, last = harness.lines
    assert (first["event"], first["session"]) == ("daemon-started", None)
    assert first["detail"] == {"version": __version__}
    assert offline["event"] == "went-offline"
    assert (last["event"], last["session"]) == ("daemon-stopped", None)


def test_a_daemon_that_crashes_does_not_say_that_it_stopped(harness: Harness) -> None:
    harness.happens(WAITS)
    harness.journal.close()
    assert harness.names == ["daemon-started", "client-waits"]


def test_a_daemon_that_never_served_writes_nothing(tmp_path: Path, time: Time) -> None:
    loop = EventLoop()
    harness = Harness(loop, tmp_path / "state", time)
    harness.happens(DROPPED)
    harness.journal.close()
    loop.close()
    assert not harness.directory.exists()


def test_it_is_for_its_owner_alone(harness: Harness, file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(harness.directory.stat().st_mode) == 0o700


def test_the_time_said_is_the_clocks_when_it_is_written(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A router without a battery learns the time some seconds after it started."""
    harness.happens(WAITS)
    monkeypatch.setattr(clock, "local_time", lambda at: "2026-11-23T13:00:00+08:00")
    harness.journal.write()
    assert harness.lines[-1]["at"] == "2026-11-23T13:00:00+08:00"


# Its size.


def test_it_never_is_larger_than_two_full_files(harness: Harness, file: Path) -> None:
    older = harness.directory / "journal.1.jsonl"
    for number in range(3000):
        harness.happens(events.Dropped(f"{number} {'欢迎' * 60}"))
        if number % 25 == 24:  # which is less than a batch
            harness.journal.write()
            assert file.stat().st_size <= LARGEST_FILE
            assert not older.exists() or older.stat().st_size <= LARGEST_FILE

    numbers = [int(line["detail"]["message"].split()[0]) for line in harness.lines]
    assert numbers == list(range(numbers[0], 3000)), "the newest are there, without a gap"
    assert len(numbers) >= 150
    assert sorted(os.listdir(harness.directory)) == ["journal.1.jsonl", "journal.jsonl"]


def test_a_flood_costs_bounded_memory_and_is_told_of(harness: Harness) -> None:
    for number in range(10_000):
        harness.happens(events.ClientWaits(number.to_bytes(6)))
    assert len(harness.journal._gathered) == MOST_LINES // 2
    harness.happens(DROPPED)
    harness.journal.write()

    assert harness.names[-2:] == ["dropped", "events-lost"], "what matters had its place"
    assert harness.lines[-1]["detail"] == {"count": 10_000 - MOST_LINES // 2}


def test_a_flood_of_long_lines_is_cut_too(harness: Harness, file: Path) -> None:
    before = file.stat().st_size
    harness.happens(*[events.Dropped(f"{number} {'欢' * 500}") for number in range(100)])
    harness.journal.write()

    assert file.stat().st_size - before < LARGEST_BATCH + 1000
    assert harness.names[-1] == "events-lost"
    written = harness.names.count("dropped")
    assert harness.lines[-1]["detail"] == {"count": 100 - written}


def test_what_happens_all_night_does_not_wear_the_flash_out(harness: Harness) -> None:
    writes = 0
    for number in range(3600):
        harness.happens(events.Dropped(str(number)))
        before = harness.written_in
        harness.passes(1.0)
        writes += harness.written_in is None and before is not None
    assert writes <= HURRIES_AT_ONCE + 3600 / 120 + 3600 / PATIENCE + 1


# A bad disk.


def test_a_line_torn_by_a_loss_of_power_costs_that_line_alone(harness: Harness, file: Path) -> None:
    harness.happens(WAITS)
    harness.journal.write()
    with file.open("ab") as torn:
        torn.truncate(file.stat().st_size - 20)
    harness.happens(DROPPED)
    harness.journal.write()

    content = read_journal(str(harness.directory))
    assert [line["event"] for line in content.lines] == ["daemon-started", "dropped"]
    assert content.damaged == 1


@pytest.mark.parametrize("size", range(1, 60, 7))
def test_wherever_it_is_torn_the_rest_can_be_read(harness: Harness, file: Path, size: int) -> None:
    harness.happens(WAITS)
    harness.journal.write()
    whole = file.read_bytes()
    file.write_bytes(whole[:-size])

    content = read_journal(str(harness.directory))
    assert content.lines[0]["event"] == "daemon-started"
    assert len(content.lines) + content.damaged == 2


@pytest.mark.parametrize(
    "line",
    [
        b"\0" * 300,
        b"\xff\xfe",
        b"[" * 100_000,
        b"{}",
        b"[1]",
        b'"text"',
        b'{"session": 1, "event": "dropped", "at": "", "level": "", "text": ""}',
        b'{"session": null, "event": "dropped", "at": 5, "level": "", "text": ""}',
    ],
)
def test_what_is_no_line_of_the_journal_is_skipped(
    harness: Harness, file: Path, line: bytes
) -> None:
    with file.open("ab") as damaged:
        damaged.write(line + b"\n")
    content = read_journal(str(harness.directory))
    assert (len(content.lines), content.damaged) == (1, 1)


def test_a_directory_that_takes_nothing_is_told_once_and_tried_again(
    tmp_path: Path, time: Time
) -> None:
    obstacle = tmp_path / "state"
    obstacle.write_text("no directory")
    loop = EventLoop()
    harness = Harness(loop, obstacle, time)
    harness.journal.begin()
    for _ in range(5):
        harness.happens(DROPPED, WAITS)
        harness.passes(PATIENCE)
    (complaint,) = harness.complaints
    assert "journal.jsonl cannot be written to (Not a directory)" in complaint

    obstacle.unlink()
    harness.passes(PATIENCE)
    assert harness.names[:2] == ["daemon-started", "dropped"], "nothing was lost"
    assert len(harness.complaints) == 1
    loop.close()


def test_a_full_disk_leaves_whole_lines_and_none_twice(
    harness: Harness, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The kernel refuses what goes beyond the limit as a full disk does: first a part is written,
    # then nothing.
    harness.happens(*[events.Dropped(str(number)) for number in range(10)])
    with files_no_larger_than(file.stat().st_size + 300):
        harness.journal.write()
    assert len(harness.complaints) == 1
    assert harness.names == ["daemon-started"]
    assert file.read_bytes().endswith(b"\n")

    harness.passes(PATIENCE)
    assert harness.names == ["daemon-started", *["dropped"] * 10]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/null", path)])
def test_what_is_no_file_is_not_written_into(harness: Harness, file: Path, make: Any) -> None:
    file.unlink()
    make(file)
    harness.happens(DROPPED)
    harness.journal.write()
    assert len(harness.complaints) == 1


def test_a_file_that_is_removed_is_made_anew(harness: Harness, file: Path) -> None:
    file.unlink()
    harness.directory.rmdir()
    harness.happens(DROPPED)
    harness.journal.write()
    assert harness.names == ["dropped"]
    assert harness.complaints == []


# What reads it.


def test_what_was_never_written_reads_as_nothing(tmp_path: Path) -> None:
    content = read_journal(str(tmp_path / "nowhere"))
    assert (content.lines, content.damaged) == ([], 0)


def test_a_rotation_while_it_is_read_shows_nothing_twice(harness: Harness, file: Path) -> None:
    os.link(file, harness.directory / "journal.1.jsonl")
    assert harness.names == ["daemon-started"]


def test_the_writer_does_without_the_json_module() -> None:
    program = (
        "import sys\n"
        "from ruijie_proxy.runtime.records.journal import Journal\n"
        "from ruijie_proxy.runtime.basis.event_loop import EventLoop\n"
        "journal = Journal(EventLoop(), sys.argv[1], print)\n"
        "journal.begin(); journal.write()\n"
        "assert 'json' not in sys.modules and 're' not in sys.modules\n"
    )
    command = [sys.executable, "-S", "-c", program, "/proc/nowhere"]
    source = str(Path(journal.__file__).parents[3])
    done = subprocess.run(
        command, env={"PYTHONPATH": source}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "cannot be written to" in done.stdout


def test_a_daemon_that_ends_soon_has_its_folder_already(harness: Harness) -> None:
    harness.journal.end()
    harness.journal.close()

    assert harness.names[-1] == "daemon-stopped"
    assert stat.S_IMODE(harness.directory.stat().st_mode) == 0o700


def test_at_its_end_no_folder_comes_back(harness: Harness, file: Path) -> None:
    """As when the program was removed while the daemon still ended."""
    file.unlink()
    harness.directory.rmdir()
    harness.happens(DROPPED)
    harness.journal.end()
    harness.journal.close()

    assert not harness.directory.exists()
    assert harness.complaints == []
