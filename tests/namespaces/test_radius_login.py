"""Logins at a switch (hostapd) that asks a real RADIUS server (FreeRADIUS) about each user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.namespaces.daemon_process import DaemonProcess, write_configuration
from tests.namespaces.radius import (
    CLIENT_PORT,
    FREERADIUS,
    LAN,
    WAN,
    WRONG_PASSWORD,
    RadiusCampus,
)

if TYPE_CHECKING:
    from tests.namespaces.conftest import Network

pytestmark = pytest.mark.skipif(
    FREERADIUS is None, reason="FreeRADIUS is needed (Debian: freeradius)"
)


@pytest.fixture
def campus(network: Network, tmp_path: Path) -> RadiusCampus:
    return RadiusCampus(network, tmp_path)


def test_the_campus_lets_a_known_client_in(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    campus.start_client(campus.router, WAN).wait_for_success()

    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)


def test_the_campus_refuses_a_wrong_password(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()

    campus.start_client(campus.router, WAN, WRONG_PASSWORD).wait_for_failure()

    assert not switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (0, 1)


def relay(campus: RadiusCampus) -> DaemonProcess:
    """Start the daemon, which relays, and wait until it listens."""
    configuration = write_configuration(
        campus.folder, {"name": "dorm", "mode": "relay", "wan": WAN, "lan": LAN}
    )
    daemon = DaemonProcess(campus.network, campus.router, configuration)
    daemon.log.wait_for("waiting for a client")
    return daemon


def test_a_clients_login_crosses_the_router(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()
    daemon = relay(campus)

    campus.start_client(campus.pc, CLIENT_PORT).wait_for_success()

    assert switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (1, 0)
    assert daemon.status()["state"] == "online"


def test_a_clients_wrong_password_is_refused_through_the_router(campus: RadiusCampus) -> None:
    radius = campus.start_radius()
    switch = campus.start_switch()
    daemon = relay(campus)

    campus.start_client(campus.pc, CLIENT_PORT, WRONG_PASSWORD).wait_for_failure()

    assert not switch.lets_in(campus.wan_mac)
    assert (radius.accepted, radius.refused) == (0, 1)
    assert daemon.status()["state"] == "waiting"
