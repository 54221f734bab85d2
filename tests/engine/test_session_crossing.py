"""Each frame of a login crosses exactly once, in order and whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.events import (
    LoginStarted,
    LoginSucceeded,
    RequestRelayed,
    ResponseRelayed,
    ServerFound,
)
from ruijie_proxy.engine.relay.relay_session import RelaySession
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import FieldsMode, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.results import Grant

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

EAP_TLS = 13
PEAP = 25
MSCHAPV2 = 26
STALE_GRANT = Grant(0x0BADBEEF, 1).encode()
STALE_FAILURE = EapPacket.build(EapCode.FAILURE, 9).encode()
AS_IT_IS = SessionSettings(mac=MacMode.KEEP, fields=FieldsMode.KEEP)


def test_a_login_crosses_frame_by_frame_in_order(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))

    assert [EapolFrame.parse(frame).type for frame in campus.server_got] == [
        EapolType.START,
        EapolType.EAP_PACKET,
        EapolType.EAP_PACKET,
    ]
    assert campus.client_got == [
        campus.identity_request(to=campus.CLIENT),
        campus.challenge(to=campus.CLIENT),
        campus.success(campus.GRANT, to=campus.CLIENT),
    ]
    assert campus.ports == [campus.PORT] * 3
    times = [sent.at for sent in (*campus.to_server, *campus.to_client)]
    assert sorted(times)[::2] == [sent.at for sent in campus.to_server]  # the sides take turns


def test_a_login_is_told_step_by_step(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT, "欢迎使用校园网"))

    assert campus.events[:7] == [
        LoginStarted(campus.CLIENT, campus.PORT, again=False),
        ServerFound(campus.SERVER),
        RequestRelayed(EapType.IDENTITY),
        ResponseRelayed(EapType.IDENTITY),
        RequestRelayed(EapType.MD5_CHALLENGE),
        ResponseRelayed(EapType.MD5_CHALLENGE),
        LoginSucceeded("欢迎使用校园网", None, granted_interval=30, count=1, wanted=1),
    ]


def test_one_start_of_the_client_is_one_start_to_the_server(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wait(50.0)

    assert [frame[14:18] for frame in campus.server_got] == [bytes((1, EapolType.START, 0, 0))]


def test_all_that_stands_behind_the_stated_length_crosses_too(campus: Campus) -> None:
    campus.log_in(campus.success(campus.GRANT))

    for frame in campus.server_got:
        parsed = EapolFrame.parse(frame)
        assert parsed.length == len(parsed.body)
        assert parsed.trailer.endswith(b"RG-SU For Linux V1.0\0")


def test_a_kept_login_crosses_byte_for_byte(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(AS_IT_IS)
    to_server = [
        campus.start(),
        campus.response(campus.identity),
        campus.response(campus.md5, trailer=b"anything"),
    ]
    to_client = [
        campus.identity_request(to=campus.CLIENT, trailer=STALE_GRANT),
        campus.challenge(to=PAE_GROUP_ADDRESS),
    ]
    campus.lan(to_server[0])
    campus.wan(to_client[0])
    campus.lan(to_server[1])
    campus.wan(to_client[1])
    campus.lan(to_server[2])

    assert campus.server_got == to_server
    assert campus.client_got == to_client


@pytest.mark.parametrize("method", [MSCHAPV2, PEAP, EAP_TLS, 255])
def test_any_eap_method_crosses(campus: Campus, method: int) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.forget_frames()
    for round_trip in range(8):
        piece = bytes((round_trip,)) * 1300
        request = EapPacket.build(EapCode.REQUEST, round_trip, method, piece)
        answer = EapPacket.build(EapCode.RESPONSE, round_trip, method, piece)
        campus.wan(campus.of_server(request))
        campus.lan(campus.response(answer, trailer=b""))

        assert EapolFrame.parse(campus.client_got[-1]).body == request.encode()
        assert EapolFrame.parse(campus.server_got[-1]).body == answer.encode()
    campus.wan(campus.success())

    assert len(campus.server_got) == 8
    assert len(campus.client_got) == 9
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("version", [1, 2, 3, 255])
def test_the_eapol_version_stays_each_sides_own(campus: Campus, version: int) -> None:
    request = EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY)
    start = bytearray(campus.start())
    start[14] = version

    campus.lan(bytes(start))
    campus.wan(campus.of_server(request, version=version))

    assert campus.server_got[0][14] == version
    assert campus.client_got[0][14] == version


@pytest.mark.parametrize("packet_type", [3, 4, 6, 0xC0, 0xFF])
def test_unknown_types_of_the_client_cross(campus: Campus, packet_type: int) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.forget_frames()

    frame = EapolFrame.build(
        campus.SERVER, campus.CLIENT, packet_type, b"student", b"and more behind"
    ).encode()
    campus.lan(frame)

    assert campus.server_got == [frame[:6] + campus.WAN + frame[12:]]


def test_unknown_types_of_the_server_cross(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.forget_frames()

    frame = EapolFrame.build(campus.WAN, campus.SERVER, 5, b"an echo of Cernet").encode()
    campus.wan(frame)

    assert campus.client_got == [campus.CLIENT + frame[6:]]


@pytest.mark.parametrize("to", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_requests_to_a_group_reach_the_client_alone(campus: Campus, to: bytes) -> None:
    campus.lan(campus.start())

    campus.wan(campus.identity_request(to=to))

    assert campus.client_got == [campus.identity_request(to=campus.CLIENT)]


def test_requests_to_somebody_else_are_none_of_ours(campus: Campus) -> None:
    campus.lan(campus.start())

    campus.wan(campus.identity_request(to=campus.CLIENT))
    campus.wan(campus.identity_request(to=bytes.fromhex("020000000666")))
    campus.wan(campus.identity_request(to=b"\xff" * 6))

    assert campus.client_got == []


def test_each_of_two_challenges_is_answered(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.forget_frames()
    longer = campus.challenge(3) + bytes(200)
    for challenge in (campus.challenge(2), longer):
        campus.wan(challenge)
        campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(campus.GRANT))

    assert len(campus.server_got) == 2
    assert campus.client_got[1] == campus.CLIENT + longer[6:]
    assert campus.state() is State.ONLINE


def test_the_services_on_offer_are_told_and_cross(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.forget_frames()
    challenge = campus.challenge(services="移动宽带接入@教育网接入")

    campus.wan(challenge)

    assert campus.client_got == [campus.CLIENT + challenge[6:]]
    assert campus.of(RequestRelayed)[-1].services == ("移动宽带接入", "教育网接入")


def test_stale_memory_behind_a_request_crosses_and_is_never_read(campus: Campus) -> None:
    campus.lan(campus.start())
    request = campus.identity_request(trailer=STALE_GRANT + STALE_FAILURE)

    campus.wan(request)

    assert campus.client_got == [campus.CLIENT + request[6:]]
    assert campus.state() is State.AUTHENTICATING


def test_a_grant_in_the_padding_of_a_bare_success_is_no_grant(campus: Campus) -> None:
    bare = EapPacket.build(EapCode.SUCCESS, 2)
    campus.log_in(campus.of_server(bare, trailer=STALE_GRANT))
    campus.wait(60.0)

    assert campus.state() is State.ONLINE
    assert campus.of(LoginSucceeded)[0].granted_interval is None
    assert campus.heartbeats == []


def test_a_result_in_the_padding_of_an_empty_packet_is_no_result(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())

    for code in (EapCode.SUCCESS, EapCode.FAILURE):
        stale = EapPacket.build(code, 2).encode()
        campus.wan(campus.of_server(b"", trailer=stale))

    assert campus.state() is State.AUTHENTICATING


def test_a_method_in_the_padding_of_a_request_without_one_is_no_challenge(campus: Campus) -> None:
    campus.go_online()
    request = EapPacket.build(EapCode.REQUEST, 3)

    campus.wan(campus.of_server(request, trailer=bytes((EapType.MD5_CHALLENGE,)) * 40))

    assert campus.state() is State.ONLINE
    assert campus.of(RequestRelayed) == [RequestRelayed(None)]


def test_a_method_behind_the_eap_length_of_a_request_is_no_challenge(campus: Campus) -> None:
    campus.go_online()
    empty = EapPacket.build(EapCode.REQUEST, 3).encode()

    campus.wan(campus.of_server(empty + bytes((EapType.MD5_CHALLENGE, 16)) + bytes(16)))

    assert campus.state() is State.ONLINE


def test_a_client_may_answer_to_the_group(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())

    campus.lan(campus.response(campus.identity, destination=PAE_GROUP_ADDRESS))

    assert campus.server_got[-1][:12] == PAE_GROUP_ADDRESS + campus.WAN


def test_frames_of_other_servers_are_none_of_ours(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wan(campus.challenge())
    campus.forget_frames()

    other = campus.OTHER_SERVER
    for to in (PAE_GROUP_ADDRESS, campus.WAN):
        campus.wan(campus.identity_request(to=to, source=other))
        campus.wan(campus.challenge(to=to, source=other))
        campus.wan(campus.success(campus.GRANT, to=to, source=other))
        campus.wan(campus.failure(to=to, source=other))

    assert campus.client_got == []
    assert campus.state() is State.AUTHENTICATING


def test_frames_of_other_clients_on_the_wan_are_none_of_ours(campus: Campus) -> None:
    neighbour = campus.OTHER_CLIENT
    campus.lan(campus.start())

    campus.wan(campus.start(neighbour))
    campus.wan(campus.response(campus.identity, neighbour, destination=PAE_GROUP_ADDRESS))
    campus.wan(campus.logoff(neighbour))
    assert campus.client_got == []

    campus.wan(campus.identity_request())
    assert campus.of(ServerFound) == [ServerFound(campus.SERVER)]


@pytest.mark.parametrize("to", [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS])
def test_a_result_told_to_the_group_before_anything_was_asked_is_other_peoples(
    campus: Campus, to: bytes
) -> None:
    campus.lan(campus.start())

    campus.wan(campus.failure("用户不存在或密码错误", to=to))
    campus.wan(campus.success(campus.GRANT, to=to))

    assert campus.client_got == []
    assert campus.state() is State.AUTHENTICATING


def test_a_server_that_refuses_a_start_at_once_is_believed(campus: Campus) -> None:
    campus.lan(campus.start())

    campus.wan(campus.failure("您已被强制下线"))

    assert campus.client_got == [campus.failure("您已被强制下线", to=campus.CLIENT)]
    assert campus.state() is State.WAITING


def test_a_server_that_lets_a_client_in_unasked_is_believed(campus: Campus) -> None:
    campus.lan(campus.start())

    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.ONLINE


def test_nothing_of_the_wan_crosses_before_a_client_has_started(campus: Campus) -> None:
    campus.wan(campus.identity_request())
    campus.wan(campus.identity_request(to=PAE_GROUP_ADDRESS))
    campus.wan(campus.challenge())

    assert campus.client_got == campus.server_got == []


def test_nothing_of_the_lan_crosses_before_a_client_has_started(campus: Campus) -> None:
    campus.lan(campus.response(campus.identity))
    campus.lan(campus.logoff())
    campus.lan(campus.heartbeat(campus.KEY, 1))

    assert campus.client_got == campus.server_got == []


def test_the_answers_go_out_by_the_port_where_the_client_was_seen_last(campus: Campus) -> None:
    campus.lan(campus.start(), port="lan1")
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity), port="lan4")
    campus.wan(campus.challenge())

    assert campus.ports == ["lan1", "lan4"]


def test_the_client_is_listened_to_only_while_its_frames_can_matter(campus: Campus) -> None:
    assert not campus.listening
    campus.lan(campus.start())
    assert campus.listening

    campus.wan(campus.identity_request())
    campus.wan(campus.success(campus.GRANT))
    assert campus.listening  # to its first heartbeat
    campus.wait(1.0)

    assert not campus.listening


@given(
    body=st.binary(max_size=1400),
    trailer=st.binary(max_size=100),
    packet_type=st.sampled_from([0, 3, 4, 5, 6, 0xC0]),
)
def test_whatever_the_client_sends_in_its_login_crosses_once_and_whole(
    body: bytes, trailer: bytes, packet_type: int
) -> None:
    client, server = bytes.fromhex("02000000cc01"), bytes.fromhex("00d0f8d9f104")
    session = RelaySession(AS_IT_IS, RouterFacts(bytes.fromhex("0200000000e1")), link_up=True)
    start = EapolFrame.build(PAE_GROUP_ADDRESS, client, EapolType.START).encode()
    session.receive_from_lan("lan2", start, 1000.0)
    session.take_actions()

    frame = EapolFrame.build(server, client, packet_type, body, trailer).encode()
    session.receive_from_lan("lan2", frame, 1000.1)

    crossed = [action.frame for action in session.take_actions() if hasattr(action, "frame")]
    assert crossed == [frame]
