"""A switch without a dialect: EAP-MD5 as in the RFC, and nothing else."""

from __future__ import annotations

import pytest

from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS, MemoryCampus
from ruijie_proxy.lab.client.client import State
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.options import (
    ClientOptions,
    Dialect,
    Heartbeats,
    SuccessShape,
    SwitchOptions,
)
from ruijie_proxy.lab.switch.checks import FOREIGN_CLIENT, WRONG_PASSWORD
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapType
from ruijie_proxy.protocol.eapol import BODY_OFFSET, TYPE_OFFSET, EapolFrame, EapolType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.password import eap_md5_value
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from tests.lab.port import PASSWORD, USER, Port

PEAP = 25
MSCHAP_V2 = 26
SWITCH = SwitchOptions(dialect=Dialect.PLAIN)
CLIENT = ClientOptions(private_block=False)
START = EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START).encode()


def refusal(campus: MemoryCampus) -> object:
    """Return what the client was told at the end of its login."""
    return campus.find(EventKind.OFFLINE)[-1].detail["reason"]


def asked(options: SwitchOptions) -> Port:
    """Return a port that was started at and told the identity."""
    port = Port(options)
    port.send(START)
    port.respond(EapType.IDENTITY, USER)
    return port


def proof(port: Port, name: bytes = USER) -> bytes:
    """Return the right answer to the challenge that was asked last."""
    request = port.packets[-1]
    challenge = Md5Challenge.parse(request).challenge
    return b"\x10" + eap_md5_value(request.identifier, PASSWORD, challenge) + name


def test_a_plain_supplicant_is_online_and_owes_nothing_more() -> None:
    campus = MemoryCampus(SWITCH, CLIENT)

    campus.login()
    campus.run(24 * 3600)

    assert campus.switch.complaints == []
    assert campus.switch.session is not None
    assert campus.client.state == State.ONLINE


def test_a_success_grants_nothing_whatever_its_shape_would_be() -> None:
    campus = MemoryCampus(
        SwitchOptions(
            dialect=Dialect.PLAIN, success=SuccessShape.MODERN, heartbeats=Heartbeats.REQUIRED
        ),
        CLIENT,
    )

    campus.login()

    assert Result.parse(EapolFrame.parse(campus.to_client[-1]).body).pieces == ()
    campus.inject(Heartbeat(0x32764AE1, 0x102B).encode(SWITCH_ADDRESS, CLIENT_ADDRESS))
    assert campus.switch.complaints == ["a heartbeat, where nobody asked for one"]


def test_the_user_name_need_not_follow_the_md5_value() -> None:
    port = asked(SWITCH)

    port.respond(EapType.MD5_CHALLENGE, proof(port, name=b""))

    assert port.complaints == []
    assert port.switch.session is not None


@pytest.mark.parametrize("answer", [b"", b"\x0f" + bytes(15)], ids=["empty", "15-bytes"])
def test_an_md5_value_of_another_size(answer: bytes) -> None:
    port = asked(SWITCH)

    port.respond(EapType.MD5_CHALLENGE, answer)

    assert port.complaints[0] == "the MD5 value is not of 16 bytes"
    assert port.refusal == WRONG_PASSWORD


def test_another_user_s_name_behind_the_md5_value() -> None:
    port = asked(SWITCH)

    port.respond(EapType.MD5_CHALLENGE, proof(port, name=b"teacher"))

    assert port.complaints == ["the MD5 response names another user"]
    assert port.refusal == WRONG_PASSWORD


def test_a_wrong_password() -> None:
    campus = MemoryCampus(SWITCH, ClientOptions(private_block=False, password="wrong"))

    campus.login()

    assert campus.switch.complaints == ["the MD5 value is wrong"]
    assert refusal(campus) == WRONG_PASSWORD


def test_a_private_block_in_any_frame_of_a_login_and_in_a_logoff() -> None:
    campus = MemoryCampus(SWITCH, ClientOptions(private_block=True))

    campus.login()
    campus.client.logoff(campus.now)
    campus.run()

    assert campus.switch.complaints == [
        "Start with a private block",
        "Response/Identity with a private block",
        "Response/MD5-Challenge with a private block",
        "Logoff with a private block",
    ]
    assert campus.find(EventKind.OFFLINE)[0].detail["reason"] == FOREIGN_CLIENT


def test_a_private_block_inside_the_stated_length() -> None:
    blocks = MemoryCampus()
    blocks.login()
    block = EapolFrame.parse(blocks.to_switch[0]).trailer
    port = asked(SWITCH)

    port.respond(EapType.MD5_CHALLENGE, proof(port) + block)

    assert "Response/MD5-Challenge with a private block" in port.complaints


@pytest.mark.parametrize("kind", [EapolType.START, EapolType.EAP_PACKET])
def test_bytes_behind_the_stated_length_that_are_not_zero(kind: EapolType) -> None:
    campus = MemoryCampus(SWITCH, CLIENT)
    campus.tamper = lambda frame: (
        frame[:-1] + b"\x01" if len(frame) == 60 and frame[TYPE_OFFSET] == kind else frame
    )

    campus.login()

    name = FrameName.START if kind == EapolType.START else FrameName.RESPONSE_IDENTITY
    complaint = f"{name}: what follows the stated length is no padding of zeros"
    assert campus.switch.complaints[0] == complaint
    assert refusal(campus) == FOREIGN_CLIENT


def test_a_start_that_states_a_body() -> None:
    port = Port(SWITCH)
    body = bytes((1, 0, 0, 4))

    port.send(EapolFrame.build(PAE_GROUP_ADDRESS, CLIENT_ADDRESS, EapolType.START, body).encode())

    assert port.complaints == ["Start: what follows the stated length is no padding of zeros"]


def test_bytes_between_the_eap_length_and_the_eapol_length() -> None:
    port = Port(SWITCH)
    port.send(START)
    identifier = port.packets[-1].identifier
    body = bytes((2, identifier, 0, EAP_HEADER_SIZE + 1 + len(USER), EapType.IDENTITY)) + USER

    frame = EapolFrame.build(
        SWITCH_ADDRESS, CLIENT_ADDRESS, EapolType.EAP_PACKET, body + b"\x00\x01"
    )
    port.send(frame.encode())

    complaint = "Response/Identity: what follows the stated length is no padding of zeros"
    assert port.complaints == [complaint]


# Another method first


def test_a_client_declines_another_method_and_proposes_md5() -> None:
    campus = MemoryCampus(SwitchOptions(dialect=Dialect.PLAIN, offers_first=PEAP), CLIENT)

    campus.login()

    assert campus.switch.complaints == []
    assert campus.client.state == State.ONLINE
    offer, declined = campus.to_client[1], campus.to_switch[2]
    assert offer[BODY_OFFSET + EAP_HEADER_SIZE] == PEAP
    assert EapolFrame.parse(declined).body[EAP_HEADER_SIZE:] == bytes((3, 4))
    assert campus.find(EventKind.RECEIVED, frame=FrameName.REQUEST_OTHER)
    assert campus.find(EventKind.RECEIVED, frame=FrameName.RESPONSE_NAK)


def test_a_nak_that_proposes_something_else_than_md5() -> None:
    port = asked(SwitchOptions(dialect=Dialect.PLAIN, offers_first=PEAP))

    port.respond(EapType.NAK, bytes((MSCHAP_V2,)))
    port.respond(EapType.MD5_CHALLENGE, proof(port))

    assert port.complaints == ["Response/Nak proposes 1a, not MD5"]
    assert port.refusal == FOREIGN_CLIENT


def test_a_nak_that_proposes_md5_among_others() -> None:
    port = asked(SwitchOptions(dialect=Dialect.PLAIN, offers_first=PEAP))

    port.respond(EapType.NAK, bytes((MSCHAP_V2, EapType.MD5_CHALLENGE)))

    assert port.complaints == []


def test_another_method_that_is_accepted_instead_of_declined() -> None:
    port = asked(SwitchOptions(dialect=Dialect.PLAIN, offers_first=PEAP))

    port.respond(PEAP, b"\x00")

    assert port.complaints == ["a Response of type 25 to a Request of another method"]


def test_a_nak_with_bytes_behind_its_stated_length() -> None:
    port = asked(SwitchOptions(dialect=Dialect.PLAIN, offers_first=PEAP))

    port.respond(EapType.NAK, bytes((EapType.MD5_CHALLENGE,)), trailer=b"\x01")

    complaint = "Response/Nak: what follows the stated length is no padding of zeros"
    assert port.complaints == [complaint]


# A notification first

NOTICE = SwitchOptions(dialect=Dialect.PLAIN, notification="今晚系统升级")


def test_a_notification_before_the_challenge_is_answered() -> None:
    campus = MemoryCampus(NOTICE, CLIENT)

    campus.login()

    assert campus.switch.complaints == []
    assert campus.client.state == State.ONLINE
    (told,) = campus.find(EventKind.RECEIVED, frame=FrameName.REQUEST_NOTIFICATION)
    assert told.detail["message"] == "今晚系统升级"
    assert campus.find(EventKind.RECEIVED, frame=FrameName.RESPONSE_NOTIFICATION)


def test_a_notification_that_nobody_answers_ends_the_login() -> None:
    port = asked(NOTICE)

    port.run(12)

    assert port.complaints == ["no answer to the Request/Notification"]
    assert port.kinds == [(1, EapType.IDENTITY)] + [(1, EapType.NOTIFICATION)] * 4


def test_an_answer_to_a_notification_that_holds_something() -> None:
    port = asked(NOTICE)

    port.respond(EapType.NOTIFICATION, b"ok")

    assert port.complaints == ["Response/Notification holds 2 bytes"]


def test_a_notification_that_is_declined() -> None:
    port = asked(NOTICE)

    port.respond(EapType.NAK, bytes((EapType.MD5_CHALLENGE,)))

    assert port.complaints == ["a Response of type 3 to a Request/Notification"]
