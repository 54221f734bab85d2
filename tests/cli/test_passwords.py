"""``ruijie-proxy password seal``, and passwords typed at a terminal."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config.reader import load

USER = "20261234"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "etc" / "seal.key"


def seal(*options: str, typed: str = "hunter2\n") -> Result:
    return CliRunner().invoke(commands, ["password", "seal", "-u", USER, *options], input=typed)


def password_in(tmp_path: Path, line: str, key_file: Path, username: str = USER) -> str:
    """The password that a session has with a line in the configuration."""
    file = tmp_path / "config.yaml"
    start = f"sessions:\n  - mode: login\n    wan: eth1\n    username: '{username}'\n"
    file.write_text(f"{start}    {line}\nkey_file: {key_file}\n")
    login = load(str(file)).sessions[0].settings.login
    assert login is not None
    return login.password.reveal()


def test_the_line_it_prints_is_the_configurations(tmp_path: Path, key_file: Path) -> None:
    result = seal("--key-file", str(key_file), "--password-file", "-")

    assert result.exit_code == ExitCode.DONE
    assert result.stdout.startswith('password: "sealed:v1:')
    assert result.stdout.count("\n") == 1
    assert password_in(tmp_path, result.stdout, key_file) == "hunter2"


def test_it_says_so_when_it_makes_the_key(key_file: Path) -> None:
    options = ("--key-file", str(key_file), "--password-file", "-")

    assert f"Made the key file {key_file}." in seal(*options).stderr
    assert "Made the key file" not in seal(*options).stderr


def test_the_key_file_is_the_configurations_even_of_one_that_is_not_complete_yet(
    tmp_path: Path, key_file: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"sessions: [{{mode: login, wan: eth1}}]\nkey_file: {key_file}\n")
    result = seal("-c", str(file), "--password-file", "-")

    assert result.exit_code == ExitCode.DONE
    assert password_in(tmp_path, result.stdout, key_file) == "hunter2"


def test_on_openwrt_the_line_is_one_of_uci(tmp_path: Path, key_file: Path) -> None:
    file = tmp_path / "ruijie-proxy"
    head = f"config globals\n\toption key_file '{key_file}'\nconfig session 'campus'\n"
    session = f"\toption mode 'login'\n\toption wan 'wan'\n\toption username '{USER}'\n"
    file.write_text(head + session)
    result = seal("-c", str(file), "--password-file", "-")
    assert result.stdout.startswith("option password 'sealed:v1:")

    file.write_text(f"{head}{session}\t{result.stdout}")
    login = load(str(file)).sessions[0].settings.login
    assert login is not None
    assert login.password.reveal() == "hunter2"


def test_a_password_may_come_from_a_file(tmp_path: Path, key_file: Path) -> None:
    file = tmp_path / "password"
    file.write_text("密码\n")
    result = seal("--key-file", str(key_file), "--password-file", str(file))

    assert password_in(tmp_path, result.stdout, key_file) == "密码"


@pytest.mark.parametrize(
    ("options", "typed", "told"),
    [
        ((), "hunter2\n", "there is no terminal to ask for the password"),
        (("--password-file", "-"), "\n", "content is empty"),
        (("-u", "my name", "--password-file", "-"), "hunter2\n", "--username: has a space in it"),
        (
            ("-u", "", "--password-file", "-"),
            "hunter2\n",
            "is empty; write the name of your campus",
        ),
        (("-c", "/none/such", "--password-file", "-"), "hunter2\n", "there is no such file"),
    ],
)
def test_what_cannot_be_sealed_is_wrong_usage(
    tmp_path: Path, options: tuple[str, ...], typed: str, told: str
) -> None:
    named = ("--key-file", str(tmp_path / "seal.key")) if "-c" not in options else ()
    result = seal(*options, *named, typed=typed)

    assert result.exit_code == ExitCode.USAGE
    assert told in result.stderr
    assert result.stdout == ""
    assert not (tmp_path / "seal.key").exists()


def test_a_key_that_others_may_use_seals_nothing(key_file: Path) -> None:
    options = ("--key-file", str(key_file), "--password-file", "-")
    seal(*options)
    key_file.chmod(0o644)
    result = seal(*options)

    assert result.exit_code == ExitCode.ERROR
    assert result.stdout == ""
    assert "others may use the key file; chmod 600 it" in result.stderr


def test_it_takes_no_password_as_an_argument() -> None:
    assert seal("hunter2").exit_code == ExitCode.USAGE
    assert seal("--password", "hunter2").exit_code == ExitCode.USAGE


class Terminal:
    """The program on a terminal of its own, whose every word is kept."""

    def __init__(self, *arguments: str) -> None:
        self.said = ""
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            os.execv(sys.executable, [sys.executable, "-m", "ruijie_proxy", *arguments])

    def wait_for(self, words: str) -> None:
        while words not in self.said:
            self.said += os.read(self._descriptor, 4096).decode()

    def type(self, line: str) -> None:
        os.write(self._descriptor, line.encode() + b"\n")

    def end(self) -> int:
        try:
            while piece := os.read(self._descriptor, 4096):
                self.said += piece.decode()
        except OSError:
            pass  # the other end is closed
        os.close(self._descriptor)
        _, status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(status)


def test_a_password_is_typed_twice_and_never_shown(tmp_path: Path, key_file: Path) -> None:
    terminal = Terminal("password", "seal", "-u", USER, "--key-file", str(key_file))
    terminal.wait_for(f"Password of {USER}: ")
    terminal.type("hunter2")
    terminal.wait_for("Once more: ")
    terminal.type("hunter2")

    assert terminal.end() == ExitCode.DONE
    assert "hunter2" not in terminal.said
    (line,) = (line for line in terminal.said.splitlines() if line.startswith("password: "))
    assert password_in(tmp_path, line, key_file) == "hunter2"


def test_two_different_passwords_are_not_sealed(key_file: Path) -> None:
    terminal = Terminal("password", "seal", "-u", USER, "--key-file", str(key_file))
    terminal.wait_for("Password of ")
    terminal.type("hunter2")
    terminal.wait_for("Once more: ")
    terminal.type("hunter3")

    assert terminal.end() == ExitCode.USAGE
    assert "the two passwords differ" in terminal.said
    assert not key_file.exists()


def test_login_asks_for_the_password_once_and_without_showing_it() -> None:
    terminal = Terminal("login", "--wan", "rp-none0", "-u", USER)
    terminal.wait_for(f"Password of {USER}: ")
    terminal.type("hunter2")

    assert terminal.end() == ExitCode.INTERFACE
    assert "There is no interface 'rp-none0'" in terminal.said
    assert "hunter2" not in terminal.said
