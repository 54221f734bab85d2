"""The rights that the app asks for: what its pages run, and nothing that could do more."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.openwrt.luci.router import ACL_FILE, APP, MENU_FILE, PROGRAM, Rights

GROUPS = json.loads(ACL_FILE.read_text())
COMMANDS = sorted(
    {
        command
        for group in GROUPS.values()
        for kind in ("read", "write")
        for command in group[kind].get("file", {})
    }
)
NO_DAEMON = 6


@pytest.mark.parametrize(
    "command",
    [
        PROGRAM,
        f"{PROGRAM} --lang en capture -o /etc/passwd",
        f"{PROGRAM} --lang en import -o /etc/passwd",
        f"{PROGRAM} --lang en status --json -c /etc/shadow",
        f"{PROGRAM} --lang en check -c /etc/shadow",
        f"{PROGRAM} --lang en relogin -c /etc/shadow",
        f"{PROGRAM} --lang en history --json -n 999999999",
        f"{PROGRAM} --lang en history --chart --json -c /etc/shadow",
        f"{PROGRAM} --lang en history --chart --json -n 999999999",
        "/etc/init.d/ruijie-proxy reload",
        "/etc/init.d/network stop",
        "/sbin/logread -e .",
        "/sbin/logread -F /etc/passwd -f",
        "/bin/sh -c reboot",
    ],
)
def test_nothing_else_may_be_run(command: str) -> None:
    assert not Rights().allow_file(command)


def test_only_the_name_of_a_session_is_left_open() -> None:
    """Behind ``--`` nothing is an option."""
    open_ones = [command for command in COMMANDS if any(char in command for char in "*?[")]
    assert {command.split(" -- ")[1] for command in open_ones} == {"*"}
    assert {command.split(" -- ")[0].split()[-1] for command in open_ones} == {
        "logout",
        "relogin",
        "renew",
        "show",
        "use",
    }


def test_no_file_may_be_read_and_none_written_but_the_capture() -> None:
    permissions = {
        (permission, path if permission == "write" else "")
        for group in GROUPS.values()
        for kind in ("read", "write")
        for path, granted in group[kind].get("file", {}).items()
        for permission in granted
    }
    assert permissions == {("exec", ""), ("write", "/tmp/ruijie-proxy-learn.upload")}


def test_what_changes_something_is_no_right_to_read() -> None:
    words = {"logout", "relogin", "renew", "start", "stop", "restart", "enable", "disable"}
    for group in GROUPS.values():
        for command in group["read"].get("file", {}):
            assert not words & set(command.split())
        assert not any("learn" in command for command in group["read"].get("file", {}))


def test_the_password_is_readable_with_the_settings_alone() -> None:
    assert [name for name, group in GROUPS.items() if "uci" in group["read"]] == [
        "luci-app-ruijie-proxy-settings"
    ]


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith(PROGRAM)])
def test_the_program_understands_each_command_line(command: str, tmp_path: Path) -> None:
    """With a name for the session, and no daemon; a word it did not know would be another code."""
    arguments = shlex.split(command.replace("*", "campus"))[1:]
    done = subprocess.run(
        [sys.executable, "-m", "ruijie_proxy", *arguments],
        env={"RUIJIE_PROXY_CONTROL": str(tmp_path / "control.sock")},
        capture_output=True,
        text=True,
        check=False,
    )
    if {"status", "logout", "relogin", "renew"} & set(arguments):
        assert done.returncode == NO_DAEMON
    else:
        assert "Usage:" not in done.stderr
        assert "用法" not in done.stderr


def test_an_option_behind_the_dashes_is_taken_for_a_name(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruijie_proxy", "renew", "--", "-c", "/etc/shadow"],
        env={"RUIJIE_PROXY_CONTROL": str(tmp_path / "control.sock")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "root:" not in done.stdout + done.stderr
    assert done.returncode == 2


def test_each_page_of_the_menu_is_there_and_has_its_rights() -> None:
    for node in json.loads(MENU_FILE.read_text()).values():
        assert set(node["depends"]["acl"]) <= set(GROUPS)
        if node["action"]["type"] == "view":
            view = f"htdocs/luci-static/resources/view/{node['action']['path']}.js"
            assert (APP / view).is_file()
