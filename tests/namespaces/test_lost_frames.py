"""What one lost frame, or a switch that wakes up late, costs a login."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ruijie_proxy.cli.basics.exit_codes import ExitCode
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER, Group, SwitchOptions
from tests.namespaces.cable import Cable, lay_picky_cable
from tests.namespaces.campus_driver import CampusDriver
from tests.namespaces.login_process import OWN, TIMEOUT, LoginProcess

DEAF_FOR = 9.0
FORGIVING = SwitchOptions(quiet_period=0.0)
MD5_REQUESTS = ("request-4",) * 4
"""A challenge and its three repetitions: the login is lost with them."""


@pytest.fixture
def driver() -> Iterator[CampusDriver]:
    with CampusDriver() as driver:
        yield driver


@pytest.fixture
def cable(driver: CampusDriver) -> Iterator[Cable]:
    with lay_picky_cable(driver.campus) as cable:
        yield cable


@pytest.mark.parametrize("lost", [("success",), MD5_REQUESTS], ids=["Success", "MD5 requests"])
def test_a_login_that_lost_a_frame_is_tried_again_within_its_time(
    driver: CampusDriver, cable: Cable, tmp_path: Path, lost: tuple[str, ...]
) -> None:
    driver.start_switch(FORGIVING)
    cable.lose(*lost)
    login = LoginProcess(driver, tmp_path, *OWN, "--timeout", "60")

    assert login.end() == ExitCode.DONE
    login.log.wait_for_all("no result in time", "the next try is in", "Authenticated.")


def test_so_is_one_that_is_to_be_kept(driver: CampusDriver, cable: Cable, tmp_path: Path) -> None:
    driver.start_switch(FORGIVING)
    cable.lose("success")
    login = LoginProcess(
        driver, tmp_path, *OWN, "--timeout", "60", "--keep", "--heartbeat-interval", "1"
    )
    driver.switch_saw(EventKind.HEARTBEAT, timeout=TIMEOUT)

    assert login.end(signal.SIGINT) == ExitCode.DONE


def test_one_that_loses_every_result_ends_with_its_time(
    driver: CampusDriver, cable: Cable, tmp_path: Path
) -> None:
    driver.start_switch(FORGIVING)
    cable.lose(*("success",) * 9)
    login = LoginProcess(driver, tmp_path, *OWN, "--timeout", "30")

    assert login.end() == ExitCode.NO_ANSWER
    login.log.wait_for("no result in time")


@pytest.mark.parametrize("accepted", [Group.STANDARD, Group.RUIJIE])
def test_a_switch_that_wakes_up_lets_the_daemon_in_at_its_second_start(
    driver: CampusDriver, cable: Cable, accepted: Group
) -> None:
    cable.be_deaf(True)
    driver.open(
        SwitchOptions(accepted_starts=accepted),
        mode="login",
        username=DEFAULT_USER,
        password=DEFAULT_PASSWORD,
    )
    driver.log_says("the Start goes out")
    end = time.monotonic() + DEAF_FOR
    while (left := end - time.monotonic()) > 0:
        driver.campus.poll(left)
    asked = driver.status()["asked"]
    assert asked["count"] >= DEAF_FOR / 3
    cable.be_deaf(False)

    driver.switch_saw(EventKind.ONLINE)
    assert driver.status()["asked"] is None
    report = driver.report()
    assert report["starts"] in (1, 2), "to either group in turn"
    assert report["complaints"] == []
