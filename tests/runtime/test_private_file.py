"""A file that nobody else may read or write, replaced as a whole.

What a session kept on disk adds to it stands in test_state_file.py, which also kills the writing.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ruijie_proxy.runtime.records.private_file import PrivateFile
from tests.runtime.full_disk import files_no_larger_than

LARGEST = 1000


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "one" / "two"


@pytest.fixture
def file(directory: Path) -> PrivateFile:
    return PrivateFile(str(directory), "dorm.json", LARGEST)


def test_what_was_written_is_read(file: PrivateFile, directory: Path) -> None:
    file.write(b"content")

    assert file.read() == b"content"
    assert file.path == str(directory / "dorm.json")
    assert os.listdir(directory) == ["dorm.json"]


def test_what_is_written_replaces_the_old_whole(file: PrivateFile) -> None:
    file.write(b"a longer content")
    file.write(b"short")

    assert file.read() == b"short"


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_file_and_new_directories_are_its_owners_alone(
    file: PrivateFile, directory: Path, mask: int
) -> None:
    before = os.umask(mask)
    try:
        file.write(b"content")
    finally:
        os.umask(before)

    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "dorm.json").stat().st_mode) == 0o600


def test_a_directory_that_is_there_stays_as_it_is(file: PrivateFile, directory: Path) -> None:
    directory.mkdir(parents=True)
    directory.chmod(0o755)

    file.write(b"content")

    assert stat.S_IMODE(directory.stat().st_mode) == 0o755


def test_no_more_than_the_largest_size_is_read(file: PrivateFile, directory: Path) -> None:
    file.write(b"x" * (LARGEST + 1))

    assert file.read() == b"x" * LARGEST


def test_reading_what_is_not_there_says_so(file: PrivateFile) -> None:
    with pytest.raises(FileNotFoundError):
        file.read()


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601])
def test_what_others_may_touch_is_not_read(file: PrivateFile, directory: Path, mode: int) -> None:
    file.write(b"content")
    (directory / "dorm.json").chmod(mode)

    with pytest.raises(OSError, match="others may read or write it"):
        file.read()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_belongs_to_another_user_is_not_read(file: PrivateFile, directory: Path) -> None:
    file.write(b"content")
    os.chown(directory / "dorm.json", 65534, 65534)

    with pytest.raises(OSError, match="others may read or write it"):
        file.read()


def test_a_link_is_neither_followed_nor_written_through(
    file: PrivateFile, directory: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    elsewhere.chmod(0o600)
    directory.mkdir(parents=True)
    (directory / "dorm.json").symlink_to(elsewhere)

    with pytest.raises(OSError, match="symbolic links"):
        file.read()
    file.write(b"content")
    assert file.read() == b"content"
    assert elsewhere.read_bytes() == b"precious"


def test_a_pipe_keeps_nobody_waiting(file: PrivateFile, directory: Path) -> None:
    directory.mkdir(parents=True)
    os.mkfifo(directory / "dorm.json", 0o600)

    with pytest.raises(OSError, match="not a regular file"):
        file.read()


def test_a_full_disk_leaves_the_old_content_and_no_rubbish(
    file: PrivateFile, directory: Path
) -> None:
    file.write(b"old")
    with files_no_larger_than(100), pytest.raises(OSError, match="too large") as raised:
        file.write(b"n" * 200)

    assert raised.value.errno == errno.EFBIG
    assert file.read() == b"old"
    assert os.listdir(directory) == ["dorm.json"]


def test_what_a_killed_writer_left_behind_is_replaced(file: PrivateFile, directory: Path) -> None:
    directory.mkdir(parents=True)
    (directory / ".dorm.json.new").write_bytes(b"half of")

    file.write(b"whole")

    assert file.read() == b"whole"
    assert os.listdir(directory) == ["dorm.json"]


def test_removing_removes_all_and_may_be_done_twice(file: PrivateFile, directory: Path) -> None:
    file.write(b"content")
    (directory / ".dorm.json.new").write_bytes(b"half of")

    file.remove()
    assert os.listdir(directory) == []
    file.remove()


def test_what_cannot_be_removed_is_said(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_bytes(b"")

    with pytest.raises(NotADirectoryError):
        PrivateFile(str(tmp_path / "occupied"), "dorm.json", LARGEST).remove()


# Overwriting: for what is written again and again.


def test_what_is_overwritten_is_read_and_padded_with_spaces(file: PrivateFile) -> None:
    file.overwrite(b"first")
    assert file.read() == b"first".ljust(256)
    file.overwrite(b"2nd")
    assert file.read() == b"2nd".ljust(256)


def test_what_fits_goes_into_the_same_file_and_what_does_not_into_a_new_one(
    file: PrivateFile, directory: Path
) -> None:
    path = directory / "dorm.json"
    file.overwrite(b"x" * 200)
    first = path.stat().st_ino
    kept_open = path.open("rb")  # so that its number is not given to another
    file.overwrite(b"y" * 256)
    assert path.stat().st_ino == first

    file.overwrite(b"z" * 257)

    assert path.stat().st_ino != first
    assert path.read_bytes() == (b"z" * 257).ljust(512)
    assert kept_open.read() == b"y" * 256
    kept_open.close()
    assert os.listdir(directory) == ["dorm.json"]


def test_what_is_longer_than_a_page_is_never_written_in_place(
    directory: Path,
) -> None:
    file = PrivateFile(str(directory), "dorm.json", 8192)
    file.overwrite(b"x" * 4097)
    with (directory / "dorm.json").open("rb") as old:
        file.overwrite(b"y" * 4097)
        assert old.read() == (b"x" * 4097).ljust(4352)
    assert file.read() == (b"y" * 4097).ljust(4352)


def test_a_file_that_somebody_removed_is_made_again(file: PrivateFile, directory: Path) -> None:
    file.overwrite(b"first")
    (directory / "dorm.json").unlink()
    directory.rmdir()

    file.overwrite(b"second")

    assert file.read() == b"second".ljust(256)


def test_overwriting_does_not_write_through_a_link_that_somebody_put_there(
    file: PrivateFile, directory: Path, tmp_path: Path
) -> None:
    file.overwrite(b"first")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"p" * 256)
    elsewhere.chmod(0o600)
    (directory / "dorm.json").unlink()
    (directory / "dorm.json").symlink_to(elsewhere)

    file.overwrite(b"second")

    assert file.read() == b"second".ljust(256)
    assert elsewhere.read_bytes() == b"p" * 256


def test_nor_into_a_file_that_others_may_read(file: PrivateFile, directory: Path) -> None:
    path = directory / "dorm.json"
    file.overwrite(b"first")
    path.chmod(0o644)
    with path.open("rb") as seen_by_others:
        file.overwrite(b"second")
        assert seen_by_others.read() == b"first".ljust(256)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_overwriting_works_on_a_full_disk(file: PrivateFile) -> None:
    file.overwrite(b"first")
    with files_no_larger_than(256):
        file.overwrite(b"second")

    assert file.read() == b"second".ljust(256)


def test_what_was_removed_is_made_again(file: PrivateFile, directory: Path) -> None:
    file.overwrite(b"first")
    file.remove()
    assert os.listdir(directory) == []

    file.overwrite(b"second")

    assert file.read() == b"second".ljust(256)
