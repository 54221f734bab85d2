"""One client at a time, and how a login comes to its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import (
    ClientNotAllowed,
    ClientWaits,
    LoginIncomplete,
    LoginRefused,
    LoginStarted,
    LoginSucceeded,
    LoginTimedOut,
    LogoffRelayed,
    ServerFound,
)
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.settings import GroupMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.protocol.heartbeat import Heartbeat
from ruijie_proxy.protocol.results import Grant

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

TWO_SUCCESSES = SessionSettings(successes=2)


@pytest.mark.parametrize(
    ("mode", "group"),
    [
        (GroupMode.KEEP, PAE_GROUP_ADDRESS),
        (GroupMode.STANDARD, PAE_GROUP_ADDRESS),
        (GroupMode.RUIJIE, RUIJIE_GROUP_ADDRESS),
    ],
)
def test_a_start_goes_out_to_the_group_that_the_settings_name(
    make_campus: Callable[..., Campus], mode: GroupMode, group: bytes
) -> None:
    campus = make_campus(SessionSettings(group=mode))

    campus.lan(campus.start(group=PAE_GROUP_ADDRESS))

    (start,) = campus.server_got
    assert start[:12] == group + campus.WAN


def test_a_start_of_a_second_client_waits_for_its_turn_and_is_told_nothing(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.lan(campus.start(campus.OTHER_CLIENT), port="lan3")
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity, campus.OTHER_CLIENT), port="lan3")

    assert len(campus.server_got) == 1
    assert campus.ports == [campus.PORT]
    assert campus.of(ClientWaits) == [ClientWaits(campus.OTHER_CLIENT)]
    assert campus.session.status.client == campus.CLIENT


def test_the_second_client_has_its_turn_after_the_first_ones_refusal(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.lan(campus.start(campus.OTHER_CLIENT))
    campus.wan(campus.identity_request())
    campus.wan(campus.failure())

    campus.log_in(campus.success(campus.GRANT), campus.OTHER_CLIENT)

    assert campus.state() is State.ONLINE
    assert campus.session.status.client == campus.OTHER_CLIENT


def test_the_second_client_has_its_turn_after_the_first_ones_timeout(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.response(campus.identity))
    campus.wait(59.9)
    campus.lan(campus.start(campus.OTHER_CLIENT))
    assert len(campus.server_got) == 2

    campus.wait(0.1)
    campus.lan(campus.start(campus.OTHER_CLIENT))

    assert len(campus.server_got) == 3
    assert campus.of(LoginTimedOut) == [LoginTimedOut(server_answered=True)]


def test_the_second_client_has_its_turn_after_the_first_ones_logoff(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())

    campus.lan(campus.logoff())
    campus.lan(campus.start(campus.OTHER_CLIENT))

    assert len(campus.server_got) == 3
    assert campus.of(LogoffRelayed) == [LogoffRelayed()]
    assert campus.session.status.client == campus.OTHER_CLIENT


def test_a_client_that_is_not_named_is_told_nothing(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(SessionSettings(clients=(bytes.fromhex("02000000cc07"),)))

    campus.lan(campus.start())

    assert campus.server_got == campus.client_got == []
    assert campus.of(ClientNotAllowed) == [ClientNotAllowed(campus.CLIENT)]
    assert campus.state() is State.WAITING


def test_every_client_that_is_named_may_log_in(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus()
    named = (campus.CLIENT, campus.OTHER_CLIENT)
    for client in named:
        campus = make_campus(SessionSettings(clients=named))
        campus.log_in(campus.success(campus.GRANT), client)

        assert campus.state() is State.ONLINE


def test_a_login_without_a_result_ends_after_the_time_that_is_set(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(login_timeout=20.0))
    campus.lan(campus.start())
    campus.wan(campus.identity_request())

    campus.wait(19.9)
    assert campus.state() is State.AUTHENTICATING
    campus.wait(0.1)

    assert campus.state() is State.WAITING
    assert campus.of(LoginTimedOut) == [LoginTimedOut(server_answered=True)]
    assert campus.session.next_deadline is None


def test_a_client_that_starts_again_has_its_whole_time_again(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wait(50.0)
    campus.lan(campus.start())
    campus.wait(50.0)

    assert campus.state() is State.AUTHENTICATING
    assert len(campus.server_got) == 2
    assert len(campus.of(LoginStarted)) == 1


def test_the_start_of_a_login_under_way_may_be_answered_by_another_server(campus: Campus) -> None:
    campus.lan(campus.start())
    campus.wan(campus.identity_request())
    campus.lan(campus.start())

    campus.wan(campus.identity_request(source=campus.OTHER_SERVER))

    assert campus.of(ServerFound)[-1] == ServerFound(campus.OTHER_SERVER)
    assert len(campus.client_got) == 2


def test_a_hasty_client_has_all_its_starts_passed_on(campus: Campus) -> None:
    for group in (PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS) * 3:
        campus.lan(campus.start(group=group))

    groups = [frame[:6] for frame in campus.server_got]
    assert groups == [PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS] * 3


def test_a_refusal_is_told_to_the_client_and_remembered(campus: Campus) -> None:
    campus.log_in(campus.failure("用户不存在或密码错误"))

    assert campus.client_got[-1] == campus.failure("用户不存在或密码错误", to=campus.CLIENT)
    assert campus.of(LoginRefused) == [LoginRefused("用户不存在或密码错误")]
    failure = campus.session.status.last_failure
    assert failure is not None
    assert (failure.text, failure.kind) == ("用户不存在或密码错误", RefusalKind.CREDENTIALS)
    assert failure.at == pytest.approx(campus.now, abs=0.1)
    assert campus.state() is State.WAITING


def test_an_invitation_after_a_refusal_is_not_answered_and_not_passed_on(campus: Campus) -> None:
    campus.log_in(campus.failure())
    campus.forget_frames()

    campus.wan(campus.identity_request(9))
    campus.wait(3600.0)

    assert campus.server_got == campus.client_got == []


# Campuses that want several logins.


def test_two_successes_are_needed_where_the_campus_wants_two(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(TWO_SUCCESSES)
    campus.log_in(campus.success(Grant(1, 30)))
    campus.wait(3.0)
    assert campus.state() is State.AUTHENTICATING
    assert campus.heartbeats == []
    assert campus.renewals == 1  # the first one opens the way to an address

    campus.log_in(campus.success(campus.GRANT))
    campus.wait(1.0)

    assert campus.state() is State.ONLINE
    assert [heartbeat.key for _, heartbeat in campus.heartbeats] == [campus.KEY]
    assert [(event.count, event.wanted) for event in campus.of(LoginSucceeded)] == [(1, 2), (2, 2)]
    assert campus.renewals == 2
    assert len(campus.of(LoginStarted)) == 1


def test_a_success_that_is_repeated_is_not_counted_twice(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(TWO_SUCCESSES)
    campus.log_in(campus.success(campus.GRANT))
    for _ in range(3):
        campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.AUTHENTICATING
    assert len(campus.of(LoginSucceeded)) == 1
    assert len(campus.client_got) == 6  # but each one was passed on


def test_one_success_of_two_is_gone_on_with_when_the_other_does_not_come(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(TWO_SUCCESSES)
    campus.log_in(campus.success(campus.GRANT))

    campus.wait(61.0)

    assert campus.of(LoginIncomplete) == [LoginIncomplete(count=1, wanted=2)]
    assert campus.state() is State.ONLINE
    assert [heartbeat.key for _, heartbeat in campus.heartbeats] == [campus.KEY]


def test_what_the_client_sent_between_two_logins_is_gone_on_from(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(TWO_SUCCESSES)
    campus.log_in(campus.success(campus.GRANT))
    for number in (0x102B, 0x102C):
        campus.lan(campus.heartbeat(campus.KEY, number))
        campus.wait(20.0)
    campus.wait(25.0)

    # The client's two crossed; the router's first is the one that follows them.
    assert campus.of(LoginIncomplete) == [LoginIncomplete(count=1, wanted=2)]
    assert [heartbeat for _, heartbeat in campus.heartbeats] == [
        Heartbeat(campus.KEY, number) for number in (0x102B, 0x102C, 0x102D)
    ]


def test_a_refusal_of_the_second_login_ends_both(make_campus: Callable[..., Campus]) -> None:
    campus = make_campus(TWO_SUCCESSES)
    campus.log_in(campus.success(campus.GRANT))
    campus.log_in(campus.failure())
    campus.wait(120.0)

    assert campus.state() is State.WAITING
    assert campus.heartbeats == []


def test_the_identity_response_of_the_last_login_answers_probes(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(TWO_SUCCESSES)
    campus.log_in(campus.success(campus.GRANT))
    campus.log_in(campus.success(campus.GRANT))
    last = [frame for frame in campus.server_got if len(frame) > 60][-2]
    campus.forget_frames()

    campus.wan(campus.identity_request(0x77))

    (answer,) = campus.server_got
    assert answer == last[:19] + b"\x77" + last[20:]
