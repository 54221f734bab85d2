"""Online, and the server or a client wants another login: what is held lasts until its result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from ruijie_proxy.engine.events import (
    ChallengedOnline,
    ClientNeeded,
    ClientWaits,
    Dropped,
    LoginRefused,
    LoginStarted,
    LoginSucceeded,
    LoginTimedOut,
    StartIgnored,
    TookOver,
)
from ruijie_proxy.engine.heartbeats import Source
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.settings import ClientLogoff, MacMode, SessionSettings
from ruijie_proxy.engine.states import State
from ruijie_proxy.protocol.eap import EapCode, EapPacket
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER, Heartbeat
from ruijie_proxy.protocol.results import Grant

if TYPE_CHECKING:
    from tests.engine.conftest import Campus

NEW_KEY = 0x0A1B2C3D
ANY = SessionSettings(any_client=True)
PEAP = 25


def restart_patiently(campus: Campus, client: bytes | None = None) -> None:
    """Let a client start, hear nothing, and start again after 5 seconds."""
    for _ in range(2):
        campus.wait(5.0)
        campus.lan(campus.start(client or campus.CLIENT))


# The server challenges.


def test_a_challenge_while_online_goes_to_the_client_and_its_answer_to_the_server(
    campus: Campus,
) -> None:
    campus.go_online()

    campus.wan(campus.identity_request(8))
    campus.wan(campus.challenge(9))
    assert campus.state() is State.CHALLENGED
    assert campus.listening
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(Grant(NEW_KEY, 30)))

    assert campus.of(ChallengedOnline) == [ChallengedOnline(campus.PORT)]
    assert campus.client_got == [
        campus.challenge(9, to=campus.CLIENT),
        campus.success(Grant(NEW_KEY, 30), to=campus.CLIENT),
    ]
    assert campus.state() is State.ONLINE
    campus.wait(30.0)
    assert [heartbeat for _, heartbeat in campus.heartbeats] == [
        Heartbeat(NEW_KEY, FIRST_NUMBER + 1),
        Heartbeat(NEW_KEY, FIRST_NUMBER + 2),
    ]


def test_the_first_heartbeat_after_a_reauthentication_follows_within_a_second(
    campus: Campus,
) -> None:
    campus.go_online()
    campus.wait(26.9)  # a heartbeat has just gone out, with the old key
    campus.wan(campus.challenge(9))
    campus.lan(campus.response(campus.md5))
    campus.forget_frames()

    campus.wan(campus.success(Grant(NEW_KEY, 30)))
    campus.wait(1.0)

    assert [heartbeat.key for _, heartbeat in campus.heartbeats] == [NEW_KEY]


def test_any_method_that_asks_for_a_proof_is_a_challenge(campus: Campus) -> None:
    campus.go_online()

    campus.wan(campus.of_server(EapPacket.build(EapCode.REQUEST, 9, PEAP, b"\x20")))

    assert campus.state() is State.CHALLENGED


def test_a_reauthentication_changes_neither_since_when_nor_renews_the_address(
    campus: Campus,
) -> None:
    campus.go_online()
    since = campus.session.status.since
    campus.wait(3600.0)
    campus.wan(campus.challenge(9))
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(campus.GRANT, "欢迎回来"))

    assert campus.session.status.since == since
    assert campus.session.status.message == "欢迎回来"
    assert campus.renewals == 1
    assert [event.count for event in campus.of(LoginSucceeded)] == [1]


def test_a_campus_of_two_logins_reauthenticates_with_one_success(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(successes=2))
    campus.log_in(campus.success(campus.GRANT))
    campus.go_online()

    campus.wan(campus.challenge(9))
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.ONLINE
    assert [(event.count, event.wanted) for event in campus.of(LoginSucceeded)] == [(1, 1)]


def test_a_repeated_success_while_challenged_is_no_answer_to_the_challenge(
    campus: Campus,
) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))

    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.CHALLENGED
    assert campus.of(LoginSucceeded) == []


def test_a_client_that_does_not_answer_is_needed_before_the_server_gives_up(
    campus: Campus,
) -> None:
    campus.go_online()
    for _ in range(4):  # the challenge and its three repetitions, 3 seconds apart
        campus.wan(campus.challenge(9))
        campus.wait(2.99)

    assert campus.of(ChallengedOnline) == [ChallengedOnline(campus.PORT)]
    assert campus.of(ClientNeeded) == [ClientNeeded()]
    assert len(campus.client_got) == 4
    assert campus.session.status.client_needed
    assert campus.state() is State.ONLINE


def test_the_heartbeats_go_on_while_the_client_is_needed(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))

    campus.wait(60.0)

    assert campus.numbers == [FIRST_NUMBER + 1, FIRST_NUMBER + 2]


def test_a_client_that_is_needed_has_its_next_start_honoured_at_once(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))
    campus.wait(20.0)
    campus.forget_frames()

    campus.lan(campus.start())

    assert len(campus.server_got) == 1
    assert campus.of(LoginStarted) == [LoginStarted(campus.CLIENT, campus.PORT, again=True)]
    assert campus.session.status.client_needed
    campus.log_in(campus.success(Grant(NEW_KEY, 30)))
    assert not campus.session.status.client_needed


def test_another_client_may_help_when_one_is_needed(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))
    campus.wait(20.0)

    campus.log_in(campus.success(Grant(NEW_KEY, 30)), campus.OTHER_CLIENT)

    assert campus.state() is State.ONLINE
    assert campus.session.status.client == campus.OTHER_CLIENT


def test_a_late_answer_that_the_server_accepts_ends_the_need(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))
    campus.wait(11.0)
    campus.lan(campus.response(campus.md5))
    campus.forget_frames()

    campus.wan(campus.success(Grant(NEW_KEY, 30)))

    assert not campus.session.status.client_needed
    assert [heartbeat.key for _, heartbeat in campus.heartbeats] == [NEW_KEY]


def test_a_client_that_has_answered_is_not_needed_however_slow_the_server_is(
    campus: Campus,
) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))
    campus.lan(campus.response(campus.md5))
    campus.wait(59.0)
    assert campus.state() is State.CHALLENGED

    campus.wait(1.0)

    assert campus.of(ClientNeeded) == []
    assert campus.of(LoginTimedOut) == [LoginTimedOut(server_answered=True)]
    assert campus.state() is State.ONLINE


def test_a_second_challenge_gives_the_client_its_time_again(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))
    campus.wait(8.0)
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.challenge(10))
    campus.wait(9.0)
    assert campus.of(ClientNeeded) == []

    campus.wait(1.0)

    assert campus.of(ClientNeeded) == [ClientNeeded()]


def test_a_challenge_repeated_behind_its_answer_does_not_hide_the_success(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.challenge(9))

    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.ONLINE
    assert len(campus.of(LoginSucceeded)) == 1


def test_a_key_that_only_the_client_can_read_is_learned_anew(campus: Campus) -> None:
    campus.log_in(campus.success())
    campus.lan(campus.heartbeat(campus.KEY, 7))
    campus.wait(60.0)
    campus.wan(campus.challenge(9))
    campus.lan(campus.response(campus.md5))
    campus.wan(campus.success())
    assert campus.listening
    campus.forget_frames()

    campus.lan(campus.heartbeat(NEW_KEY, 0x102B))
    campus.wait(28.0)

    assert [heartbeat for _, heartbeat in campus.heartbeats] == [
        Heartbeat(NEW_KEY, 0x102B),
        Heartbeat(NEW_KEY, 0x102C),
    ]
    assert campus.of(TookOver) == [TookOver(Source.CLIENT, 0x102C, 27.0)]
    assert not campus.listening


def test_a_client_that_starts_anew_instead_of_answering_is_passed_on_at_once(
    campus: Campus,
) -> None:
    campus.go_online()
    campus.wan(campus.challenge(9))

    campus.lan(campus.start())
    assert len(campus.server_got) == 1
    assert campus.state() is State.LOGGING_IN_AGAIN
    campus.log_in(campus.success(Grant(NEW_KEY, 30)))

    assert campus.of(ClientNeeded) == []
    assert campus.state() is State.ONLINE


def test_a_logoff_instead_of_an_answer_ends_the_session_where_it_is_forwarded(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(client_logoff=ClientLogoff.FORWARD))
    campus.go_online()
    campus.wan(campus.challenge(9))

    campus.lan(campus.logoff())

    assert len(campus.server_got) == 1
    assert campus.state() is State.WAITING
    assert campus.kept is None


# The server drops the session.


@pytest.mark.parametrize("challenged", [False, True])
def test_a_failure_while_online_is_told_to_the_client_and_the_next_login_taken_at_once(
    campus: Campus, challenged: bool
) -> None:
    campus.go_online()
    if challenged:
        campus.wan(campus.challenge(9))
    campus.forget_frames()

    campus.wan(campus.failure("您已被强制下线"))
    assert campus.client_got == [campus.failure("您已被强制下线", to=campus.CLIENT)]
    assert campus.of(Dropped) == [Dropped("您已被强制下线")]
    assert campus.state() is State.WAITING
    assert campus.kept is None
    failure = campus.session.status.last_failure
    assert failure is not None
    assert failure.kind is RefusalKind.DROPPED

    campus.log_in(campus.success(Grant(NEW_KEY, 30)))
    assert campus.state() is State.ONLINE


def test_a_dropped_session_sends_nothing_more(campus: Campus) -> None:
    campus.go_online()
    campus.wan(campus.failure())
    campus.forget_frames()

    campus.wan(campus.identity_request(9))
    campus.wait(3600.0)

    assert campus.server_got == campus.client_got == []
    assert campus.session.next_deadline is None


# A client starts again.


def test_one_stray_start_leaves_the_session_untouched(campus: Campus) -> None:
    campus.go_online()

    campus.lan(campus.start())

    assert campus.server_got == campus.client_got == []
    assert campus.of(StartIgnored) == [StartIgnored(campus.CLIENT)]
    assert campus.state() is State.ONLINE


def test_a_client_that_starts_again_patiently_logs_in_anew(campus: Campus) -> None:
    campus.go_online()

    restart_patiently(campus)
    assert campus.of(LoginStarted) == [LoginStarted(campus.CLIENT, campus.PORT, again=True)]
    assert len(campus.server_got) == 1
    campus.log_in(campus.success(Grant(NEW_KEY, 30)))
    campus.wait(1.0)

    assert campus.state() is State.ONLINE
    assert campus.heartbeats[-1][1] == Heartbeat(NEW_KEY, FIRST_NUMBER)
    assert campus.renewals == 2


def test_one_stray_start_behind_a_new_login_is_no_repetition_of_that_logins_starts(
    campus: Campus,
) -> None:
    campus.go_online()
    restart_patiently(campus)
    campus.log_in(campus.success(Grant(NEW_KEY, 30)))
    campus.wait(5.0)
    campus.forget_frames()

    campus.lan(campus.start())

    assert campus.of(StartIgnored) == [StartIgnored(campus.CLIENT)]
    assert campus.server_got == []
    assert campus.state() is State.ONLINE


@pytest.mark.parametrize("pause", [0.5, 61.0])
def test_starts_too_close_or_too_far_apart_are_no_new_login(campus: Campus, pause: float) -> None:
    campus.go_online()

    for _ in range(5):
        campus.lan(campus.start())
        campus.wait(pause)

    assert campus.of(LoginStarted) == []
    assert campus.state() is State.ONLINE


def test_the_session_held_goes_on_while_the_new_login_is_under_way(campus: Campus) -> None:
    campus.go_online()
    restart_patiently(campus)
    campus.wan(campus.identity_request(1))
    campus.lan(campus.response(campus.identity))

    campus.wait(30.0)

    assert campus.numbers == [FIRST_NUMBER + 1]
    assert campus.client_got == [campus.identity_request(1, to=campus.CLIENT)]


def test_a_new_login_without_a_result_leaves_the_session_held(campus: Campus) -> None:
    campus.go_online()
    restart_patiently(campus)

    campus.wait(120.0)

    assert campus.of(LoginTimedOut) == [LoginTimedOut(server_answered=False)]
    assert campus.state() is State.ONLINE
    assert campus.numbers == list(range(FIRST_NUMBER + 1, FIRST_NUMBER + 5))
    campus.forget_frames()
    campus.wan(campus.identity_request(0x55))
    assert len(campus.server_got) == 1  # the probe's answer


def test_a_new_login_that_is_refused_ends_the_session(campus: Campus) -> None:
    campus.go_online()
    restart_patiently(campus)
    campus.wan(campus.failure("密码不匹配"))

    assert campus.of(LoginRefused) == [LoginRefused("密码不匹配")]
    assert campus.state() is State.WAITING
    assert campus.kept is None


def test_a_success_of_the_old_session_does_not_end_the_new_login(campus: Campus) -> None:
    campus.go_online()
    restart_patiently(campus)

    campus.wan(campus.success(campus.GRANT))

    assert campus.state() is State.LOGGING_IN_AGAIN
    assert campus.of(LoginSucceeded) == []


def test_of_two_logins_wanted_the_first_success_ends_the_old_session(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(successes=2))
    campus.log_in(campus.success(campus.GRANT))
    campus.go_online()
    restart_patiently(campus)
    campus.log_in(campus.success(Grant(NEW_KEY, 30)))
    campus.forget_frames()

    # The old key is worth nothing any more; what the client sends itself crosses.
    assert campus.kept is None
    campus.lan(campus.heartbeat(NEW_KEY, 0x102B))
    campus.wait(30.0)
    assert campus.numbers == [0x102B]

    campus.log_in(campus.success(Grant(NEW_KEY + 1, 30)))
    campus.wait(1.0)
    assert campus.state() is State.ONLINE
    assert campus.heartbeats[-1][1] == Heartbeat(NEW_KEY + 1, FIRST_NUMBER)


def test_a_session_can_be_stopped_in_the_middle_of_a_new_login(campus: Campus) -> None:
    campus.go_online()
    restart_patiently(campus)
    campus.forget_frames()

    campus.stop()
    campus.wan(campus.identity_request())
    campus.wait(120.0)

    assert campus.server_got == campus.client_got == []
    assert campus.kept is not None  # the old session may still be gone on with


def test_a_logoff_in_the_middle_of_a_new_login_ends_here(campus: Campus) -> None:
    campus.go_online()
    restart_patiently(campus)
    campus.forget_frames()

    campus.lan(campus.logoff())
    campus.wait(61.0)

    assert all(
        frame in (beat.encode(campus.SERVER, campus.WAN) for _, beat in campus.heartbeats)
        for frame in campus.server_got
    )
    assert campus.state() is State.ONLINE


def test_a_logoff_in_the_middle_of_a_new_login_ends_all_where_it_is_forwarded(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(client_logoff=ClientLogoff.FORWARD))
    campus.go_online()
    restart_patiently(campus)

    campus.lan(campus.logoff())

    assert campus.state() is State.WAITING
    assert campus.kept is None


# Another client, while one's session is held.


def test_where_any_may_another_client_has_its_turn_after_the_first_ones_success(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(ANY)
    campus.go_online()

    restart_patiently(campus, campus.OTHER_CLIENT)
    campus.log_in(campus.success(Grant(NEW_KEY, 30)), campus.OTHER_CLIENT)

    assert campus.state() is State.ONLINE
    assert campus.session.status.client == campus.OTHER_CLIENT
    assert campus.kept is not None
    assert campus.kept.client == campus.OTHER_CLIENT


def test_another_clients_login_without_a_result_leaves_the_first_ones_session(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(ANY)
    campus.go_online()
    restart_patiently(campus, campus.OTHER_CLIENT)
    assert campus.session.status.client == campus.OTHER_CLIENT
    campus.wait(30.0)
    assert campus.kept is not None
    assert campus.kept.client == campus.CLIENT

    campus.wait(61.0)

    assert campus.state() is State.ONLINE
    assert campus.session.status.client == campus.CLIENT
    campus.forget_frames()
    campus.wan(campus.failure())
    assert campus.client_got == [campus.failure(to=campus.CLIENT)]


def test_the_first_client_waits_while_the_other_logs_in(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(ANY)
    campus.go_online()
    restart_patiently(campus, campus.OTHER_CLIENT)
    campus.forget_frames()

    campus.lan(campus.start())
    campus.lan(campus.response(campus.identity))

    assert campus.server_got == []
    assert campus.of(ClientWaits) == [ClientWaits(campus.CLIENT)]


def test_another_client_does_not_take_over_the_address_that_the_first_one_is_online_with(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(SessionSettings(mac=MacMode.CLONE, any_client=True))
    campus.lan(campus.start())
    campus.wan(campus.success(campus.GRANT, to=campus.CLIENT))
    campus.wait(1.0)

    restart_patiently(campus, campus.OTHER_CLIENT)

    assert campus.asked_addresses == [campus.CLIENT]
    assert campus.state() is State.ONLINE


def test_two_clients_that_start_in_turn_do_not_make_up_for_each_others_patience(
    make_campus: Callable[..., Campus],
) -> None:
    campus = make_campus(ANY)
    campus.go_online()
    for client in (campus.CLIENT, campus.OTHER_CLIENT):
        campus.lan(campus.start(client))
        campus.wait(5.0)
    assert campus.of(LoginStarted) == []

    campus.lan(campus.start(campus.OTHER_CLIENT))

    assert campus.of(LoginStarted) == [LoginStarted(campus.OTHER_CLIENT, campus.PORT, again=True)]
