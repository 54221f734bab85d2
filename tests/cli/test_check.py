"""``ruijie-proxy check``: what a file means, what is wrong in it, and what could be better."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from tests.config.windows_program import windows_program

ACCOUNT = "username: '20261234', password: hunter2"


def check(file: Path) -> Result:
    return CliRunner().invoke(commands, ["check", "-c", str(file)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.touch(mode=0o600)
    return path


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("lan: br-lan", "dorm: relay, clients on br-lan, campus switch on eth1"),
        (
            f"lan: br-lan, {ACCOUNT}",
            "dorm: relay, clients on br-lan, campus switch on eth1",
        ),
        (
            f"mode: login, {ACCOUNT}",
            "dorm: login as 20261234 through eth1 (ruijie, Linux 1.0), DHCP after the login",
        ),
        (
            f"mode: login, {ACCOUNT}, edition: 2, dhcp: off",
            "dorm: login as 20261234 through eth1 (ruijie, Linux 1.31), fixed address",
        ),
        (
            f"mode: login, {ACCOUNT}, client_version: 1.30, edition: 1, dhcp: before",
            "dorm: login as 20261234 through eth1 (ruijie, Linux 1.30, edition 1), "
            "DHCP before the login",
        ),
        (
            f"mode: login, {ACCOUNT}, client_version: 1.40",
            "dorm: login as 20261234 through eth1 (ruijie, version 1.40), DHCP after the login",
        ),
        (
            f"mode: login, {ACCOUNT}, shape: bare",
            "dorm: login as 20261234 through eth1 (ruijie, bare, Linux 1.31), DHCP after the login",
        ),
        (
            f"mode: login, {ACCOUNT}, shape: inside, edition: 1",
            "dorm: login as 20261234 through eth1 (ruijie, inside, Linux 1.0), "
            "DHCP after the login",
        ),
        (
            f"mode: login, {ACCOUNT}, dialect: plain",
            "dorm: login as 20261234 through eth1 (plain), DHCP after the login",
        ),
        (
            f"mode: auto, lan: br-lan, {ACCOUNT}, dialect: cernet, dhcp: double",
            "dorm: auto: login as 20261234 through eth1 (cernet), or relay of clients on br-lan, "
            "DHCP between two logins; where nobody answers 802.1X, at the campus's web portal",
        ),
        (
            f"mode: portal, {ACCOUNT}",
            "dorm: login as 20261234 through eth1 at the campus's web portal",
        ),
        (
            f"mode: portal, {ACCOUNT}, portal: http://10.9.8.7/eportal/index.jsp",
            "dorm: login as 20261234 through eth1 at the web portal "
            "http://10.9.8.7/eportal/index.jsp",
        ),
    ],
)
def test_a_good_file_is_told_in_a_line_for_each_session(file: Path, keys: str, line: str) -> None:
    file.write_text(f"sessions:\n  - {{name: dorm, wan: eth1, {keys}}}\n")
    result = check(file)

    assert result.exit_code == ExitCode.DONE
    assert result.stdout == f"{line}\n{file} is fine.\n"
    assert result.stderr == ""


def test_a_windows_client_is_told_by_its_name_and_that_its_check_cannot_be_computed(
    file: Path,
) -> None:
    keys = f"mode: login, {ACCOUNT}, client_version: 6.61"
    file.write_text(f"sessions:\n  - {{name: dorm, wan: eth1, {keys}}}\n")
    result = check(file)

    assert result.exit_code == ExitCode.DONE
    assert "(ruijie, Windows 6.61)" in result.stdout
    assert "a Windows client whose check cannot be computed" in result.stderr


def test_a_client_of_ones_own_is_told_by_its_version(file: Path, tmp_path: Path) -> None:
    program = tmp_path / "8021x.exe"
    program.write_bytes(windows_program(b"\xc3" * 512, version=(2, 56)))
    keys = f"mode: login, {ACCOUNT}, dialect: ruijie-v2, client_exe: {program}"
    file.write_text(f"sessions:\n  - {{name: dorm, wan: eth1, {keys}}}\n")

    assert "(ruijie-v2, Windows 2.56)" in check(file).stdout

    file.write_text(f"sessions:\n  - {{name: dorm, wan: eth1, {keys}, client_version: 6.61}}\n")
    assert "(ruijie-v2, Windows 6.61)" in check(file).stdout


def test_every_problem_is_told_and_counted(file: Path) -> None:
    file.write_text("sessions:\n  - {wan: eth1, lan: eth1, hartbeat: {}}\n")
    result = check(file)

    assert result.exit_code == ExitCode.USAGE
    assert result.stdout == ""
    assert 'did you mean "heartbeat"?' in result.stderr
    assert "2 problems found." in result.stderr


def test_a_password_that_others_may_read_is_warned_of_and_no_error(file: Path) -> None:
    file.write_text(f"sessions:\n  - {{name: dorm, wan: eth1, mode: login, {ACCOUNT}}}\n")
    file.chmod(0o644)
    result = check(file)

    assert result.exit_code == ExitCode.DONE
    assert result.stderr == (
        f"warning: {file}:2:74: sessions[0].password: others may read it in this file; "
        f"chmod 600 {file}, or seal it: ruijie-proxy password seal\n"
    )
    assert "is fine." in result.stdout
    assert "hunter2" not in result.output
