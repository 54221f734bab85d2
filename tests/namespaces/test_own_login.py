"""The real program logging in by itself on the virtual campus, met as users meet it."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.lab.campus.network import Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    ClientOptions,
    Dialect,
    Group,
    SwitchOptions,
)
from ruijie_proxy.protocol.edition import Edition
from tests.ctrl_c import HEARING_CTRL_C
from tests.namespaces.campus_driver import CampusDriver

ACCOUNT: dict[str, Any] = {"username": DEFAULT_USER, "password": DEFAULT_PASSWORD}
LOGIN: dict[str, Any] = {"mode": "login", **ACCOUNT}
AUTO: dict[str, Any] = {"mode": "auto", **ACCOUNT}
TIMEOUT = 60


@pytest.fixture
def driver() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        yield driver


def command(
    driver: CampusDriver, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command in the router to its end; those that ask the daemon find it."""
    campus = driver.campus
    entry = campus.network.entry(Role.ROUTER)
    needs_config = arguments[0] in ("logout", "profile", "status", "check")
    config = ("-c", str(campus.configuration)) if needs_config else ()
    return subprocess.run(
        [*entry, sys.executable, "-m", "ruijie_proxy", *arguments, *config],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def one_shot(
    driver: CampusDriver, folder: Path, *options: str, password: str = DEFAULT_PASSWORD
) -> subprocess.CompletedProcess[str]:
    """Run ``login -u`` in the router."""
    base = ("login", "-u", DEFAULT_USER, "--password-file", "-", "--wan", "eth1")
    places = ("--dhcp-renew", "off", "--state-dir", str(folder))
    return command(driver, *base, *places, *options, stdin=password + "\n")


# The daemon.


def test_the_router_goes_online_without_a_pc(driver: CampusDriver) -> None:
    driver.open(SwitchOptions(services=("移动宽带接入", "教育网接入")), **LOGIN)
    driver.switch_saw(EventKind.HEARTBEAT, count=3)

    status = driver.status()
    assert status["mode"] == "login"
    assert status["state"] == "online"
    assert status["lan"] is None
    assert status["client"] is None
    assert status["heartbeat"]["source"] == "server"
    assert status["services"] == ["移动宽带接入", "教育网接入"]
    assert driver.report()["complaints"] == []


@pytest.mark.parametrize("dialect", [Dialect.PLAIN, Dialect.CERNET])
def test_other_dialects_cross_the_wire_as_they_should(
    driver: CampusDriver, dialect: Dialect
) -> None:
    options = SwitchOptions(dialect=dialect, echo_interval=1.0, reauthentication_interval=2.0)
    driver.open(options, **LOGIN, dialect=dialect.value)
    driver.switch_saw(EventKind.ONLINE)
    driver.log_says("the password proven again" if dialect is Dialect.PLAIN else "heartbeat")

    assert driver.report()["online"] is True
    assert driver.report()["complaints"] == []


def test_a_wrong_password_stops_and_says_what_to_look_at(driver: CampusDriver) -> None:
    driver.open(**{**LOGIN, "password": "wrong"})
    driver.log_says("no further try, until something is changed. Check “username:”")

    status = driver.status()
    assert status["state"] == "stopped"
    assert status["last_failure"]["kind"] == "credentials"
    assert "password" in status["last_failure"]["advice"]
    assert driver.report()["starts"] == 1


@pytest.mark.parametrize("keys", [LOGIN, AUTO], ids=["login", "auto"])
def test_a_refused_password_is_told_and_not_tried_again_after_a_restart(
    driver: CampusDriver, keys: dict[str, Any]
) -> None:
    driver.open(SwitchOptions(quiet_period=0.0), **{**keys, "password": "wrong"})
    driver.log_says("no further try")
    at = driver.status()["last_failure"]["at"]
    driver.kill_daemon()
    restarted = time.monotonic()
    driver.restart_daemon()
    driver.log_says("has refused this user name and password before", since=restarted)

    status = driver.status()
    assert status["state"] == ("stopped" if keys is LOGIN else "waiting")
    assert status["last_failure"]["kind"] == "credentials"
    assert status["last_failure"]["at"][:16] == at[:16], "of then, and not of the restart"
    assert driver.report()["starts"] == 1

    (memory,) = driver.campus.state_directory.glob("*.logins.json")
    assert memory.stat().st_mode & 0o777 == 0o600
    assert "wrong" not in memory.read_text()

    driver.campus.configure(**keys)
    driver.signal_daemon(signal.SIGHUP)
    driver.switch_saw(EventKind.ONLINE)


def test_a_script_does_not_try_a_refused_password_again(
    driver: CampusDriver, tmp_path: Path
) -> None:
    driver.start_switch(SwitchOptions(quiet_period=0.0))
    done = [one_shot(driver, tmp_path, password="wrong") for _ in range(2)]

    assert [one.returncode for one in done] == [ExitCode.REFUSED] * 2
    assert "has refused this user name and password before" in done[1].stderr
    assert driver.report()["starts"] == 1
    assert one_shot(driver, tmp_path).returncode == ExitCode.DONE


def test_a_password_that_was_mended_counts_after_a_reload(driver: CampusDriver) -> None:
    driver.open(**{**LOGIN, "password": "wrong"})
    driver.log_says("no further try")
    driver.campus.configure(**LOGIN)
    driver.signal_daemon(signal.SIGHUP)

    driver.switch_saw(EventKind.ONLINE)


def test_logout_says_goodbye_and_tries_no_more(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.switch_saw(EventKind.ONLINE)
    driver.log_says("sends heartbeats")
    done = command(driver, "logout")

    assert (done.returncode, done.stdout) == (ExitCode.DONE, "dorm: logged off\n")
    driver.switch_saw(EventKind.OFFLINE, reason="logoff")
    assert driver.status()["state"] == "stopped"
    assert driver.report()["complaints"] == []
    again = command(driver, "logout", "dorm")
    assert (again.returncode, again.stdout) == (ExitCode.DONE, "dorm: was not online\n")
    other = command(driver, "logout", "nobody")
    assert other.returncode == ExitCode.USAGE
    assert "Sessions: dorm" in other.stderr


def test_logout_of_a_relayed_session_says_goodbye_with_the_clients_block(
    driver: CampusDriver,
) -> None:
    driver.open()
    driver.login()
    driver.log_says("takeover")
    assert command(driver, "logout").returncode == ExitCode.DONE

    driver.switch_saw(EventKind.OFFLINE, reason="logoff")
    assert driver.status()["state"] == "waiting"
    assert driver.report()["complaints"] == []


def test_without_a_daemon_there_is_nobody_to_log_off(driver: CampusDriver) -> None:
    driver.campus.configure(**LOGIN)

    assert command(driver, "logout").returncode == ExitCode.NO_DAEMON


@pytest.mark.parametrize("wanted", [True, False])
def test_a_clean_end_says_goodbye_where_that_is_wanted(driver: CampusDriver, wanted: bool) -> None:
    driver.open(**LOGIN, logoff_on_exit=wanted)
    driver.log_says("sends heartbeats")
    driver.campus.stop(driver.daemon)

    assert driver.report()["online"] is not wanted


def test_a_killed_daemon_goes_on_without_a_login(driver: CampusDriver) -> None:
    driver.open(**LOGIN)
    driver.switch_saw(EventKind.HEARTBEAT)
    driver.kill_daemon()
    killed = time.monotonic()
    driver.restart_daemon()
    driver.log_says("going on with the session that was kept", since=killed)
    driver.switch_saw(EventKind.HEARTBEAT, since=killed)

    assert driver.report()["logins"] == 1
    assert driver.report()["complaints"] == []


# Learning, and what comes of it.


@pytest.mark.parametrize("restart", [True, False], ids=["restart", "reload"])
def test_another_account_in_the_configuration_ends_the_session_of_the_old_one(
    driver: CampusDriver, restart: bool
) -> None:
    driver.open(SwitchOptions(quiet_period=0.0), **LOGIN)
    driver.switch_saw(EventKind.HEARTBEAT)
    if restart:
        driver.signal_daemon(signal.SIGTERM)
        driver.log_says("stopped")
    driver.campus.configure(**LOGIN, service="教育网接入")
    changed = time.monotonic()
    if restart:
        driver.restart_daemon()
    else:
        driver.signal_daemon(signal.SIGHUP)

    driver.log_says("the configuration has another user name, dialect or service", since=changed)
    driver.log_says("logged off at the switch", since=changed)
    driver.switch_saw(EventKind.OFFLINE, reason="logoff", since=changed)
    driver.switch_saw(EventKind.ONLINE, since=changed)
    report = driver.report()
    assert (report["logins"], report["complaints"]) == (2, [])


def test_what_a_relayed_login_teaches_makes_the_pc_needless(
    driver: CampusDriver, tmp_path: Path
) -> None:
    refusals = ("使用了非管理员指定的客户端",)
    driver.open(
        SwitchOptions(edition=Edition.SECOND, refusals=refusals, quiet_period=0.0),
        ClientOptions(edition=Edition.SECOND, client_version="1.30", disk_serial="WD-1234567"),
        **AUTO,
        edition=2,
        shape="block",
    )
    driver.log_says("waiting for the genuine client")
    none_yet = command(driver, "profile", "show")
    assert none_yet.returncode == ExitCode.ERROR
    assert "There is no profile yet" in none_yet.stderr

    driver.login()
    driver.log_says("this campus can be logged in to without the PC")
    driver.take_pc_away()
    shown = command(driver, "profile", "show")
    assert shown.returncode == ExitCode.DONE
    assert "RG-SU For Linux V1.30" in shown.stdout
    assert "edition 2" in shown.stdout

    kicked = time.monotonic()
    driver.switch.command("kick")
    driver.log_says("logging in as RG-SU For Linux V1.30", since=kicked)
    driver.switch_saw(EventKind.ONLINE, since=kicked)

    exported = tmp_path / "campus.json"
    assert command(driver, "profile", "export", "-o", str(exported)).returncode == 0
    text = exported.read_text()
    for secret in (DEFAULT_USER, DEFAULT_PASSWORD, "WD-1234567", b"WD-1234567".hex(), "cc01"):
        assert secret not in text
    assert DEFAULT_USER.encode().hex() not in text
    assert command(driver, "profile", "forget").returncode == 0
    assert command(driver, "profile", "show").returncode == ExitCode.ERROR
    assert command(driver, "profile", "import", str(exported)).returncode == 0
    assert "V1.30" in command(driver, "profile", "show").stdout


@pytest.mark.parametrize("content", ["", "{}", "[1]", "no JSON", '{"format": "else"}'])
def test_what_is_no_profile_is_not_taken_over(
    driver: CampusDriver, tmp_path: Path, content: str
) -> None:
    driver.campus.configure(**LOGIN)
    file = tmp_path / "profile.json"
    file.write_text(content)
    done = command(driver, "profile", "import", str(file))

    assert done.returncode == ExitCode.USAGE
    assert "cannot be taken over" in done.stderr


# The one-shot's exit codes.


def test_a_login_that_succeeds_ends_with_0(driver: CampusDriver, tmp_path: Path) -> None:
    driver.start_switch()
    done = one_shot(driver, tmp_path)

    assert done.returncode == ExitCode.DONE
    assert done.stdout == "Authenticated. 欢迎使用校园网\n"


def test_a_refused_one_ends_with_3_and_says_what_to_look_at(
    driver: CampusDriver, tmp_path: Path
) -> None:
    driver.start_switch()
    done = one_shot(driver, tmp_path, password="wrong")

    assert done.returncode == ExitCode.REFUSED
    assert "The server refused the login: 用户不存在或密码错误\n" in done.stderr
    assert "Check “-u” and the password" in done.stderr


def test_one_that_nobody_answers_ends_with_4(driver: CampusDriver, tmp_path: Path) -> None:
    driver.start_switch(SwitchOptions(accepted_starts=Group.RUIJIE))
    done = one_shot(driver, tmp_path, "--group", "standard", "--timeout", "3")

    assert done.returncode == ExitCode.NO_ANSWER
    assert "no server answered" in done.stderr


def test_one_without_its_interface_ends_with_5(driver: CampusDriver, tmp_path: Path) -> None:
    done = command(
        driver,
        *("login", "-u", DEFAULT_USER, "--password-file", "-", "--wan", "eth7"),
        *("--state-dir", str(tmp_path)),
        stdin="secret\n",
    )

    assert done.returncode == ExitCode.INTERFACE
    assert "eth7" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--wan", "eth1"),
        ("--wan", "eth1", "-u", "student"),
        ("--wan", "eth1", "-u", "student", "--password-file", "/nonexistent/file"),
        ("--wan", "eth1", "-u", "student", "--password-file", "-", "--edition", "3"),
    ],
    ids=["nobody", "no password and no terminal", "no such file", "no such edition"],
)
def test_a_wrong_command_line_ends_with_2(driver: CampusDriver, arguments: tuple[str, ...]) -> None:
    done = command(driver, "login", *arguments)

    assert done.returncode == ExitCode.USAGE
    assert done.stderr


def test_one_that_is_interrupted_ends_with_1(driver: CampusDriver, tmp_path: Path) -> None:
    driver.start_switch(SwitchOptions(answers=False))
    entry = driver.campus.network.entry(Role.ROUTER)
    arguments = ["login", "-u", DEFAULT_USER, "--password-file", "-", "--wan", "eth1"]
    with subprocess.Popen(
        [
            *(*entry, *HEARING_CTRL_C, sys.executable, "-m", "ruijie_proxy"),
            *(*arguments, "--state-dir", str(tmp_path)),
        ],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("secret\n")
        process.stdin.close()
        process.stdin = None
        assert any("the Start goes out" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=TIMEOUT)

    assert process.returncode == ExitCode.ERROR
    assert "interrupted" in said


def test_a_script_whose_logins_come_to_nothing_is_held_back(
    driver: CampusDriver, tmp_path: Path
) -> None:
    driver.start_switch(SwitchOptions(stops_after_identity=True))
    codes = [one_shot(driver, tmp_path, "--timeout", "2").returncode for _ in range(4)]

    assert codes == [ExitCode.NO_ANSWER] * 3 + [ExitCode.ERROR]
    said = one_shot(driver, tmp_path, "--timeout", "2").stderr
    assert "The next try may be in" in said


def test_one_whose_logins_succeed_is_not(driver: CampusDriver, tmp_path: Path) -> None:
    driver.start_switch(SwitchOptions(quiet_period=0.0))
    codes = [one_shot(driver, tmp_path, "--timeout", "50").returncode for _ in range(4)]

    assert codes == [ExitCode.DONE] * 4


# Secrets.


def everything_to_be_seen(driver: CampusDriver) -> str:
    """Return what other users, logs and commands can see of the running daemon."""
    pid = driver.daemon.pid
    seen = [
        Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"),
        Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace"),
        json.dumps(driver.status(), ensure_ascii=False),
        *(event.text("text") for event in driver.campus.history if event.source == "router"),
    ]
    state = driver.campus.configuration.parent / "state"
    for file in state.iterdir():
        # One that was being written has another name by now.
        with contextlib.suppress(FileNotFoundError):
            assert file.stat().st_mode & 0o077 == 0, f"others may read {file.name}"
    for arguments in (("status",), ("status", "--json"), ("check",), ("profile", "show")):
        done = command(driver, *arguments)
        seen += [done.stdout, done.stderr]
    # The others that run here are other tests', each of which has its name in its environment.
    of_the_daemon = ["ps", "euww", "--pid", str(pid), "--ppid", str(pid)]
    processes = subprocess.run(of_the_daemon, capture_output=True, text=True, check=True)
    return "\n".join([*seen, processes.stdout])


def forms_of(secret: str) -> list[str]:
    """Return the secret as it could show up."""
    raw = secret.encode()
    return [secret, raw.hex(), raw.hex(" "), repr(raw)[2:-1]]


@pytest.mark.parametrize("keys", [LOGIN, AUTO])
def test_no_password_is_to_be_seen_anywhere(driver: CampusDriver, keys: dict[str, Any]) -> None:
    driver.open(client=ClientOptions(start_repeats=9, start_interval=1.5), **keys)
    driver.log_says("sends heartbeats")
    if keys is AUTO:
        driver.client.command("login")
        driver.log_says("can be logged in to without the PC")
    seen = everything_to_be_seen(driver)

    assert "dorm" in seen
    for form in forms_of(DEFAULT_PASSWORD):
        assert form not in seen


def test_nor_is_it_in_a_crash_report(driver: CampusDriver) -> None:
    """A fault in the middle of a login, with everything of it on the stack."""
    driver.start_switch()
    driver.campus.configure(**LOGIN)
    crash = (
        "import sys, runpy\n"
        "from ruijie_proxy.engine.login.supplicant import Supplicant\n"
        "def shown(it):\n"
        "    slots = [getattr(kind, '__slots__', ()) for kind in type(it).__mro__]\n"
        "    names = [*sum(slots, ()), *getattr(it, '__dict__', ())]\n"
        "    return {name: getattr(it, name, None) for name in names}\n"
        "def fail(self, frame, server, now):\n"
        "    raise RuntimeError(f'{shown(self)} {shown(self.frames)} {self.frames!r}')\n"
        "Supplicant._answer_to = fail\n"
        "sys.argv[1:] = ['run', '-v', '-c', sys.argv[1]]\n"
        "runpy.run_module('ruijie_proxy', run_name='__main__')\n"
    )
    entry = driver.campus.network.entry(Role.ROUTER)
    done = subprocess.run(
        [*entry, sys.executable, "-c", crash, str(driver.campus.configuration)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )

    assert "RuntimeError" in done.stderr
    assert "Secret(" in done.stderr, "it was there to be shown"
    for form in forms_of(DEFAULT_PASSWORD):
        assert form not in done.stderr
