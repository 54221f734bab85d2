"""The user's own 8021x.exe: what the V2 check needs of it, and every file that is none."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.config import client_exe
from ruijie_proxy.config.client_exe import parse_client, read_client
from ruijie_proxy.config.shape.problems import Unusable
from ruijie_proxy.installing import how_to_install
from tests.config.windows_program import windows_program

CODE = bytes(range(256)) * 4
PROGRAM = windows_program(CODE)
READ = parse_client(PROGRAM)
"""Read here, so that no test with a time limit is the one that loads pefile."""


def _unusable(data: bytes) -> str:
    with pytest.raises(Unusable) as caught:
        parse_client(data)
    return str(caught.value)


def test_the_code_and_the_version_are_taken() -> None:
    assert READ == {"code_section": CODE, "version": [3, 50]}


def test_the_first_section_that_can_be_executed_counts() -> None:
    program = windows_program(CODE, bytes(1024), first=b"\xdd" * 512)

    assert parse_client(program)["code_section"] == CODE


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "names a file that is no Windows program"),
        (b"\x7fELF" + bytes(1000), "names a file that is no Windows program"),
        (windows_program(first=CODE), "names a program without an executable section"),
        (windows_program(b""), "names a program without an executable section"),
        (windows_program(CODE, version=None), "names a program without a version"),
        (windows_program(CODE, version=(256, 0)), "names a program whose version is no client's"),
        (windows_program(CODE, version=(3, 256)), "names a program whose version is no client's"),
    ],
)
def test_what_is_no_client_is_told(data: bytes, problem: str) -> None:
    assert _unusable(data) == f"{problem}; name the 8021x.exe of a Windows client"


def test_a_version_may_be_as_large_as_its_bytes() -> None:
    assert parse_client(windows_program(CODE, version=(255, 255)))["version"] == [255, 255]


@given(st.integers(0, len(PROGRAM)), st.binary(max_size=8))
def test_damage_raises_nothing_else(start: int, damage: bytes) -> None:
    damaged = PROGRAM[:start] + damage + PROGRAM[start + len(damage) :]
    try:
        read = parse_client(damaged)
    except Unusable:
        return
    assert isinstance(read["code_section"], bytes)


def test_a_program_cut_anywhere_raises_nothing_else() -> None:
    for size in range(0, len(PROGRAM), 7):
        try:
            parse_client(PROGRAM[:size])
        except Unusable:
            continue


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pefile", None)

    remedy = how_to_install("pefile", None)
    assert _unusable(PROGRAM) == f"reading it needs the package pefile; {remedy}"


def _unusable_file(path: Path) -> str:
    with pytest.raises(Unusable) as caught:
        read_client(str(path))
    return str(caught.value)


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "8021x.exe"
    path.write_bytes(PROGRAM)

    assert read_client(str(path)) == READ


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    assert _unusable_file(tmp_path / "none").startswith("there is no such file; ")
    assert _unusable_file(tmp_path) == "is a directory; name the file in it"
    assert _unusable_file(loop).startswith("names a file that cannot be read: Too many levels")


def test_a_file_larger_than_any_client_is_not_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "8021x.exe"
    path.write_bytes(PROGRAM)
    monkeypatch.setattr(client_exe, "LARGEST_PROGRAM", len(PROGRAM) - 1)

    assert _unusable_file(path).startswith("names a file that is too large to be a client; ")
