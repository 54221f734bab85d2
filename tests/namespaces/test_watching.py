"""Watching and steering the daemon while it works: its commands, journal, figures and log."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.lab.campus.network import WAN_INTERFACE, Role
from ruijie_proxy.lab.errors import LabError
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, SwitchOptions
from ruijie_proxy.runtime.records import journal_files
from tests.ctrl_c import HEARING_CTRL_C
from tests.namespaces.campus_driver import QUICK, CampusDriver
from tests.namespaces.terminal import InTerminal

LOGIN: dict[str, Any] = {"mode": "login", "username": DEFAULT_USER, "password": DEFAULT_PASSWORD}
WRONG_PASSWORD = "用户不存在或密码错误"
TIMEOUT = 60.0
RENEW = ["ip", "address", "replace", "192.0.2.2/24", "dev", WAN_INTERFACE]


@pytest.fixture
def driver() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        yield driver


def command(driver: CampusDriver, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that finds the daemon by its configuration, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ruijie_proxy", *arguments, "-c", str(driver.campus.configuration)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def configure(driver: CampusDriver, top_level: dict[str, Any], **session: Any) -> None:
    """Write the configuration, with further keys at its top."""
    driver.campus.configure(**{**QUICK, **session})
    with driver.campus.configuration.open("a") as file:
        # JSON is YAML.
        file.writelines(f"{key}: {json.dumps(value)}\n" for key, value in top_level.items())


def start(driver: CampusDriver, top_level: dict[str, Any], **session: Any) -> None:
    """Start switch and daemon, and wait until the router is online."""
    driver.start_switch(SwitchOptions(quiet_period=0.0))
    configure(driver, top_level, **session)
    driver.daemon = driver.campus.start_daemon()
    driver.log_says("sends heartbeats")


def history(driver: CampusDriver) -> list[dict[str, Any]]:
    done = command(driver, "history", "--json")
    assert done.returncode == ExitCode.DONE, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def wait_until_recorded(driver: CampusDriver, name: str) -> None:
    """Wait until it is in the file: ``history`` also tells what the daemon has not written yet."""
    journal = driver.campus.state_directory / journal_files.NAME
    deadline = time.monotonic() + TIMEOUT
    while not journal.exists() or f'"{name}"' not in journal.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, f"no {name} in the journal"
        driver.campus.poll(0.5)


# Steering.


def test_relogin_of_an_online_session_says_goodbye_and_logs_in(driver: CampusDriver) -> None:
    driver.open(SwitchOptions(quiet_period=0.0), **LOGIN)
    driver.log_says("sends heartbeats")
    asked = time.monotonic()
    done = command(driver, "relogin", "dorm")

    assert (done.returncode, done.stdout) == (ExitCode.DONE, "dorm: logged off, begins anew\n")
    driver.switch_saw(EventKind.OFFLINE, reason="logoff", since=asked)
    driver.switch_saw(EventKind.ONLINE, since=asked)
    driver.switch_saw(EventKind.HEARTBEAT, count=2, since=asked)
    report = driver.report()
    assert (report["logins"], report["complaints"]) == (2, [])


def test_relogin_takes_up_again_what_had_given_up(driver: CampusDriver) -> None:
    driver.open(SwitchOptions(refusals=(WRONG_PASSWORD,), quiet_period=0.0), **LOGIN)
    driver.log_says("no further try")
    assert driver.status()["state"] == "stopped"

    done = command(driver, "relogin")
    assert done.returncode == ExitCode.DONE
    assert re.fullmatch(r"dorm: begins anew in \d+ s, not to be banned\n", done.stdout)
    # Not at once: so soon after a refusal, a campus would count it.
    driver.switch_saw(EventKind.ONLINE, timeout=TIMEOUT)


def test_relogin_over_the_limit_of_tries_leaves_the_session_as_it_is(driver: CampusDriver) -> None:
    """Three logins were left without a result; the one that succeeded since counts for nothing."""
    driver.open(SwitchOptions(quiet_period=0.0), **LOGIN)
    driver.log_says("sends heartbeats")
    driver.signal_daemon(signal.SIGTERM)
    driver.log_says("stopped")
    memory = driver.campus.state_directory / "dorm.logins.json"
    kept = json.loads(memory.read_text())
    kept["memory"]["tries"] = [kept["boot"] - ago for ago in (300, 200, 100)]
    memory.write_text(json.dumps(kept))
    driver.restart_daemon()
    driver.log_says("going on with the session that was kept")

    asked = time.monotonic()
    done = command(driver, "relogin", "dorm")
    assert (done.returncode, done.stdout) == (ExitCode.ERROR, "")
    assert "dorm: nothing is ended, since no login could follow now" in done.stderr
    assert re.search(r"free in \d min", done.stderr)

    driver.switch_saw(EventKind.HEARTBEAT, count=2, since=asked)
    assert driver.status()["state"] == "online"
    report = driver.report()
    assert (report["logins"], report["complaints"]) == (1, [])


def test_after_a_further_refusal_it_stops_again(driver: CampusDriver) -> None:
    driver.open(SwitchOptions(quiet_period=0.0), **{**LOGIN, "password": "wrong"})
    driver.log_says("no further try")
    asked = time.monotonic()
    assert command(driver, "relogin").returncode == ExitCode.DONE

    driver.log_says("no further try", since=asked, timeout=TIMEOUT)
    assert driver.status()["state"] == "stopped"
    assert driver.report()["starts"] == 2


def test_relogin_of_a_relayed_session_waits_for_the_client(driver: CampusDriver) -> None:
    driver.open()
    driver.login()
    driver.log_says("takeover")
    assert command(driver, "relogin").stdout == "dorm: logged off, begins anew\n"

    driver.switch_saw(EventKind.OFFLINE, reason="logoff")
    assert driver.status()["state"] == "waiting"
    again = time.monotonic()
    driver.client.command("login")
    driver.switch_saw(EventKind.ONLINE, since=again)


def test_renew_has_the_address_renewed_whether_or_not_online(driver: CampusDriver) -> None:
    driver.open(dhcp={"renew": RENEW})
    done = command(driver, "renew")

    assert (done.returncode, done.stdout) == (
        ExitCode.DONE,
        "dorm: its address is being renewed; the log says what came of it\n",
    )
    driver.log_says(f"{WAN_INTERFACE} has the address 192.0.2.2")


def test_reload_reads_the_configuration_and_leaves_sessions_alone(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    done = command(driver, "reload")

    assert done.returncode == ExitCode.DONE
    driver.log_says("the configuration was read again")
    assert driver.report()["logins"] == 1


def test_reload_of_what_cannot_be_used_is_told_and_changes_nothing(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    path = driver.campus.configuration
    good = path.read_text()
    path.write_text(good.replace("mode: login", "mode: lgoin"))
    with InTerminal("status", "-c", str(path)) as terminal:
        terminal.wait_for("online")
    assert command(driver, "reload").returncode == ExitCode.DONE

    driver.log_says("the configuration is not taken")
    assert driver.status()["state"] == "online"


def test_a_session_that_is_no_text_is_a_bad_request_and_no_fault(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    for name in ("logout", "relogin", "renew", "events"):
        for session in ("[1]", "{}", "5", "true"):
            answer = say(driver, f'{{"version": 1, "command": "{name}", "session": {session}}}\n')
            assert json.loads(answer)["error"]["kind"] == "bad-request"
    assert driver.status()["state"] == "online"


# Callers that mean no good.


def say(driver: CampusDriver, words: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(TIMEOUT)
        caller.connect(str(driver.campus.control))
        caller.sendall(words.encode())
        return caller.recv(65536)


class Nuisance:
    """Callers that hang, flood, follow without reading, and talk nonsense, while it lasts."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._ended = threading.Event()
        kinds = (self._hang, self._flood, self._talk_nonsense, self._follow, self._come_and_go)
        self._threads = [threading.Thread(target=self._again, args=(kind,)) for kind in kinds]
        self.rounds = 0

    def __enter__(self) -> Nuisance:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _again(self, kind: Any) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(OSError):
                kind()
            self.rounds += 1
            # Two cores are shared with the daemon under test.
            self._ended.wait(0.005)

    def _connect(self) -> socket.socket:
        caller = socket.socket(socket.AF_UNIX)
        caller.settimeout(0.5)
        caller.connect(self._path)
        return caller

    def _hang(self) -> None:
        with contextlib.ExitStack() as callers:
            for _ in range(6):
                callers.enter_context(self._connect()).sendall(b'{"version": 1, ')
            self._ended.wait(0.5)

    def _flood(self) -> None:
        with self._connect() as caller:
            for _ in range(100):
                caller.sendall(b"x" * 65536)

    def _talk_nonsense(self) -> None:
        for words in (b"\xff\xfe\x00\n", b"[" * 4000 + b"\n", b'{"version": 1}\n', b"\n" * 4000):
            with self._connect() as caller:
                caller.sendall(words)
                caller.recv(65536)

    def _follow(self) -> None:
        with contextlib.ExitStack() as callers:
            for _ in range(10):
                caller = callers.enter_context(self._connect())
                caller.sendall(b'{"version": 1, "command": "events"}\n')
                caller.sendall(b"y" * 1000)
            self._ended.wait(0.5)

    def _come_and_go(self) -> None:
        for _ in range(10):
            self._connect().close()


def test_whatever_callers_do_the_heartbeats_go_out_in_time(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    began = time.monotonic()
    with Nuisance(driver.campus.control) as nuisance:
        driver.switch_saw(EventKind.HEARTBEAT, count=5, since=began, timeout=20.0)

    assert nuisance.rounds > 20
    assert driver.report()["complaints"] == []
    assert driver.status()["state"] == "online"
    assert len(os.listdir(f"/proc/{driver.daemon.pid}/fd")) < 25


# In a terminal.


def test_status_watch_shows_what_changes_until_ctrl_c(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    with InTerminal("status", "--watch", "-c", str(driver.campus.configuration)) as terminal:
        terminal.wait_for("\x1b[32monline\x1b[0m since")
        assert "\x1b[2J" in terminal.shown, "each look begins with an empty screen"
        assert command(driver, "logout").returncode == ExitCode.DONE
        terminal.wait_for("\x1b[31mstopped\x1b[0m", anew=True)
        terminal.press_ctrl_c()
        assert terminal.end() == ExitCode.DONE
    assert driver.status()["state"] == "stopped"


def test_status_watch_goes_on_through_a_restart_of_the_daemon(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    with InTerminal("status", "--watch", "-c", str(driver.campus.configuration)) as terminal:
        terminal.wait_for("online")
        driver.kill_daemon()
        terminal.wait_for("No daemon is running")
        terminal.wait_for("It is asked again every second")
        driver.restart_daemon()
        terminal.wait_for("\x1b[32monline\x1b[0m", anew=True)
        terminal.press_ctrl_c()
        assert terminal.end() == ExitCode.DONE


def test_status_watch_does_not_wait_for_a_daemon_that_never_ran(driver: CampusDriver) -> None:
    driver.campus.configure(**QUICK)
    done = command(driver, "status", "--watch")

    assert done.returncode == ExitCode.NO_DAEMON
    assert "No daemon is running" in done.stderr


def test_events_are_shown_in_colour_until_ctrl_c(driver: CampusDriver) -> None:
    driver.open(SwitchOptions(quiet_period=0.0), **LOGIN)
    driver.log_says("sends heartbeats")
    arguments = ("events", "--follow", "-c", str(driver.campus.configuration))
    with InTerminal(*arguments) as terminal:
        terminal.wait_for("heartbeat")  # each second, so it follows by now
        driver.switch.command("kick")
        terminal.wait_for("\x1b[33mthe server ended the session")
        terminal.wait_for("\x1b[1mdorm\x1b[0m")
        terminal.press_ctrl_c()
        assert terminal.end() == ExitCode.DONE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_events_end_with_the_daemon(driver: CampusDriver, number: signal.Signals) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    with InTerminal("events", "-c", str(driver.campus.configuration)) as terminal:
        terminal.wait_for("heartbeat")
        driver.signal_daemon(number)
        assert terminal.end() == ExitCode.NO_DAEMON
        assert "The daemon has ended" in terminal.shown


def test_events_for_programs_are_lines_of_json(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.log_says("sends heartbeats")
    arguments = ("events", "--json", "dorm", "-c", str(driver.campus.configuration))
    with subprocess.Popen(
        [*HEARING_CTRL_C, sys.executable, "-m", "ruijie_proxy", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        event = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        process.stdout.close()
    assert (event["session"], event["event"]) == ("dorm", "heartbeat-sent")
    assert isinstance(event["detail"]["number"], int)


# What stays.


def test_yesterdays_drop_can_be_read_after_a_loss_of_power(driver: CampusDriver) -> None:
    start(driver, {}, **LOGIN)
    kicked = time.monotonic()
    driver.switch.command("kick")
    driver.log_says("the server ended the session", since=kicked)
    wait_until_recorded(driver, "dropped")
    driver.kill_daemon()

    lines = history(driver)
    names = [line["event"] for line in lines]
    assert names[0] == "daemon-started"
    assert names.index("went-online") < names.index("dropped") < names.index("went-offline") + 2
    assert "heartbeat-sent" not in names
    done = command(driver, "history", "dorm", "--since", "1h")
    assert "the server ended the session" in done.stdout

    driver.restart_daemon()
    driver.log_says("runs as process", since=kicked)
    driver.campus.stop(driver.daemon)
    starts = [line["event"] for line in history(driver) if line["session"] is None]
    assert starts == ["daemon-started", "daemon-started", "daemon-stopped"]


def test_the_chart_tells_of_a_drop_a_lost_link_and_a_logoff(driver: CampusDriver) -> None:
    start(driver, {}, **LOGIN)
    kicked = time.monotonic()
    driver.switch.command("kick")
    driver.log_says("sends heartbeats", since=kicked, timeout=TIMEOUT)
    lost = time.monotonic()
    driver.campus.network.set_link(Role.ROUTER, WAN_INTERFACE, up=False)
    driver.log_says("the WAN link is down", since=lost)
    driver.campus.network.set_link(Role.ROUTER, WAN_INTERFACE, up=True)
    driver.log_says("sends heartbeats", since=lost, timeout=TIMEOUT)
    assert command(driver, "logout").returncode == ExitCode.DONE
    driver.campus.stop(driver.daemon)

    done = command(driver, "history", "--chart", "--json", "dorm")
    (session,) = json.loads(done.stdout)["sessions"]
    assert [(mark["kind"], mark["event"]) for mark in session["marks"]] == [
        ("login", "login-succeeded"),
        ("drop", "dropped"),
        ("login", "login-succeeded"),
        ("drop", "link-lost"),
        ("drop", "session-doubtful"),  # so the router logs in anew
        ("login", "login-succeeded"),
        ("logoff", "logged-off"),
    ]
    assert "the server ended the session" in session["marks"][1]["text"]


def test_a_state_directory_that_takes_nothing_costs_no_session(driver: CampusDriver) -> None:
    journal = driver.campus.configuration.parent / "journal"
    start(driver, {"journal_dir": str(journal)}, **LOGIN)
    shutil.rmtree(journal, ignore_errors=True)
    journal.write_text("no directory any more")

    driver.log_says("journal.jsonl cannot be written to (Not a directory)")
    began = time.monotonic()
    driver.switch_saw(EventKind.HEARTBEAT, count=3, since=began)
    assert driver.report()["complaints"] == []


def figures(path: Path) -> dict[str, float]:
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }


def test_figures_for_prometheus_follow_the_session_and_go_with_the_daemon(
    driver: CampusDriver, tmp_path: Path
) -> None:
    path = tmp_path / "ruijie-proxy.prom"
    start(driver, {"metrics": str(path)}, **LOGIN)
    deadline = time.monotonic() + TIMEOUT
    while not path.exists() or figures(path)["ruijie_proxy_session_online"] != 1:
        assert time.monotonic() < deadline
        driver.campus.poll(0.2)
    assert figures(path)["ruijie_proxy_logins_total"] == 1
    driver.switch.command("kick")
    while figures(path)["ruijie_proxy_drops_total"] != 1:
        assert time.monotonic() < deadline
        driver.campus.poll(0.2)

    elsewhere = tmp_path / "other.prom"
    configure(driver, {"metrics": str(elsewhere)}, **LOGIN)
    reread = time.monotonic()
    driver.signal_daemon(signal.SIGHUP)
    driver.log_says("the configuration was read again", since=reread)
    assert not path.exists()
    while not elsewhere.exists():
        assert time.monotonic() < deadline
        driver.campus.poll(0.2)
    driver.campus.stop(driver.daemon)
    assert os.listdir(tmp_path) == []


def log_lines(driver: CampusDriver, since: float) -> list[str]:
    return [
        event.text("text")
        for event in driver.campus.history
        if event.source == "router" and event.kind == EventKind.LOG and event.at >= since
    ]


def test_the_log_can_be_json_and_be_made_text_again_by_a_reload(driver: CampusDriver) -> None:
    start(driver, {"log": {"format": "json", "level": "debug"}}, **LOGIN)
    driver.log_says("heartbeat-sent")
    lines = [json.loads(line) for line in log_lines(driver, 0.0)]
    heartbeat = next(line for line in lines if line["event"] == "heartbeat-sent")
    assert (heartbeat["session"], heartbeat["level"]) == ("dorm", "debug")
    assert re.fullmatch(r"heartbeat \d+ sent", heartbeat["text"])

    configure(driver, {"log": {"level": "notice"}}, **LOGIN)
    reread = time.monotonic()
    driver.signal_daemon(signal.SIGHUP)
    read_again = driver.log_says("the configuration was read again", since=reread)
    assert not read_again.text("text").startswith("{")
    driver.switch_saw(EventKind.HEARTBEAT, count=2, since=reread)
    with pytest.raises(LabError):
        driver.log_says("heartbeat", since=read_again.at + 0.001, timeout=1.0)


def test_the_frames_of_a_relogin_are_a_logoff_and_one_start(driver: CampusDriver) -> None:
    start(driver, {}, **LOGIN)
    asked = time.monotonic()
    command(driver, "relogin")
    driver.switch_saw(EventKind.ONLINE, since=asked)
    names = [
        event.detail["frame"]
        for event in driver.campus.history
        if event.source == "switch" and event.kind == EventKind.RECEIVED and event.at >= asked
    ]
    names = [name for name in names if name != FrameName.HEARTBEAT]
    assert names[:2] == [FrameName.LOGOFF, FrameName.START]
    assert names.count(FrameName.START) == 1
