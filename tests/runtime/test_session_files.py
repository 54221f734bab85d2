"""What a session has on disk, as its runner uses it: what goes wrong is told, and ends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from ruijie_proxy.engine.actions import (
    ForgetSession,
    KeepProfile,
    KeepSession,
    RememberLogins,
)
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31
from ruijie_proxy.runtime.records.login_memory_file import LoginMemoryFile
from ruijie_proxy.runtime.records.profile_file import ProfileFile
from ruijie_proxy.runtime.records.state_file import StateFile
from ruijie_proxy.runtime.session_files import SessionFiles
from ruijie_proxy.runtime.telling.level import Level
from tests.runtime.test_state_file import SESSION

KEEP = KeepSession(SESSION)
REMEMBER = RememberLogins(LoginMemory(tries=(1.0, 2.0), failures=2, failure="busy"))


class Run:
    """One run of the program, with its files in a directory, and what it tells its user."""

    def __init__(self, directory: Path) -> None:
        where = str(directory)
        self.told: list[tuple[Level, str]] = []
        self.files = SessionFiles(
            StateFile(where, "dorm"),
            LoginMemoryFile(where, "dorm"),
            ProfileFile(where, "dorm"),
            lambda level, text: self.told.append((level, text)),
        )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state"


def hinder(directory: Path) -> None:
    """Let nothing be written to a directory, root's own or not: a file stands in its place."""
    directory.write_text("no directory")


def test_the_next_run_of_the_program_finds_what_was_kept(directory: Path) -> None:
    before, after = Run(directory), Run(directory)
    before.files.keep(KEEP)
    before.files.remember_logins(REMEMBER)
    before.files.keep_profile(KeepProfile(LINUX_1_31))

    assert after.files.load_session() == SESSION
    assert after.files.load_memory() == REMEMBER.memory
    assert after.files.load_profile() == LINUX_1_31
    assert before.told == after.told == []


def test_the_first_run_finds_nothing_and_says_nothing(directory: Path) -> None:
    run = Run(directory)

    assert run.files.load_session() is None
    assert run.files.load_memory() == LoginMemory()
    assert run.files.load_profile() is None
    assert run.told == []


def test_a_session_of_before_the_machine_restarted_is_none(directory: Path) -> None:
    StateFile(str(directory), "dorm").save(SESSION, "another run of the machine")
    run = Run(directory)

    assert run.files.load_session() is None
    assert run.told == []


def test_a_session_that_has_ended_is_not_gone_on_with(directory: Path) -> None:
    run = Run(directory)
    run.files.keep(KEEP)

    run.files.forget(ForgetSession())

    assert Run(directory).files.load_session() is None
    assert list(directory.iterdir()) == []


def test_files_that_are_damaged_are_told_and_gone_on_without(directory: Path) -> None:
    directory.mkdir()
    for name in ("dorm.json", "dorm.logins.json", "dorm.profile.json"):
        file = directory / name
        file.write_text("{")
        file.chmod(0o600)
    run = Run(directory)

    assert run.files.load_session() is None
    assert run.files.load_memory() == LoginMemory()
    assert run.files.load_profile() is None
    session, memory, profile = run.told
    assert session[0] is Level.NOTICE
    assert "dorm.json is left alone until the next login: " in session[1]
    assert memory[0] is Level.WARNING
    assert "dorm.logins.json is not used: " in memory[1]
    assert profile[0] is Level.WARNING
    assert "dorm.profile.json cannot be used: " in profile[1]
    assert profile[1].endswith("; going on without it")


def test_a_session_that_cannot_be_kept_goes_on_and_that_is_told_once(directory: Path) -> None:
    hinder(directory)
    run = Run(directory)

    for _heartbeat in range(3):
        run.files.keep(KEEP)

    ((level, text),) = run.told
    assert level is Level.WARNING
    assert text.startswith(f"the session cannot be kept in {directory}/dorm.json: ")
    assert text.endswith("; the session goes on, but a restart would end it")


def test_it_is_told_anew_where_it_could_be_kept_meanwhile(directory: Path) -> None:
    run = Run(directory)
    hinder(directory)
    run.files.keep(KEEP)
    directory.unlink()
    run.files.keep(KEEP)
    assert Run(directory).files.load_session() == SESSION
    assert len(run.told) == 1
    (directory / "dorm.json").unlink()
    directory.rmdir()

    hinder(directory)
    run.files.keep(KEEP)

    assert len(run.told) == 2


def test_a_file_that_cannot_be_removed_is_told(directory: Path) -> None:
    (directory / "dorm.json").mkdir(parents=True)
    run = Run(directory)

    run.files.forget(ForgetSession())

    ((level, text),) = run.told
    assert level is Level.WARNING
    assert text.startswith(f"{directory}/dorm.json cannot be removed: ")


def test_logins_that_cannot_be_remembered_are_told_with_what_follows(directory: Path) -> None:
    hinder(directory)
    run = Run(directory)

    run.files.remember_logins(REMEMBER)

    ((level, text),) = run.told
    assert level is Level.WARNING
    assert text.startswith("the logins of late cannot be remembered (")
    assert text.endswith("See that “state_dir:” can be written to")


def test_a_profile_that_cannot_be_kept_is_told(directory: Path) -> None:
    hinder(directory)
    run = Run(directory)

    run.files.keep_profile(KeepProfile(LINUX_1_31))

    ((level, text),) = run.told
    assert level is Level.WARNING
    assert text.startswith("the profile cannot be kept: ")


def test_a_session_without_files_keeps_and_finds_nothing() -> None:
    told: list[str] = []
    files = SessionFiles(None, None, None, lambda _level, text: told.append(text))
    files.keep(KEEP)
    files.remember_logins(REMEMBER)
    files.keep_profile(KeepProfile(LINUX_1_31))
    files.forget(ForgetSession())

    assert files.load_session() is None
    assert files.load_memory() is None
    assert files.load_profile() is None
    assert told == []
