"""The configuration that counts when none is named: the same one for every command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import ruijie_proxy
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config import usual_path as module
from ruijie_proxy.config.reader import read_path
from ruijie_proxy.config.usual_path import UCI_PATH, YAML_PATH, usual_path
from ruijie_proxy.runtime.processes.configuration_child import ConfigurationChild


@pytest.fixture
def uci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A UCI configuration where OpenWrt has it, for this test."""
    path = tmp_path / "ruijie-proxy"
    path.write_text(
        "config globals\n"
        f"\toption control '{tmp_path}/uci.sock'\n"
        f"\toption state_dir '{tmp_path}/state'\n"
        "config session 'campus'\n"
        "\toption wan 'wan'\n"
        "\toption lan 'br-lan'\n"
    )
    monkeypatch.setattr(module, "UCI_PATH", str(path))
    monkeypatch.delenv("RUIJIE_PROXY_CONTROL", raising=False)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, arguments)


def test_without_openwrts_file_it_is_the_yaml_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (UCI_PATH, YAML_PATH) == ("/etc/config/ruijie-proxy", "/etc/ruijie-proxy/config.yaml")
    monkeypatch.setattr(module, "UCI_PATH", "/nowhere")
    assert usual_path() == YAML_PATH


def test_openwrts_file_goes_first(uci: Path) -> None:
    assert usual_path() == str(uci)


def test_the_daemon_reads_it(uci: Path) -> None:
    read = ConfigurationChild(None).wait()

    assert read.path == str(uci)
    assert read.plain is not None
    assert read.plain["sessions"][0]["name"] == "campus"


def test_every_command_reads_it(uci: Path) -> None:
    folder = uci.parent

    assert run("check").stdout.endswith(f"{uci} is fine.\n")
    for command in ("status", "events", "logout", "relogin", "renew", "reload"):
        done = run(command)
        assert done.exit_code == ExitCode.NO_DAEMON, command
        assert f"{folder}/uci.sock" in done.stderr, command
    assert f"{folder}/state" in run("history").stderr
    assert "There is no profile yet" in run("profile", "show").stderr
    assert str(uci) in run("doctor", "--seconds", "0").stdout


def test_a_file_that_is_named_goes_before_it(uci: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("sessions: [{wan: eth1, lan: br-lan}]\ncontrol: /other.sock\n")

    assert read_path(str(other), "control") == "/other.sock"
    assert read_path(None, "control") == f"{tmp_path}/uci.sock"


def test_where_none_is_there_the_default_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UCI_PATH", "/nowhere/a")
    monkeypatch.setattr(module, "YAML_PATH", "/nowhere/b")

    assert read_path(None, "control") == "/run/ruijie-proxy/control.sock"


def test_no_other_module_knows_the_paths() -> None:
    package = Path(ruijie_proxy.__file__).parent
    knowing = {
        file.name
        for file in package.rglob("*.py")
        if UCI_PATH in file.read_text() or YAML_PATH in file.read_text()
    }

    assert knowing == {"usual_path.py"}
