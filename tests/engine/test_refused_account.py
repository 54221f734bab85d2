"""A password that was refused is remembered, told, and not tried again before it has changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ruijie_proxy.engine.events import Dropped, OwnLoginBegun, RefusedBefore
from ruijie_proxy.engine.login_memory import LoginMemory
from ruijie_proxy.engine.refusals import Advice, RefusalKind
from ruijie_proxy.engine.refused_account import LONGEST_TEXT, RefusedAccount
from ruijie_proxy.engine.settings import LoginSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace
from tests.engine.conftest import GRANT, Frames
from tests.engine.own_session import LOGIN, OwnCampus, begun, given_up, online

HOUR = 3600.0
WRONG = "用户不存在或密码错误"
MENDED = replace(LOGIN, password=Secret("pear-tree"))


def again(
    before: OwnCampus, login: LoginSettings = LOGIN, *, auto: bool = False, after: float = HOUR
) -> OwnCampus:
    """Return the session of a program that was restarted, with what was written down."""
    memory = LoginMemory.from_plain(json.loads(json.dumps(before.memory.to_plain())))
    campus = OwnCampus(login, auto=auto, memory=memory)
    campus.now = before.now + after
    campus.begin()
    return campus


def waiting_state(auto: bool) -> State:
    return State.WAITING if auto else State.GIVEN_UP


both = pytest.mark.parametrize("auto", [False, True], ids=["login", "auto"])


# What is told.


@both
def test_a_refused_password_stays_in_the_status(auto: bool) -> None:
    campus = given_up(auto=auto)
    at = campus.now
    campus.wait(24 * HOUR)

    failure = campus.session.status.last_failure
    assert failure is not None
    assert (failure.text, failure.kind, failure.at) == (WRONG, RefusalKind.CREDENTIALS, at)
    assert failure.advice is Advice.CHECK_PASSWORD


@both
def test_it_stays_there_after_a_restart_and_is_said(auto: bool) -> None:
    before = given_up(auto=auto)
    campus = again(before, auto=auto)

    failure = campus.session.status.last_failure
    assert failure is not None
    assert (failure.text, failure.kind, failure.at) == (WRONG, RefusalKind.CREDENTIALS, before.now)
    assert campus.of(RefusedBefore) == [RefusedBefore(WRONG, Advice.CHECK_PASSWORD)]


def test_what_a_client_is_told_later_is_the_last_failure_then() -> None:
    campus = given_up(auto=True)
    campus.wait(HOUR)
    campus.relay(Frames.failure("已达到同时在线用户数量上限"))

    failure = campus.session.status.last_failure
    assert failure is not None
    assert failure.kind is RefusalKind.BUSY


# What is tried.


@both
def test_it_is_not_tried_again_however_long_and_often_the_program_runs(auto: bool) -> None:
    campus = given_up(auto=auto)
    for _ in range(3):
        campus = again(campus, auto=auto)
        campus.wait(24 * HOUR)
        campus.link(up=False)
        campus.wait(60.0)
        campus.link(up=True)
        campus.wait(HOUR)
        assert campus.to_server == []
        assert campus.state() is waiting_state(auto)
        assert not campus.of(OwnLoginBegun)


@both
@pytest.mark.parametrize(
    "changed",
    [MENDED, replace(LOGIN, username="20260002"), replace(LOGIN, service="教育网接入")],
    ids=["password", "user", "service"],
)
def test_another_password_user_or_service_is_tried(auto: bool, changed: LoginSettings) -> None:
    campus = again(given_up(auto=auto), changed, auto=auto)

    assert campus.state() is State.AUTHENTICATING
    assert not campus.of(RefusedBefore)
    assert campus.session.status.last_failure is None


@both
def test_what_has_nothing_to_do_with_it_changes_nothing(auto: bool) -> None:
    campus = again(given_up(auto=auto), replace(LOGIN, client_version="1.31"), auto=auto)
    campus.session.profile_changed(LINUX_1_31, campus.now)
    campus.carry()
    campus.wait(HOUR)

    assert campus.to_server == []
    assert campus.state() is waiting_state(auto)


@both
def test_the_user_may_want_it_tried_once_more(auto: bool) -> None:
    campus = again(given_up(auto=auto), auto=auto)
    anew = campus.session.log_in_anew(campus.now)
    campus.carry()
    campus.wait(0.0)
    assert anew.has_begun
    assert campus.state() is State.AUTHENTICATING

    campus.log_in(Frames.failure(WRONG))
    assert campus.state() is waiting_state(auto)
    assert again(campus, auto=auto).to_server == []


def test_a_login_that_succeeds_forgets_it() -> None:
    campus = again(given_up())
    campus.session.try_again(campus.now)
    campus.carry()
    campus.wait(0.0)
    campus.log_in(Frames.success(GRANT))

    assert campus.memory.refused is None


def test_a_password_that_is_refused_while_online_is_remembered_too() -> None:
    campus = online()
    campus.wan(Frames.failure(WRONG))

    assert again(campus).to_server == []


@pytest.mark.parametrize("text", ["外层Vlan绑定错误", "已达到同时在线用户数量上限", ""])
def test_what_says_nothing_of_the_password_is_tried_again_after_a_restart(text: str) -> None:
    campus = begun()
    campus.log_in(Frames.failure(text or None))

    assert campus.memory.refused is None
    assert again(campus).state() is State.AUTHENTICATING


def test_a_client_whose_password_is_wrong_says_nothing_of_the_routers() -> None:
    campus = begun(auto=True)
    campus.log_in(Frames.failure("已达到同时在线用户数量上限"))
    campus.relay(Frames.failure(WRONG))

    assert campus.memory.refused is None


def test_nor_does_a_clients_session_that_the_router_took_over_and_the_server_ended() -> None:
    campus = begun(auto=True)
    campus.log_in(Frames.failure("已达到同时在线用户数量上限"))
    campus.relay(Frames.success(GRANT))
    campus.link(up=False)
    campus.wait(3.0)
    campus.link(up=True)
    held = campus.session.held
    assert held is not None
    assert not held.own

    campus.wan(Frames.failure(WRONG))

    assert campus.of(Dropped) == [Dropped(WRONG)]
    assert campus.memory.refused is None
    assert again(campus, auto=True).state() is State.AUTHENTICATING


def test_a_challenge_is_not_answered_with_a_password_that_was_refused() -> None:
    campus = OwnCampus(auto=True, profile=LINUX_1_31)
    campus.begin()
    campus.log_in(Frames.failure(WRONG))
    campus.identity = EapPacket.build(EapCode.RESPONSE, 1, EapType.IDENTITY, b"20260001")
    campus.relay(Frames.success(GRANT))
    campus.wait(1.0)
    campus.sent()
    campus.wan(Frames.challenge(9))

    assert campus.state() is State.CHALLENGED
    assert campus.sent() == []


# What is written down.


def test_an_account_is_known_again_and_no_other_is() -> None:
    refused = RefusedAccount.of(LOGIN, 12345, WRONG, 1.0)

    assert refused.is_of(replace(LOGIN, edition=2, client_version="1.31"))
    for other in (
        MENDED,
        replace(LOGIN, username="20260002"),
        replace(LOGIN, service="internet"),
        # Nor is it the same as long as all three say the same in a row.
        replace(LOGIN, username=LOGIN.username[:-1], password=Secret("1plum-tree")),
    ):
        assert not refused.is_of(other)


def test_the_same_password_is_another_number_with_another_salt() -> None:
    digests = {RefusedAccount.of(LOGIN, salt, None, 1.0).digest for salt in range(10)}

    assert len(digests) == 10


@pytest.mark.parametrize("text", [None, WRONG, "长" * (LONGEST_TEXT + 1)])
def test_what_was_written_down_is_read_as_it_was(text: str | None) -> None:
    refused = RefusedAccount.of(LOGIN, (1 << 32) - 1, text, 1.5)
    plain = json.loads(json.dumps(refused.to_plain()))

    assert RefusedAccount.from_plain(plain) == refused
    assert "plum-tree" not in json.dumps(plain)
    assert 0 <= refused.digest < 1 << 32, "too little to find one password by"


PLAIN: dict[str, Any] = RefusedAccount(1, 2, WRONG, 3.0).to_plain()
NAN, INFINITY = float("nan"), float("inf")


NO_NUMBERS: list[Any] = [None, -1, 1 << 32, True, 1.0, "1"]
WRONG_VALUES: dict[str, list[Any]] = {
    "salt": NO_NUMBERS,
    "digest": NO_NUMBERS,
    "text": ["", 1, [], "x" * (LONGEST_TEXT + 1)],
    "at": [None, "1", True, NAN, INFINITY, 1e12],
    "more": [1],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, some in WRONG_VALUES.items() for value in some]
)
def test_a_value_that_cannot_be_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match="does not tell of a refusal"):
        RefusedAccount.from_plain({**PLAIN, field: value})


@pytest.mark.parametrize("field", sorted(PLAIN))
def test_a_field_that_is_missing_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="does not tell of a refusal"):
        RefusedAccount.from_plain({key: value for key, value in PLAIN.items() if key != field})
