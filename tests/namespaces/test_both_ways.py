"""The real daemon in mode ``auto`` at real ports: a web portal, and a switch beside one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from ruijie_proxy.lab.campus.network import SWITCH_INTERFACE, WAN_INTERFACE, Role
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER
from tests.namespaces.campus_driver import CampusDriver

PORTAL = "10.9.8.7"
PAGE = f"http://{PORTAL}/eportal/index.jsp"
AUTO: dict[str, Any] = {"mode": "auto", "username": DEFAULT_USER, "password": DEFAULT_PASSWORD}
TURNS_WITHIN = 60.0
"""Seconds: half a minute of Starts, and what a busy machine takes."""


class PortalDriver(CampusDriver):
    """A campus that has a web portal, and gives addresses before any login."""

    def open_portal(self) -> subprocess.Popen[str]:
        for role, words in (
            (Role.SWITCH, f"address add 10.20.30.1/24 dev {SWITCH_INTERFACE}"),
            (Role.SWITCH, "link set lo up"),
            (Role.SWITCH, "address add 123.123.123.123/32 dev lo"),
            (Role.SWITCH, f"address add {PORTAL}/32 dev lo"),
            (Role.ROUTER, f"address add 10.20.30.100/24 dev {WAN_INTERFACE}"),
            (Role.ROUTER, f"route add default via 10.20.30.1 dev {WAN_INTERFACE}"),
        ):
            subprocess.run([*self._entry(role), "ip", *words.split()], check=True)
        options = json.dumps({"user": DEFAULT_USER, "password": DEFAULT_PASSWORD})
        command = [sys.executable, "-m", "ruijie_proxy.lab.portal.server", options]
        server = subprocess.Popen(
            [*self._entry(Role.SWITCH), *command], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        assert "listening" in server.stdout.readline()
        return server

    def _entry(self, role: Role) -> list[str]:
        return list(self.campus.network.entry(role))


@pytest.fixture
def driver() -> Iterator[PortalDriver]:
    driver = PortalDriver()
    with driver:
        yield driver


@pytest.fixture
def portal(driver: PortalDriver) -> Iterator[subprocess.Popen[str]]:
    server = driver.open_portal()
    yield server
    server.kill()
    server.communicate()


def said_by(server: subprocess.Popen[str]) -> list[dict[str, str]]:
    """Return what the portal was asked, and complained of, once it is ended."""
    server.terminate()
    told, _ = server.communicate(timeout=60)
    return [json.loads(line) for line in told.splitlines()]


def test_where_no_switch_answers_it_logs_in_at_the_portal(
    driver: PortalDriver, portal: subprocess.Popen[str]
) -> None:
    driver.campus.configure(**AUTO)
    driver.daemon = driver.campus.start_daemon()

    driver.log_says("the router logs in there from now on", timeout=TURNS_WITHIN)
    driver.log_says(f"online: the web portal {PAGE} has let the port in")

    status = driver.status()
    assert (status["mode"], status["state"]) == ("auto", "online")
    assert status["portal"]["page"] == PAGE
    driver.restart_daemon()
    driver.log_says("has let the port in before")
    said = said_by(portal)
    assert [one for one in said if "complaint" in one] == []
    assert [one.get("asked") for one in said].count("login") == 1


def test_where_a_switch_answers_it_asks_no_portal(
    driver: PortalDriver, portal: subprocess.Popen[str]
) -> None:
    driver.open(**AUTO)
    driver.switch_saw(EventKind.HEARTBEAT, count=3)

    status = driver.status()
    assert (status["state"], status["portal"]) == ("online", None)
    assert said_by(portal) == []
