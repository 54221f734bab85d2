"""The router's own login where the switch is not Ruijie's, and what is tried after a refusal."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.engine.events import (
    GaveUp,
    LoginRefused,
    LoginSucceeded,
    NoHeartbeats,
    OtherEditionNext,
    OtherShapeNext,
    OwnLoginBegun,
    ProofGivenAgain,
    ServerSaid,
    ShapeByVendor,
)
from ruijie_proxy.engine.heartbeats import Off
from ruijie_proxy.engine.login.supplicant import EAGER_FOR
from ruijie_proxy.engine.login.tries import QUIET_PERIOD
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.refusals import WORDS_COUNT_FOR, RefusalKind
from ruijie_proxy.engine.settings import DhcpMode, Shape
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.unanswered import RESULT_WAIT
from ruijie_proxy.protocol.bare_properties import (
    encode_bare_properties,
    find_bare_properties,
    parse_bare_properties,
)
from ruijie_proxy.protocol.clients.bare_block import as_bare
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.private_block import find_private_block
from ruijie_proxy.protocol.properties import Property
from ruijie_proxy.protocol.requests import Md5Challenge
from ruijie_proxy.protocol.results import typed_piece
from ruijie_proxy.protocol.text import encode_text
from ruijie_proxy.values import replace
from tests.engine.conftest import GRANT, SERVER, Frames
from tests.engine.own_session import LOGIN, OwnCampus

HOUR = 3600.0
ANOTHERS = bytes.fromhex("3ce5a6000001")
"""A switch of another vendor."""
CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
WRONG_CLIENT = "使用了非管理员指定的客户端"
NO_CLIENT = "未使用锐捷客户端"
TOO_OLD = "锐捷客户端版本过低"
OFFER = "移动宽带接入@教育网接入"


def piece(number: int, text: str) -> Property:
    return Property(number, encode_text(text), marked=False)


def bare_challenge(
    identifier: int = 2, *pieces: Property, source: bytes = ANOTHERS, challenge: bytes = CHALLENGE
) -> bytes:
    behind = encode_bare_properties(pieces)
    request = Md5Challenge(identifier, challenge, (), behind)
    return Frames.of_server(request.encode(), source=source)


def log_in(campus: OwnCampus, result: bytes, *pieces: Property, source: bytes = ANOTHERS) -> None:
    campus.wan(Frames.identity_request(source=source))
    campus.wan(bare_challenge(2, *pieces, source=source))
    campus.wan(result)


def success(source: bytes = ANOTHERS) -> bytes:
    return Frames.success(source=source)


def failure(text: str | None = None, source: bytes = ANOTHERS) -> bytes:
    return Frames.failure(text, source=source)


def begun(**settings: Any) -> OwnCampus:
    campus = OwnCampus(replace(LOGIN, **settings))
    campus.begin()
    return campus


def packet_of(frame: bytes) -> EapPacket:
    return EapPacket.parse(EapolFrame.parse(frame).body)[0]


def is_bare(answer: bytes) -> bool:
    return find_bare_properties(packet_of(answer).data) is not None


def has_block(frame: bytes) -> bool:
    return find_private_block(frame) is not None


# A login.


def test_a_switch_of_another_vendor_is_answered_in_the_bare_shape() -> None:
    campus = begun()
    campus.sent()
    log_in(campus, success())
    identity, answer = campus.sent()

    assert campus.state() is State.ONLINE
    assert (identity[:6], answer[:6]) == (PAE_GROUP_ADDRESS, PAE_GROUP_ADDRESS)
    assert not has_block(identity)
    assert is_bare(answer)
    assert campus.of(ShapeByVendor) == [ShapeByVendor("bare", "Linux 1.31", 2)]
    assert (campus.memory.shape, campus.memory.edition) == ("bare", 2)


def test_a_switch_of_ruijies_is_answered_with_a_block_and_no_word_about_it() -> None:
    campus = begun()
    campus.sent()
    log_in(campus, success(SERVER), source=SERVER)
    identity, answer = campus.sent()[:2]

    assert has_block(identity)
    assert has_block(answer)
    assert not campus.of(ShapeByVendor)
    assert (campus.memory.shape, campus.memory.edition) == ("block", 1)


def test_the_same_challenge_asked_twice_is_answered_twice() -> None:
    """As at GDUFS: the second request brings account and services."""
    campus = begun()
    campus.wan(Frames.identity_request(source=ANOTHERS))
    campus.sent()
    campus.wan(bare_challenge(2), after=0.01)
    more = piece(PieceType.ACCOUNT, "本月已用3.5小时"), piece(PieceType.SERVICES_ON_OFFER, OFFER)
    campus.wan(bare_challenge(3, *more), after=0.01)

    assert [packet_of(frame).identifier for frame in campus.sent()] == [2, 3]
    campus.wan(success())
    assert campus.state() is State.ONLINE
    status = campus.session.status
    assert status.accounting == "本月已用3.5小时"
    assert status.services == ("移动宽带接入", "教育网接入")
    assert [event.accounting for event in campus.of(LoginSucceeded)] == ["本月已用3.5小时"]


def test_the_account_is_kept_for_the_next_start_of_the_program() -> None:
    campus = begun()
    log_in(campus, success(), piece(PieceType.ACCOUNT, "余额 12 元"))

    assert campus.kept is not None
    assert campus.kept.accounting == "余额 12 元"


def test_an_account_that_the_success_tells_goes_before() -> None:
    campus = begun()
    result = Frames.success(GRANT, source=ANOTHERS, accounting="余额 3 元")
    log_in(campus, result, piece(PieceType.ACCOUNT, "余额 12 元"))

    assert campus.session.status.accounting == "余额 3 元"


def test_the_accounts_own_service_is_told_where_none_is_on_offer() -> None:
    campus = begun()
    log_in(campus, success(), Property(PieceType.SERVICE, b"internet".ljust(32, b"\0"), False))

    assert campus.session.status.services == ("internet",)


def test_and_does_not_take_the_place_of_what_was_on_offer_before() -> None:
    campus = begun()
    campus.wan(Frames.identity_request(source=ANOTHERS))
    campus.wan(bare_challenge(2, piece(PieceType.SERVICES_ON_OFFER, OFFER)))
    campus.wan(bare_challenge(3, piece(PieceType.SERVICE, "internet")))

    assert campus.session.status.services == ("移动宽带接入", "教育网接入")


def test_a_text_for_all_is_told_once() -> None:
    campus = begun()
    campus.wan(Frames.identity_request(source=ANOTHERS))
    for identifier in (2, 3):
        campus.wan(bare_challenge(identifier, piece(PieceType.BROADCAST, "今晚 23 点维护")))
    campus.wait(0.1)

    assert campus.of(ServerSaid) == [ServerSaid("今晚 23 点维护")]


def test_a_failure_has_the_reason_that_was_asked_with_before() -> None:
    campus = begun()
    reason = piece(PieceType.REFUSAL_REASON, "用户不存在或密码错误")
    log_in(campus, failure(), reason)

    assert campus.state() is State.GIVEN_UP
    assert [event.message for event in campus.of(LoginRefused)] == ["用户不存在或密码错误"]
    assert campus.session.status.last_failure is not None
    assert campus.session.status.last_failure.kind is RefusalKind.CREDENTIALS


@pytest.mark.parametrize("text", [b"", b"\0\0", b"\xff\xff\xff"])
def test_a_reason_without_a_text_is_none(text: bytes) -> None:
    campus = begun()
    log_in(campus, failure(), Property(PieceType.REFUSAL_REASON, text, marked=False))

    assert [event.message for event in campus.of(LoginRefused)] == [None]


def test_what_a_challenge_is_cut_at_is_dropped_or_what_stands_before_the_cut() -> None:
    pieces = (
        piece(PieceType.ACCOUNT, "本月已用3.5小时"),
        piece(PieceType.SERVICES_ON_OFFER, OFFER),
        piece(PieceType.REFUSAL_REASON, "用户不存在或密码错误"),
    )
    whole = bare_challenge(2, *pieces)
    for size in range(18, len(whole) + 1):
        campus = begun()
        campus.wan(Frames.identity_request(source=ANOTHERS))
        campus.sent()
        campus.wan(whole[:size])
        answers = campus.sent()
        if size < 18 + 6 + 16:
            assert answers == [], "the challenge is not whole"
            continue
        assert len(answers) == 1
        campus.wan(failure())
        told = (None, "用户不存在或密码错误")
        assert [event.message for event in campus.of(LoginRefused)] in [[text] for text in told]
        assert campus.session.status.services in ((), ("移动宽带接入", "教育网接入"))


@pytest.mark.parametrize("size", [1, 15, 17])
def test_a_challenge_of_another_size_is_not_answered_and_waited_out(size: int) -> None:
    campus = begun()
    campus.wan(Frames.identity_request(source=ANOTHERS))
    campus.sent()
    campus.wan(bare_challenge(2, challenge=bytes(size)))
    assert campus.sent() == []

    campus.wan(bare_challenge(3))
    assert len(campus.sent()) == 1, "the right one still is"


def test_properties_that_do_not_fit_leave_the_challenge_without_an_answer() -> None:
    campus = begun(client_name="x" * 255, shape=Shape.BARE)
    campus.wan(Frames.identity_request(source=ANOTHERS))
    campus.sent()
    campus.wan(bare_challenge(2))

    assert campus.sent() == []
    assert campus.state() is State.AUTHENTICATING


# Other servers in the midst of it.


def test_a_challenge_from_another_vendors_address_than_the_question_is_nobodys() -> None:
    campus = begun()
    campus.wan(Frames.identity_request(source=SERVER))
    campus.sent()
    campus.wan(bare_challenge(2, source=ANOTHERS))
    assert campus.sent() == []

    campus.wan(bare_challenge(2, source=SERVER))
    (answer,) = campus.sent()
    assert has_block(answer)


def test_each_who_asks_is_answered_as_its_vendor_wants_it() -> None:
    campus = begun()
    campus.sent()
    campus.wan(Frames.identity_request(source=ANOTHERS))
    campus.wan(Frames.identity_request(source=SERVER))
    assert [has_block(frame) for frame in campus.sent()] == [False, True]

    campus.wan(bare_challenge(2, source=SERVER))
    campus.wan(success(SERVER))
    assert campus.state() is State.ONLINE
    assert campus.memory.shape == "block"
    assert not campus.of(ShapeByVendor)


def test_an_address_that_changes_its_vendor_while_online_changes_nothing() -> None:
    campus = begun()
    log_in(campus, success())
    campus.sent()
    campus.wan(Frames.identity_request(7, source=SERVER))
    campus.wan(failure(source=SERVER))

    assert campus.sent() == []
    assert campus.state() is State.ONLINE


# While online.


def test_probes_are_answered_with_the_bare_identity_for_a_day_and_nothing_else_is_sent() -> None:
    campus = begun()
    log_in(campus, success())
    campus.wait(60.0)
    assert campus.of(NoHeartbeats) == [NoHeartbeats(Off.SHAPE, client_may_leave=False)]
    campus.sent()
    for number in range(int(24 * HOUR / 30)):
        campus.wan(Frames.identity_request(number % 256, source=ANOTHERS), after=30.0)

    answers = campus.sent()
    assert len(answers) == 24 * HOUR / 30
    assert {frame[:6] for frame in answers} == {PAE_GROUP_ADDRESS}
    assert {(packet_of(frame).type, packet_of(frame).data) for frame in answers} == {
        (EapType.IDENTITY, b"20260001")
    }
    assert not any(has_block(frame) for frame in answers)
    assert campus.state() is State.ONLINE


def test_a_proof_wanted_anew_is_given_in_the_bare_shape_and_the_account_is_new() -> None:
    campus = begun()
    log_in(campus, success(), piece(PieceType.ACCOUNT, "余额 12 元"))
    campus.sent()
    campus.wan(bare_challenge(9, piece(PieceType.ACCOUNT, "余额 11 元")), after=HOUR)
    (answer,) = campus.sent()
    campus.wan(success())

    assert is_bare(answer)
    assert campus.of(ProofGivenAgain)
    assert campus.session.status.accounting == "余额 11 元"


def test_a_session_read_off_the_disk_answers_in_the_shape_of_its_server() -> None:
    campus = begun()
    log_in(campus, success())
    assert campus.kept is not None
    again = OwnCampus(memory=campus.memory)
    again.now = campus.now + 1.0
    again.session.resume(campus.kept, again.now)
    again.begin()
    again.sent()
    again.wan(bare_challenge(9))

    (answer,) = again.sent()
    assert is_bare(answer)


def test_the_farewell_is_bare_and_goes_to_the_group() -> None:
    campus = begun()
    log_in(campus, success())
    campus.sent()
    campus.session.log_off(campus.now)
    campus.carry()

    (logoff,) = campus.sent()
    assert logoff[:6] == PAE_GROUP_ADDRESS
    assert logoff[15] == 2
    assert not has_block(logoff)


# Rounds.


def test_the_second_login_of_two_says_so() -> None:
    campus = OwnCampus(dhcp=DhcpMode.DOUBLE)
    campus.begin()
    phases = []
    for _ in range(2):
        campus.sent()
        log_in(campus, success())
        data = packet_of(campus.sent()[-1]).data
        found, _ = parse_bare_properties(data[17:])
        phases += [item.content for item in found if item.type == 0x63]
        campus.session.address_renewed(True, campus.now)
        campus.carry()

    assert phases == [b"\1", b"\2"]
    assert campus.state() is State.ONLINE


# What is remembered.


def remembering(**memory: Any) -> OwnCampus:
    campus = OwnCampus(memory=replace(LoginMemory(settings=settings_digest(LOGIN)), **memory))
    campus.begin()
    return campus


def test_where_bare_was_right_the_next_login_begins_with_a_bare_start() -> None:
    campus = remembering(shape="bare", edition=2)

    (start,) = campus.sent()
    assert not has_block(start)
    campus.wait(0.1)
    assert campus.of(OwnLoginBegun) == [OwnLoginBegun("Linux 1.31", 2, 1)]
    log_in(campus, success())
    assert not campus.of(ShapeByVendor)


def test_and_one_with_a_block_follows_where_nobody_answers() -> None:
    campus = remembering(shape="bare", edition=2)
    campus.wait(EAGER_FOR - 1.0)
    assert not any(has_block(frame) for frame in campus.sent())

    campus.wait(60.0)
    blocks = [has_block(frame) for frame in campus.sent()]
    assert True in blocks
    assert False in blocks


def test_a_switch_of_ruijies_that_stands_there_now_is_started_anew_with_a_block() -> None:
    campus = remembering(shape="bare", edition=2)
    campus.sent()
    campus.wan(Frames.identity_request(source=SERVER))
    (start,) = campus.sent()
    assert start[15] == 1
    assert has_block(start)

    log_in(campus, success(SERVER), source=SERVER)
    assert campus.state() is State.ONLINE
    assert (campus.memory.shape, campus.memory.edition) == ("block", 1)


def test_an_edition_of_a_block_is_not_taken_to_another_vendors_switch() -> None:
    campus = remembering(edition=1)
    campus.sent()
    log_in(campus, success())

    assert campus.of(ShapeByVendor) == [ShapeByVendor("bare", "Linux 1.31", 2)]


# Refused for the client's sake.


def tried(campus: OwnCampus, source: bytes, *texts: str) -> list[tuple[str, int]]:
    """Refuse one login after another; return shape and edition of each that was tried."""
    combinations = []
    for text in texts:
        if campus.state() is not State.AUTHENTICATING:
            campus.wait(QUIET_PERIOD + 0.1)
        if campus.state() is not State.AUTHENTICATING:
            break
        campus.sent()
        campus.wan(Frames.identity_request(source=source))
        campus.wan(bare_challenge(2, source=source))
        answer = campus.sent()[-1]
        version = answer.index(b"8021x.exe") + 32
        shape = "block" if has_block(answer) else "bare"
        combinations.append((shape, {1: 1, 31: 2}[answer[version + 1]]))
        campus.wan(failure(text, source))
    return combinations


def test_at_ruijies_the_other_edition_comes_before_the_other_shape() -> None:
    campus = begun()

    combinations = tried(campus, SERVER, *[WRONG_CLIENT] * 5)

    assert combinations == [("block", 1), ("block", 2), ("bare", 2)]
    assert campus.of(OtherEditionNext) == [OtherEditionNext(2)]
    assert campus.of(OtherShapeNext) == [OtherShapeNext("bare")]
    assert len(campus.of(GaveUp)) == 1
    assert campus.memory.left_to_client
    assert len(campus.memory.tries) == 3, "as many as the limits allow in ten minutes"


def test_at_anothers_the_block_follows_with_both_editions() -> None:
    campus = begun()

    combinations = tried(campus, ANOTHERS, *[WRONG_CLIENT] * 5)

    assert combinations == [("bare", 2), ("block", 1), ("block", 2)]
    assert campus.of(OtherShapeNext) == [OtherShapeNext("block")]
    assert campus.of(OtherEditionNext) == [OtherEditionNext(2)]
    assert campus.state() is State.GIVEN_UP


def test_where_the_private_data_was_not_seen_the_edition_makes_no_difference() -> None:
    campus = begun()

    assert tried(campus, SERVER, *[NO_CLIENT] * 5) == [("block", 1), ("bare", 2)]
    assert not campus.of(OtherEditionNext)


def test_where_the_version_was_read_the_shape_is_right() -> None:
    campus = begun()

    assert tried(campus, SERVER, *[TOO_OLD] * 5) == [("block", 1)]
    assert not campus.of(OtherShapeNext)


@pytest.mark.parametrize("text", ["用户不存在或密码错误", "外层Vlan绑定错误"])
def test_what_is_not_for_the_clients_sake_changes_nothing_of_it(text: str) -> None:
    campus = begun()

    assert tried(campus, ANOTHERS, text, text) == [("bare", 2)]


def test_the_other_shape_that_is_let_in_is_remembered_and_spoken_from_then_on() -> None:
    campus = begun()
    tried(campus, SERVER, NO_CLIENT)
    campus.wait(QUIET_PERIOD + 0.1)
    log_in(campus, success(SERVER), source=SERVER)
    assert campus.state() is State.ONLINE
    assert (campus.memory.shape, campus.memory.shape_was_refused) == ("bare", True)

    again = OwnCampus(memory=campus.memory)
    again.now = campus.now + 1.0
    again.begin()
    assert not has_block(again.sent()[0])
    log_in(again, success(SERVER), source=SERVER)
    assert again.state() is State.ONLINE
    assert not again.of(ShapeByVendor)


@pytest.mark.parametrize(
    ("shape", "combinations"),
    [(Shape.BLOCK, [("block", 1), ("block", 2)]), (Shape.BARE, [("bare", 2), ("bare", 1)])],
)
def test_a_shape_that_is_set_is_the_only_one(
    shape: Shape, combinations: list[tuple[str, int]]
) -> None:
    campus = begun(shape=shape)

    assert tried(campus, SERVER, *[WRONG_CLIENT] * 5) == combinations
    assert campus.of(OtherEditionNext) == [OtherEditionNext(1 if shape is Shape.BARE else 2)]
    assert not campus.of(OtherShapeNext)


def test_an_edition_that_is_set_is_tried_in_both_shapes() -> None:
    campus = begun(edition=2)

    assert tried(campus, SERVER, *[WRONG_CLIENT] * 5) == [("block", 2), ("bare", 2)]


def test_a_learned_client_is_the_only_one() -> None:
    campus = OwnCampus(profile=as_bare(LINUX_1_31))
    campus.begin()

    assert tried(campus, SERVER, *[WRONG_CLIENT] * 5) == [("bare", 2)]


def test_a_new_client_lets_edition_and_shape_be_found_out_anew() -> None:
    campus = begun()
    tried(campus, SERVER, *[WRONG_CLIENT] * 3)
    campus.session.profile_changed(as_bare(LINUX_1_31), campus.now)
    campus.carry()

    memory = campus.memory
    assert (memory.shape, memory.shape_was_refused, memory.edition) == (None, False, None)


# A switch that says nothing more to an identity.


def identity_to(campus: OwnCampus, source: bytes) -> bytes:
    """Let a server ask for the identity in the next login, and return the answer."""
    while campus.state() is not State.AUTHENTICATING:
        assert campus.session.next_deadline is not None
        campus.wait(campus.session.next_deadline - campus.now + 0.01)
    campus.sent()
    campus.wan(Frames.identity_request(source=source))
    (answer,) = campus.sent()
    return answer


@pytest.mark.parametrize("source", [SERVER, ANOTHERS])
def test_an_identity_that_nothing_follows_is_given_in_the_other_shape_the_next_time(
    source: bytes,
) -> None:
    """Some switches drop what is not in their shape, and their vendor tells nothing of it."""
    campus = begun()
    blocks = []
    for _ in range(4):
        blocks.append(has_block(identity_to(campus, source)))
        campus.wait(RESULT_WAIT + 1.0)

    usual = source == SERVER
    assert blocks == [usual, not usual, usual, not usual]
    other = "bare" if usual else "block"
    assert [event.shape for event in campus.of(OtherShapeNext)][:2] == [
        other,
        "block" if usual else "bare",
    ]
    assert not campus.memory.shape_was_refused, "it may as well be that nobody is there behind it"


def test_the_shape_that_was_heard_then_is_remembered() -> None:
    campus = begun()
    identity_to(campus, ANOTHERS)
    campus.wait(RESULT_WAIT + 1.0)
    assert has_block(identity_to(campus, ANOTHERS))
    campus.wan(bare_challenge(2))
    campus.wan(success())

    assert campus.state() is State.ONLINE
    assert (campus.memory.shape, campus.memory.edition) == ("block", 1)
    again = OwnCampus(memory=campus.memory)
    again.now = campus.now + 1.0
    again.begin()
    assert has_block(identity_to(again, ANOTHERS))


def test_a_refusal_shows_that_a_shape_was_heard() -> None:
    campus = begun()
    identity_to(campus, SERVER)
    campus.wait(RESULT_WAIT + 1.0)
    assert not has_block(identity_to(campus, SERVER))
    campus.wan(bare_challenge(2, source=SERVER))
    campus.wan(failure("已达到同时在线用户数量上限", SERVER))

    assert has_block(identity_to(campus, SERVER)), "as the vendor wants it"


@pytest.mark.parametrize("shape", [Shape.BLOCK, Shape.BARE, Shape.INSIDE])
def test_a_shape_that_is_set_stays_also_where_nothing_follows(shape: Shape) -> None:
    campus = begun(shape=shape)
    identities = set()
    for _ in range(3):
        identities.add(has_block(identity_to(campus, SERVER)))
        campus.wait(RESULT_WAIT + 1.0)

    assert identities == {shape is Shape.BLOCK}
    assert not campus.of(OtherShapeNext)


def test_what_falls_silent_behind_a_challenge_has_heard_the_shape() -> None:
    campus = begun()
    for _ in range(2):
        assert has_block(identity_to(campus, SERVER))
        campus.wan(bare_challenge(2, source=SERVER))
        campus.wait(RESULT_WAIT + 1.0)

    assert not campus.of(OtherShapeNext)


@pytest.mark.parametrize("is_online", [False, True])
def test_a_failure_can_hold_the_reason_itself(is_online: bool) -> None:
    campus = begun()
    told = typed_piece(PieceType.REFUSAL_REASON, encode_text("用户已欠费"))
    packet = EapPacket.build(EapCode.FAILURE, 3, data=told)
    if is_online:
        log_in(campus, success())
        campus.wan(Frames.of_server(packet, source=ANOTHERS))
    else:
        log_in(campus, Frames.of_server(packet, source=ANOTHERS))

    assert campus.session.status.last_failure is not None
    assert campus.session.status.last_failure.text == "用户已欠费"
    assert campus.session.status.last_failure.kind is RefusalKind.ACCOUNT


def test_a_success_can_name_the_services() -> None:
    campus = begun()
    told = typed_piece(PieceType.SERVICES_ON_OFFER, encode_text("移动@教育网"))
    packet = EapPacket.build(EapCode.SUCCESS, 2, data=told)
    log_in(campus, Frames.of_server(packet, source=ANOTHERS))

    assert campus.session.status.services == ("移动", "教育网")


@pytest.mark.parametrize(
    ("seconds", "success_between", "text"),
    [(1.0, False, "用户已欠费"), (WORDS_COUNT_FOR + 1, False, None), (1.0, True, None)],
    ids=["at once", "long before", "before a Success"],
)
def test_a_session_that_ends_has_the_reason_of_the_request_just_before(
    seconds: float, success_between: bool, text: str | None
) -> None:
    campus = begun()
    log_in(campus, success())
    campus.wait(100.0)
    campus.wan(Frames.identity_request(7, source=ANOTHERS))
    campus.wan(bare_challenge(8, piece(PieceType.REFUSAL_REASON, "用户已欠费")))
    if success_between:
        campus.wan(success())
    campus.wait(seconds)
    campus.wan(failure())

    assert campus.session.status.last_failure is not None
    assert campus.session.status.last_failure.text == text
