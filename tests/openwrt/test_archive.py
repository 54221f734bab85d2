"""Archives member by member, as whoever unpacks them sees them."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from openwrt.packaging.archive import File, archive

TIME = 1_767_225_600
FILES = [
    File("/usr/bin/program", b"#!/bin/sh\n", 0o755),
    File("/etc/config/program", b"secret\n", 0o600),
    File("/usr/bin-too", b""),
]


def members(data: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return tar.getmembers()


def test_members_are_sorted_and_each_folder_comes_before_what_is_in_it() -> None:
    assert [member.name for member in members(archive(FILES, TIME))] == [
        ".",
        "./etc",
        "./etc/config",
        "./etc/config/program",
        "./usr",
        "./usr/bin",
        "./usr/bin/program",
        "./usr/bin-too",
    ]


def test_all_belongs_to_root_and_has_the_same_time() -> None:
    for member in members(archive(FILES, TIME)):
        owner = (member.uid, member.gid, member.uname, member.gname)
        assert owner == (0, 0, "root", "root"), member.name
        assert member.mtime == TIME, member.name


def test_a_file_has_the_mode_that_it_was_given_and_a_folder_is_everybodys_to_enter() -> None:
    modes = {member.name: (member.isdir(), member.mode) for member in members(archive(FILES, TIME))}

    assert modes["./usr/bin"] == (True, 0o755)
    assert modes["./usr/bin/program"] == (False, 0o755)
    assert modes["./etc/config/program"] == (False, 0o600)
    assert modes["./usr/bin-too"] == (False, 0o644)


def test_what_is_unpacked_is_what_was_packed() -> None:
    with tarfile.open(fileobj=io.BytesIO(archive(FILES, TIME))) as tar:
        for file in FILES:
            unpacked = tar.extractfile(f".{file.path}")
            assert unpacked is not None
            assert unpacked.read() == file.data


def test_gzips_header_tells_neither_name_nor_time() -> None:
    data = archive(FILES, TIME)

    # RFC 1952: magic, deflate, no flags, no time, smallest, Unix.
    assert data[:10] == bytes.fromhex("1f8b 08 00 00000000 02 03")
    assert gzip.decompress(data)[:1] == b"."


def test_the_order_of_the_files_makes_no_difference() -> None:
    assert archive(FILES, TIME) == archive(reversed(FILES), TIME)


def test_two_files_of_one_path_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="/usr/bin/program is there twice"):
        archive([*FILES, File("/usr/bin/program", b"")], TIME)
