"""The file in which tries outlive the program, and the machine's restarts."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.engine.refused_account import LONGEST_TEXT, RefusedAccount
from ruijie_proxy.runtime.basis.clock import Moment
from ruijie_proxy.runtime.records.login_memory_file import FORMAT, LARGEST_FILE, LoginMemoryFile
from ruijie_proxy.values import replace
from tests.runtime.full_disk import files_no_larger_than

BOOT, NEXT_BOOT = "5d0c1a2e-0000-4000-8000-000000000001", "5d0c1a2e-0000-4000-8000-000000000002"
SAVED = Moment(BOOT, 5000.0, 1_700_000_000.0)
MEMORY = LoginMemory(
    tries=(4000.0, 4500.0, 4990.0),
    failures=2,
    failure="busy",
    not_before=5600.0,
    edition=2,
    edition_was_refused=True,
    group="ruijie",
    left_to_client=True,
    settings=1234,
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def file(directory: Path) -> LoginMemoryFile:
    return LoginMemoryFile(str(directory), "dorm")


@pytest.fixture
def path(directory: Path) -> Path:
    return directory / "dorm.logins.json"


def problem_of(file: LoginMemoryFile, now: Moment = SAVED) -> str:
    """Why the file cannot be used; what follows from that must be said with it."""
    loaded = file.load(now)
    assert loaded.memory == LoginMemory()
    assert loaded.problem is not None
    assert "dorm.logins.json is not used: " in loaded.problem
    assert loaded.problem.endswith("; how often was tried lately is forgotten")
    return loaded.problem


def test_what_was_remembered_is_there_after_a_restart_of_the_program(
    file: LoginMemoryFile, directory: Path
) -> None:
    file.save(MEMORY, SAVED)
    later = Moment(BOOT, 5300.0, SAVED.wall + 300.0)

    loaded = LoginMemoryFile(str(directory), "dorm").load(later)

    assert (loaded.memory, loaded.problem) == (MEMORY, None)


def test_a_refused_account_can_be_forgotten_and_nothing_else_is(
    file: LoginMemoryFile, directory: Path
) -> None:
    file.forget_refusal(SAVED)
    assert not directory.exists(), "there was nothing to forget"

    file.save(replace(MEMORY, refused=RefusedAccount(1, 2, "密码错误", 4990.0)), SAVED)
    file.forget_refusal(SAVED)
    assert file.load(SAVED).memory == MEMORY


def test_a_refusal_in_the_longest_words_fits_into_the_file(file: LoginMemoryFile) -> None:
    refused = RefusedAccount(1, 2, "\U00020000" * LONGEST_TEXT, 4990.0)
    times = tuple(4000.123456789 + number for number in range(20))
    full = replace(MEMORY, tries=times[:8], logins=times, refused=refused)
    file.save(full, SAVED)

    assert file.load(SAVED).memory == full


@pytest.mark.parametrize("wall", [0.0, SAVED.wall - 1e6, SAVED.wall + 1e6])
def test_in_the_same_run_of_the_machine_the_clock_on_the_wall_does_not_matter(
    file: LoginMemoryFile, wall: float
) -> None:
    file.save(MEMORY, SAVED)

    assert file.load(Moment(BOOT, 5300.0, wall)).memory == MEMORY


def test_after_a_restart_of_the_machine_times_are_as_long_ago_as_the_wall_clock_says(
    file: LoginMemoryFile,
) -> None:
    file.save(MEMORY, SAVED)

    # 100 seconds later, of which the machine has been up again for 30.
    loaded = file.load(Moment(NEXT_BOOT, 30.0, SAVED.wall + 100.0)).memory

    assert loaded.tries == (30.0 - 1100.0, 30.0 - 600.0, 30.0 - 110.0)
    assert loaded.not_before == 30.0 + 500.0
    assert replace(loaded, tries=MEMORY.tries, not_before=MEMORY.not_before) == MEMORY


@pytest.mark.parametrize("wall", [0.0, SAVED.wall - 86_400.0, SAVED.wall])
def test_with_a_clock_that_stands_in_the_past_no_time_has_gone_by(
    file: LoginMemoryFile, wall: float
) -> None:
    file.save(MEMORY, SAVED)

    loaded = file.load(Moment(NEXT_BOOT, 30.0, wall)).memory

    assert loaded.tries == (30.0 - 1000.0, 30.0 - 500.0, 30.0 - 10.0)
    assert loaded.not_before == 30.0 + 600.0
    assert loaded.next_try(1, 30.0) == 630.0


def test_restarting_the_machine_again_and_again_does_not_make_the_limits_forgotten(
    file: LoginMemoryFile,
) -> None:
    """With a clock on the wall that begins in 1970 each time, as on routers without a battery."""
    now = Moment("boot 0", 40.0, 40.0)
    memory = LoginMemory().with_tries((10.0, 20.0, 30.0))
    for number in range(1, 5):
        file.save(memory, now)
        now = Moment(f"boot {number}", 15.0, 15.0)
        memory = file.load(now).memory

    assert len(memory.tries) == 3
    assert memory.next_try(1, now.boot) > now.boot + 550.0


def test_a_time_that_is_still_to_come_counts_as_now(file: LoginMemoryFile) -> None:
    """However it came into the file, it must not keep the limits from ever letting go."""
    file.save(replace(MEMORY, tries=(1e9,), not_before=1e9), SAVED)

    loaded = file.load(SAVED).memory

    assert loaded.tries == (SAVED.boot,)
    assert loaded.next_try(1, SAVED.boot) < SAVED.boot + 10 * 86_400.0


def test_the_newest_is_what_counts(file: LoginMemoryFile, directory: Path) -> None:
    file.save(MEMORY, SAVED)
    newer = replace(MEMORY, failures=3)
    file.save(newer, SAVED)

    assert file.load(SAVED).memory == newer
    assert os.listdir(directory) == ["dorm.logins.json"]


def test_sessions_do_not_mix(file: LoginMemoryFile, directory: Path) -> None:
    file.save(MEMORY, SAVED)

    assert LoginMemoryFile(str(directory), "lab").load(SAVED).memory == LoginMemory()


def test_without_a_file_there_is_nothing_to_say(file: LoginMemoryFile) -> None:
    loaded = file.load(SAVED)

    assert (loaded.memory, loaded.problem) == (LoginMemory(), None)


def test_nobody_else_may_read_it(file: LoginMemoryFile, path: Path) -> None:
    file.save(MEMORY, SAVED)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    assert "others may read or write it" in problem_of(file)


def test_a_file_cut_at_any_byte_is_said_and_not_believed(file: LoginMemoryFile, path: Path) -> None:
    file.save(MEMORY, SAVED)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert "it is damaged" in problem_of(file)


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"\0" * 60, b"[" * 10_000, b"[]", b"null", b"1", b'"x"', b"{}"]
)
def test_another_programs_file_is_said_and_not_believed(
    file: LoginMemoryFile, path: Path, content: bytes
) -> None:
    path.parent.mkdir()
    path.touch(0o600)
    path.write_bytes(content)

    assert "it is damaged" in problem_of(file)


def test_a_file_larger_than_any_memory_is_not_read_whole(file: LoginMemoryFile, path: Path) -> None:
    file.save(MEMORY, SAVED)
    path.write_bytes(path.read_bytes().ljust(LARGEST_FILE) + b"{")

    assert file.load(SAVED).memory == MEMORY


NAN, INFINITY = float("nan"), float("inf")
NO_NUMBERS: list[Any] = [None, "5000", [], True, NAN, INFINITY, -INFINITY, 10**400]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", FORMAT + 1),
        ("format", str(FORMAT)),
        *(("boot", value) for value in NO_NUMBERS),
        *(("wall", value) for value in NO_NUMBERS),
        ("memory", None),
        ("memory", []),
        ("memory", {}),
        ("memory", {**MEMORY.to_plain(), "tries": "x"}),
    ],
    ids=lambda value: repr(value)[:40],
)
@pytest.mark.parametrize("boot", [BOOT, NEXT_BOOT], ids=["same boot", "next boot"])
def test_a_file_with_a_value_that_cannot_be_is_said_and_not_believed(
    file: LoginMemoryFile, path: Path, field: str, value: Any, boot: str
) -> None:
    file.save(MEMORY, SAVED)
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))

    assert "it is damaged" in problem_of(file, replace(SAVED, boot_id=boot))


@pytest.mark.parametrize("field", ["format", "boot_id", "boot", "wall", "memory"])
def test_a_file_without_one_of_its_fields_is_said_and_not_believed(
    file: LoginMemoryFile, path: Path, field: str
) -> None:
    file.save(MEMORY, SAVED)
    plain = json.loads(path.read_text())
    del plain[field]
    path.write_text(json.dumps(plain))

    assert "it is damaged" in problem_of(file, replace(SAVED, boot_id=NEXT_BOOT))


def test_a_full_disk_is_said_and_the_old_content_stays(
    file: LoginMemoryFile, directory: Path
) -> None:
    file.save(LoginMemory(), SAVED)
    with files_no_larger_than(300), pytest.raises(OSError, match="too large"):
        file.save(MEMORY, SAVED)

    assert os.listdir(directory) == ["dorm.logins.json"]
    assert file.load(SAVED).memory == LoginMemory()
    file.save(MEMORY, SAVED)
    assert file.load(SAVED).memory == MEMORY


def test_what_is_no_directory_is_said(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    file = LoginMemoryFile(str(tmp_path / "occupied" / "state"), "dorm")

    with pytest.raises(NotADirectoryError):
        file.save(MEMORY, SAVED)
    assert "Not a directory" in problem_of(file)
