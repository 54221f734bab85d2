"""``ruijie-proxy login``: one relayed login, and its result as an exit code."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import ClientOptions, Group, SwitchOptions
from tests.ctrl_c import HEARING_CTRL_C

LOGIN = ("login", "--wan", "eth1", "--lan", "lan", "--dhcp-renew", "off")
TIMEOUT = 60


class OneShot:
    """The command, running in the router; its words and its end."""

    def __init__(self, campus: Campus, *options: str) -> None:
        entry = campus.network.entry(Role.ROUTER)
        self.process = subprocess.Popen(
            [*entry, *HEARING_CTRL_C, sys.executable, "-m", "ruijie_proxy", *LOGIN, *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said: list[str] = []

    def wait_for(self, words: str) -> None:
        """Wait until it has said something."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if words in line:
                return
        raise AssertionError(f"it never said {words!r}, but: {self.said}")

    def end(self) -> int:
        """Wait for its end, and return the exit code."""
        rest, _ = self.process.communicate(timeout=TIMEOUT)
        self.said.append(rest)
        return self.process.returncode

    @property
    def words(self) -> str:
        return "".join(self.said)


@pytest.fixture
def campus() -> Iterator[Campus]:
    with Campus() as campus:
        yield campus


def test_a_login_that_succeeds_is_told_with_the_servers_words(campus: Campus) -> None:
    campus.start_switch()
    client = campus.start_client()
    login = OneShot(campus)
    login.wait_for("waiting for a client")
    client.command("login")

    assert login.end() == ExitCode.DONE
    assert "Authenticated. 欢迎使用校园网" in login.words
    assert "Nothing keeps the session alive now" in login.words
    campus.wait_for("pc", EventKind.ONLINE)


def test_a_refused_login_gives_the_servers_reason(campus: Campus) -> None:
    campus.start_switch()
    client = campus.start_client(ClientOptions(password="wrong"))
    login = OneShot(campus)
    login.wait_for("waiting for a client")
    client.command("login")

    assert login.end() == ExitCode.REFUSED
    assert "The server refused the login: " in login.words


def test_a_client_that_never_comes_is_waited_for_no_longer_than_told(campus: Campus) -> None:
    login = OneShot(campus, "--timeout", "1")

    assert login.end() == ExitCode.NO_ANSWER
    assert "no client on the LAN tried to log in" in login.words


def test_a_server_that_never_answers_is_told_apart(campus: Campus) -> None:
    campus.start_switch(SwitchOptions(accepted_starts=Group.RUIJIE))
    client = campus.start_client()
    login = OneShot(campus, "--timeout", "8")
    login.wait_for("waiting for a client")
    client.command("login")

    assert login.end() == ExitCode.NO_ANSWER
    assert "no server answered on the WAN port" in login.words


def test_with_keep_the_session_is_kept_until_a_signal(campus: Campus) -> None:
    campus.start_switch()
    client = campus.start_client()
    login = OneShot(campus, "--keep", "--heartbeat-interval", "1")
    login.wait_for("waiting for a client")
    client.command("login")
    login.wait_for("takeover")
    client.command("leave")
    for number in range(4140, 4143):
        campus.wait_for("switch", EventKind.HEARTBEAT, number=number)
    login.process.send_signal(signal.SIGINT)

    assert login.end() == ExitCode.DONE


def test_a_port_that_is_in_use_names_its_user(campus: Campus) -> None:
    daemon = campus.start_daemon()
    login = OneShot(campus)

    assert login.end() == ExitCode.ERROR
    assert f"eth1 is already served by process {daemon.pid}" in login.words
