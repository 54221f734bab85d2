"""The init script in BusyBox's shell, with stand-ins for procd and its functions that tell."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator

import pytest

from openwrt.packaging.archive import File
from openwrt.packaging.service_files import service_files
from tests.openwrt.checkout import CHECKOUT
from tests.openwrt.router_root import TIMEOUT, Router

pytestmark = pytest.mark.namespaces

PROGRAM = """\
#!/bin/sh
# In place of the program: what it is called with, and whether its configuration is right.
echo "$LANGUAGE $*" >>/called
[ ! -e /wrong ] || { cat /wrong >&2; exit 2; }
"""
SESSION = """
config session 'campus'
	option wan 'wan'
	option lan 'br-lan'
"""
DISABLED = "\toption enabled '0'\n"
STARTED = ["started"]
WRONG = "file:12: campus.wan: is missing\n1 problem found.\n"
DAEMON = """\
#!/bin/sh
# In place of a daemon that takes its time to end, and then writes its last line.
trap 'sleep 0.5; echo stopped >>/journal; exit' TERM
echo started >>/journal
while :; do sleep 0.1; done
"""


@pytest.fixture
def router(router: Router) -> Router:
    router.install(service_files(CHECKOUT))
    router.install([File("/usr/bin/ruijie-proxy", PROGRAM.encode(), 0o755)])
    return router


def configure(router: Router, sessions: str) -> None:
    router.path("/etc/config/ruijie-proxy").write_text("config globals 'globals'\n" + sessions)


def service(router: Router, action: str, exit_code: int = 0) -> list[str]:
    """Do something with the service; return what procd made of it."""
    before = len(router.lines("/told"))
    done = router.run("/etc/init.d/ruijie-proxy", action)
    assert done.returncode == exit_code, done.stdout + done.stderr
    return router.lines("/told")[before:]


def test_it_is_started_in_the_foreground_and_for_ever_again(router: Router) -> None:
    configure(router, SESSION)

    assert service(router, "start") == STARTED

    assert router.lines("/running") == [
        "command /usr/bin/ruijie-proxy run",
        "respawn 3600 5 0",
        "env RUIJIE_PROXY_LOG=syslog LANGUAGE=en",
        "limits core=0",
        "stdout 1",
        "stderr 1",
    ]


def test_it_starts_without_its_port_because_the_daemon_waits_for_that(router: Router) -> None:
    configure(router, SESSION.replace("'wan'\n", "'usb0'\n"))

    assert service(router, "start") == STARTED


@pytest.mark.parametrize("sessions", ["", SESSION + DISABLED])
def test_without_an_enabled_session_it_starts_nothing_and_says_so(
    router: Router, sessions: str
) -> None:
    configure(router, sessions)

    assert service(router, "start") == []

    assert router.lines("/log") == [
        "daemon.notice ruijie-proxy: no session is enabled in /etc/config/ruijie-proxy: "
        "nothing to do"
    ]


def test_one_enabled_session_of_several_is_enough(router: Router) -> None:
    second = SESSION.replace("campus", "second")
    configure(router, SESSION + DISABLED + second)

    assert service(router, "start") == STARTED


def test_a_wrong_configuration_is_told_in_the_log_and_not_tried_again_and_again(
    router: Router,
) -> None:
    configure(router, SESSION)
    router.path("/wrong").write_text(WRONG)

    service(router, "boot", exit_code=1)

    assert router.lines("/running") == []
    assert router.lines("/log") == [
        "daemon.err ruijie-proxy: file:12: campus.wan: is missing",
        "daemon.err ruijie-proxy: 1 problem found.",
    ]


@pytest.mark.parametrize("action", ["start", "restart", "reload"])
def test_a_wrong_configuration_is_told_to_whoever_types_the_command(
    router: Router, action: str
) -> None:
    configure(router, SESSION)
    router.path("/wrong").write_text(WRONG)

    done = router.run("/etc/init.d/ruijie-proxy", action)

    assert (done.returncode, done.stderr) == (1, WRONG)
    assert router.lines("/told") == []


@pytest.mark.parametrize(
    "broken",
    [
        "config globals 'g\n" + SESSION,
        SESSION.replace("'campus'", "'campus"),
        SESSION + "config globals 'campus'\n",
    ],
    ids=["first-line", "session", "two-types"],
)
def test_a_file_that_uci_refuses_is_told_by_check_and_is_not_one_without_sessions(
    router: Router, broken: str
) -> None:
    router.path("/etc/config/ruijie-proxy").write_text(broken)
    router.path("/wrong").write_text(WRONG)

    done = router.run("/etc/init.d/ruijie-proxy", "start")

    assert (done.returncode, done.stderr) == (1, WRONG)


def test_at_boot_the_log_alone_is_told(router: Router) -> None:
    """What is printed then goes into the log, too."""
    configure(router, SESSION)
    router.path("/wrong").write_text(WRONG)

    done = router.run("/etc/init.d/ruijie-proxy", "boot")

    assert done.stdout + done.stderr == ""
    assert len(router.lines("/log")) == 2


def test_the_yaml_file_counts_where_there_is_no_uci(router: Router) -> None:
    assert service(router, "start") == []

    router.path("/etc/ruijie-proxy").mkdir()
    router.path("/etc/ruijie-proxy/config.yaml").touch()

    assert service(router, "start") == STARTED


# Its language.


@pytest.mark.parametrize(
    ("option", "lucis", "language"),
    [
        (None, None, "en"),
        ("zh", None, "zh"),
        ("zh", "en", "zh"),
        ("en", "zh_cn", "en"),
        (None, "zh_cn", "zh"),
        (None, "auto", "en"),
    ],
)
def test_it_speaks_the_language_of_the_configuration_or_else_lucis(
    router: Router, option: str | None, lucis: str | None, language: str
) -> None:
    configure(router, (f"\toption language '{option}'\n" if option else "") + SESSION)
    if lucis is not None:
        luci = router.path("/etc/config/luci")
        luci.write_text(f"config core 'main'\n\toption lang '{lucis}'\n")

    service(router, "start")

    assert router.lines("/running")[2] == f"env RUIJIE_PROXY_LOG=syslog LANGUAGE={language}"
    assert router.lines("/called") == [f"{language} check"]


@pytest.mark.parametrize(("lucis", "language"), [("auto", "zh"), ("en", "en")])
def test_where_the_browser_decides_lucis_language_it_is_chinese_if_that_is_installed(
    router: Router, lucis: str, language: str
) -> None:
    configure(router, SESSION)
    router.path("/etc/config/luci").write_text(
        f"config core 'main'\n\toption lang '{lucis}'\n"
        "config internal 'languages'\n\toption zh_cn '简体中文'\n"
    )

    service(router, "start")

    assert router.lines("/called") == [f"{language} check"]


def test_a_section_of_globals_without_a_name_counts_as_well(router: Router) -> None:
    text = "config globals\n\toption language 'zh'\n" + SESSION
    router.path("/etc/config/ruijie-proxy").write_text(text)

    service(router, "start")

    assert router.lines("/called") == ["zh check"]


def test_the_scripts_own_lines_are_in_that_language_too(router: Router) -> None:
    configure(router, "\toption language 'zh'\n" + SESSION + DISABLED)
    router.path("/var/run").mkdir(exist_ok=True)
    router.path("/var/run/ruijie-proxy.notes").write_text("of the first boot\t首次开机\n")

    service(router, "start")

    assert router.lines("/log") == [
        "daemon.notice ruijie-proxy: 首次开机",
        "daemon.notice ruijie-proxy: /etc/config/ruijie-proxy 里没有启用的会话：无事可做",
    ]
    assert not router.path("/var/run/ruijie-proxy.notes").exists()


# What it hears of.


def test_it_is_told_of_changes_of_its_configuration_and_of_every_interface(
    router: Router,
) -> None:
    """A reload may bring another WAN, and what is listened for stays as it is."""
    configure(router, SESSION)
    service(router, "start")

    assert router.lines("/triggers") == [
        "config.change ruijie-proxy reload",
        "interface.* 2000 /etc/init.d/ruijie-proxy ensure",
    ]


def test_it_hears_of_changes_while_nothing_is_enabled_too(router: Router) -> None:
    configure(router, SESSION + DISABLED)
    service(router, "start")
    assert "config.change ruijie-proxy reload" in router.lines("/triggers")

    configure(router, SESSION)

    assert service(router, "reload") == STARTED


def test_an_event_of_the_network_does_nothing_to_what_runs(router: Router) -> None:
    """The renewal after each login is such an event: it must not begin it anew."""
    configure(router, SESSION)
    service(router, "start")

    assert service(router, "ensure") == []


def test_an_event_of_the_network_starts_what_does_not_run(router: Router) -> None:
    configure(router, SESSION)
    router.path("/wrong").write_text("not yet\n")
    service(router, "start", exit_code=1)
    router.path("/wrong").unlink()

    assert service(router, "ensure") == STARTED


def test_an_event_of_the_network_is_quiet_where_nothing_is_wanted(router: Router) -> None:
    configure(router, SESSION + DISABLED)

    assert service(router, "ensure") == []
    assert router.lines("/log") == []


def test_an_event_of_the_network_does_not_undo_a_stop(router: Router) -> None:
    """procd runs what it was about to when the service was stopped."""
    configure(router, SESSION)
    service(router, "start")
    service(router, "stop")

    assert service(router, "ensure") == []
    assert service(router, "reload") == []
    assert router.lines("/log")[-1] == (
        "daemon.notice ruijie-proxy: the service was stopped, and stays so until it is started"
    )


@pytest.mark.parametrize("action", ["start", "restart", "boot"])
def test_after_a_start_an_event_of_the_network_starts_it_again(router: Router, action: str) -> None:
    configure(router, SESSION)
    service(router, "stop")
    service(router, action)
    router.path("/running").unlink()

    assert service(router, "ensure") == STARTED


# Its end.


@pytest.fixture
def slow_router(router: Router) -> Iterator[Router]:
    """Return a router whose daemon is a process that takes its time to end."""
    configure(router, SESSION)
    router.install([File("/daemon", DAEMON.encode(), 0o755)])
    yield router
    for pid in router.lines("/pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def start(router: Router) -> None:
    """Start the service, and wait until its daemon would take its time to end."""
    service(router, "start")
    end = time.monotonic() + TIMEOUT
    while router.lines("/journal") != ["started"]:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_stop_comes_back_when_the_daemon_has_ended(slow_router: Router) -> None:
    start(slow_router)

    assert service(slow_router, "stop") == ["stopped"]

    assert slow_router.lines("/journal") == ["started", "stopped"]


def test_a_restart_begins_when_the_daemon_has_ended(slow_router: Router) -> None:
    start(slow_router)

    service(slow_router, "restart")

    assert slow_router.lines("/journal")[:2] == ["started", "stopped"]


def test_a_daemon_that_never_ends_is_not_waited_for_for_ever(slow_router: Router) -> None:
    slow_router.path("/daemon").write_text(DAEMON.replace("sleep 0.5", "exec sleep 600"))
    init = slow_router.path("/etc/init.d/ruijie-proxy")
    init.write_text(init.read_text().replace("LONGEST_END=7", "LONGEST_END=1"))
    start(slow_router)
    pid = slow_router.lines("/pid")[0]

    assert service(slow_router, "stop") == ["stopped"]

    slow_router.path("/pid").write_text(pid)


# Changes.


def test_a_changed_configuration_is_read_again_without_a_restart(router: Router) -> None:
    configure(router, SESSION)
    service(router, "start")
    configure(router, SESSION + "\toption mode 'relay'\n")

    assert service(router, "reload") == ["signal HUP"]


def test_a_wrong_change_leaves_the_daemon_with_the_configuration_that_it_has(
    router: Router,
) -> None:
    configure(router, SESSION)
    service(router, "start")
    router.path("/wrong").write_text("broken\n")

    assert service(router, "reload") == ["signal HUP"]


def test_disabling_the_last_session_stops_it(router: Router) -> None:
    configure(router, SESSION)
    service(router, "start")
    configure(router, SESSION + DISABLED)

    assert service(router, "reload") == ["stopped"]


def test_starting_what_runs_leaves_it_alone(router: Router) -> None:
    configure(router, SESSION)
    service(router, "start")

    assert service(router, "start") == ["left alone"]


def test_running_tells_whether_it_runs(router: Router) -> None:
    configure(router, SESSION)
    assert router.run("/etc/init.d/ruijie-proxy", "running").returncode != 0

    service(router, "start")

    assert router.run("/etc/init.d/ruijie-proxy", "running").returncode == 0


def test_it_starts_at_boot_after_the_network_and_stops_before_it(router: Router) -> None:
    """OpenWrt's network has START=20 and STOP=90."""
    assert service(router, "enable") == ["enabled S50 K10"]
