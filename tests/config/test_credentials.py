"""Files that systemd hands to a service that may not read the originals."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ruijie_proxy.config.credentials import handed_over
from ruijie_proxy.config.reader import read_configuration
from ruijie_proxy.config.sealing import read_or_make_key, seal


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "credentials"
    directory.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(directory))
    return directory


def test_without_credentials_a_path_is_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert handed_over("/etc/ruijie-proxy/seal.key") == "/etc/ruijie-proxy/seal.key"


def test_a_file_that_was_not_handed_over_is_read_where_it_is(directory: Path) -> None:
    assert handed_over("/etc/ruijie-proxy/seal.key") == "/etc/ruijie-proxy/seal.key"


def test_an_empty_line_stands_for_no_file(directory: Path) -> None:
    (directory / "seal.key").write_text("\n")
    assert handed_over("/etc/ruijie-proxy/seal.key") == "/etc/ruijie-proxy/seal.key"


def test_a_copy_of_the_same_name_goes_first(directory: Path) -> None:
    (directory / "seal.key").write_text("a key")
    assert handed_over("/etc/ruijie-proxy/seal.key") == f"{directory}/seal.key"


@pytest.mark.parametrize("mode", [0o400, 0o440])
def test_passwords_are_read_and_unsealed_with_what_was_handed_over(
    directory: Path, tmp_path: Path, mode: int
) -> None:
    """0440 is the mode of a copy that systemd 257 has opened to the service by an ACL."""
    key = read_or_make_key(str(tmp_path / "seal.key"))
    (tmp_path / "seal.key").rename(directory / "seal.key")
    for name in ("seal.key", "dorm.password"):
        (directory / name).touch()
    (directory / "dorm.password").write_text("one secret\n")
    configuration = directory / "config.yaml"
    sealed = seal("another secret", "li", key)
    configuration.write_text(
        f"""
key_file: /nowhere/seal.key
sessions:
  - {{wan: eth1, mode: login, username: wu, password_file: /nowhere/dorm.password}}
  - {{wan: eth2, mode: login, username: li, password: "{sealed}"}}
  - {{wan: eth3, mode: login, username: qi, password: "a third"}}
"""
    )
    for path in (configuration, *directory.iterdir()):
        os.chmod(path, mode)

    reading = read_configuration(str(configuration))

    sessions = reading.plain["sessions"]
    assert [session["password"] for session in sessions] == [
        "one secret",
        "another secret",
        "a third",
    ]
    assert reading.warnings == ()
