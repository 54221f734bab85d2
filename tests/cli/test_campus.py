"""``ruijie-proxy campus``, as it is seen."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.commands import commands
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.campuses import CAMPUSES

ACCOUNT = '  - {wan: eth1, mode: login, username: "20261234", password: plum-tree'


def run(*words: str) -> Result:
    return CliRunner().invoke(commands, ["campus", *words])


def test_the_list_has_a_line_for_each_with_its_years() -> None:
    lines = run("list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [campus.name for campus in CAMPUSES]
    assert lines[2].split() == ["gzhu", "广州大学", "GZHU", "2021–2026"]


@pytest.mark.parametrize("campus", CAMPUSES, ids=lambda campus: campus.name)
def test_what_is_shown_can_be_put_into_a_session_and_says_the_same(campus: object) -> None:
    name = getattr(campus, "name", "")
    shown = run("show", name).stdout
    account = 'sessions:\n  - wan: eth1\n    mode: login\n    username: "1"\n    password: x\n'
    if name == "hust":
        return  # it needs the user's own 8021x.exe
    written = parse_configuration((account + shown).encode(), "config.yaml").plain
    named = parse_configuration(f"{account}    campus: {name}\n".encode(), "config.yaml").plain
    assert written == named


def test_it_is_shown_as_openwrt_writes_it_too() -> None:
    shown = run("show", "gzhu", "--uci").stdout
    options = {"wan": "eth1", "mode": "login", "username": "1", "password": "x"}
    given = "".join(f"\toption {name} '{value}'\n" for name, value in options.items())
    session = f"config session\n{given}{shown}"
    written = parse_configuration(session.encode(), "ruijie-proxy").plain
    assert written["sessions"][0]["properties"] == [[0x35, b"\0"]]
    assert written["sessions"][0]["heartbeat"] == {"enabled": False}


def test_one_that_nobody_knows_is_told_with_the_nearest() -> None:
    result = run("show", "gzhou")
    assert result.exit_code == 2
    assert "Did you mean gzhu?" in result.stderr
    assert "“ruijie-proxy campus list”" in run("show", "atlantis").stderr
