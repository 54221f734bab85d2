"""What a server tells in its requests: read once they are out, and kept for the Failure to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import Dropped, LoginRefused, LoginSucceeded, ServerSaid
from ruijie_proxy.engine.refusals import WORDS_COUNT_FOR, Advice, RefusalKind
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.results import typed_piece
from ruijie_proxy.protocol.text import encode_text
from tests.engine.bare_client import (
    SERVER,
    answer_frame,
    challenge_frame,
    identity_frame,
    linux_properties,
    start_frame,
)
from tests.engine.conftest import STEP, WAN

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

WRONG_PASSWORD = "用户不存在或密码错误"
ANSWER = answer_frame(linux_properties())
FIRST_PIECES = (
    (PieceType.NEWEST_VERSION, bytes(4)),
    (PieceType.PROXY_DETECTION, b"\0"),
    (PieceType.DIAL_UP_DETECTION, b"\0"),
)


def piece(number: int, text: str) -> tuple[int, bytes]:
    return number, encode_text(text)


def reason(text: str) -> bytes:
    """Return the second challenge of a login that is about to be refused."""
    return challenge_frame(WAN, 3, (*FIRST_PIECES, piece(PieceType.REFUSAL_REASON, text)))


def notification(text: str) -> bytes:
    packet = EapPacket.build(EapCode.REQUEST, 3, EapType.NOTIFICATION, encode_text(text))
    return of_server(packet)


def of_server(packet: EapPacket) -> bytes:
    from tests.engine.conftest import Frames

    return Frames.of_server(packet, WAN, SERVER)


def begin(campus: Campus) -> None:
    """Let a client log in as far as its answer to the first challenge."""
    for put_in, frame in (
        (campus.lan, start_frame()),
        (campus.wan, campus.identity_request(source=SERVER)),
        (campus.lan, identity_frame()),
        (campus.wan, challenge_frame(WAN, 2, FIRST_PIECES)),
        (campus.lan, ANSWER),
    ):
        put_in(frame)
        campus.wait(STEP)


def fail(campus: Campus, message: str | None = None) -> None:
    campus.wan(campus.failure(message, source=SERVER))


@pytest.mark.parametrize("short_way", [False, True])
@pytest.mark.parametrize(
    "told",
    [
        reason(WRONG_PASSWORD),
        notification(WRONG_PASSWORD),
        challenge_frame(WAN, 3, encode_text(WRONG_PASSWORD)),
    ],
    ids=["property 0x53", "notification", "text behind a challenge"],
)
def test_the_reason_told_before_a_failure_is_read_as_its_own(
    campus: Campus, told: bytes, short_way: bool
) -> None:
    campus.short_way = short_way
    begin(campus)
    campus.wan(told)
    campus.wait(STEP)
    fail(campus)

    failure = campus.session.status.last_failure
    assert failure is not None
    assert (failure.text, failure.kind, failure.advice) == (
        WRONG_PASSWORD,
        RefusalKind.CREDENTIALS,
        Advice.CHECK_CLIENTS_PASSWORD,
    )
    assert campus.of(LoginRefused) == [LoginRefused(WRONG_PASSWORD)]
    end = campus.session.take_end()
    assert end is not None
    assert end.message == WRONG_PASSWORD
    assert told[6:] in [frame[6:] for frame in campus.client_got]


def test_what_the_failure_itself_says_goes_before(campus: Campus) -> None:
    begin(campus)
    campus.wan(reason("请稍候再试"))
    fail(campus, WRONG_PASSWORD)

    assert campus.of(LoginRefused) == [LoginRefused(WRONG_PASSWORD)]


def test_the_last_of_several_texts_counts(campus: Campus) -> None:
    begin(campus)
    campus.wan(notification("欢迎使用校园网"))
    campus.wan(reason(WRONG_PASSWORD))
    campus.wan(challenge_frame(WAN, 4, FIRST_PIECES))
    fail(campus)

    assert campus.of(LoginRefused) == [LoginRefused(WRONG_PASSWORD)]


def test_a_text_of_one_login_is_none_of_the_next(campus: Campus) -> None:
    begin(campus)
    campus.wan(reason(WRONG_PASSWORD))
    begin(campus)
    fail(campus)
    assert campus.of(LoginRefused) == [LoginRefused(None)]

    begin(campus)
    campus.wan(reason(WRONG_PASSWORD))
    fail(campus)
    begin(campus)
    fail(campus)
    assert campus.of(LoginRefused) == [
        LoginRefused(None),
        LoginRefused(WRONG_PASSWORD),
        LoginRefused(None),
    ]


def go_online(campus: Campus, said_before: bytes | None = None) -> None:
    begin(campus)
    if said_before is not None:
        campus.wan(said_before)
    campus.wan(campus.success(source=SERVER))
    assert campus.state() is State.ONLINE


def test_a_text_before_a_success_is_no_reason_of_a_later_end(campus: Campus) -> None:
    go_online(campus, notification("欢迎使用校园网"))
    fail(campus)

    assert campus.of(ServerSaid) == [ServerSaid("欢迎使用校园网")]
    assert campus.of(Dropped) == [Dropped(None)]


def test_a_text_just_before_a_session_is_ended_is_why(campus: Campus) -> None:
    go_online(campus)
    campus.wan(notification("您已被强制下线"))
    fail(campus)

    assert campus.of(Dropped) == [Dropped("您已被强制下线")]
    failure = campus.session.status.last_failure
    assert failure is not None
    assert failure.kind is RefusalKind.DROPPED


def test_a_text_long_before_a_session_is_ended_is_not(campus: Campus) -> None:
    go_online(campus)
    campus.wan(notification("系统将于今晚维护"))
    campus.wait(WORDS_COUNT_FOR + 1)
    fail(campus)

    assert campus.of(Dropped) == [Dropped(None)]


def test_a_proof_that_is_refused_while_online_tells_why(campus: Campus) -> None:
    go_online(campus)
    campus.wan(reason(WRONG_PASSWORD))
    campus.lan(ANSWER)
    fail(campus)

    assert campus.of(Dropped) == [Dropped(WRONG_PASSWORD)]


@pytest.mark.parametrize("short_way", [False, True])
def test_services_and_account_behind_the_second_challenge_are_shown(
    make_campus: Callable[..., Campus], short_way: bool
) -> None:
    campus = make_campus()
    campus.short_way = short_way
    begin(campus)
    campus.wan(
        challenge_frame(
            WAN,
            3,
            (
                piece(PieceType.SERVICES_ON_OFFER, "校园网@移动宽带接入"),
                (PieceType.SERVICE, encode_text("校园网").ljust(32, b"\0")),
                piece(PieceType.ACCOUNT, "余额 12.50 元"),
            ),
        )
    )
    campus.lan(ANSWER)
    campus.wan(campus.success(source=SERVER))

    status = campus.session.status
    assert status.services == ("校园网", "移动宽带接入")
    assert status.accounting == "余额 12.50 元"
    (told,) = campus.of(LoginSucceeded)
    assert told.accounting == "余额 12.50 元"
    assert campus.restart().session.status.accounting == "余额 12.50 元"


def test_what_a_success_says_of_the_account_goes_before(campus: Campus) -> None:
    begin(campus)
    campus.wan(challenge_frame(WAN, 3, (piece(PieceType.ACCOUNT, "余额"),)))
    campus.lan(ANSWER)
    campus.wan(campus.success(source=SERVER, accounting="本月剩余流量 20 GB"))

    assert campus.session.status.accounting == "本月剩余流量 20 GB"


def test_a_proof_while_online_keeps_what_its_challenge_tells_of_the_account(
    campus: Campus,
) -> None:
    go_online(campus)
    campus.wan(challenge_frame(WAN, 3, (piece(PieceType.ACCOUNT, "余额 3 元"),)))
    campus.lan(ANSWER)
    campus.wan(campus.success(source=SERVER))

    assert campus.session.status.accounting == "余额 3 元"
    assert campus.restart().session.status.accounting == "余额 3 元"


def test_a_service_alone_is_shown_but_replaces_no_list(campus: Campus) -> None:
    alone = ((PieceType.SERVICE, encode_text("校园网").ljust(32, b"\0")),)
    begin(campus)
    campus.wan(challenge_frame(WAN, 3, alone))
    assert list(campus.session.status.services) == ["校园网"]

    campus.wan(challenge_frame(WAN, 4, (piece(PieceType.SERVICES_ON_OFFER, "甲网@乙网"),)))
    campus.wan(challenge_frame(WAN, 5, alone))
    assert list(campus.session.status.services) == ["甲网", "乙网"]


def test_services_stay_when_the_wrong_one_was_refused(campus: Campus) -> None:
    begin(campus)
    offered = piece(PieceType.SERVICES_ON_OFFER, "甲网@乙网")
    refused = piece(PieceType.REFUSAL_REASON, "用户不允许使用本服务")
    campus.wan(challenge_frame(WAN, 3, (offered, refused)))
    fail(campus)

    status = campus.session.status
    assert status.services == ("甲网", "乙网")
    assert status.last_failure is not None
    assert status.last_failure.advice is Advice.CHOOSE_IN_CLIENT


def test_a_text_for_all_is_told_and_is_no_reason(campus: Campus) -> None:
    begin(campus)
    campus.wan(challenge_frame(WAN, 3, (piece(PieceType.BROADCAST, "系统将于今晚维护"),)))
    fail(campus)

    assert campus.of(ServerSaid) == [ServerSaid("系统将于今晚维护")]
    assert campus.of(LoginRefused) == [LoginRefused(None)]


MANY_PIECES = (
    *FIRST_PIECES,
    piece(PieceType.SERVICES_ON_OFFER, "校园网@移动宽带接入"),
    piece(PieceType.BROADCAST, "系统将于今晚维护"),
    piece(PieceType.ACCOUNT, "余额 12.50 元"),
    piece(PieceType.REFUSAL_REASON, WRONG_PASSWORD),
)


def test_a_challenge_cut_at_any_byte_disturbs_nothing(make_campus: Callable[..., Campus]) -> None:
    whole = challenge_frame(WAN, 3, MANY_PIECES)
    for size in range(18, len(whole)):
        campus = make_campus()
        begin(campus)
        campus.wan(whole[:size])
        campus.lan(ANSWER)
        campus.wan(campus.success(source=SERVER))
        assert campus.state() is State.ONLINE
        assert campus.client_got[-2][6:] == whole[6:size]


@pytest.mark.parametrize(
    "behind",
    [
        bytes((PieceType.REFUSAL_REASON, 0)),
        bytes((PieceType.REFUSAL_REASON, 255)) + encode_text(WRONG_PASSWORD),
        bytes((PieceType.REFUSAL_REASON,)),
        bytes((PieceType.REFUSAL_REASON, 4)) + b"\xff\xff\xff\xff",
        bytes((PieceType.SERVICES_ON_OFFER, 0, PieceType.ACCOUNT, 0, PieceType.BROADCAST, 0)),
        b"\0" * 200,
        b"hostapd",
    ],
    ids=["no text", "too long", "no size", "no GBK", "empty", "zeros", "a server's name"],
)
def test_pieces_that_say_nothing_are_no_reason(campus: Campus, behind: bytes) -> None:
    begin(campus)
    campus.wan(challenge_frame(WAN, 3, behind))
    fail(campus)

    assert campus.of(ServerSaid) == []
    status = campus.session.status
    assert status.last_failure is not None
    assert (status.last_failure.text, status.services) == (None, ())


@pytest.mark.parametrize("size", [0, 1, 15, 17, 255])
def test_a_challenge_of_another_size_crosses_and_disturbs_nothing(
    campus: Campus, size: int
) -> None:
    begin(campus)
    odd = challenge_frame(WAN, 3, FIRST_PIECES, bytes(size))
    campus.wan(odd)
    assert campus.client_got[-1][6:] == odd[6:]

    campus.lan(ANSWER)
    campus.wan(campus.success(source=SERVER))
    assert campus.state() is State.ONLINE


def test_a_failure_can_hold_the_reason_itself(campus: Campus) -> None:
    begin(campus)
    told = typed_piece(PieceType.REFUSAL_REASON, encode_text(WRONG_PASSWORD))
    campus.wan(of_server(EapPacket.build(EapCode.FAILURE, 3, data=told)))

    assert campus.of(LoginRefused) == [LoginRefused(WRONG_PASSWORD)]
    assert campus.session.status.last_failure is not None
    assert campus.session.status.last_failure.kind is RefusalKind.CREDENTIALS


def test_a_success_can_name_the_services(campus: Campus) -> None:
    begin(campus)
    told = typed_piece(PieceType.SERVICES_ON_OFFER, encode_text("移动@教育网"))
    campus.wan(of_server(EapPacket.build(EapCode.SUCCESS, 3, data=told)))

    assert campus.session.status.services == ("移动", "教育网")
