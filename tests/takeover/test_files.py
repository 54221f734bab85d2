"""Replacing a configuration: whole or not at all, for its owner alone, the old one kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ruijie_proxy.takeover.files import replace_file


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "config"

    assert replace_file(str(path), b"new") is None
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"before\r\n")
    path.chmod(0o644)
    old = replace_file(str(path), b"new")

    assert old == f"{path}.old"
    assert Path(old).read_bytes() == b"before\r\n"
    assert {entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()} == {0o600}


def test_a_link_is_followed(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"before")
    link.symlink_to(real)
    replace_file(str(link), b"new")

    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert replace_file(str(pipe), b"new") is None
        assert os.read(reading, 10) == b"new"
    finally:
        os.close(reading)

    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_run_that_was_killed_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / ".config.new").write_bytes(b"half")
    replace_file(str(tmp_path / "config"), b"new")

    assert os.listdir(tmp_path) == ["config"]


def test_where_nothing_can_be_written_all_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config"
    path.write_bytes(b"before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(str(path), b"new")

    assert os.listdir(tmp_path) == ["config"]
    assert path.read_bytes() == b"before"
