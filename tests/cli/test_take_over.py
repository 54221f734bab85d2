"""``ruijie-proxy import``, as users meet it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli import take_over
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config import usual_path as usual
from ruijie_proxy.config.reader import load
from ruijie_proxy.config.usual_path import path_to_write

MINIEAP = "username=20261234\npassword=hunter2\nnic=wan\nmodule=rjv3\ndaemonize=3\n"
UCI = (
    "config globals 'globals'\n\toption log_level 'info'\n\n"
    "config session 'campus'\n\toption wan 'wan'\n\toption lan 'br-lan'\n"
)
YAML = "sessions:\n  - {wan: eth1, lan: br-lan}\n"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    path = tmp_path / "minieap.conf"
    path.write_text(MINIEAP)
    return path


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return tmp_path / "ruijie-proxy"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["import", *map(str, arguments)])


def test_the_session_of_the_port_is_replaced_and_the_old_file_kept(
    theirs: Path, ours: Path
) -> None:
    ours.write_text(UCI)
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.DONE
    assert done.stdout == ""
    assert done.stderr == (
        "campus: login as 20261234 through wan (ruijie, block, Linux 1.31, "
        "edition 1), DHCP after the login\n"
        "It takes the place of the session that was there for wan.\n"
        "Options that the session had there, and now has not: lan.\n"
        "- daemonize: left out: ruijie-proxy runs as a service and writes to the system's log\n"
        f"Written to {ours}.\n"
        f"What was there before is in {ours}.old.\n"
        "Before ruijie-proxy is started, stop the other program, and keep it from starting.\n"
    )
    assert Path(f"{ours}.old").read_text() == UCI
    (session,) = load(str(ours)).sessions
    assert (session.name, session.mode.value) == ("campus", "login")
    assert session.settings.login is not None
    assert session.settings.login.password.reveal() == "hunter2"


def test_sessions_of_other_ports_are_told_of(theirs: Path, ours: Path) -> None:
    ours.write_text(UCI.replace("'wan'", "'eth9'"))
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.DONE
    assert "The sessions of eth9 stay as they are; write option enabled '0'" in done.stderr
    assert len(load(str(ours)).sessions) == 2


@pytest.mark.parametrize("suffix", ["", ".yaml"])
def test_where_there_is_none_yet_one_is_made(theirs: Path, ours: Path, suffix: str) -> None:
    path = ours.parent / "made" / f"config{suffix}"
    done = run(theirs, "-c", path)

    assert done.exit_code == ExitCode.DONE
    assert load(str(path)).sessions[0].wan == "wan"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("sessions:" if suffix else "config session")
    assert "before is in" not in done.stderr


def test_a_yaml_file_is_left_to_its_writer(theirs: Path, ours: Path) -> None:
    ours.write_text(YAML)
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.USAGE
    assert f"{ours} is in YAML, which only you write. With -o FILE" in done.stderr
    assert ours.read_text() == YAML


def test_the_output_is_as_the_configuration_is_written(
    theirs: Path, ours: Path, tmp_path: Path
) -> None:
    ours.write_text(YAML)
    done = run(theirs, "-c", ours, "-o", "-")
    assert done.exit_code == ExitCode.DONE
    assert done.stdout.startswith('sessions:\n  - mode: "login"\n    wan: "wan"\n')
    assert "The password is in what was written" in done.stderr
    assert "hunter2" not in done.stderr

    ours.write_text(UCI)
    other = tmp_path / "other"
    assert run(theirs, "-c", ours, "-o", other).exit_code == ExitCode.DONE
    assert other.read_text().startswith("config session 'minieap'\n\toption mode 'login'\n")
    assert ours.read_text() == UCI


def test_what_would_not_pass_the_check_is_not_written(theirs: Path, ours: Path) -> None:
    broken = UCI.replace("log_level", "log_lovel")
    ours.write_text(broken)
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.USAGE
    assert f'{ours}:2: ruijie-proxy.globals: unknown option; did you mean "log_level"?' in (
        done.stderr
    )
    assert done.stderr.endswith("Nothing was written.\n")
    assert ours.read_text() == broken


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("color=red\n", "this is no configuration of minieap, MentoHUST or jmuSupplicant; "),
        (UCI, "this is a configuration of ruijie-proxy already; "),
        (MINIEAP.replace("nic=wan", ""), "names no network port; "),
    ],
)
def test_what_cannot_be_taken_over_is_told(
    theirs: Path, ours: Path, content: str, told: str
) -> None:
    theirs.write_text(content)
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.USAGE
    assert done.stderr.startswith(f"{theirs}: {told}")
    assert not ours.exists()


def test_files_that_cannot_be_read_or_written_are_told(theirs: Path, ours: Path) -> None:
    missing = run(ours, "-c", ours)
    assert (missing.exit_code, missing.stderr) == (
        ExitCode.USAGE,
        f"{ours}: No such file or directory\n",
    )
    folder = run(ours.parent, "-c", ours)
    assert folder.stderr == f"{ours.parent}: Is a directory\n"
    unwritable = run(theirs, "-c", theirs / "x")
    assert unwritable.exit_code == ExitCode.USAGE
    assert "Not a directory" in unwritable.stderr or "File exists" in unwritable.stderr


def test_two_ports_of_one_file_become_two_sessions(theirs: Path, ours: Path) -> None:
    section = (
        "config minieap\n\toption username 'me'\n\toption password 'hunter2'\n"
        "\tlist module 'rjv3'\n\toption nic '{nic}'\n"
    )
    theirs.write_text(section.format(nic="wan") + section.format(nic="wanb"))
    ours.write_text(UCI)

    assert run(theirs, "-c", ours).exit_code == ExitCode.DONE
    assert [(one.name, one.wan) for one in load(str(ours)).sessions] == [
        ("campus", "wan"),
        ("minieap", "wanb"),
    ]
    assert run(theirs, "-c", ours, "-o", "-").stdout.count("config session") == 2


def test_on_openwrt_a_new_configuration_is_made_where_its_tools_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usual, "UCI_PATH", f"{tmp_path}/ruijie-proxy")
    monkeypatch.setattr(usual, "YAML_PATH", f"{tmp_path}/config.yaml")
    assert path_to_write() == f"{tmp_path}/ruijie-proxy"

    (tmp_path / "config.yaml").write_text(YAML)
    assert path_to_write() == f"{tmp_path}/config.yaml"


def through_a_pipe(*arguments: str, content: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruijie_proxy", "import", *arguments]
    return subprocess.run(command, input=content, capture_output=True, text=True, check=False)


def test_a_hyphen_stands_for_standard_input(ours: Path) -> None:
    done = through_a_pipe("-", "-c", str(ours), content=MINIEAP)

    assert done.returncode == ExitCode.DONE
    assert load(str(ours)).sessions[0].wan == "wan"


def test_what_comes_from_there_is_told_as_that(ours: Path) -> None:
    done = through_a_pipe("-", "-c", str(ours), content="hello\n")

    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("standard input: ")
    assert not ours.exists()


def test_a_second_import_says_that_all_is_there_already(theirs: Path, ours: Path) -> None:
    ours.write_text(UCI)
    run(theirs, "-c", ours)
    written = ours.read_text()
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.DONE
    assert done.stderr.endswith(f"{ours} has just this already: nothing was written.\n")
    assert "takes the place" not in done.stderr
    assert ours.read_text() == written
    assert Path(f"{ours}.old").read_text() == UCI


def test_a_second_import_of_something_else_says_what_goes(theirs: Path, ours: Path) -> None:
    ours.write_text(UCI)
    run(theirs, "-c", ours)
    ours.write_text(ours.read_text() + "\toption heartbeat_interval '20'\n")
    theirs.write_text(MINIEAP.replace("20261234", "20269999"))
    done = run(theirs, "-c", ours)

    assert "It takes the place of the session that was there for wan." in done.stderr
    assert "Options that the session had there, and now has not: heartbeat_interval.\n" in (
        done.stderr
    )
    assert f"What was there before is in {ours}.old.\n" in done.stderr
    assert f"What {ours}.old held from an earlier time is gone.\n" in done.stderr
    assert "20261234" in Path(f"{ours}.old").read_text()


def test_ports_that_are_imported_together_are_not_told_as_others(theirs: Path, ours: Path) -> None:
    theirs.write_text(
        "minieap -u a -p b -n eth1 --module rjv3; minieap -u c -p d -n eth2 --module rjv3\n"
    )
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.DONE
    assert "stay as they are" not in done.stderr
    assert "takes the place" not in done.stderr


def test_one_port_with_two_logins_is_told(theirs: Path, ours: Path) -> None:
    section = "config minieap\n\toption nic 'wan'\n\toption username 'a'\n\toption password 'b'\n"
    theirs.write_text(section * 2)
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.USAGE
    assert "has two logins for the port wan; leave the one in it that is used" in done.stderr
    assert not ours.exists()


def test_without_a_file_the_usual_ones_are_looked_through(
    theirs: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(take_over, "USUAL_FILES", (str(ours.parent / "none"), str(theirs)))
    done = run("-c", ours)

    assert done.exit_code == ExitCode.DONE
    assert done.stderr.startswith(f"Found in {theirs}.\n")
    assert load(str(ours)).sessions[0].wan == "wan"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("minieap -u me -n eth1 -p 'hunter2\n", "line 1 opens a quote that nothing closes; "),
        ("minieap -u me -n eth1 -p $hunter2\n", "line 1 has a value that only the shell knows "),
        (f"password={'hunter2' * 150_000}\n", "has more than 64 KiB; "),
        ('{"username": "me", "password": "hunter2"', "begins as JSON, and is none in line 1; "),
    ],
)
def test_bad_input_writes_nothing_and_shows_no_password(
    theirs: Path, ours: Path, content: str, told: str
) -> None:
    theirs.write_text(content)
    done = run(theirs, "-c", ours)

    assert done.exit_code == ExitCode.USAGE
    assert done.stderr.startswith(f"{theirs}: {told}")
    assert "hunter2" not in done.output
    assert not ours.exists()
