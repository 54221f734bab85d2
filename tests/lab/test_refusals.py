"""What nasty servers do: refuse by script, hide the reason, say nothing, invite again and again."""

from __future__ import annotations

import pytest

from ruijie_proxy.lab.campus.memory import MemoryCampus
from ruijie_proxy.lab.client.client import State
from ruijie_proxy.lab.events import EventKind, FrameName
from ruijie_proxy.lab.options import ClientOptions, Group, SwitchOptions
from ruijie_proxy.lab.switch.checks import WRONG_CLIENT
from ruijie_proxy.protocol.eap import EAP_HEADER_SIZE, EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import Result
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.protocol.v4_check import CHALLENGE_SIZE

BUSY = "已达到同时在线用户数量上限"
HOURS = "不在认证时段内"
BANNED = "账号被封"
IDENTIFIER_OFFSET = 19
"""Of an EAP packet in an Ethernet frame."""


def reasons(campus: MemoryCampus) -> list[object]:
    """Return what the client was told at the end of each login."""
    ends = campus.find(EventKind.OFFLINE)
    return [event.detail["reason"] for event in ends if event.source == "pc"]


def bodies(campus: MemoryCampus) -> list[bytes]:
    """Return the EAP packets that the switch said, with whatever follows them."""
    return [EapolFrame.parse(frame).body for frame in campus.to_client]


# Refusals by script


def test_the_first_logins_are_refused_one_after_the_other_and_then_no_more() -> None:
    campus = MemoryCampus(
        SwitchOptions(refusals=(BUSY, HOURS)), ClientOptions(retry_after_failure=11.0)
    )

    campus.login(30)

    assert reasons(campus) == [BUSY, HOURS]
    assert campus.client.state == State.ONLINE
    assert campus.switch.complaints == []
    assert campus.switch.refused == 2
    assert campus.switch.logins == 1


def test_every_login_is_refused() -> None:
    campus = MemoryCampus(
        SwitchOptions(refusals=(HOURS,), refuse_always=BANNED),
        ClientOptions(retry_after_failure=11.0),
    )

    campus.login(40)

    assert reasons(campus) == [HOURS, BANNED, BANNED, BANNED]
    assert campus.switch.complaints == []


def test_a_refusal_by_script_outdoes_what_is_wrong_with_the_login() -> None:
    campus = MemoryCampus(
        SwitchOptions(refusals=(BUSY,)),
        ClientOptions(edition=Edition.SECOND, retry_after_failure=11.0),
    )

    campus.login(20)

    assert reasons(campus) == [BUSY, WRONG_CLIENT]
    assert campus.switch.complaints[0] == "Start: the V4 check is wrong"


# Where the reason stands


def test_the_reason_stands_behind_a_challenge_just_before_a_bare_failure() -> None:
    campus = MemoryCampus(SwitchOptions(refusals=(BUSY,), reason_in_request=True))

    campus.login()

    request, failure = bodies(campus)[-2:]
    packet, behind = EapPacket.parse(request)
    assert (packet.code, packet.type) == (EapCode.REQUEST, EapType.MD5_CHALLENGE)
    assert Md5Challenge.parse(packet).unparsed == encode_text(BUSY)
    assert behind == b""
    assert failure[0] == EapCode.FAILURE
    assert len(failure) == EAP_HEADER_SIZE
    assert Result.parse(failure).message is None


def test_the_reason_stands_in_a_bare_property() -> None:
    campus = MemoryCampus(SwitchOptions(refusals=(BUSY,), reason_in_property=True))

    campus.login()

    request, failure = bodies(campus)[-2:]
    content = encode_text(BUSY)
    data = EapPacket.parse(request)[0].data
    assert data[1 + CHALLENGE_SIZE :] == bytes((0x53, len(content))) + content
    assert len(failure) == EAP_HEADER_SIZE


@pytest.mark.parametrize("answered", [True, False])
def test_the_request_with_the_reason_may_be_answered_or_not(answered: bool) -> None:
    campus = MemoryCampus(SwitchOptions(refusals=(BUSY,), reason_in_request=True))
    identifiers: list[int] = []

    def answer_or_not(frame: bytes) -> bytes | None:
        identifiers.append(frame[IDENTIFIER_OFFSET])
        return frame if answered or len(identifiers) < 4 else None

    campus.tamper = answer_or_not
    campus.login()

    # The client's double answers it, in the same moment in which the Failure comes.
    assert len(identifiers) == 4
    why = "the answer to a Request/MD5-Challenge that told a reason"
    assert len(campus.find(EventKind.IGNORED, why=why)) == (1 if answered else 0)
    assert campus.switch.complaints == []
    assert campus.switch.refused == 1


def test_a_kick_has_its_reason_in_the_failure_all_the_same() -> None:
    campus = MemoryCampus(SwitchOptions(reason_in_request=True))
    campus.login()

    campus.switch.kick(campus.now, "自助下线")
    campus.run(1)

    assert Result.parse(bodies(campus)[-1]).message == "自助下线"


# Silence


def test_a_switch_that_answers_nothing_counts_all_the_same() -> None:
    campus = MemoryCampus(
        SwitchOptions(answers=False), ClientOptions(start_interval=5.0, start_repeats=2)
    )

    campus.login(60)

    assert campus.to_client == []
    assert campus.switch.starts == 3
    assert campus.switch.tries == [0.0, 5.0, 10.0]
    assert len(campus.find(EventKind.IGNORED, why="a Start to a switch that answers nothing")) == 3
    assert campus.switch.complaints == []


def test_a_switch_that_stops_after_the_identity() -> None:
    campus = MemoryCampus(
        SwitchOptions(stops_after_identity=True), ClientOptions(result_timeout=10.0)
    )

    campus.login(100)
    campus.login(100)

    assert [body[0] for body in bodies(campus)] == [EapCode.REQUEST, EapCode.REQUEST]
    assert campus.switch.tries == [0.0, 100.0]
    assert campus.switch.complaints == []


def test_a_switch_that_stops_complains_of_an_identity_that_is_told_again() -> None:
    campus = MemoryCampus(SwitchOptions(stops_after_identity=True))
    campus.login()

    campus.inject(campus.to_switch[-1])

    assert campus.switch.complaints[0].startswith("a Response to no request that is out (id ")


# Invitations


def test_invitations_come_until_they_are_used_up() -> None:
    campus = MemoryCampus(
        SwitchOptions(
            refuse_always=BANNED, invite_after_failure=True, invitations=3, invitation_interval=4.0
        )
    )

    campus.login(60)

    invitations = campus.find(EventKind.SENT, frame=FrameName.REQUEST_IDENTITY, invitation=True)
    assert [event.at for event in invitations] == [0.0, 4.0, 8.0]
    assert campus.switch.complaints == []


def test_any_of_the_invitations_is_not_to_be_answered() -> None:
    campus = MemoryCampus(
        SwitchOptions(refuse_always=BANNED, invite_after_failure=True, invitations=3)
    )
    campus.login(60)
    identity = bytearray(campus.to_switch[1])

    for invitation in campus.to_client[-3:]:
        identity[IDENTIFIER_OFFSET] = invitation[IDENTIFIER_OFFSET]
        campus.inject(bytes(identity))

    assert campus.switch.complaints == ["the invitation after a Failure was answered"] * 3
    assert campus.switch.session is None


def test_a_new_login_ends_the_invitations() -> None:
    campus = MemoryCampus(
        SwitchOptions(
            refusals=(BUSY,),
            quiet_period=5.0,
            invite_after_failure=True,
            invitations=10,
        ),
        ClientOptions(retry_after_failure=5.0),
    )

    campus.login(60)

    invitations = campus.find(EventKind.SENT, frame=FrameName.REQUEST_IDENTITY, invitation=True)
    assert [event.at for event in invitations] == [0.0, 2.0, 4.0]
    assert campus.client.state == State.ONLINE
    assert campus.switch.complaints == []


# Tries


def test_each_login_is_a_try_and_so_is_a_start_in_the_quiet_period() -> None:
    hasty = ClientOptions(retry_after_failure=4.0, start_interval=4.0, start_repeats=9)
    campus = MemoryCampus(SwitchOptions(refusals=(BUSY,), quiet_period=10.0), hasty)

    campus.login(30)

    assert campus.switch.tries == [0.0, 4.0, 8.0, 12.0]
    assert campus.client.state == State.ONLINE


def test_a_start_that_begins_a_login_anew_is_a_try() -> None:
    campus = MemoryCampus(client=ClientOptions(starts=2))

    campus.login()

    assert campus.switch.tries == [0.0, 0.0]


def test_a_start_to_a_group_that_nobody_listens_to_is_no_try() -> None:
    campus = MemoryCampus(
        SwitchOptions(accepted_starts=Group.RUIJIE), ClientOptions(start_group=Group.BOTH)
    )

    campus.login()

    assert campus.switch.starts == 2
    assert campus.switch.tries == [0.0]


def test_a_login_that_the_switch_demands_is_no_try() -> None:
    campus = MemoryCampus()
    campus.login()

    campus.switch.reauthenticate(campus.now)
    campus.run(1)

    assert campus.switch.logins == 2
    assert campus.switch.tries == [0.0]
