"""The file in which a learned profile lies."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import ruijie_proxy
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_0, LINUX_1_31
from ruijie_proxy.protocol.clients.profile_data import profile_from_plain
from ruijie_proxy.runtime.records.profile_file import ProfileFile, ProfileUnusable
from tests.runtime.full_disk import files_no_larger_than


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "profiles"


@pytest.fixture
def file(directory: Path) -> ProfileFile:
    return ProfileFile(str(directory), "dorm")


def reason_of(file: ProfileFile) -> str:
    """Why the file cannot be used; its path must be said with it."""
    with pytest.raises(ProfileUnusable) as raised:
        file.load()
    assert str(raised.value).startswith(f"the profile in {file.path} cannot be used: ")
    return str(raised.value)


def test_what_was_learned_is_there_after_a_restart(file: ProfileFile, directory: Path) -> None:
    file.save(LINUX_1_31)

    assert ProfileFile(str(directory), "dorm").load() == LINUX_1_31
    assert file.path == str(directory / "dorm.profile.json")
    assert os.listdir(directory) == ["dorm.profile.json"]


def test_the_newest_profile_is_what_counts(file: ProfileFile) -> None:
    file.save(LINUX_1_31)
    file.save(LINUX_1_0)

    assert file.load() == LINUX_1_0


def test_without_a_file_there_is_no_profile(file: ProfileFile) -> None:
    assert file.load() is None


def test_sessions_do_not_mix(file: ProfileFile, directory: Path) -> None:
    file.save(LINUX_1_31)

    assert ProfileFile(str(directory), "lab").load() is None


def test_a_profile_is_a_text_that_can_be_looked_at(file: ProfileFile) -> None:
    file.save(LINUX_1_0)
    content = Path(file.path).read_text(encoding="ascii")

    assert content.count("\n") > 20
    assert content.endswith("}\n")
    assert profile_from_plain(json.loads(content)) == LINUX_1_0


def test_a_daemon_that_keeps_one_loads_no_json(directory: Path) -> None:
    """With it come the regular expressions, and a megabyte that stays."""
    code = (
        "import sys\n"
        "from ruijie_proxy.protocol.clients.client_profile import LINUX_1_0\n"
        "from ruijie_proxy.runtime.records.profile_file import ProfileFile\n"
        f"ProfileFile({str(directory)!r}, 'dorm').save(LINUX_1_0)\n"
        "print(*{'json', 're', 'enum'} & sys.modules.keys())"
    )

    told = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=Path(ruijie_proxy.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert told.strip() == ""


def test_nobody_else_may_read_it(file: ProfileFile) -> None:
    """It holds the serial number of the user's disk."""
    file.save(LINUX_1_0)
    path = Path(file.path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    assert reason_of(file).endswith("others may read or write it")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 60_000, b"[]", b"{}", b'{"format": "another"}', b"x" * 200_000],
    ids=lambda content: repr(content[:30]),
)
def test_what_is_no_profile_is_said(file: ProfileFile, content: bytes) -> None:
    file.save(LINUX_1_0)
    Path(file.path).write_bytes(content)

    reason_of(file)
    file.save(LINUX_1_31)
    assert file.load() == LINUX_1_31


def test_a_profile_cut_at_any_byte_is_said(file: ProfileFile) -> None:
    file.save(LINUX_1_0)
    path = Path(file.path)
    whole = path.read_bytes()
    for size in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:size])
        reason_of(file)


def test_a_full_disk_leaves_the_old_profile(file: ProfileFile, directory: Path) -> None:
    file.save(LINUX_1_0)
    with files_no_larger_than(100), pytest.raises(OSError, match="too large"):
        file.save(LINUX_1_31)

    assert file.load() == LINUX_1_0
    assert os.listdir(directory) == ["dorm.profile.json"]


def test_what_was_forgotten_is_gone(file: ProfileFile, directory: Path) -> None:
    file.save(LINUX_1_0)
    file.forget()

    assert file.load() is None
    assert os.listdir(directory) == []
    file.forget()
