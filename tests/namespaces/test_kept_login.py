"""A session of ``login --keep`` outlives it, for another one or for the daemon to go on with."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER
from tests.namespaces.campus_driver import QUICK, CampusDriver
from tests.namespaces.login_process import OWN, LoginProcess

RELAYED = ("--lan", "lan")
ACCOUNT = {"mode": "login", "username": DEFAULT_USER, "password": DEFAULT_PASSWORD}


@pytest.fixture
def driver() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        driver.start_switch()
        driver.client = driver.campus.start_client()
        yield driver


def state_of(driver: CampusDriver) -> Path:
    """Return the directory where the daemon of this campus keeps its sessions."""
    return driver.campus.configuration.parent / "state"


def kept_login(driver: CampusDriver, options: tuple[str, ...]) -> LoginProcess:
    """Return a login whose session is kept where the daemon's would be."""
    return LoginProcess(driver, state_of(driver), "--keep", "--heartbeat-interval", "1", *options)


def online_by(driver: CampusDriver, options: tuple[str, ...]) -> LoginProcess:
    """Return one that holds a session and sends heartbeats."""
    login = kept_login(driver, options)
    if options == RELAYED:
        login.log.wait_for("waiting for a client")
        driver.client.command("login")
        login.log.wait_for("takeover")
        driver.take_pc_away()
    driver.switch_saw(EventKind.HEARTBEAT)
    return login


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "ended"])
@pytest.mark.parametrize("options", [OWN, RELAYED], ids=["own", "relayed"])
def test_the_daemon_goes_on_with_it(
    driver: CampusDriver, options: tuple[str, ...], number: signal.Signals
) -> None:
    login = online_by(driver, options)
    login.end(number)
    ended = time.monotonic()
    driver.campus.configure(**QUICK, **(ACCOUNT if options == OWN else {}))
    driver.daemon = driver.campus.start_daemon()
    driver.log_says("going on with the session that was kept")
    driver.switch_saw(EventKind.HEARTBEAT, since=ended)

    assert driver.status()["name"] == "dorm"
    assert driver.report()["logins"] == 1
    assert driver.report()["complaints"] == []
    assert (state_of(driver) / "dorm.json").exists()
    assert not (state_of(driver) / "eth1.json").exists()


def test_so_does_another_one(driver: CampusDriver) -> None:
    online_by(driver, OWN).end(signal.SIGKILL)
    ended = time.monotonic()
    again = kept_login(driver, OWN)
    again.log.wait_for("going on with the session that was kept")
    driver.switch_saw(EventKind.HEARTBEAT, since=ended)

    assert again.end(signal.SIGINT) == ExitCode.DONE
    again.log.wait_for("Authenticated. 欢迎使用校园网")
    assert driver.report()["logins"] == 1
    assert driver.report()["complaints"] == []


def test_a_login_that_is_not_to_be_kept_asks_the_switch(driver: CampusDriver) -> None:
    """It goes on with nothing: who calls it wants to know whether the switch lets it in."""
    online_by(driver, OWN).end(signal.SIGTERM)
    again = LoginProcess(driver, state_of(driver), *OWN)

    assert again.end() == ExitCode.DONE
    assert driver.report()["logins"] == 2
