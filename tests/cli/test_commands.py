from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ruijie_proxy.cli.basics.asking import control_path
from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.cli.commands import commands
from ruijie_proxy.cli.watching.status_text import status_text
from ruijie_proxy.config import reader
from ruijie_proxy.config.shape import model
from ruijie_proxy.config.shape.problems import ConfigurationForbidden, Problem
from tests.cli.daemon_stand_in import accepted, daemon_that_answers
from tests.daemon_answer import ONLINE

GOOD = "sessions:\n  - {name: dorm, wan: eth1, lan: br-lan}\n"
SESSION = ONLINE | {
    "name": "dorm",
    "wan": "eth1",
    "accounting": None,
    "last_failure": {
        "text": "密码错误",
        "kind": "credentials",
        "at": "2026-11-23T12:59:00+08:00",
        "advice": "Check the password.",
    },
}
OWN_LOGIN = SESSION | {
    "name": "attic",
    "mode": "login",
    "state": "backoff",
    "lan": None,
    "client": None,
    "since": None,
    "heartbeat": None,
    "next_try": "2026-11-23T13:10:00+08:00",
    "services": ["移动宽带接入", "教育网接入"],
    "asked": {"since": "2026-11-23T13:00:00+08:00", "count": 42},
    "too_long": {
        "port": "eth1",
        "count": 3,
        "size": 521,
        "last": "2026-11-23T13:00:30+08:00",
    },
    "last_failure": {
        "text": "下线",
        "kind": "dropped",
        "at": "2026-11-23T12:59:00+08:00",
        "advice": "Nothing to do.",
        "was_online": True,
    },
}


def invoke(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    return CliRunner(env=environment).invoke(commands, arguments)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[str]:
    """A stand-in for the daemon, which has a session of each kind."""
    path = tmp_path / "control.sock"
    answer = accepted({"version": "0", "sessions": [SESSION, OWN_LOGIN]})
    with daemon_that_answers(path, lambda question: {"status": [answer]}[question["command"]]):
        yield str(path)


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["run"],
        ["login"],
        ["status"],
        ["check"],
        ["password"],
        ["password", "seal"],
        ["lab"],
        ["lab", "demo"],
    ],
)
def test_every_command_has_its_help(command: list[str]) -> None:
    result = invoke(*command, "--help")

    assert result.exit_code == ExitCode.DONE
    assert "Usage:" in result.output


def test_status_tells_people_how_it_stands(daemon: str) -> None:
    result = invoke("status", environment={"RUIJIE_PROXY_CONTROL": daemon})

    assert result.exit_code == ExitCode.DONE
    assert "dorm: online since 2026-11-23T13:00:00+08:00" in result.output
    assert "every 18 s, by the server's grant; 12 sent" in result.output
    assert "欢迎使用校园网" in result.output
    assert "clients on br-lan, campus switch on eth1" in result.output
    assert "(credentials): 密码错误\n              Check the password." in result.output


def test_status_tells_when_the_router_tries_again_and_what_is_on_offer(daemon: str) -> None:
    result = invoke("status", "attic", environment={"RUIJIE_PROXY_CONTROL": daemon})

    assert result.output.startswith("attic: waiting before the next try\n")
    assert "  ports       campus switch on eth1\n" in result.output
    assert "  next try    2026-11-23T13:10:00+08:00 (" in result.output
    assert "  services    移动宽带接入, 教育网接入\n" in result.output


def test_status_tells_what_is_in_the_way(daemon: str) -> None:
    result = invoke("status", "attic", environment={"RUIJIE_PROXY_CONTROL": daemon})

    rows = {line[2:13].strip(): line[14:] for line in result.output.splitlines()[1:]}
    assert re.fullmatch(
        r"42 times since 2026-11-23T13:00:00\+08:00 \(.*\), and no server has answered",
        rows["called"],
    )
    assert rows["too long"].startswith("3 frames did not fit into the MTU of eth1, the last 2026-")
    assert rows["dropped"].endswith(": 下线")
    assert "failure" not in rows


def rows_of(tmp_path: Path, **changes: Any) -> tuple[str, dict[str, str]]:
    """Return the first line of a session at a web portal, and the others by their labels."""
    path = tmp_path / "control.sock"
    session = OWN_LOGIN | {"mode": "portal", "asked": None, "last_failure": None, **changes}
    answer = accepted({"version": "0", "sessions": [session]})
    path.unlink(missing_ok=True)
    with daemon_that_answers(path, lambda _: [answer]):
        told = invoke("status", environment={"RUIJIE_PROXY_CONTROL": str(path)}).output
    first, *rest = told.splitlines()
    return first, {line[2:13].strip(): line[14:] for line in rest}


PORTAL = {"page": "http://10.9.8.7/eportal/index.jsp", "keepalive": 0, "last": None}
SINCE, LATER = "2026-11-23T13:00:00+08:00", "2026-11-23T13:05:00+08:00"


def test_status_tells_since_when_a_login_waits_for_an_address(tmp_path: Path) -> None:
    first, _ = rows_of(tmp_path, state="authenticating", awaits_address_since=SINCE)
    assert first.startswith(f"attic: waiting for an address of the WAN port since {SINCE} (")


@pytest.mark.parametrize(
    ("page", "why", "label", "words"),
    [
        (PORTAL["page"], None, "no answer", ""),
        (PORTAL["page"], "its answer is no JSON", "unreadable", ": its answer is no JSON"),
        (None, None, "no answer", ": nobody asks for a login by a web page. Either the port is"),
    ],
)
def test_status_tells_since_when_a_portal_is_not_heard_or_read(
    tmp_path: Path, page: str | None, why: str | None, label: str, words: str
) -> None:
    unread = {"since": SINCE, "why": why}
    portal = {**PORTAL, "page": page, "unread": unread, "next_look": None}
    _, rows = rows_of(tmp_path, portal=portal)
    assert re.match(rf"since {re.escape(SINCE)} \([^)]* ago\){re.escape(words)}", rows[label])
    assert "next try" in rows

    _, rows = rows_of(tmp_path, state="online", portal={**portal, "next_look": LATER})
    assert f"; asked again {LATER} (" in rows[label]


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (None, "to log in again: ruijie-proxy relogin"),
        (SESSION["last_failure"], "after a change in the configuration: ruijie-proxy reload (a"),
    ],
)
def test_status_of_a_session_that_rests_says_how_it_goes_on(
    failure: dict[str, Any] | None, told: str
) -> None:
    stopped = OWN_LOGIN | {"state": "stopped", "next_try": None, "last_failure": failure}

    rows = {line[2:13].strip(): line[14:] for line in status_text(stopped).splitlines()[1:]}
    assert rows["to go on"].startswith(told)
    assert "to go on" not in status_text(OWN_LOGIN)


@pytest.mark.parametrize(
    ("off", "told"),
    [
        ("configured", "none is sent, as configured; what the server asks is answered"),
        ("server", "none is sent, as the server wants none; what it asks is answered"),
    ],
)
def test_status_tells_why_no_heartbeat_is_sent(off: str, told: str) -> None:
    heartbeat = {"source": "probe", "interval": 27.0, "sent": 0, "number": None, "last": None}
    text = status_text({**OWN_LOGIN, "heartbeat": {**heartbeat, "off": off}})

    assert told in text


def test_status_tells_programs_in_json(daemon: str) -> None:
    result = invoke("status", "--json", "dorm", environment={"RUIJIE_PROXY_CONTROL": daemon})

    assert json.loads(result.output) == {"version": "0", "sessions": [SESSION]}


def test_a_session_that_is_not_there_is_named_with_those_that_are(daemon: str) -> None:
    result = invoke("status", "cellar", environment={"RUIJIE_PROXY_CONTROL": daemon})

    assert result.exit_code == ExitCode.USAGE
    assert "Sessions: dorm, attic." in result.output


def test_without_a_daemon_status_says_how_to_start_one(tmp_path: Path) -> None:
    path = str(tmp_path / "none.sock")
    result = invoke("status", environment={"RUIJIE_PROXY_CONTROL": path})

    assert result.exit_code == ExitCode.NO_DAEMON
    assert "ruijie-proxy run" in result.output


def test_status_finds_the_socket_through_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"{GOOD}control: {tmp_path}/elsewhere.sock\n")
    result = invoke("status", "-c", str(file), environment={"RUIJIE_PROXY_CONTROL": ""})

    assert result.exit_code == ExitCode.NO_DAEMON
    assert f"{tmp_path}/elsewhere.sock" in result.output


def test_status_finds_the_socket_whatever_else_is_wrong_in_the_configuration(
    tmp_path: Path,
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"sessions: []\ncontrol: {tmp_path}/elsewhere.sock\n")
    result = invoke("status", "-c", str(file), environment={"RUIJIE_PROXY_CONTROL": ""})

    assert result.exit_code == ExitCode.NO_DAEMON
    assert f"{tmp_path}/elsewhere.sock" in result.output


def forbid(monkeypatch: pytest.MonkeyPatch, usual_socket: Path) -> None:
    """Play a user who may not read the usual configuration, with this as the usual socket."""

    def refuse(path: str | None, _key: str) -> str:
        file = path or "/etc/ruijie-proxy/config.yaml"
        raise ConfigurationForbidden([Problem(file, None, None, "", "may not be read", "be root")])

    monkeypatch.setattr(reader, "read_path", refuse)
    monkeypatch.setattr(
        model, "Configuration", lambda **_: SimpleNamespace(control=str(usual_socket))
    )
    monkeypatch.delenv("RUIJIE_PROXY_CONTROL", raising=False)


def test_who_may_not_read_the_usual_configuration_asks_at_the_usual_socket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    usual = tmp_path / "usual.sock"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(usual))
    forbid(monkeypatch, usual)

    assert control_path(None) == str(usual)
    assert f"nobody answers on {usual}" in invoke("status").output


@pytest.mark.parametrize("arguments", [("-c", "/own.yaml"), ()])
def test_another_configuration_or_a_socket_that_is_not_there_ends_in_who_may_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    usual = tmp_path / "usual.sock"
    if arguments:
        usual.touch()  # and yet it is not of the configuration that is named
    forbid(monkeypatch, usual)
    result = invoke("status", *arguments)

    assert result.exit_code == ExitCode.INTERFACE
    assert "may not be read; be root" in result.output


def test_login_says_what_is_wrong_with_an_option_in_the_files_own_words() -> None:
    result = invoke("login", "--wan", "eth1", "--lan", "eth1", "--successes", "9")

    assert result.exit_code == ExitCode.USAGE
    assert "successes: is too large" in result.output
    assert "lan:" in result.output


def test_login_without_the_interface_says_which_there_are() -> None:
    result = invoke("login", "--wan", "rp-none0", "--lan", "rp-none1")

    assert result.exit_code == ExitCode.INTERFACE
    assert "There is no interface 'rp-none0'" in result.output
    assert "lo" in result.output


def test_an_unknown_option_is_wrong_usage() -> None:
    assert invoke("login", "--wann", "eth1").exit_code == ExitCode.USAGE
