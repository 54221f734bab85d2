"""The whole of a session against a switch that checks everything: login, takeover, months."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ruijie_proxy.engine import events
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.settings import ClientLogoff, GroupMode, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Destination,
    Group,
    Heartbeats,
    Padding,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.protocol.edition import Edition

HOUR = 3600.0
DAY = 24 * HOUR
GRANTING = [
    shape for shape in SuccessShape if shape not in (SuccessShape.BARE, SuccessShape.UNREADABLE)
]
KEY = SwitchOptions().keys[0]

Routed = Callable[..., Any]


@pytest.mark.parametrize("shape", GRANTING)
def test_a_day_without_the_pc_leaves_the_switch_content(
    routed: Routed, shape: SuccessShape
) -> None:
    campus = routed(SwitchOptions(success=shape, closest_heartbeats=15.0))
    campus.login()
    campus.take_pc_away()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.session.status.heartbeat.source is Source.SERVER
    assert campus.session.status.heartbeat.sent == pytest.approx(DAY / 18, rel=0.01)


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("challenges", Challenges)
def test_the_clients_check_crosses_unharmed(
    routed: Routed, edition: Edition, challenges: Challenges
) -> None:
    campus = routed(
        SwitchOptions(
            edition=edition, challenges=challenges, services=("移动宽带接入", "教育网接入")
        ),
        ClientOptions(edition=edition),
    )
    campus.login()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.session.state is State.ONLINE
    assert campus.of(events.RequestRelayed)[-1].services in (("移动宽带接入", "教育网接入"), ())


def test_a_key_that_only_the_client_can_read_is_learned_from_its_heartbeats(routed: Routed) -> None:
    campus = routed(
        SwitchOptions(success=SuccessShape.UNREADABLE),
        ClientOptions(key=KEY, first_number=0x1B8B4563),
    )
    campus.login(seconds=60)
    assert campus.session.status.heartbeat.source is Source.CLIENT
    campus.take_pc_away()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_a_learned_rhythm_is_the_clients_own(routed: Routed) -> None:
    campus = routed(
        SwitchOptions(success=SuccessShape.UNREADABLE, alive_interval=15.0),
        ClientOptions(key=KEY, heartbeat_interval=10.0),
    )
    campus.login(seconds=30)
    assert campus.session.status.heartbeat.interval == pytest.approx(9.0)
    campus.take_pc_away()
    campus.restart_router(away=5.0)
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_one_heartbeat_of_the_client_is_enough_to_go_on_from(routed: Routed) -> None:
    campus = routed(SwitchOptions(success=SuccessShape.UNREADABLE), ClientOptions(key=KEY))
    campus.login(seconds=5)
    campus.take_pc_away()
    campus.run(DAY)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


def test_a_client_that_sends_no_heartbeat_leaves_the_grant_to_the_router(routed: Routed) -> None:
    campus = routed(SwitchOptions(), ClientOptions(heartbeats=False))
    campus.login()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.session.status.heartbeat.source is Source.SERVER


@pytest.mark.parametrize("every", [5.0, 30.0])
def test_a_bare_success_is_kept_alive_by_answering_probes(routed: Routed, every: float) -> None:
    campus = routed(
        SwitchOptions(
            success=SuccessShape.BARE, heartbeats=Heartbeats.FORBIDDEN, probe_interval=every
        ),
        ClientOptions(heartbeats=False),
    )
    campus.login()
    campus.take_pc_away()
    campus.run(DAY / 8)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.session.status.heartbeat.source is Source.PROBE
    assert campus.of(events.OnlyProbes)


def test_probes_and_heartbeats_go_together(routed: Routed) -> None:
    campus = routed(SwitchOptions(probe_interval=30.0))
    campus.login()
    campus.take_pc_away()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


@pytest.mark.parametrize("mac", MacMode)
def test_the_switch_sees_one_address_in_frames_and_block(routed: Routed, mac: MacMode) -> None:
    campus = routed(settings=SessionSettings(mac=mac))
    campus.login()
    campus.take_pc_away()
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None


@pytest.mark.parametrize(
    ("accepted", "group"),
    [(Group.RUIJIE, GroupMode.RUIJIE), (Group.STANDARD, GroupMode.STANDARD)],
)
def test_a_start_can_be_sent_to_the_group_that_the_campus_listens_to(
    routed: Routed, accepted: Group, group: GroupMode
) -> None:
    other = Group.STANDARD if accepted is Group.RUIJIE else Group.RUIJIE
    campus = routed(
        SwitchOptions(accepted_starts=accepted),
        ClientOptions(start_group=other),
        SessionSettings(group=group),
    )
    campus.login()

    assert campus.session.state is State.ONLINE
    assert campus.switch.starts == 1


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize("destination", Destination)
def test_frames_to_the_group_and_stale_memory_behind_them_are_no_trouble(
    routed: Routed, padding: Padding, destination: Destination
) -> None:
    campus = routed(
        SwitchOptions(
            padding=padding,
            login_destination=destination,
            online_destination=destination,
            probe_interval=60.0,
        ),
        ClientOptions(answer_to_group=destination is Destination.GROUP),
    )
    campus.login()
    campus.take_pc_away()
    campus.run(HOUR)

    assert campus.switch.session is not None


def test_a_kicked_session_waits_and_takes_the_next_login_at_once(routed: Routed) -> None:
    campus = routed(client_options=ClientOptions(retry_after_failure=15.0))
    campus.login()
    campus.switch.kick(campus.now)
    campus.run(1.0)
    assert campus.session.status.state is State.WAITING
    assert campus.session.status.last_failure.text == "您已被强制下线"

    campus.run(60.0)
    assert campus.session.state is State.ONLINE
    assert campus.switch.session is not None


def test_a_reauthentication_is_answered_by_the_client_while_it_is_there(routed: Routed) -> None:
    campus = routed()
    campus.login(seconds=60)
    campus.switch.reauthenticate(campus.now)
    campus.run(HOUR)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.session.state is State.ONLINE


def test_a_reauthentication_without_the_client_says_that_it_is_needed(routed: Routed) -> None:
    campus = routed()
    campus.login(seconds=60)
    campus.take_pc_away()
    campus.switch.reauthenticate(campus.now)
    campus.run(60.0)

    assert campus.of(events.ClientNeeded)


def test_two_logins_make_one_session(routed: Routed) -> None:
    campus = routed(
        SwitchOptions(successes=2, first_success=SuccessShape.BARE),
        settings=SessionSettings(successes=2),
    )
    campus.login()
    assert campus.session.status.state is State.AUTHENTICATING
    campus.login()
    campus.take_pc_away()
    campus.run(HOUR)

    assert campus.session.state is State.ONLINE
    assert campus.switch.complaints == []
    assert campus.renewals == 2


def test_a_farewell_of_the_client_does_not_reach_the_switch(routed: Routed) -> None:
    campus = routed()
    campus.login()
    campus.client.logoff(campus.now)
    campus.run(HOUR)

    assert campus.switch.session is not None
    assert campus.of(events.LogoffIgnored)


def test_a_farewell_of_the_client_ends_the_session_where_that_is_wanted(routed: Routed) -> None:
    campus = routed(settings=SessionSettings(client_logoff=ClientLogoff.FORWARD))
    campus.login()
    campus.client.logoff(campus.now)
    campus.run(1.0)

    assert campus.switch.session is None
    assert campus.session.state is State.WAITING


@pytest.mark.parametrize("moment", [0.05, 0.5, 2.0, 17.9, 18.1, 40.0])
def test_a_killed_daemon_goes_on_without_a_login(routed: Routed, moment: float) -> None:
    campus = routed()
    campus.login(seconds=moment)
    campus.take_pc_away()
    campus.restart_router(away=0.2)
    campus.run(HOUR)

    assert campus.switch.session is not None
    assert campus.switch.logins == 1
    assert campus.of(events.Resumed)


def test_lost_and_repeated_frames_cost_a_second_try_at_worst(routed: Routed) -> None:
    bad_cable = Loss(lost=0.2, repeated=0.3)
    for seed in range(20):
        campus = routed(
            SwitchOptions(
                seed=seed,
                inward=bad_cable,
                outward=bad_cable,
                alive_interval=200.0,
                first_heartbeat_within=200.0,  # the first one may be the one that is lost
            ),
            ClientOptions(start_repeats=20, start_interval=4.0, retry_after_failure=11.0),
        )
        for _ in range(4):
            # A Success that is lost is never sent again: the user has to try once more.
            if campus.session.state is not State.ONLINE:
                campus.login(seconds=280.0)
        assert campus.session.state is State.ONLINE, f"seed {seed}"
        assert campus.switch.session is not None, f"seed {seed}"
