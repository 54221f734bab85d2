"""The user's own commands: when they are run, what they are told, and what they cannot disturb."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.config.shape.model import HOOK_EVENTS, HooksConfiguration, SessionConfiguration
from ruijie_proxy.engine import events
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.status import LoginFailure, SessionStatus
from ruijie_proxy.engine.way_out import Check, Remedy
from ruijie_proxy.runtime.basis import clock
from ruijie_proxy.runtime.basis.event_loop import EventLoop
from ruijie_proxy.runtime.processes import hooks
from ruijie_proxy.runtime.processes.hooks import LINES_TOLD, MOST_WAITING, Hooks, hook_of
from ruijie_proxy.runtime.telling.event_stream import EventStream
from ruijie_proxy.runtime.telling.level import Level
from ruijie_proxy.runtime.telling.machine_events import (
    AddressRenewed,
    Noted,
    WentOffline,
    WentOnline,
)
from tests.runtime.running import is_running
from tests.runtime.steered_clock import SteeredClock

if TYPE_CHECKING:
    from ruijie_proxy.engine.events import Event
    from ruijie_proxy.runtime.telling.event_stream import Occurrence
    from ruijie_proxy.runtime.telling.machine_events import MachineEvent

LONG = 60.0
SERVER = bytes.fromhex("00d0f8d9f104")
CLIENT = bytes.fromhex("02000000cc01")
CONTROL = "/run/ruijie-proxy/control.sock"
ONLINE = SessionStatus(
    State.ONLINE, SERVER, CLIENT, 1.0, None, False, "欢迎\x1b[2J\n使用", None, None
)


PAGE = "http://10.9.8.7/eportal/index.jsp"


class Bench:
    """A loop with hooks, and everything that is said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loop = EventLoop()
        self.stream = EventStream()
        self.said: list[tuple[str, Level, str]] = []
        self.status: SessionStatus | None = ONLINE
        self.stream.subscribe(self._listen)
        self.hooks = Hooks(self.loop, self.stream, lambda name: self.status, CONTROL)
        self._wanted = ""

    def program(self, script: str) -> str:
        path = self.folder / "told"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    def configure(
        self, *command: str, timeout: float = LONG, hooks: tuple[str, ...] = HOOK_EVENTS
    ) -> None:
        commands = tuple((hook, command) for hook in hooks)
        configured = HooksConfiguration(commands, timeout)
        self.hooks.configure([SessionConfiguration("dorm", "lo", "br-lan", hooks=configured)])

    def publish(self, event: Event | MachineEvent, session: str = "dorm") -> None:
        self.stream.publish(session, event)

    def run_until(self, text: str, timeout: float = LONG) -> str:
        """Let the loop run until a line that holds a text was said; return it."""
        self._wanted = text
        give_up = self.loop.timer(lambda: pytest.fail(f"{text!r} was not said, but {self.said}"))
        give_up.set(clock.now() + timeout)
        self.loop.run()
        give_up.set(None)
        return self.said[-1][2]

    def run_for(self, seconds: float) -> None:
        self._wanted = "nothing that is ever said"
        timer = self.loop.timer(self.loop.stop)
        timer.set(clock.now() + seconds)
        self.loop.run()

    def lines(self) -> list[str]:
        prefix = "hook "
        return [
            text.split(": ", 1)[1]
            for _, level, text in self.said
            if text.startswith(prefix) and level is Level.INFO
        ]

    def _listen(self, occurrence: Occurrence) -> None:
        if not isinstance(occurrence.event, Noted):
            return
        self.said.append((occurrence.session, occurrence.level, occurrence.text))
        if self._wanted and self._wanted in occurrence.text:
            self.loop.stop()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.hooks.close()
    bench.loop.close()


def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process that was killed, which is no child of ours."""
    end = time.monotonic() + LONG
    while is_running(pid):
        assert time.monotonic() < end, "it is still running"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("event", "hook"),
    [
        (events.LoginStarted(CLIENT, "lan", again=False), "authenticating"),
        (events.OwnLoginBegun("Linux 1.0", 1, 1), "authenticating"),
        (events.OwnLoginBegun("Linux 1.0", 1, 2), None),
        (events.PortalLoginBegun(PAGE), "authenticating"),
        (events.PortalSilent(60.0, PAGE), "failure"),
        (events.PortalAdopted(PAGE), None),
        (WentOnline(own=True), "online"),
        (WentOffline(), "offline"),
        (events.LoginRefused("密码错误"), "failure"),
        (events.LoginTimedOut(server_answered=True), "failure"),
        (AddressRenewed(True, None, None, "renewed"), "renewed"),
        (events.ClientNeeded(), "client-needed"),
        (events.LeftToClient(), "client-needed"),
        (events.HealthActed(Remedy.CLIENT), "client-needed"),
        (events.HealthActed(Remedy.RENEW), None),
        (events.HealthFailed(Check.PING, "no answer", 1, 3), None),
        (events.HeartbeatSent(1), None),
        (Noted(Level.WARNING, "x"), None),
    ],
)
def test_an_event_has_its_hook(event: Event | MachineEvent, hook: str | None) -> None:
    assert hook_of(event) == hook


@pytest.mark.parametrize(
    ("event", "hook", "kind"),
    [
        (events.LoginStarted(CLIENT, "lan", again=False), "authenticating", ""),
        (WentOnline(own=True), "online", "login"),
        (WentOnline(own=False), "online", "relay"),
        (WentOffline(), "offline", ""),
        (events.LoginRefused("密码错误"), "failure", "credentials"),
        (events.LoginTimedOut(server_answered=True), "failure", "no-result"),
        (events.LoginTimedOut(server_answered=False), "failure", "no-server"),
        (events.PortalSilent(60.0, PAGE), "failure", "no-server"),
        (events.PortalLoginBegun(""), "authenticating", ""),
        (AddressRenewed(True, None, None, "renewed"), "renewed", "succeeded"),
        (AddressRenewed(False, None, None, "not renewed"), "renewed", "failed"),
        (events.ClientNeeded(), "client-needed", ""),
    ],
)
def test_each_hook_is_run_and_told_what_happened(
    bench: Bench, event: Event | MachineEvent, hook: str, kind: str
) -> None:
    bench.configure(bench.program('echo "$RUIJIE_PROXY_EVENT/$RUIJIE_PROXY_KIND"'))
    bench.publish(event)
    bench.run_until(f"hook {hook}: ", LONG)

    assert bench.lines() == [f"{hook}/{kind}"]


def test_a_command_is_told_how_things_stand(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = RouterFacts(mac=bytes(6), address=bytes((10, 20, 30, 100)))
    monkeypatch.setattr(hooks, "read_interface_facts", lambda interface: facts)
    bench.configure(bench.program("env | grep ^RUIJIE_PROXY_ | sort"))
    bench.publish(WentOnline(own=False))
    bench.run_until("succeeded")

    told = dict(line.removeprefix("RUIJIE_PROXY_").split("=", 1) for line in bench.lines())
    assert told.pop("TIME").startswith("20")
    assert told == {
        "EVENT": "online",
        "SESSION": "dorm",
        "WAN": "lo",
        "LAN": "br-lan",
        "MODE": "relay",
        "STATE": "online",
        "SERVER": "00:d0:f8:d9:f1:04",
        "CLIENT": "02:00:00:00:cc:01",
        "ADDRESS": "10.20.30.100",
        "KIND": "relay",
        # Nothing that could play tricks on a terminal.
        "MESSAGE": "欢迎 [2J 使用",
        "TEXT": "online",
        "CONTROL": CONTROL,
    }


def test_what_is_not_known_is_empty_and_the_rest_of_the_environment_small(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_DAEMON", "plum-tree")
    monkeypatch.setenv("HOME", "/root")
    bench.status = None
    bench.configure(bench.program("env"))
    bench.publish(WentOffline())
    bench.run_until("succeeded")

    lines = bench.lines()
    names = {line.split("=")[0] for line in lines if not line.startswith("RUIJIE_PROXY_")}
    assert names <= {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "PWD", "SHLVL", "_", "OLDPWD"}
    assert "HOME=/root" in lines
    assert "RUIJIE_PROXY_SERVER=" in lines
    assert "RUIJIE_PROXY_STATE=link-down" in lines


def test_why_a_session_went_offline_is_told(bench: Bench) -> None:
    failure = LoginFailure(
        "您已被强制下线", RefusalKind.DROPPED, clock.now(), Advice.LOGGED_IN_ELSEWHERE
    )
    bench.status = SessionStatus(State.BACKOFF, None, None, None, None, False, None, None, failure)
    bench.configure(bench.program('echo "$RUIJIE_PROXY_KIND: $RUIJIE_PROXY_MESSAGE"'))
    bench.publish(WentOffline())
    bench.run_until("succeeded")

    assert bench.lines() == [f"{RefusalKind.DROPPED.value}: 您已被强制下线"]


def test_no_shell_reads_the_command(bench: Bench, tmp_path: Path) -> None:
    arguments = ["; touch pwned", "$HOME", "`id`", "a b", "*", "|", ""]
    bench.configure(bench.program('for each in "$@"; do echo "<$each>"; done'), *arguments)
    bench.publish(events.LoginRefused("$(touch pwned); `touch pwned`\0' \" &&"))
    bench.run_until("succeeded")

    assert bench.lines() == [f"<{argument}>" for argument in arguments]
    assert not (tmp_path / "pwned").exists()
    assert not Path("pwned").exists()


def test_what_has_no_command_runs_none(bench: Bench) -> None:
    bench.configure("/bin/false", hooks=("offline",))
    bench.publish(WentOnline(own=True))
    bench.publish(WentOffline(), session="another")
    bench.run_for(0.2)

    assert bench.said == []


def test_a_command_that_fails_is_warned_of(bench: Bench) -> None:
    program = bench.program("echo no such page >&2; exit 3")
    bench.configure(program)
    bench.publish(WentOnline(own=True))
    bench.run_until("failed with exit status 3")

    assert bench.said[-1] == (
        "dorm",
        Level.WARNING,
        f"hook online: “{program}” failed with exit status 3: no such page",
    )


def test_a_program_that_is_missing_is_told(bench: Bench) -> None:
    bench.configure("/no/such/program")
    bench.publish(WentOnline(own=True))
    bench.run_until("there is no such program")

    assert bench.said[-1][1] is Level.WARNING
    # And the next one is tried all the same.
    bench.publish(WentOffline())
    bench.run_until("hook offline")


def test_a_hanging_command_is_stopped_with_all_it_started(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids, is_set = tmp_path / "pids", tmp_path / "set"
    script = f"trap '' TERM\nsleep 1000 &\necho $! $$ > {pids}\ntouch {is_set}\nwait\nwait"
    bench.configure(bench.program(script), timeout=LONG)
    bench.publish(WentOnline(own=True))
    while not is_set.exists():
        bench.run_for(0.05)
    SteeredClock(monkeypatch).skip(LONG)
    bench.run_until("did not end in time")

    for pid in pids.read_text().split():
        wait_until_gone(int(pid))


def test_publishing_starts_nothing_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame's way must not wait for a process to start."""
    bench.configure("/bin/true")
    monkeypatch.setattr(os, "posix_spawn", lambda *_, **__: pytest.fail("started"))
    bench.publish(WentOnline(own=True))


def test_commands_run_one_after_the_other_in_order(bench: Bench, tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    script = f'mkdir {lock} && sleep 0.1 && rmdir {lock} && echo "$RUIJIE_PROXY_EVENT"'
    bench.configure(bench.program(script))
    for event in (WentOffline(), events.LoginRefused(None), WentOnline(own=True)):
        bench.publish(event)
    bench.run_until("hook online: “")

    assert bench.lines() == ["offline", "failure", "online"]


def test_a_flood_of_events_leaves_the_newest(bench: Bench) -> None:
    bench.configure(bench.program('echo "$RUIJIE_PROXY_MESSAGE"'))
    for number in range(1000):
        bench.publish(events.LoginRefused(f"refusal {number}"))
    bench.publish(WentOffline())
    bench.run_until("hook offline: “")

    newest = [f"refusal {number}" for number in range(1000 - MOST_WAITING + 1, 1000)]
    assert bench.lines() == newest
    left_out = [text for _, level, text in bench.said if "left out" in text]
    assert left_out == [f"{1001 - MOST_WAITING} hooks were left out: too much happened meanwhile"]


def test_sessions_do_not_wait_for_each_other(bench: Bench) -> None:
    slow = HooksConfiguration((("online", ("/bin/sleep", "30")),), LONG)
    quick = HooksConfiguration((("online", ("/bin/echo", "quick")),), LONG)
    bench.hooks.configure(
        [
            SessionConfiguration("dorm", "lo", hooks=slow),
            SessionConfiguration("lab", "lo", hooks=quick),
        ]
    )
    bench.publish(WentOnline(own=True))
    bench.publish(WentOnline(own=True), session="lab")
    bench.run_until("quick")


def test_a_flood_of_output_is_cut(bench: Bench) -> None:
    bench.configure(bench.program("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo line $i; done"))
    bench.publish(WentOnline(own=True))
    bench.run_until("succeeded")

    assert bench.lines() == [f"line {number}" for number in range(20001 - LINES_TOLD, 20001)]


def test_an_endless_line_is_cut_and_nothing_in_it_reaches_a_terminal(bench: Bench) -> None:
    bench.configure(bench.program("printf '\\033[2J%03000d' 7"))
    bench.publish(WentOnline(own=True))
    bench.run_until("succeeded")

    (line,) = bench.lines()
    assert len(line) <= 500
    assert line.isprintable()


def test_a_new_configuration_counts_from_the_next_command_on(bench: Bench) -> None:
    bench.configure("/bin/echo", "old")
    bench.configure("/bin/echo", "new")
    bench.publish(WentOnline(own=True))
    bench.run_until("succeeded")
    assert bench.lines() == ["new"]

    bench.hooks.configure([SessionConfiguration("dorm", "lo")])
    bench.publish(WentOnline(own=True))
    bench.run_for(0.2)
    assert bench.lines() == ["new"]


def test_the_end_of_the_daemon_ends_what_runs_and_starts_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "pid"
    bench.configure(bench.program(f"echo $$ > {file}; echo begun; sleep 100"))
    bench.publish(WentOnline(own=True))
    while not file.exists() or not file.read_text():
        bench.run_for(0.05)
    bench.hooks.close()
    bench.publish(WentOffline())
    bench.run_for(0.2)

    assert not Path(f"/proc/{file.read_text().strip()}").exists()
    assert bench.lines() == []
