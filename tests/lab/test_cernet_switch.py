"""A switch of Cernet's dialect, and a client of it whose frames a test can spoil one by one."""

from __future__ import annotations

import pytest

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from ruijie_proxy.lab.events import EventKind
from ruijie_proxy.lab.loss import Loss
from ruijie_proxy.lab.options import Dialect, Dropping, SwitchOptions
from ruijie_proxy.lab.switch.checks import (
    DAMAGED_CLIENT,
    FOREIGN_CLIENT,
    OLD_CLIENT,
    WRONG_ADDRESS,
    WRONG_PASSWORD,
)
from ruijie_proxy.protocol import cernet
from ruijie_proxy.protocol.clients.client_block import Machine, client_block
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_0
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.text import decode_text
from tests.lab.port import PASSWORD, USER, Port

SWITCH = SwitchOptions(dialect=Dialect.CERNET, echo_interval=30.0, echo_silence=90.0)
ADDRESS, NETMASK, GATEWAY = bytes((10, 20, 0, 2)), bytes((255, 255, 255, 0)), bytes((10, 20, 0, 1))
IDENTITY = cernet.identity_data(USER, ADDRESS, NETMASK, GATEWAY)
START = cernet.bare_frame(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START)
LOGOFF = cernet.bare_frame(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.LOGOFF)
ECHO_ANSWER = cernet.bare_frame(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.CERNET_ECHO_ANSWER)
BLOCK = client_block(LINUX_1_0, Machine(CLIENT_ADDRESS), None).encode()


def told(options: SwitchOptions = SWITCH, start: bytes = START, identity: bytes = IDENTITY) -> Port:
    """Return a port that was started at and told the identity."""
    port = Port(options)
    port.send(start)
    port.respond(EapType.IDENTITY, identity)
    return port


def prove(port: Port, password: bytes = PASSWORD) -> None:
    """Answer the challenge that was asked last."""
    request = port.packets[-1]
    challenge = Md5Challenge.parse(request).challenge
    value = cernet.md5_value(request.identifier, password, challenge)
    port.respond(EapType.MD5_CHALLENGE, b"\x10" + value + USER)


def online(options: SwitchOptions = SWITCH) -> Port:
    """Return a port with a client online."""
    port = told(options)
    prove(port)
    return port


def messages(port: Port) -> list[str]:
    """Return what the switch told the user."""
    requests = [packet for packet in port.packets if packet.type == EapType.NOTIFICATION]
    return [decode_text(request.data) for request in requests]


def echoes(port: Port) -> list[EapolFrame]:
    """Return the switch's echoes."""
    return [frame for frame in port.heard if frame.type == EapolType.CERNET_ECHO]


# Logins


def test_a_login_asks_in_words_and_welcomes_before_a_bare_success() -> None:
    port = online()

    assert port.complaints == []
    assert port.kinds == [
        (EapCode.REQUEST, EapType.IDENTITY),
        (EapCode.REQUEST, EapType.MD5_CHALLENGE),
        (EapCode.REQUEST, EapType.NOTIFICATION),
        (EapCode.SUCCESS, None),
    ]
    assert b"User name" in port.packets[0].data
    assert messages(port) == ["欢迎使用校园网"]
    assert port.packets[-1].data == b""
    assert port.heard[-1].length == 4


@pytest.mark.parametrize(
    "start",
    [
        START[:-1],
        START + b"\xa5",
        START[:-1] + b"\x00",
        EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START).encode(),
        EapolFrame.build(
            PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START, b"\xa5", b"\xa5" * 41
        ).encode(),
    ],
    ids=["59-bytes", "61-bytes", "last-byte", "zeros", "padding-inside-the-length"],
)
def test_a_start_of_another_size_or_with_other_padding(start: bytes) -> None:
    port = told(start=start)
    prove(port)

    assert port.complaints == ["Start is not 60 bytes long and padded with 0xa5"]
    assert port.refusal == FOREIGN_CLIENT


def test_a_logoff_ends_the_session() -> None:
    port = online()

    port.send(LOGOFF)

    assert port.complaints == []
    assert port.switch.session is None


def test_a_logoff_with_other_padding() -> None:
    port = online()

    port.send(EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.LOGOFF).encode())

    assert port.complaints == ["Logoff is not 60 bytes long and padded with 0xa5"]


@pytest.mark.parametrize(
    ("identity", "complaint", "refusal"),
    [
        (USER, "Response/Identity is not in Cernet's form", DAMAGED_CLIENT),
        (b"\x02" + IDENTITY[1:], "Response/Identity is not in Cernet's form", DAMAGED_CLIENT),
        (IDENTITY[:24], "Response/Identity is not in Cernet's form", DAMAGED_CLIENT),
        (
            IDENTITY[:16] + b"\x01" + IDENTITY[17:],
            "Response/Identity: the fourth field is not zero",
            DAMAGED_CLIENT,
        ),
        (
            IDENTITY.replace(b"03.02.05", b"03.02.04"),
            "Response/Identity: the version is wrong",
            OLD_CLIENT,
        ),
    ],
    ids=["name-alone", "mark", "cut", "fourth-field", "version"],
)
def test_an_identity_in_another_form(identity: bytes, complaint: str, refusal: str) -> None:
    port = told(identity=identity)
    prove(port)

    assert port.complaints[0] == complaint
    assert port.refusal == refusal


def test_the_user_name_is_what_follows_the_version() -> None:
    port = told(identity=cernet.identity_data(b"nobody", ADDRESS, NETMASK, GATEWAY))
    prove(port)

    assert port.complaints == ["the user is unknown"]


def test_an_identity_without_the_address_that_the_campus_expects() -> None:
    expecting = SwitchOptions(dialect=Dialect.CERNET, expected_address="10.20.0.2")
    right = told(expecting)
    wrong = told(expecting, identity=cernet.identity_data(USER, None, None, None))
    prove(right)
    prove(wrong)

    assert right.complaints == []
    assert wrong.complaints == ["Response/Identity carries the address 0.0.0.0"]
    assert wrong.refusal == WRONG_ADDRESS


def test_an_md5_value_without_cernet_s_salt() -> None:
    port = told()
    request = port.packets[-1]
    challenge = Md5Challenge.parse(request).challenge
    unsalted = eap_md5_value(request.identifier, PASSWORD, challenge)

    port.respond(EapType.MD5_CHALLENGE, b"\x10" + unsalted + USER)

    assert port.complaints == ["the MD5 value is wrong"]
    assert port.refusal == WRONG_PASSWORD


def test_an_md5_response_without_a_user_name() -> None:
    port = told()
    request = port.packets[-1]
    challenge = Md5Challenge.parse(request).challenge
    value = cernet.md5_value(request.identifier, PASSWORD, challenge)

    port.respond(EapType.MD5_CHALLENGE, b"\x10" + value)

    assert port.complaints == ["the MD5 response names another user"]


def test_a_private_block_in_a_response() -> None:
    port = Port(SWITCH)
    port.send(START)

    port.respond(EapType.IDENTITY, IDENTITY, trailer=BLOCK)

    assert port.complaints == ["Response/Identity with a private block"]


# Messages


def test_a_refusal_is_told_in_a_notification_before_a_bare_failure() -> None:
    port = told()
    prove(port, password=b"wrong")

    assert port.kinds[-2:] == [(EapCode.REQUEST, EapType.NOTIFICATION), (EapCode.FAILURE, None)]
    assert messages(port) == [WRONG_PASSWORD]
    assert port.heard[-1].length == 4


def test_a_kick_is_told_in_a_notification_too() -> None:
    port = online()

    port.switch.kick(port.now, "您已被强制下线")
    port.run(0)

    assert messages(port) == ["欢迎使用校园网", "您已被强制下线"]
    assert port.kinds[-1] == (EapCode.FAILURE, None)


def notification(port: Port) -> EapPacket:
    """Return the switch's last notification."""
    return [packet for packet in port.packets if packet.type == EapType.NOTIFICATION][-1]


def test_the_answer_to_a_message_may_come_behind_the_result_but_only_once() -> None:
    port = online()
    request = notification(port)

    port.answer(request, EapType.NOTIFICATION, b"")
    assert port.complaints == []
    port.answer(request, EapType.NOTIFICATION, b"")

    assert port.complaints == [f"a Response to no request that is out (id {request.identifier})"]


@pytest.mark.parametrize(
    ("method", "data", "complaint"),
    [
        (EapType.NOTIFICATION, b"ok", "Response/Notification holds 2 bytes"),
        (EapType.NAK, b"\x04", "a Response of type 3 to a Request/Notification"),
    ],
)
def test_an_answer_to_a_message_that_is_none(method: EapType, data: bytes, complaint: str) -> None:
    port = online()

    port.answer(notification(port), method, data)

    assert port.complaints == [complaint]


def test_messages_that_were_not_answered_are_forgotten_when_their_identifiers_come_again() -> None:
    port = online()

    for _ in range(256):
        port.switch.reauthenticate(port.now)
        port.run(0)
        port.respond(EapType.IDENTITY, IDENTITY)
        prove(port)

    assert port.complaints == []
    assert port.switch.logins == 257


# Staying online


def test_echoes_come_regularly_and_are_answered() -> None:
    port = online()

    for _ in range(100):
        port.run(30)
        port.send(ECHO_ANSWER)

    assert port.complaints == []
    assert len(echoes(port)) == 100
    assert len([e for e in port.switch.events() if e.kind == EventKind.ECHO_ANSWERED]) == 100
    assert port.switch.session is not None


def test_an_echo_is_60_bytes_padded_like_the_client_s_frames() -> None:
    port = online()
    port.run(30)

    (echo,) = echoes(port)
    assert echo.destination == CLIENT_ADDRESS
    assert echo.trailer == b"\xa5" * 42


def test_a_client_that_answers_no_echo_is_dropped() -> None:
    port = online()
    port.run(30)
    port.send(ECHO_ANSWER)

    port.run(89)
    assert port.switch.session is not None
    port.run(1)

    assert port.switch.session is None
    assert port.complaints == ["an echo was not answered", "no answered echo for 90.0 s"]
    assert port.kinds[-1] == (EapCode.FAILURE, None)
    assert messages(port)[-1] == "心跳超时被强制下线"


def test_a_silent_campus_drops_a_silent_client_without_a_word() -> None:
    port = online(SwitchOptions(dialect=Dialect.CERNET, dropping=Dropping.SILENT))
    said = len(port.packets)

    port.run(90)

    assert port.switch.session is None
    assert len(port.packets) == said


def test_a_single_echo_that_is_not_answered() -> None:
    port = online()
    port.run(60)
    port.send(ECHO_ANSWER)
    port.run(29)

    assert port.complaints == ["an echo was not answered"]
    assert port.switch.session is not None


def test_a_bad_cable_may_lose_an_echo_and_repeat_an_answer() -> None:
    port = online(SwitchOptions(dialect=Dialect.CERNET, outward=Loss(repeated=0.1)))
    port.run(60)
    port.send(ECHO_ANSWER)
    port.send(ECHO_ANSWER)

    assert port.complaints == []
    kinds = [event.kind for event in port.switch.events()]
    assert kinds.count(EventKind.ECHO_ANSWERED) == 1
    assert kinds.count(EventKind.IGNORED) == 1


@pytest.mark.parametrize(
    "answer",
    [
        ECHO_ANSWER[:-1],
        ECHO_ANSWER[:-1] + b"\x00",
        EapolFrame.build(SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.CERNET_ECHO_ANSWER).encode(),
    ],
    ids=["59-bytes", "last-byte", "zeros"],
)
def test_an_answer_to_an_echo_with_other_padding_counts_for_nothing(answer: bytes) -> None:
    port = online()
    port.run(30)

    port.send(answer)
    port.run(60)

    assert port.complaints[0] == "Echo answer is not 60 bytes long and padded with 0xa5"
    assert port.switch.session is None


def test_an_answer_to_no_echo() -> None:
    port = online()

    port.send(ECHO_ANSWER)

    assert port.complaints == ["an echo's answer, while no echo is out"]
    assert EventKind.ECHO_ANSWERED not in [event.kind for event in port.switch.events()]


def test_an_answer_to_an_echo_while_nobody_is_online() -> None:
    port = Port(SWITCH)

    port.send(ECHO_ANSWER)

    assert port.complaints == ["an echo's answer, while nobody is online"]


def test_an_answer_to_an_echo_sent_to_the_group() -> None:
    port = online()
    port.run(30)

    port.send(PAE_GROUP_ADDRESS + ECHO_ANSWER[6:])

    assert port.complaints == ["Echo answer sent to 01:80:c2:00:00:03"]


def test_a_heartbeat_of_ruijie_s() -> None:
    port = online()

    port.send(Heartbeat(0x32764AE1, 0x102B).encode(SWITCH_ADDRESS, CLIENT_ADDRESS))

    assert port.complaints == ["a heartbeat, where nobody asked for one"]
    port.run(29)
    assert port.switch.session is not None


def test_an_echo_s_answer_means_nothing_in_another_dialect() -> None:
    port = Port(SwitchOptions())

    port.send(ECHO_ANSWER)

    assert port.complaints == []
