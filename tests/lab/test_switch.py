"""A genuine client and the switch understand each other on every kind of campus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ruijie_proxy.lab.campus.memory import MemoryCampus, unchanged
from ruijie_proxy.lab.client.client import State
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import (
    Challenges,
    ClientOptions,
    Destination,
    Dropping,
    Group,
    Heartbeats,
    Padding,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.lab.switch.switch import Switch
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS

KEY = 0x32764AE1
UNGRANTED = {SuccessShape.BARE, SuccessShape.UNREADABLE}


def test_a_login_takes_six_frames_in_their_order() -> None:
    campus = MemoryCampus()

    campus.login()

    frames = [
        event.detail["frame"]
        for event in campus.events
        if event.kind == EventKind.SENT and event.at == 0.0
    ]
    assert frames == [
        FrameName.START,
        FrameName.REQUEST_IDENTITY,
        FrameName.RESPONSE_IDENTITY,
        FrameName.REQUEST_CHALLENGE,
        FrameName.RESPONSE_CHALLENGE,
        FrameName.SUCCESS,
    ]
    assert campus.client.state == State.ONLINE
    assert campus.switch.complaints == []


@pytest.mark.parametrize("shape", SuccessShape)
@pytest.mark.parametrize("full_length", [True, False])
def test_a_client_stays_online_for_a_day_in_every_shape_of_success(
    shape: SuccessShape, full_length: bool
) -> None:
    key = KEY if shape in UNGRANTED else None
    campus = MemoryCampus(
        SwitchOptions(success=shape, full_eap_length=full_length, keys=(KEY,)),
        ClientOptions(key=key, heartbeat_interval=20.0),
    )

    campus.login()
    campus.run(24 * 3600)

    assert campus.switch.complaints == []
    assert campus.client.complaints == []
    assert campus.session.heartbeats == 1 + (24 * 3600 + 1) // 20
    assert campus.client.key == KEY


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize(
    "options",
    [
        SwitchOptions(challenges=Challenges.TWO_SAME),
        SwitchOptions(challenges=Challenges.TWO_DIFFERENT, padding=Padding.STALE),
        SwitchOptions(services=("移动宽带接入", "教育网接入")),
        SwitchOptions(padding=Padding.STALE, success=SuccessShape.BARE),
        SwitchOptions(login_destination=Destination.GROUP, online_destination=Destination.GROUP),
        SwitchOptions(eapol_version=2),
    ],
    ids=["two-same", "two-different", "services", "stale-padding", "group", "version-2"],
)
def test_a_client_logs_in_on_every_kind_of_campus(options: SwitchOptions, edition: Edition) -> None:
    campus = MemoryCampus(
        replace(options, edition=edition), ClientOptions(edition=edition, key=KEY)
    )

    campus.login()
    campus.run(300)

    assert campus.switch.complaints == []
    assert campus.client.complaints == []
    assert campus.client.state == State.ONLINE


def test_the_challenge_tells_the_services_on_offer() -> None:
    campus = MemoryCampus(SwitchOptions(services=("移动宽带接入", "教育网接入")))

    campus.login()

    (challenge,) = campus.find(EventKind.RECEIVED, frame=FrameName.REQUEST_CHALLENGE)
    assert challenge.detail["services"] == ["移动宽带接入", "教育网接入"]


@pytest.mark.parametrize("two", [Challenges.TWO_SAME, Challenges.TWO_DIFFERENT])
def test_a_second_challenge_comes_in_a_longer_frame(two: Challenges) -> None:
    campus = MemoryCampus(SwitchOptions(challenges=two))

    campus.login()

    first, second = campus.to_client[1:3]
    assert len(first) < len(second)
    assert first[22] == second[22] == EapType.MD5_CHALLENGE
    challenge = slice(24, 40)
    assert (first[challenge] == second[challenge]) == (two == Challenges.TWO_SAME)


def test_requests_and_results_go_to_the_group_where_a_campus_wants_it() -> None:
    campus = MemoryCampus(SwitchOptions(login_destination=Destination.GROUP))

    campus.login()
    campus.switch.kick(campus.now)
    campus.run(1)

    destinations = [EapolFrame.parse(frame).destination for frame in campus.to_client]
    assert destinations == [PAE_GROUP_ADDRESS] * 3 + [campus.client.address]


@pytest.mark.parametrize(
    ("accepted", "sent", "answered"),
    [
        (Group.RUIJIE, Group.RUIJIE, True),
        (Group.RUIJIE, Group.STANDARD, False),
        (Group.STANDARD, Group.RUIJIE, False),
        (Group.BOTH, Group.RUIJIE, True),
    ],
)
def test_a_start_to_the_wrong_group_is_not_answered(
    accepted: Group, sent: Group, answered: bool
) -> None:
    campus = MemoryCampus(SwitchOptions(accepted_starts=accepted), ClientOptions(start_group=sent))

    campus.login()

    assert (campus.client.state == State.ONLINE) == answered
    assert campus.switch.complaints == []


def test_a_client_may_answer_to_the_group() -> None:
    campus = MemoryCampus(client=ClientOptions(answer_to_group=True, start_group=Group.RUIJIE))

    campus.login()

    destinations = [EapolFrame.parse(frame).destination for frame in campus.to_switch]
    assert destinations[:3] == [RUIJIE_GROUP_ADDRESS, PAE_GROUP_ADDRESS, PAE_GROUP_ADDRESS]
    assert campus.switch.content
    assert campus.client.state == State.ONLINE


def test_a_campus_that_does_not_compare_the_check_takes_either_edition() -> None:
    campus = MemoryCampus(SwitchOptions(check_v4=False), ClientOptions(edition=Edition.SECOND))

    campus.login()

    assert campus.switch.content
    assert campus.client.state == State.ONLINE


def test_a_campus_without_demands_takes_a_plain_supplicant() -> None:
    campus = MemoryCampus(
        SwitchOptions(require_private_block=False, heartbeats=Heartbeats.OPTIONAL),
        ClientOptions(private_block=False, heartbeats=False),
    )

    campus.login()
    campus.run(3600)

    assert campus.switch.content
    assert campus.switch.session is not None


def test_probes_are_answered_with_the_login_s_identity() -> None:
    campus = MemoryCampus(
        SwitchOptions(
            success=SuccessShape.BARE,
            heartbeats=Heartbeats.FORBIDDEN,
            probe_interval=5.0,
            padding=Padding.STALE,
        )
    )

    campus.login()
    campus.run(600)

    assert campus.switch.complaints == []
    assert len(campus.find(EventKind.PROBE_ANSWERED)) == 120


def test_a_client_that_answers_no_probes_is_dropped() -> None:
    campus = MemoryCampus(
        SwitchOptions(heartbeats=Heartbeats.OPTIONAL, probe_interval=30.0, probe_silence=300.0),
        ClientOptions(answer_reauthentication=False),
    )

    campus.login()
    campus.run(301)

    assert campus.switch.complaints == ["no answered probe for 300.0 s"]
    assert campus.switch.session is None
    assert campus.client.state == State.IDLE


def test_two_logins_make_one_session() -> None:
    campus = MemoryCampus(
        SwitchOptions(successes=2, first_success=SuccessShape.BARE), ClientOptions()
    )

    campus.login()
    assert not campus.session.final
    campus.login()
    campus.run(300)

    assert campus.switch.complaints == []
    assert campus.session.final
    assert campus.switch.logins == 2


def test_between_two_logins_the_switch_asks_for_nothing_by_itself() -> None:
    campus = MemoryCampus(
        SwitchOptions(successes=2, probe_interval=5.0, reauthentication_interval=5.0),
        ClientOptions(),
    )

    campus.login(seconds=20)

    assert not campus.session.final
    assert len(campus.find(EventKind.SENT, frame=FrameName.REQUEST_IDENTITY)) == 1


def test_a_second_login_that_never_comes_closes_the_port() -> None:
    campus = MemoryCampus(SwitchOptions(successes=2, second_login_within=10.0))

    campus.login(seconds=11)

    assert campus.switch.complaints == ["no second login came"]
    assert campus.switch.session is None


def test_a_reauthentication_is_a_whole_login_with_a_new_key() -> None:
    campus = MemoryCampus(SwitchOptions(keys=(KEY, 0x01020304)))
    campus.login()

    campus.run(30)
    campus.switch.reauthenticate(campus.now)
    campus.run(300)

    assert campus.switch.complaints == []
    assert campus.switch.starts == 1
    assert campus.switch.logins == 2
    assert campus.session.key == 0x01020304
    assert campus.session.heartbeats > 10


def test_a_client_that_ignores_a_reauthentication_is_dropped() -> None:
    campus = MemoryCampus(client=ClientOptions(answer_reauthentication=False))
    campus.login()

    campus.switch.reauthenticate(campus.now)
    campus.run(15)

    assert campus.switch.complaints == ["no answer to the Request/Identity"]
    assert campus.switch.session is None


def test_a_switch_may_demand_a_whole_login_again_and_again() -> None:
    campus = MemoryCampus(SwitchOptions(reauthentication_interval=3600.0))

    campus.login(24 * 3600 + 1)

    assert campus.switch.complaints == []
    assert campus.switch.starts == 1
    assert campus.switch.logins == 25
    logins = campus.find(EventKind.SENT, frame=FrameName.SUCCESS)
    assert [event.at for event in logins] == [3600.0 * hour for hour in range(25)]


def test_a_client_that_ignores_the_login_that_the_switch_demands_is_dropped() -> None:
    campus = MemoryCampus(
        SwitchOptions(reauthentication_interval=600.0),
        ClientOptions(answer_reauthentication=False),
    )

    campus.login(600 + 11)
    assert campus.switch.session is not None
    campus.run(2)

    assert campus.switch.session is None
    assert campus.switch.complaints == ["no answer to the Request/Identity"]
    assert campus.client.state == State.IDLE


def test_nothing_is_demanded_of_a_client_that_is_logging_in_by_itself() -> None:
    campus = MemoryCampus(SwitchOptions(reauthentication_interval=100.0))
    campus.login(99.5)
    campus.tamper_back = lambda _: None
    campus.client.login(campus.now)
    campus.run(1.5)

    campus.tamper_back = unchanged
    campus.run(10)

    assert campus.switch.complaints == []
    requests = campus.find(EventKind.SENT, frame=FrameName.REQUEST_IDENTITY)
    assert [event.at for event in requests] == [0.0, 99.5, 102.5]
    assert campus.switch.logins == 2
    assert campus.client.state == State.ONLINE


def test_a_kick_is_told_with_its_message_and_ends_the_session() -> None:
    campus = MemoryCampus()
    campus.login()

    campus.switch.kick(campus.now, "被服务器检测到用户已下线")
    campus.run(1)

    assert campus.switch.session is None
    assert campus.find(EventKind.OFFLINE)[-1].detail == {"reason": "被服务器检测到用户已下线"}
    assert campus.client.state == State.IDLE


def test_a_logoff_ends_the_session() -> None:
    campus = MemoryCampus(client=ClientOptions(logoff_on_leave=True))
    campus.login()

    campus.client.leave(campus.now)
    campus.run(300)

    assert campus.switch.complaints == []
    assert campus.find(EventKind.OFFLINE)[-1].detail == {"reason": "logoff"}
    logoff = EapolFrame.parse(campus.to_switch[-1])
    assert logoff.type == EapolType.LOGOFF
    assert logoff.trailer


@pytest.mark.parametrize("dropping", Dropping)
def test_a_client_that_vanishes_is_dropped_after_the_alive_interval(dropping: Dropping) -> None:
    campus = MemoryCampus(SwitchOptions(alive_interval=60.0, dropping=dropping))
    campus.login()
    frames_before = len(campus.to_client)

    campus.client.leave(campus.now)
    campus.run(59.0)
    assert campus.switch.session is not None
    campus.run(1.2)

    assert campus.switch.session is None
    assert campus.switch.complaints == ["no heartbeat for 60.0 s"]
    said = len(campus.to_client) - frames_before
    assert said == (1 if dropping == Dropping.FAILURE else 0)


def test_a_request_is_repeated_three_times_and_then_given_up() -> None:
    campus = MemoryCampus(client=ClientOptions(start_interval=60.0))
    campus.tamper_back = lambda _: None

    campus.login(seconds=13)

    requests = campus.find(EventKind.SENT, frame=FrameName.REQUEST_IDENTITY)
    assert [event.at for event in requests] == [0.0, 3.0, 6.0, 9.0]
    assert campus.switch.complaints == ["no answer to the Request/Identity"]


def test_a_quiet_period_follows_a_refusal() -> None:
    hasty = ClientOptions(
        password="wrong", retry_after_failure=1.0, start_interval=2.0, start_repeats=20
    )
    campus = MemoryCampus(SwitchOptions(quiet_period=10.0), hasty)

    campus.login(seconds=9)
    assert len(campus.find(EventKind.SENT, frame=FrameName.FAILURE)) == 1
    assert len(campus.find(EventKind.IGNORED, why="a Start in the quiet period")) == 5
    campus.run(4)

    assert len(campus.find(EventKind.SENT, frame=FrameName.FAILURE)) == 2


def test_an_invitation_after_a_refusal_is_not_to_be_answered() -> None:
    options = SwitchOptions(invite_after_failure=True)
    polite = MemoryCampus(options, ClientOptions(password="wrong"))
    polite.login()
    assert "the invitation after a Failure was answered" not in polite.switch.complaints

    hasty = MemoryCampus(options, ClientOptions(password="wrong"))
    hasty.login()
    invitation = EapolFrame.parse(hasty.to_client[-1])
    answer = bytearray(hasty.to_switch[1])
    answer[19] = invitation.body[1]
    hasty.inject(bytes(answer))

    assert "the invitation after a Failure was answered" in hasty.switch.complaints


def test_a_bad_cable_costs_time_but_no_login() -> None:
    bad = Loss(lost=0.2, repeated=0.2)
    online = 0
    for seed in range(20):
        campus = MemoryCampus(
            SwitchOptions(seed=seed, inward=bad, outward=bad, first_heartbeat_within=60.0),
            ClientOptions(start_repeats=10, heartbeat_interval=5.0),
        )
        campus.login(seconds=60)
        if campus.switch.session is not None and campus.client.state == State.ONLINE:
            online += 1
            assert campus.switch.complaints == []
    assert online >= 15


def test_a_bad_cable_may_repeat_a_heartbeat() -> None:
    campus = MemoryCampus(SwitchOptions(outward=Loss(repeated=0.1)))
    campus.login()

    campus.inject(campus.to_switch[-1])

    assert campus.switch.complaints == []
    assert campus.session.heartbeats == 1
    assert campus.find(EventKind.IGNORED, why="a heartbeat that came twice")


def test_the_same_seed_makes_the_same_run() -> None:
    runs = []
    for seed in (7, 7, 8):
        campus = MemoryCampus(SwitchOptions(seed=seed, outward=Loss(lost=0.3)))
        campus.login(seconds=30)
        runs.append(campus.to_client)

    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_the_report_tells_how_things_stand() -> None:
    campus = MemoryCampus()
    campus.login(seconds=45)

    campus.switch.report(campus.now)
    campus.run(0)

    (report,) = campus.find(EventKind.REPORT)
    assert report.detail == {
        "online": True,
        "complaints": [],
        "starts": 1,
        "tries": 1,
        "logins": 1,
        "refused": 0,
        "heartbeats": 3,
    }


def test_whom_nobody_sees_online_nobody_can_throw_out() -> None:
    campus = MemoryCampus()

    campus.switch.kick(campus.now)
    campus.switch.reauthenticate(campus.now)
    campus.client.logoff(campus.now)
    campus.run(60)

    assert campus.to_client == []
    assert campus.find(EventKind.OFFLINE) == []


def test_a_switch_without_traffic_has_nothing_to_do() -> None:
    switch = Switch(SwitchOptions(), bytes(6))

    assert switch.next_deadline() is None
    switch.handle_timer(1e9)
    assert switch.frames_to_send() == []
    assert switch.content
