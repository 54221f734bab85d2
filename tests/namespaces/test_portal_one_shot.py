"""``ruijie-proxy login --portal`` at a real port, and its result as an exit code."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from tests.ctrl_c import HEARING_CTRL_C
from tests.namespaces.daemon_process import COMMAND, run_command
from tests.namespaces.portal_campus import PASSWORDS, PORTAL, PortalCampus
from tests.namespaces.transcript import Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

PAGE = f"http://{PORTAL}/eportal/index.jsp"


class Port:
    """A WAN port behind which a portal stands, and whoever logs in by it."""

    def __init__(self, network: Network, folder: Path, **options: Any) -> None:
        self._network = network
        self.router: Namespace = network.namespace("router")
        self.campus = PortalCampus(network, self.router, 0, **options)
        self._password = folder / "password"
        self.type(PASSWORDS[0])
        self._login = ("login", "--wan", "wan0", "-u", "20260", "--portal")
        self._files = ("--password-file", str(self._password), "--state-dir", str(folder))

    def type(self, password: str) -> None:
        """Have this one in the file of the password."""
        self._password.write_text(password)
        self._password.chmod(0o600)

    def login(self, *options: str) -> subprocess.CompletedProcess[str]:
        return run_command(*self._login, *self._files, *options, within=self.router)

    def begin(self, *options: str) -> tuple[subprocess.Popen[str], Transcript]:
        command = (*HEARING_CTRL_C, *COMMAND, *self._login, *self._files, *options)
        process = self._network.start(self.router, *command)
        return process, Transcript(process)


def test_it_is_let_in_and_the_next_one_finds_that(network: Network, tmp_path: Path) -> None:
    port = Port(network, tmp_path)
    port.campus.give_address()

    first, second = port.login(), port.login()

    for done in (first, second):
        assert (done.returncode, done.stdout.splitlines()[-1][:14]) == (0, "Authenticated."), done
        assert "The web portal wants nothing to keep the session." in done.stderr
        assert PASSWORDS[0] not in done.stdout + done.stderr
    assert f"online: the web portal {PAGE} has let the port in before" in second.stderr
    assert port.campus.complaints() == []


def test_a_session_that_has_to_be_kept_says_so(network: Network, tmp_path: Path) -> None:
    port = Port(network, tmp_path, keepalive=1)
    port.campus.give_address()

    assert "Nothing keeps the session alive now; --keep would" in port.login().stderr


def test_with_keep_it_stays_until_ctrl_c_and_may_log_off_then(
    network: Network, tmp_path: Path
) -> None:
    port = Port(network, tmp_path, keepalive=1)
    port.campus.give_address()
    process, log = port.begin("--keep", "--logoff-on-exit")
    log.wait_for("online: the web portal")

    process.send_signal(signal.SIGINT)

    assert log.wait_for_end() == ExitCode.DONE
    port.campus.server.terminate()
    said, _ = port.campus.server.communicate(timeout=60)
    assert '{"asked": "logout"}' in said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "The server refused the login: 密码不匹配"),
        ({"captcha": True}, "Not authenticated: "),
    ],
)
def test_a_refusal_is_told_with_what_to_do(
    network: Network, tmp_path: Path, options: dict[str, Any], told: str
) -> None:
    port = Port(network, tmp_path, **options)
    port.type("cherry-tree")
    port.campus.give_address()

    done = port.login()

    assert done.returncode == ExitCode.REFUSED, done
    assert told in done.stderr
    assert len(done.stderr.split(told)[1].splitlines()) == 2, "the reason, and what to do"


def test_where_no_portal_answers_it_is_told_in_time(network: Network, tmp_path: Path) -> None:
    port = Port(network, tmp_path)
    port.campus.give_address()
    port.campus.server.kill()
    port.campus.server.wait()

    done = port.login("--timeout", "8")

    assert done.returncode == ExitCode.NO_ANSWER
    assert "no web portal answered, nor did a gateway ask for a login" in done.stderr


def test_without_an_address_it_says_so(network: Network, tmp_path: Path) -> None:
    done = Port(network, tmp_path).login("--timeout", "1", "--dhcp-renew", "off")

    assert done.returncode == ExitCode.NO_ANSWER
    assert "the WAN port has no address, which a web portal needs" in done.stderr


def test_ctrl_c_ends_it(network: Network, tmp_path: Path) -> None:
    process, log = Port(network, tmp_path).begin()
    log.wait_for("waiting for an address")

    process.send_signal(signal.SIGINT)

    assert log.wait_for_end() == ExitCode.ERROR
    assert "interrupted before there was a result" in log.text
