"""The real daemon between a client and a switch of another vendor, on real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.options import (
    OTHER_VENDORS_SWITCH,
    Shape,
    linux_1_31,
    switch_of_another_vendor,
)
from tests.namespaces.campus_driver import CampusDriver

SWITCH = switch_of_another_vendor(probe_interval=1.0, probe_silence=5.0)
CLIENT = linux_1_31(shape=Shape.BARE)


@pytest.fixture
def campus() -> Iterator[CampusDriver]:
    with CampusDriver(switch_address=OTHER_VENDORS_SWITCH) as driver:
        yield driver


def test_the_router_answers_the_probes_when_the_pc_has_gone(campus: CampusDriver) -> None:
    campus.open(SWITCH, CLIENT)
    campus.login()
    left = campus.take_pc_away()
    campus.switch_saw(EventKind.PROBE_ANSWERED, count=3, since=left)

    report = campus.report()
    assert report["online"]
    assert report["complaints"] == []
    assert report["starts"] == 1
    status = campus.status()
    assert status["state"] == "online"
    assert status["server"] == OTHER_VENDORS_SWITCH
    assert status["heartbeat"]["source"] == "probe"
