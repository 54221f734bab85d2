"""The campus with the real daemon, as tests of the whole drive it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import Layout, Role
from ruijie_proxy.lab.campus.process import ROUTER
from ruijie_proxy.lab.errors import LabError
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import SwitchOptions

pytestmark = pytest.mark.namespaces


@pytest.fixture
def campus() -> Iterator[Campus]:
    """Build a campus whose LAN is a bridge with two PCs."""
    with Campus(Layout(bridge=True)) as campus:
        yield campus


def test_a_client_behind_the_bridge_s_second_port_logs_in(campus: Campus) -> None:
    campus.start_switch(SwitchOptions(interval=2, alive_interval=5.0))
    client = campus.start_client(pc=Role.SECOND_PC)
    campus.start_daemon()

    client.command("login")

    campus.wait_for("switch", EventKind.HEARTBEAT)
    assert campus.status()["client"] == "02:00:00:00:cc:02"


def test_a_configuration_can_be_chosen(campus: Campus) -> None:
    campus.configure(group="ruijie")
    campus.start_switch()
    client = campus.start_client()
    campus.start_daemon()

    client.command("login")

    start = campus.wait_for("switch", EventKind.RECEIVED, frame="Start")
    campus.wait_for("pc", EventKind.ONLINE, since=start.at)


def test_an_event_that_does_not_come_is_told_with_what_came_instead(campus: Campus) -> None:
    campus.start_switch()

    with pytest.raises(LabError, match=r"No “heartbeat” of the switch: not in time.*ready"):
        campus.wait_for("switch", EventKind.HEARTBEAT, timeout=0.1)


def test_a_daemon_that_refuses_to_run_is_told_with_its_last_words(campus: Campus) -> None:
    campus.configure(lan="eth1")

    with pytest.raises(
        LabError, match=r"of the router: it has ended.*is the wan of the same session"
    ):
        campus.start_daemon()


def test_processes_can_be_stopped_and_killed_and_started_again(campus: Campus) -> None:
    daemon = campus.start_daemon()
    campus.kill(daemon)
    assert campus.has_ended(ROUTER)
    with pytest.raises(LabError, match="does not answer"):
        campus.status()

    daemon = campus.start_daemon()
    assert campus.status()["state"] == "waiting"
    campus.stop(daemon)
    assert campus.history[-1].text("text") == "stopped"
    campus.stop(daemon)
