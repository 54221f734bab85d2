"""Sealed passwords: they open with their key and for their account, and not otherwise."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.config.sealing import (
    KEY_SIZE,
    read_key,
    read_or_make_key,
    seal,
    unseal,
)
from ruijie_proxy.config.shape.problems import Unusable
from ruijie_proxy.installing import how_to_install

KEY = bytes(range(KEY_SIZE))
USER = "20261234"
SEALED = seal("hunter2", USER, KEY)
"""Made here, so that no test with a time limit is the one that loads cryptography."""
SEAL_AGAIN = "seal the password again: ruijie-proxy password seal"
CLOSED = (
    "was sealed for another user name or with the key file of another machine, or it was damaged; "
    f"{SEAL_AGAIN}"
)


def _closed(sealed: str, username: str = USER, key: bytes = KEY) -> str:
    with pytest.raises(Unusable) as caught:
        unseal(sealed, username, key)
    return str(caught.value)


@given(st.text(), st.text(), st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE))
def test_a_sealed_password_opens(password: str, username: str, key: bytes) -> None:
    sealed = seal(password + "x", username, key)

    assert sealed.startswith("sealed:")
    assert unseal(sealed, username, key) == password + "x"


def test_a_password_is_never_sealed_the_same_way_twice() -> None:
    assert seal("hunter2", USER, KEY) != SEALED


def test_what_is_sealed_keeps_its_form() -> None:
    # The files of users hold it.
    sealed = "sealed:v1:AAECAwQFBgcICQoLL3e4b6CX8CznGmoVwwkS_cbg-2V_Kcc="

    assert unseal(sealed, USER, KEY) == "hunter2"


def test_a_sealed_password_cannot_be_moved_to_another_account() -> None:
    assert _closed(SEALED, username="20261235") == CLOSED


def test_nor_to_a_machine_with_another_key() -> None:
    assert _closed(SEALED, key=KEY[::-1]) == CLOSED


@pytest.mark.parametrize("position", range(len("sealed:v1:"), 57, 3))
def test_a_changed_character_is_noticed(position: int) -> None:
    other = "A" if SEALED[position] != "A" else "B"

    assert _closed(SEALED[:position] + other + SEALED[position + 1 :])


@pytest.mark.parametrize(
    "sealed",
    [
        "sealed:",
        "sealed:v1:",
        "sealed:v2:AAECAwQFBgcICQoLL3e4b6CX8CznGmoVwwkS_cbg-2V_Kcc=",
        "sealed:v1:AAECAwQFBgcICQoL",
        "sealed:v1:AAECAwQFBgcICQoLL3e4b6CX8CznGmoVwwkS_cbg-2V_Kcc",
        "sealed:v1:AAECAwQF BgcICQoLL3e4b6CX8CznGmoVwwkS_cbg-2V_Kcc=",
        "sealed:v1:校园",
    ],
)
def test_a_damaged_text_is_told_from_a_wrong_key(sealed: str) -> None:
    assert _closed(sealed) == f"is no whole sealed password; {SEAL_AGAIN}"


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)

    remedy = how_to_install("cryptography", None)
    assert _closed(SEALED) == f"sealed passwords need the package cryptography; {remedy}"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "seal.key"
    path.write_bytes(KEY)
    path.chmod(0o600)
    return path


def _refused(path: Path) -> str:
    with pytest.raises(Unusable) as caught:
        read_key(str(path))
    return str(caught.value)


def test_a_key_is_read(key_file: Path) -> None:
    assert read_key(str(key_file)) == KEY


def test_a_missing_key_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "seal.key"
    mask = os.umask(0)
    try:
        key = read_or_make_key(str(path))
    finally:
        os.umask(mask)

    assert len(key) == KEY_SIZE
    assert read_key(str(path)) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_key_that_is_there_is_not_made_anew(key_file: Path) -> None:
    assert read_or_make_key(str(key_file)) == KEY


def test_a_link_into_nowhere_is_not_followed_to_make_a_key(tmp_path: Path) -> None:
    link = tmp_path / "seal.key"
    link.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Unusable, match="there is no key file"):
        read_or_make_key(str(link))
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(Unusable, match="the key file cannot be made: Not a directory"):
        read_or_make_key(str(tmp_path / "file" / "below" / "seal.key"))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_others_may_use_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)

    assert _refused(key_file) == "others may use the key file; chmod 600 it"


def test_a_key_of_another_user_is_refused(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    status = list(key_file.stat())
    status[stat.ST_UID] = os.geteuid() + 1
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result(status))

    assert _refused(key_file) == "the key file belongs to another user; chown it to root"


@pytest.mark.parametrize("content", [b"", KEY[1:], KEY + b"\n"])
def test_a_key_of_another_size_is_refused(key_file: Path, content: bytes) -> None:
    key_file.write_bytes(content)

    assert _refused(key_file) == (
        f"the key file does not hold 32 bytes; remove it, and {SEAL_AGAIN}"
    )


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert _refused(tmp_path / "pipe").startswith("the key file is no regular file; ")
    assert _refused(tmp_path).startswith("the key file is no regular file; ")


def test_a_missing_key_is_answered_with_how_to_make_one(tmp_path: Path) -> None:
    assert _refused(tmp_path / "none") == (
        f"there is no key file; {SEAL_AGAIN}, which makes one, or name it as key_file"
    )
