from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from ruijie_proxy.config.sealing import read_or_make_key, seal
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.runtime.processes.configuration_child import ConfigurationChild

PIPE_CAPACITY = 64 * 1024
"""Bytes (pipe(7))."""
GOOD = "sessions:\n  - {name: dorm, wan: eth1, lan: br-lan}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def test_a_good_file_comes_over_as_plain_values(file: Path) -> None:
    file.write_text(GOOD)
    read = ConfigurationChild(str(file)).wait()

    assert read.problems == ()
    assert read.plain is not None
    assert Configuration.from_plain(read.plain).sessions[0].name == "dorm"


def test_each_problem_comes_over_as_a_line(file: Path) -> None:
    file.write_text("sessions:\n  - {wan: eth1, lan: eth1, hartbeat: {}}\nstate: x\n")
    read = ConfigurationChild(str(file)).wait()

    assert read.plain is None
    assert len(read.problems) == 3
    assert all(line.startswith(f"{file}:") for line in read.problems)


def test_what_could_be_better_comes_over_beside_the_values(file: Path) -> None:
    file.write_text("sessions:\n  - {mode: login, wan: eth1, username: me, password: hunter2}\n")
    file.chmod(0o644)
    read = ConfigurationChild(str(file)).wait()

    (warning,) = read.warnings
    assert warning.startswith(f"{file}:2:")
    assert "chmod 600" in warning
    assert read.problems == ()


def test_a_password_comes_over_and_is_not_shown(file: Path) -> None:
    file.write_text("sessions:\n  - {mode: login, wan: eth1, username: me, password: hunter2}\n")
    read = ConfigurationChild(str(file)).wait()

    assert read.plain is not None
    login = Configuration.from_plain(read.plain).sessions[0].settings.login
    assert login is not None
    assert login.password.reveal() == "hunter2"
    assert "hunter2" not in repr(read)


def test_a_sealed_password_comes_over_opened_and_its_package_stays_behind(tmp_path: Path) -> None:
    sealed = seal("hunter2", "me", read_or_make_key(str(tmp_path / "seal.key")))
    keys = f"{{mode: login, wan: eth1, username: me, password: '{sealed}'}}"
    file = tmp_path / "config.yaml"
    file.write_text(f"sessions: [{keys}]\nkey_file: {tmp_path}/seal.key\n")
    code = (
        "import sys\n"
        "from ruijie_proxy.runtime.processes.configuration_child import ConfigurationChild\n"
        f"plain = ConfigurationChild({str(file)!r}).wait().plain\n"
        "assert plain['sessions'][0]['password'] == 'hunter2'\n"
        "sys.exit('cryptography' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_file_is_a_problem_like_others(tmp_path: Path) -> None:
    read = ConfigurationChild(str(tmp_path / "none.yaml")).wait()

    assert read.plain is None
    assert "none.yaml" in read.problems[0]


def test_an_answer_can_be_waited_for_beside_other_things(file: Path) -> None:
    file.write_text(GOOD)
    child = ConfigurationChild(str(file))
    answer = None
    removed = []
    while answer is None:
        readable, _, _ = select.select([child.fileno()], [], [], 30)
        assert readable
        answer = child.receive(before_close=lambda: removed.append(True))

    assert answer.plain is not None
    assert removed == [True]


def test_it_can_be_let_finish_first_however_much_it_says(file: Path) -> None:
    # Three thousand problems are more than a pipe holds.
    file.write_text("sessions:\n  - {wan: eth1, lan: br-lan}\n" + "x: 1\n" * 3000)
    child = ConfigurationChild(str(file))
    child.let_finish()
    assert select.select([child.fileno()], [], [], 0)[0] == [child.fileno()]

    problems = child.wait().problems

    assert sum(map(len, problems)) > PIPE_CAPACITY
    assert problems == ConfigurationChild(str(file)).wait().problems


def test_a_reader_that_was_killed_is_told_of_and_not_mistaken_for_an_answer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(file)  # the child waits at it until it is ended
    children = []
    fork = os.fork

    def remembered() -> int:
        pid = fork()
        children.append(pid)
        return pid

    monkeypatch.setattr(os, "fork", remembered)
    child = ConfigurationChild(str(file))
    os.kill(children[0], 9)

    with pytest.raises(RuntimeError, match="failed"):
        child.wait()


def test_the_child_takes_no_yaml_into_the_parent(file: Path) -> None:
    file.write_text(GOOD)
    code = (
        "import sys\n"
        "from ruijie_proxy.runtime.processes.configuration_child import ConfigurationChild\n"
        f"assert ConfigurationChild({str(file)!r}).wait().plain\n"
        "sys.exit('yaml' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_file_that_this_user_may_not_read_ends_the_daemon_like_every_permission() -> None:
    code = (
        "import sys\n"
        "from ruijie_proxy.cli.run import RunOptions, run_daemon\n"
        "from ruijie_proxy.config import reader\n"
        "from ruijie_proxy.config.shape.problems import ConfigurationForbidden, Problem\n"
        "def refuse(path):\n"
        "    problem = Problem(path, None, None, '', 'forbidden', 'be root')\n"
        "    raise ConfigurationForbidden([problem])\n"
        "reader.read_configuration = refuse\n"
        "sys.exit(run_daemon(RunOptions('c.yaml')))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (5, "c.yaml: forbidden; be root\n")
