"""The real daemon at portals that are broken or hostile, over real sockets.

What each answer comes to, for hours, is in tests/integration/test_portal_bad_input.py; here it is
that answers have their bounds: in time, in memory, and in what the daemon does meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.runtime.control.client import request
from tests.namespaces.daemon_process import DaemonProcess, run_command, write_configuration
from tests.namespaces.portal_campus import PASSWORDS, PortalCampus, make_router

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

CALL_TIMEOUT = 10.0
"""Seconds that the program gives a request (runtime/portal/orders.py)."""
SLACK = 60.0
"""Seconds for a busy machine."""
CHILDS_MORE = 1024
"""kB that a conversation may have resident beyond the daemon, which it is a fork of: it was less by
half a megabyte in each case."""
DAEMONS_MORE = 512
"""kB that the daemon may grow by one."""


@pytest.fixture
def router(network: Network) -> Namespace:
    return make_router(network)


class HostileCampus(PortalCampus):
    """A portal that does some mischief."""

    def __init__(self, network: Network, router: Namespace, at: str, how: str, text: str) -> None:
        mischief = {"at": at, "how": how, "text": text}
        super().__init__(network, router, 0, mischief=[mischief])

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Let it accept who calls, and answer after the context."""
        self.server.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.server.send_signal(signal.SIGCONT)

    def asked(self) -> list[str]:
        """Return what it was asked, once it has ended."""
        self.server.terminate()
        told, _ = self.server.communicate(timeout=SLACK + CALL_TIMEOUT)
        lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
        return [line["asked"] for line in lines if "asked" in line]


def memory(pid: int, field: str) -> int:
    """Return what a process has taken, in kB; 0: it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def begun(daemon: DaemonProcess) -> int:
    """Wait for a conversation's child, and return the memory that it has."""
    while not (children := daemon.children()):
        time.sleep(0.01)
    return memory(children[0], "VmHWM:")


def watched(daemon: DaemonProcess, words: str, timeout: float) -> tuple[str, int]:
    """Return the line that holds the words, and the most memory of a child until it came."""
    deadline, most = time.monotonic() + timeout, 0
    while time.monotonic() < deadline:
        for child in daemon.children():
            most = max(most, memory(child, "VmHWM:"))
        line = next((line for line in daemon.log.text.splitlines() if words in line), None)
        if line is not None:
            return line, most
        time.sleep(0.01)
    pytest.fail(f"{words!r} was not said, but:\n{daemon.log.text}")


@pytest.mark.parametrize(
    ("at", "how", "text", "why", "seconds"),
    [
        ("hijack", "large", "", "its answer is larger than any portal's", 0),
        ("pageInfo", "large", "", "its answer is larger than any portal's", 0),
        ("getOnlineUserInfo", "instead", "[" * 10_000, "its answer is no JSON", 0),
        ("pageInfo", "fields", '{"publicKeyModulus": "3"}', "its key is none of RSA", 0),
        ("page", "leads-to", "http://10.1.1.1/eportal/index.jsp?a=b", "to another host", 0),
        ("page", "leads-to", "index.jsp?a=b", "it leads in a circle", 0),
        ("hijack", "no-head", "", "its answer is no HTTP", 0),
        ("pageInfo", "flooded-head", "", "its answer is no HTTP", 0),
        ("pageInfo", "dripping", "", "its answer is not whole in time", CALL_TIMEOUT),
    ],
)
def test_a_hostile_answer_has_its_bounds(
    network: Network,
    router: Namespace,
    tmp_path: Path,
    at: str,
    how: str,
    text: str,
    why: str,
    seconds: float,
) -> None:
    campus = HostileCampus(network, router, at, how, text)
    configuration = write_configuration(tmp_path, campus.session())
    daemon = DaemonProcess(network, router, configuration)
    daemon.log.wait_for("waiting for an address")
    before = memory(daemon.pid, "VmRSS:")

    with campus.silent():
        campus.give_address()
        most = begun(daemon)
    line, more = watched(daemon, "cannot be understood", seconds + SLACK)

    assert why in line
    assert 0 < max(most, more) <= before + CHILDS_MORE
    assert memory(daemon.pid, "VmRSS:") <= before + DAEMONS_MORE
    status = run_command("--lang", "zh", "status", "-c", str(configuration), within=router).stdout
    assert "认证门户的应答无法理解" in status
    assert "日志里有说明" in status
    assert "next try" not in status
    assert daemon.status()["next_try"]
    asked = campus.asked()
    assert "login" not in asked
    assert asked.count("hijack") <= 4, "nothing was tried again at once"
    assert PASSWORDS[0] not in daemon.log.text


def test_meanwhile_the_daemon_answers_at_once(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    campus = HostileCampus(network, router, "hijack", "dripping", "")
    configuration = write_configuration(tmp_path, campus.session())
    daemon = DaemonProcess(network, router, configuration)
    daemon.log.wait_for("waiting for an address")
    campus.give_address()
    begun(daemon)

    for _ in range(5):
        (told,) = request(str(tmp_path / "control.sock"), "status", timeout=SLACK)["sessions"]
        assert told["state"] == "authenticating", "before the answer is whole, or given up"


def test_a_login_whose_answer_is_late_is_asked_about_and_not_sent_again(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    campus = HostileCampus(network, router, "login", "late", "")
    configuration = write_configuration(tmp_path, campus.session())
    daemon = DaemonProcess(network, router, configuration)
    campus.give_address()

    watched(daemon, "room0: online", 2 * CALL_TIMEOUT + SLACK)

    assert campus.asked().count("login") == 1
