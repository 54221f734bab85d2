"""The file that a session outlives the program in: what is believed, and what is not."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import socket
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.runtime.records.state_file import FORMAT, StateFile, StateFileError
from ruijie_proxy.values import replace
from tests.runtime.full_disk import files_no_larger_than

BOOT = "5d0c1a2e-0000-4000-8000-000000000001"
SESSION = KeptSession(
    server=bytes.fromhex("00d0f8000001"),
    client=bytes.fromhex("020000000001"),
    wan_address=bytes.fromhex("020000000002"),
    original_wan_address=None,
    identity_response=bytes.fromhex("00d0f8000001020000000002888e0100000a0201000a0175736572"),
    key=0x410F2F36,
    next_number=4140,
    interval=30,
    observed_interval=None,
    source="server",
    last_heartbeat=1234.5,
    since=1000.0,
    message="您好",
    accounting=None,
)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def file(directory: Path) -> StateFile:
    return StateFile(str(directory), "dorm")


@pytest.fixture
def path(directory: Path) -> Path:
    return directory / "dorm.json"


def problem_of(file: StateFile, boot_id: str = BOOT) -> str:
    """Why the file cannot be used; that it is left alone must be said with it."""
    loaded = file.load(boot_id)
    assert loaded.session is None
    assert loaded.problem is not None
    assert "dorm.json is left alone until the next login: " in loaded.problem
    return loaded.problem.partition("login: ")[2]


def test_what_was_kept_is_there_after_a_restart(file: StateFile, directory: Path) -> None:
    file.save(SESSION, BOOT)
    loaded = StateFile(str(directory), "dorm").load(BOOT)
    assert (loaded.session, loaded.problem) == (SESSION, None)


def test_the_newest_is_what_counts(file: StateFile, directory: Path) -> None:
    file.save(SESSION, BOOT)
    newer = replace(SESSION, next_number=4141)
    file.save(newer, BOOT)
    assert file.load(BOOT).session == newer
    assert os.listdir(directory) == ["dorm.json"]


def test_sessions_do_not_mix(file: StateFile, directory: Path) -> None:
    file.save(SESSION, BOOT)
    assert StateFile(str(directory), "lab").load(BOOT).session is None


def test_without_a_file_there_is_nothing_to_say(file: StateFile) -> None:
    loaded = file.load(BOOT)
    assert (loaded.session, loaded.problem) == (None, None)


def test_after_a_restart_of_the_machine_there_is_nothing_to_say_either(file: StateFile) -> None:
    file.save(SESSION, BOOT)
    loaded = file.load("another boot")
    assert (loaded.session, loaded.problem) == (None, None)


def test_what_was_forgotten_is_gone(file: StateFile, directory: Path) -> None:
    file.save(SESSION, BOOT)
    file.forget()
    assert file.load(BOOT).session is None
    assert os.listdir(directory) == []
    file.forget()


def test_nobody_else_may_read_it(file: StateFile, directory: Path, path: Path) -> None:
    mask = os.umask(0)
    try:
        file.save(SESSION, BOOT)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_cut_at_any_byte_is_said_and_not_believed(file: StateFile, path: Path) -> None:
    file.save(SESSION, BOOT)
    # What pads it may well be missing.
    whole = path.read_bytes().rstrip()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        assert "it is damaged" in problem_of(file)


@pytest.mark.parametrize("content", ["[]", "null", "1", '"x"', "{}", '{"format": 1}'])
def test_another_versions_file_is_said_and_not_believed(
    file: StateFile, path: Path, content: str
) -> None:
    file.save(SESSION, BOOT)
    path.write_text(content)
    assert problem_of(file) == "it is from another version of the program"


@pytest.mark.parametrize("session", [None, [], "x", {}, {"server": "x"}])
def test_a_file_without_a_session_in_it_is_said_and_not_believed(
    file: StateFile, path: Path, session: Any
) -> None:
    file.save(SESSION, BOOT)
    path.write_text(json.dumps({"format": FORMAT, "boot_id": BOOT, "session": session}))
    assert "it is damaged" in problem_of(file)
    path.write_text(json.dumps({"format": FORMAT, "boot_id": BOOT}))
    assert "it is damaged" in problem_of(file)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\0" * 600, b"[" * 100_000, b"x" * 2_000_000])
def test_what_is_no_json_is_said_and_not_believed(
    file: StateFile, path: Path, content: bytes
) -> None:
    file.save(SESSION, BOOT)
    path.write_bytes(content)
    assert "it is damaged" in problem_of(file)


def test_a_file_that_cannot_be_used_is_replaced_by_the_next_login(
    file: StateFile, path: Path
) -> None:
    file.save(SESSION, BOOT)
    path.write_text("torn")
    problem_of(file)
    file.save(SESSION, BOOT)
    assert file.load(BOOT).session == SESSION


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_file_that_others_may_touch_is_not_believed(
    file: StateFile, path: Path, mode: int
) -> None:
    file.save(SESSION, BOOT)
    path.chmod(mode)
    assert problem_of(file) == "others may read or write it"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_believed(file: StateFile, path: Path) -> None:
    file.save(SESSION, BOOT)
    os.chown(path, 65534, 65534)
    assert problem_of(file) == "others may read or write it"


def test_a_link_is_not_followed(file: StateFile, path: Path, tmp_path: Path) -> None:
    elsewhere = StateFile(str(tmp_path / "elsewhere"), "dorm")
    elsewhere.save(SESSION, BOOT)
    path.parent.mkdir()
    path.symlink_to(tmp_path / "elsewhere" / "dorm.json")
    problem_of(file)
    newer = replace(SESSION, next_number=1)
    file.save(newer, BOOT)
    assert not path.is_symlink()
    assert elsewhere.load(BOOT).session == SESSION


def test_what_somebody_laid_in_the_way_of_writing_is_not_written_into(
    file: StateFile, directory: Path, tmp_path: Path
) -> None:
    directory.mkdir()
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (directory / ".dorm.json.new").symlink_to(precious)
    file.save(SESSION, BOOT)
    assert precious.read_text() == "precious"
    assert file.load(BOOT).session == SESSION


@pytest.mark.parametrize("kind", ["directory", "pipe", "socket"])
def test_what_is_no_file_is_said_and_nobody_waits_for_it(
    file: StateFile, path: Path, kind: str
) -> None:
    path.parent.mkdir()
    match kind:
        case "directory":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))
    problem_of(file)


def test_a_kill_in_the_middle_of_writing_leaves_the_old_content(
    file: StateFile, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.save(SESSION, BOOT)

    class Killed(BaseException):
        pass

    def die(source: str, target: str) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", die)
        patched.setattr(os, "unlink", lambda path: None)
        with pytest.raises(Killed):
            # Longer, so that it does not go into the old file.
            file.save(replace(SESSION, next_number=1, message="x" * 300), BOOT)
    assert len(os.listdir(directory)) == 2
    assert file.load(BOOT).session == SESSION
    file.save(replace(SESSION, next_number=2, message="x" * 300), BOOT)
    assert os.listdir(directory) == ["dorm.json"]


def test_a_kill_at_any_moment_leaves_one_whole_content(file: StateFile) -> None:
    file.save(SESSION, BOOT)
    numbers = set()
    for _ in range(40):
        pid = os.fork()
        if pid == 0:
            number = 0
            while True:  # until it is killed
                number += 1
                file.save(replace(SESSION, next_number=number), BOOT)
        time.sleep(random.uniform(0.0005, 0.01))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

        loaded = file.load(BOOT)
        assert loaded.problem is None
        assert loaded.session is not None
        numbers.add(loaded.session.next_number)
    assert len(numbers) > 1


def test_a_full_disk_is_said_and_the_old_content_stays(file: StateFile, directory: Path) -> None:
    file.save(SESSION, BOOT)
    longer = replace(SESSION, message="x" * 10_000)
    with files_no_larger_than(1000), pytest.raises(StateFileError, match="too large") as raised:
        file.save(longer, BOOT)
    assert raised.value.errno == errno.EFBIG
    assert str(raised.value).startswith(f"the session cannot be kept in {directory}/dorm.json: ")
    assert os.listdir(directory) == ["dorm.json"]
    assert file.load(BOOT).session == SESSION


def test_a_directory_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    file = StateFile(str(tmp_path / "occupied" / "state"), "dorm")
    with pytest.raises(StateFileError, match="Not a directory"):
        file.save(SESSION, BOOT)
    assert "Not a directory" in problem_of(file)
    with pytest.raises(StateFileError, match="cannot be removed: Not a directory"):
        file.forget()


# What a one-shot login through the same port has kept.


def of_port(directory: Path) -> StateFile:
    """Return the file as ``login --keep --wan eth1`` has it."""
    return StateFile(str(directory), "eth1")


def of_session(directory: Path) -> StateFile:
    """Return the file of the configuration's session that has that port."""
    return StateFile(str(directory), "dorm", "eth1")


def test_what_a_login_without_a_configuration_has_kept_is_found(directory: Path) -> None:
    of_port(directory).save(SESSION, BOOT)

    assert of_session(directory).load(BOOT).session == SESSION


@pytest.mark.parametrize(("older", "newer"), [("dorm", "eth1"), ("eth1", "dorm")])
@pytest.mark.parametrize(
    "last",
    [
        replace(SESSION, last_heartbeat=2000.0),
        replace(SESSION, since=2000.0, last_heartbeat=None),
    ],
    ids=["a later heartbeat", "a later login"],
)
def test_of_two_the_one_that_was_alive_last_counts(
    directory: Path, older: str, newer: str, last: KeptSession
) -> None:
    StateFile(str(directory), newer).save(last, BOOT)
    StateFile(str(directory), older).save(SESSION, BOOT)

    assert of_session(directory).load(BOOT).session == last


def test_a_damaged_one_is_told_and_the_other_one_is_used(directory: Path) -> None:
    of_port(directory).save(SESSION, BOOT)
    path = directory / "dorm.json"
    path.write_bytes(b"{")
    path.chmod(0o600)
    loaded = of_session(directory).load(BOOT)

    assert loaded.session == SESSION
    assert loaded.problem is not None
    assert "dorm.json" in loaded.problem


@pytest.mark.parametrize("end", ["kept", "forgotten"])
def test_once_the_session_is_written_down_anew_or_over_no_other_one_is_left(
    directory: Path, end: str
) -> None:
    of_port(directory).save(SESSION, BOOT)
    file = of_session(directory)
    if end == "kept":
        file.save(SESSION, BOOT)
    else:
        file.forget()

    assert [path.name for path in directory.iterdir()] == (["dorm.json"] if end == "kept" else [])


def test_a_session_that_is_named_after_its_port_has_one_file(directory: Path) -> None:
    file = StateFile(str(directory), "eth1", "eth1")
    file.save(SESSION, BOOT)

    assert file.load(BOOT).session == SESSION
    file.save(SESSION, BOOT)
    assert [path.name for path in directory.iterdir()] == ["eth1.json"]
