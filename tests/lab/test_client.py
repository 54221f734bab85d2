"""The simulated client does what the genuine ones do."""

from __future__ import annotations

import pytest

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS, MemoryCampus
from ruijie_proxy.lab.client.client import State
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.options import ClientOptions, Group, SuccessShape, SwitchOptions
from ruijie_proxy.protocol.eap import EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import (
    MINIMUM_FRAME_SIZE,
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
)

STRANGER = bytes.fromhex("020000000666")


def started(options: ClientOptions) -> MemoryCampus:
    """Return a campus where a client logs in and nobody ever answers."""
    campus = MemoryCampus(client=options)
    campus.tamper = lambda _: None
    campus.login(seconds=60)
    return campus


def test_the_private_block_stands_behind_a_stated_length_of_the_standard_part_alone() -> None:
    campus = MemoryCampus()

    campus.login()

    start, identity, answer = (EapolFrame.parse(frame) for frame in campus.to_switch[:3])
    assert start.length == 0
    assert identity.length == len(identity.body) == 5 + len("student")
    assert answer.length == len(answer.body) == 5 + 1 + 16 + len("student")
    assert all(len(frame.trailer) > 400 for frame in (start, identity, answer))


def test_a_start_is_repeated_until_the_client_gives_up() -> None:
    campus = started(ClientOptions(start_interval=5.0, start_repeats=2))

    assert [event.at for event in campus.find(EventKind.SENT)] == [0.0, 5.0, 10.0]
    (given_up,) = campus.find(EventKind.OFFLINE)
    assert given_up.at == 15.0
    assert campus.client.state == State.IDLE


def test_a_hasty_client_starts_several_times_at_both_groups() -> None:
    campus = MemoryCampus(client=ClientOptions(start_group=Group.BOTH, starts=2))

    campus.client.login(0.0)

    destinations = [frame[:6] for frame in campus.client.frames_to_send()]
    assert destinations == [PAE_GROUP_ADDRESS] * 2 + [RUIJIE_GROUP_ADDRESS] * 2


def test_the_first_heartbeat_goes_out_within_a_second_and_then_as_granted() -> None:
    campus = MemoryCampus(SwitchOptions(interval=20))

    campus.login(seconds=41)

    heartbeats = campus.find(EventKind.SENT, frame=FrameName.HEARTBEAT)
    assert [event.at for event in heartbeats] == pytest.approx([0.1, 20.1, 40.1])
    assert [event.detail["number"] for event in heartbeats] == [0x102B, 0x102C, 0x102D]
    assert len(campus.to_switch[-1]) == MINIMUM_FRAME_SIZE


def test_without_a_grant_a_client_that_knows_the_key_beats_every_30_seconds() -> None:
    campus = MemoryCampus(
        SwitchOptions(success=SuccessShape.UNREADABLE, keys=(7,)), ClientOptions(key=7)
    )

    campus.login(seconds=61)

    assert campus.switch.complaints == []
    heartbeats = campus.find(EventKind.HEARTBEAT)
    assert [event.at for event in heartbeats] == pytest.approx([0.1, 30.1, 60.1])


def test_without_a_grant_a_client_that_knows_no_key_sends_no_heartbeat() -> None:
    campus = MemoryCampus(SwitchOptions(success=SuccessShape.BARE))

    campus.login(seconds=40)

    assert campus.client.state == State.ONLINE
    assert campus.find(EventKind.SENT, frame=FrameName.HEARTBEAT) == []


def test_a_client_can_have_its_heartbeats_turned_off() -> None:
    campus = MemoryCampus(client=ClientOptions(heartbeats=False))

    campus.login(seconds=40)

    assert campus.client.state == State.ONLINE
    assert campus.find(EventKind.SENT, frame=FrameName.HEARTBEAT) == []


def test_a_client_that_left_neither_listens_nor_speaks() -> None:
    campus = MemoryCampus()
    campus.login()
    sent = len(campus.to_switch)

    campus.client.leave(campus.now)
    campus.switch.reauthenticate(campus.now)
    campus.run(3600)

    assert len(campus.to_switch) == sent
    assert campus.client.next_deadline() is None


def test_a_client_that_says_goodbye_tells_the_server_with_its_block() -> None:
    campus = MemoryCampus(client=ClientOptions(logoff_on_leave=True))
    campus.login()

    campus.client.leave(campus.now)
    campus.run()

    logoff = EapolFrame.parse(campus.to_switch[-1])
    assert (logoff.type, logoff.destination) == (EapolType.LOGOFF, SWITCH_ADDRESS)
    assert logoff.trailer == EapolFrame.parse(campus.to_switch[0]).trailer


def test_a_client_that_left_can_log_in_again() -> None:
    campus = MemoryCampus(client=ClientOptions(logoff_on_leave=True))
    campus.login()
    campus.client.leave(campus.now)

    campus.login()

    assert campus.client.state == State.ONLINE
    assert campus.switch.complaints == []


def test_a_client_answers_a_notification_and_goes_on() -> None:
    campus = MemoryCampus(SwitchOptions(notification="今晚系统升级"))

    campus.login()

    (told,) = campus.find(EventKind.RECEIVED, frame=FrameName.REQUEST_NOTIFICATION)
    assert told.detail["message"] == "今晚系统升级"
    assert EapolFrame.parse(campus.to_switch[2]).body[2:] == bytes((0, 5, EapType.NOTIFICATION))
    assert campus.client.state == State.ONLINE


def test_a_client_proposes_md5_where_another_method_is_offered() -> None:
    campus = MemoryCampus(SwitchOptions(offers_first=25))

    campus.login()

    nak = EapolFrame.parse(campus.to_switch[2]).body
    assert nak[2:] == bytes((0, 6, EapType.NAK, EapType.MD5_CHALLENGE))
    assert campus.client.state == State.ONLINE


def test_a_refused_client_tells_why_and_is_idle() -> None:
    campus = MemoryCampus(client=ClientOptions(password="wrong"))

    campus.login(seconds=100)

    (refused,) = [event for event in campus.find(EventKind.OFFLINE) if event.source == "pc"]
    assert refused.detail == {"reason": "用户不存在或密码错误"}
    assert campus.switch.starts == 1


def test_a_client_complains_of_frames_to_other_stations() -> None:
    campus = MemoryCampus()
    campus.tamper_back = lambda frame: STRANGER + frame[6:]

    campus.login()

    assert campus.client.complaints == ["a frame to 02:00:00:00:06:66 came to me"]


def test_a_client_listens_to_its_own_server_alone() -> None:
    campus = MemoryCampus()
    campus.login()
    failure = EapolFrame.build(CLIENT_ADDRESS, STRANGER, EapolType.EAP_PACKET, b"\4\1\0\4")

    campus.client.receive(failure.encode(), campus.now)

    assert campus.client.state == State.ONLINE


def test_damaged_frames_are_complained_about_and_change_nothing() -> None:
    campus = MemoryCampus()
    campus.login()

    for junk in (b"", bytes(60), campus.to_client[0][:18]):
        campus.client.receive(junk, campus.now)

    assert len(campus.client.complaints) == 3
    assert campus.client.state == State.ONLINE


def test_a_request_without_a_type_is_left_alone() -> None:
    campus = MemoryCampus()
    campus.login()
    sent = len(campus.to_switch)
    request = EapolFrame.build(CLIENT_ADDRESS, SWITCH_ADDRESS, EapolType.EAP_PACKET, b"\1\1\0\4")

    campus.client.receive(request.encode(), campus.now)
    campus.run()

    assert campus.find(EventKind.IGNORED, why="a request without a type")
    assert len(campus.to_switch) == sent
