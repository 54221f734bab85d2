"""profile: a client that was learned, from one user to another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.commands import commands
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31
from ruijie_proxy.protocol.clients.profile_data import profile_to_plain
from ruijie_proxy.values import replace


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(
        f"state_dir: {tmp_path}\nsessions:\n"
        "  - {name: dorm, mode: login, wan: eth1, username: '20261234', password: hunter2}\n"
    )
    path.chmod(0o600)
    return path


def profile(config: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(commands, ["profile", *arguments, "-c", str(config)])
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize("text_check", [True, False])
def test_a_profile_keeps_on_its_way_which_check_it_begins_with(
    config: Path, tmp_path: Path, text_check: bool
) -> None:
    given, passed_on = tmp_path / "given.json", tmp_path / "passed_on.json"
    plain = profile_to_plain(replace(LINUX_1_31, text_check=text_check))
    given.write_text(json.dumps(plain))

    profile(config, "import", str(given))
    shown = profile(config, "show").stdout
    profile(config, "export", "-o", str(passed_on))

    assert ("first check of the text, as with zero_check text" in shown) is text_check
    assert json.loads(passed_on.read_text())["text_check"] is text_check
