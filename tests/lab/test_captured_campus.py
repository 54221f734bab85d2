"""A campus made from a recording lets in whom the recorded one did, and refuses the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ruijie_proxy.lab.campus.captured import CapturedCampus, campus_of
from ruijie_proxy.lab.campus.memory import MemoryCampus
from ruijie_proxy.lab.options import (
    DEFAULT_PASSWORD,
    DEFAULT_USER,
    Challenges,
    ClientOptions,
    Dialect,
    Heartbeats,
    Shape,
    SwitchOptions,
    linux_1_31,
    switch_of_another_vendor,
)
from ruijie_proxy.learn.findings import Outcome
from tests.learn.learning import learned
from tests.learn.test_every_campus import CAMPUSES, FORGIVEN, recorded


def captured(switch: SwitchOptions, client: ClientOptions) -> CapturedCampus:
    findings = learned(recorded(switch, client))
    assert findings.outcome is Outcome.ONLINE
    return campus_of(findings, DEFAULT_USER, DEFAULT_PASSWORD)


def let_in(switch: SwitchOptions, client: ClientOptions) -> MemoryCampus:
    """Log in at a campus, as often as it wants, and stay for five minutes."""
    campus = MemoryCampus(switch, client)
    for _round in range(switch.successes):
        campus.login(5.0)
    campus.run(300.0)
    return campus


OF_RUIJIE = {
    name: pair
    for name, pair in CAMPUSES.items()
    if pair[0].dialect in (Dialect.RUIJIE, Dialect.PLAIN) and not pair[1].foreign_check
}


@pytest.mark.parametrize("name", OF_RUIJIE)
def test_the_same_client_is_let_in_without_a_complaint(name: str) -> None:
    switch, client = OF_RUIJIE[name]
    made = captured(switch, client)

    campus = let_in(made.switch, client)

    assert campus.switch.session is not None, campus.switch.complaints
    if client.starts == 1:  # which a hasty client's switch complains of, here as there
        assert set(campus.switch.complaints) <= FORGIVEN


@pytest.mark.parametrize("name", OF_RUIJIE)
def test_so_is_the_client_that_it_brings_along(name: str) -> None:
    made = captured(*OF_RUIJIE[name])

    campus = let_in(made.switch, made.client)

    assert campus.switch.session is not None, campus.switch.complaints


@pytest.mark.parametrize("name", OF_RUIJIE)
def test_a_wrong_password_is_refused(name: str) -> None:
    switch, client = OF_RUIJIE[name]
    made = captured(switch, client)

    campus = let_in(made.switch, replace(client, password="cherry-tree"))

    assert campus.switch.session is None


def test_a_client_of_another_edition_is_refused() -> None:
    made = captured(SwitchOptions(), ClientOptions())

    campus = let_in(made.switch, linux_1_31())

    assert campus.switch.session is None


def test_what_the_switch_showed_it_does() -> None:
    services = ("教育网接入", "移动宽带接入")
    made = captured(switch_of_another_vendor(), linux_1_31())

    assert made.address == switch_of_another_vendor().usual_address
    assert made.switch.shape == Shape.BARE
    assert made.switch.challenges == Challenges.TWO_SAME
    assert made.switch.services == services
    assert made.switch.probe_interval == pytest.approx(30.0, abs=1)
    assert made.switch.heartbeats in (Heartbeats.FORBIDDEN, Heartbeats.OPTIONAL)
