"""What only the router and the portal are to know stands nowhere else, wherever one may look.

The virtual portal puts a mark into each of its secrets, and they are looked for in all that the
real daemon writes, tells and starts: while it logs in, online, refused, and when it fails itself.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.namespaces.daemon_process import (
    COMMAND,
    DaemonProcess,
    run_command,
    write_configuration,
)
from tests.namespaces.portal_campus import PortalCampus, make_router
from tests.namespaces.transcript import PATIENCE, Transcript

if TYPE_CHECKING:
    from tests.namespaces.conftest import Namespace, Network

MARK = "qz7marker"
SECRETS = {
    "the account's password": "qz1plumtree",
    "the carrier's password": "qz2peartree",
    "the gateway's query, session, cookie and page of the user": MARK,
}
OPTIONS = {
    "password": SECRETS["the account's password"],
    "operator_user": "1390000",
    "operator_password": SECRETS["the carrier's password"],
    "mark": MARK,
    "keepalive": 1,
}
HOOK = """#!/bin/sh
env >>"$0.told"
cat "/proc/$PPID/environ" >>"$0.told"
"""
CRASH = """
import runpy
from ruijie_proxy.engine.portal.dialogue import Dialogue
from ruijie_proxy.engine.portal.portal_session import PortalSession

def crash(self, *values):
    raise RuntimeError(f"the program failed with {{values!r}} {{self._login!r}} {{self!r}}")

{what} = crash
runpy.run_module("ruijie_proxy", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def router(network: Network) -> Namespace:
    return make_router(network)


class Household:
    """A router with all switched on that tells of a session; its WAN port has no address yet."""

    def __init__(
        self,
        network: Network,
        router: Namespace,
        folder: Path,
        command: tuple[str, ...] = COMMAND,
        **options: Any,
    ) -> None:
        self.folder, self._router = folder, router
        self.campus = PortalCampus(network, router, 0, **{**OPTIONS, **options})
        hook = folder / "hook"
        hook.write_text(HOOK)
        hook.chmod(0o700)
        hooks = {name: [str(hook)] for name in ("authenticating", "online", "offline", "failure")}
        self.configuration = write_configuration(
            folder,
            self.campus.session(
                password=OPTIONS["password"],
                operator_username=OPTIONS["operator_user"],
                operator_password=OPTIONS["operator_password"],
                logoff_on_exit=True,
                hooks=hooks,
            ),
        )
        plain = json.loads(self.configuration.read_text())
        plain |= {
            "log": {"level": "debug"},
            "journal_dir": str(folder / "journal"),
            "metrics": str(folder / "metrics.prom"),
        }
        self.configuration.write_text(json.dumps(plain))
        self.daemon = DaemonProcess(network, router, self.configuration, command)
        self.daemon.log.wait_for("waiting for an address")
        follow = ("events", "-c", str(self.configuration))
        self.follower = Transcript(network.start(router, *COMMAND, *follow))
        self.seen = bytearray()
        """What was found of processes, and told by commands."""

    def ask(self, *commands: str) -> None:
        """Keep what commands tell, to people and to programs, in both languages."""
        for command in commands:
            for language in ("en", "zh"):
                words = ("--lang", language, *command.split(), "-c", str(self.configuration))
                done = run_command(*words, within=self._router)
                self.seen += (done.stdout + done.stderr).encode()

    def watch_until(self, words: str) -> None:
        """Keep what can be seen of the daemon's processes until it says so."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.daemon.log.text:
            assert time.monotonic() < deadline, self.daemon.log.text
            for pid in (self.daemon.pid, *self.daemon.children()):
                for name in ("cmdline", "environ"):
                    try:
                        self.seen += Path(f"/proc/{pid}/{name}").read_bytes()
                    except OSError:
                        continue  # it has ended meanwhile

    def end(self) -> None:
        """Stop the daemon, with a logout, and whatever still follows it."""
        self.daemon.signal(signal.SIGTERM)
        assert self.daemon.log.wait_for_end() == 0
        self.follower.wait_for_end()

    def everything(self) -> dict[str, bytes]:
        """Return all that was written and told, by where."""
        files = {
            str(file): file.read_bytes()
            for file in self.folder.rglob("*")
            if file.is_file() and file != self.configuration
        }
        return {
            **files,
            "the log": self.daemon.log.text.encode(),
            "the events": self.follower.text.encode(),
            "processes and commands": bytes(self.seen),
        }

    def check_nothing_is_told(self) -> None:
        """See that no secret stands anywhere."""
        for where, told in self.everything().items():
            for what, secret in SECRETS.items():
                assert secret.encode() not in told, f"{what} stands in {where}"


def test_a_login_a_life_online_and_a_logout_tell_no_secret(
    network: Network, router: Namespace, tmp_path: Path
) -> None:
    household = Household(
        network, router, tmp_path, mischief=[{"at": "login", "how": "late"}], slowness=1.0
    )
    household.campus.give_address()
    household.watch_until("online: the web portal")
    household.ask("status", "status --json", "history", "history --json", "check")
    household.ask("relogin")
    household.daemon.log.wait_for("logged off at the web portal")
    household.daemon.log.wait_for("online: the web portal")
    household.end()
    household.ask("history", "history --json")

    told = household.everything()
    assert b"RUIJIE_PROXY_EVENT=online" in told[str(tmp_path / "hook.told")]
    assert b"login-succeeded" in told["the events"] or b"online" in told["the events"]
    assert any("journal" in where and data for where, data in told.items())
    assert any(where.endswith(".logins.json") for where in told)
    household.check_nothing_is_told()
    assert household.campus.complaints() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"refusal": "密码不匹配,请输入正确的密码!"}, "no further try"),
        ({"refusal": "用户已在线"}, "the next try"),
        ({"captcha": True}, "no further try"),
        ({"mischief": [{"at": "getOnlineUserInfo", "how": "half"}]}, "the next try"),
        ({"mischief": [{"at": "login", "how": "twice"}]}, "online: the web portal"),
        ({"leads_to": f"http://10.9.8.7/srun_portal_pc?x={MARK}"}, "the next try"),
        ({"leads_to": f"https://10.9.8.7/eportal/index.jsp;jsessionid={MARK}?{MARK}"}, "next try"),
    ],
)
def test_nor_does_one_that_comes_to_nothing(
    network: Network, router: Namespace, tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    household = Household(network, router, tmp_path, **options)
    household.campus.give_address()
    household.watch_until(words)
    household.ask("status", "status --json", "history")
    household.end()

    household.check_nothing_is_told()


@pytest.mark.parametrize(
    ("what", "who"),
    [
        ("Dialogue._told_of_login", "child"),
        ("Dialogue._page_info", "child"),
        ("PortalSession._hold", "daemon"),
        ("PortalSession._log_out", "daemon"),
    ],
)
def test_nor_does_a_crash_report(
    network: Network, router: Namespace, tmp_path: Path, what: str, who: str
) -> None:
    program = (sys.executable, "-c", CRASH.format(what=what))
    household = Household(network, router, tmp_path, program)
    household.campus.give_address()

    if what == "PortalSession._log_out":
        household.watch_until("online: the web portal")
        household.daemon.signal(signal.SIGTERM)
    household.watch_until("RuntimeError: the program failed with")
    if who == "daemon":
        assert household.daemon.log.wait_for_end() == 1
    else:
        household.end()

    household.check_nothing_is_told()
