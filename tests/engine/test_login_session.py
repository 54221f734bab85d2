"""Details of a session of the router's own that whole logins on the virtual campus do not see."""

from __future__ import annotations

import pytest

from ruijie_proxy.engine.events import (
    ClientNotAllowed,
    ClientWaits,
    Dropped,
    LeaseAwaited,
    LinkBack,
    LoginRefused,
    LoginTimedOut,
    NextTryPlanned,
    ProofGivenAgain,
    Resumed,
    StartIgnored,
    TookOver,
    TooLateToResume,
)
from ruijie_proxy.engine.login.supplicant import EAGER_FOR, START_REPEAT
from ruijie_proxy.engine.login.tries import QUIET_PERIOD, STABLE_AFTER
from ruijie_proxy.engine.login_memory import LoginMemory, settings_digest
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.engine.settings import (
    DhcpMode,
    Dialect,
    LoginSettings,
    MacMode,
    SessionSettings,
    Shape,
    V2Client,
)
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.unanswered import Asked
from ruijie_proxy.protocol.clients.client_profile import LINUX_1_31
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS, RUIJIE_GROUP_ADDRESS
from ruijie_proxy.values import replace
from tests.engine.conftest import CLIENT, GRANT, SERVER, Frames
from tests.engine.own_session import (
    FACTS,
    LOGIN,
    OwnCampus,
    answered,
    begun,
    given_up,
    online,
    paused,
    preparing,
)

HOUR = 3600.0
BUSY = "已达到同时在线用户数量上限"
CHANCE = 1.125
"""What a pause is stretched by on this bench: half of what chance may add."""


def resumed(campus: OwnCampus, after: float, facts: RouterFacts = FACTS) -> OwnCampus:
    """Return the session of a program that was killed and started again."""
    assert campus.kept is not None
    again = OwnCampus(facts=facts, memory=campus.memory)
    again.now = campus.now + after
    again.session.resume(campus.kept, again.now)
    again.begin()
    return again


def wait_of(campus: OwnCampus) -> float:
    """Return the seconds until the next try."""
    assert campus.state() is State.BACKOFF
    assert campus.session.next_deadline is not None
    return campus.session.next_deadline - campus.now


# Going on after a restart.


def test_what_was_held_is_gone_on_with_and_no_login_begins() -> None:
    again = resumed(online(), after=5.0)

    assert again.state() is State.ONLINE
    assert again.of(Resumed)
    assert not [frame for frame in again.sent() if frame[:6] == PAE_GROUP_ADDRESS]


def test_what_is_too_old_is_not_gone_on_with() -> None:
    again = resumed(online(), after=200.0)

    assert again.state() is State.AUTHENTICATING
    assert len(again.of(TooLateToResume)) == 1
    assert again.kept is None


def test_what_was_held_under_another_mac_address_is_not_gone_on_with() -> None:
    other = replace(FACTS, mac=bytes.fromhex("0200000000e2"))

    again = resumed(online(), after=1.0, facts=other)

    assert again.state() is State.AUTHENTICATING
    assert len(again.of(TooLateToResume)) == 1


# The first heartbeat.


@pytest.mark.parametrize(
    ("login", "number"),
    [
        pytest.param(LOGIN, 0x1802, id="Linux"),
        pytest.param(replace(LOGIN, client_version="4.96"), 0x1802, id="another number of Linux"),
        pytest.param(replace(LOGIN, client_version="6.86"), 0x102B, id="Windows"),
        pytest.param(
            replace(LOGIN, dialect=Dialect.RUIJIE_V2, v2_client=V2Client(bytes(80), (4, 10))),
            0x102B,
            id="V2",
        ),
        pytest.param(replace(LOGIN, dialect=Dialect.PLAIN), 0x102B, id="plain"),
    ],
)
def test_only_a_linux_client_begins_to_count_by_chance(login: LoginSettings, number: int) -> None:
    campus = OwnCampus(login)
    campus.begin()
    campus.log_in(Frames.success(GRANT))

    assert [event.number for event in campus.of(TookOver)] == [number]
    assert campus.kept is not None
    assert campus.kept.next_number == number + 1, "written down, so a restart goes on with it"


# Pauses.


def test_a_pause_is_that_of_the_refusal_stretched_by_chance() -> None:
    assert wait_of(paused()) == pytest.approx(300.0 * CHANCE)


def test_pauses_grow_from_refusal_to_refusal() -> None:
    campus = paused()
    waits = [wait_of(campus)]
    for _ in range(3):
        campus.wait(waits[-1] + 0.1)
        campus.log_in(Frames.failure(BUSY))
        waits.append(wait_of(campus))

    assert waits == pytest.approx([s * CHANCE for s in (300.0, 600.0, 1800.0, 3600.0)], abs=1.0)
    assert [round(event.seconds) for event in campus.of(NextTryPlanned)] == [
        round(wait) for wait in waits
    ]


def test_what_a_wait_is_for_is_told() -> None:
    campus = paused()
    assert [event.limited for event in campus.of(NextTryPlanned)] == [False], "the refusal asks it"

    memory = LoginMemory(
        (campus.now - 3, campus.now - 2, campus.now - 1), settings=settings_digest(LOGIN)
    )
    campus = OwnCampus(memory=memory)
    campus.begin()
    assert [event.limited for event in campus.of(NextTryPlanned)] == [True], "many tries lately"


@pytest.mark.parametrize(
    ("seconds", "wait"), [(STABLE_AFTER - 5.0, 60.0), (STABLE_AFTER + 5.0, 15.0)]
)
def test_only_after_a_session_that_lasted_a_drop_is_the_first_again(
    seconds: float, wait: float
) -> None:
    campus = online()
    campus.wait(100.0)
    campus.wan(Frames.failure())
    campus.wait(wait_of(campus) + 0.1)
    campus.log_in(Frames.success(GRANT))
    campus.wait(seconds)
    campus.wan(Frames.failure("心跳超时被强制下线"))

    assert len(campus.of(Dropped)) == 2
    assert wait_of(campus) == pytest.approx(wait * CHANCE)


def test_after_giving_up_a_program_that_is_restarted_at_once_leaves_the_switch_its_quiet() -> None:
    campus = begun()
    campus.log_in(Frames.failure("外层Vlan绑定错误"))
    assert campus.state() is State.GIVEN_UP
    assert campus.memory.not_before == pytest.approx(campus.now + QUIET_PERIOD)

    again = OwnCampus(memory=campus.memory)
    again.now = campus.now + 1.0
    again.begin()
    assert again.state() is State.BACKOFF
    assert again.session.next_deadline == campus.memory.not_before


def test_a_server_that_falls_silent_is_waited_for_and_then_left_in_peace() -> None:
    campus = begun()
    campus.wan(Frames.identity_request())
    campus.wait(17.0)
    assert campus.state() is State.AUTHENTICATING
    campus.wait(2.0)

    assert campus.of(LoginTimedOut) == [LoginTimedOut(True, client_is_awaited=False)]
    assert campus.state() is State.BACKOFF
    assert campus.memory.failure == "no-result"


def test_a_server_that_asks_without_end_does_not_keep_a_login_open() -> None:
    campus = begun()
    for number in range(20):
        campus.wan(Frames.identity_request(number), after=5.0)

    assert campus.of(LoginTimedOut)
    assert len(campus.of(LoginTimedOut)) == 1


def test_a_failure_without_a_word_has_the_reason_that_was_said_before() -> None:
    campus = begun()
    campus.log_in(Frames.failure())
    assert [event.message for event in campus.of(LoginRefused)] == [None]

    campus = begun()
    campus.wan(Frames.identity_request())
    reason = "用户不存在或密码错误"
    body = bytes.fromhex("01 02 002a 04 10") + bytes(16) + reason.encode("gbk")
    campus.wan(Frames.of_server(body))
    campus.wan(Frames.failure())
    assert [event.message for event in campus.of(LoginRefused)] == [reason]
    assert campus.state() is State.GIVEN_UP


# What is remembered.


def test_a_try_counts_from_the_moment_that_a_server_answers() -> None:
    campus = begun()
    began = campus.now
    assert not campus.memory.tries
    campus.wan(Frames.identity_request(), after=1.0)
    campus.wait(0.1)

    assert list(campus.memory.tries) == [began]
    assert campus.memory.group == "standard"


@pytest.mark.parametrize("tries", [(), (1000.0 - HOUR / 2,)], ids=["no server yet", "one before"])
def test_a_server_that_never_answers_costs_no_try(tries: tuple[float, ...]) -> None:
    campus = OwnCampus(memory=LoginMemory(tries, settings=settings_digest(LOGIN)))
    campus.begin()
    campus.wait(10 * HOUR)

    assert len(campus.sent()) > 1000
    assert campus.memory.tries == tries
    assert campus.state() is State.AUTHENTICATING, "it is still calling"
    assert not campus.of(LoginTimedOut)
    campus.log_in(Frames.success(GRANT))
    assert campus.state() is State.ONLINE


def test_a_login_is_one_try_however_many_starts_it_took() -> None:
    campus = begun()
    campus.wait(25.0)
    campus.log_in(Frames.failure(BUSY))

    assert len(campus.memory.tries) == 1


def test_a_try_is_written_down_before_its_result_can_come() -> None:
    campus = begun()
    campus.wan(Frames.identity_request(), after=1.0)

    assert len(campus.memory.tries) == 1, "though the log waits for a quiet moment"


def test_what_was_asked_in_vain_is_in_the_status_until_a_server_answers() -> None:
    campus = begun()
    campus.wait(20.0)
    assert campus.session.status.asked == Asked(since=1000.0, count=8)

    campus.wan(Frames.identity_request())
    assert campus.session.status.asked is None


def test_only_a_session_that_was_there_is_told_to_be_over_when_the_link_comes() -> None:
    """The cable may be plugged in minutes after the router was switched on."""
    first, later = begun(), online()
    for campus in (first, later):
        campus.link(up=False)
        campus.wait(HOUR)
        campus.link(up=True)

    assert [event.session_was_held for event in first.of(LinkBack)] == [False]
    assert [event.session_was_held for event in later.of(LinkBack)] == [True]


def test_the_link_that_comes_again_is_called_at_anew() -> None:
    campus = begun()
    campus.wait(HOUR)
    campus.link(up=False)
    assert campus.session.status.asked is None
    campus.wait(60.0)
    campus.sent()
    campus.link(up=True)
    campus.wait(10.0)

    assert len(campus.sent()) >= 4, "not in half a minute's pauses"
    assert campus.session.status.asked == Asked(since=1000.0 + HOUR + 60.0, count=4)


def test_an_address_that_comes_while_it_calls_is_told_in_the_next_start() -> None:
    other = replace(FACTS, mac=bytes.fromhex("0200000000e2"))
    campus = begun()
    campus.sent()
    campus.session.router_changed(other, campus.now)
    campus.wait(3.0)

    assert [frame[6:12] for frame in campus.sent()] == [other.mac]


def test_a_login_that_came_too_early_for_its_address_asks_for_it_again() -> None:
    campus = preparing()
    campus.session.address_renewed(False, campus.now)
    campus.wait(59.0)
    assert campus.state() is State.AUTHENTICATING
    campus.wait(2.0)

    assert campus.state() is State.PREPARING
    assert len(campus.of(LeaseAwaited)) == 2


def test_the_second_login_of_two_does_not_call_for_ever() -> None:
    campus = OwnCampus(dhcp=DhcpMode.DOUBLE)
    campus.begin()
    campus.log_in(Frames.success())
    campus.session.address_renewed(True, campus.now)
    campus.carry()
    assert campus.state() is State.AUTHENTICATING
    campus.wait(61.0)

    assert campus.of(LoginTimedOut) == [LoginTimedOut(False, client_is_awaited=False)]
    assert campus.state() is State.BACKOFF, "to begin with the first one again"


def test_the_group_that_was_answered_comes_first_the_next_time() -> None:
    campus = OwnCampus(memory=LoginMemory(group="ruijie", settings=settings_digest(LOGIN)))
    campus.begin()
    campus.wait(START_REPEAT)

    assert [frame[:6] for frame in campus.sent()] == [RUIJIE_GROUP_ADDRESS, PAE_GROUP_ADDRESS]


def test_the_edition_that_was_accepted_is_remembered() -> None:
    assert online().memory.edition == 1

    campus = OwnCampus(memory=LoginMemory(edition=2, settings=settings_digest(LOGIN)))
    campus.begin()
    campus.log_in(Frames.success(GRANT))
    assert campus.memory.edition == 2


def test_a_client_that_is_rejected_leaves_the_logins_to_another_one() -> None:
    campus = OwnCampus(replace(LOGIN, shape=Shape.BLOCK))
    campus.begin()
    campus.log_in(Frames.failure("未使用锐捷客户端"))

    assert campus.state() is State.GIVEN_UP
    assert campus.memory.left_to_client


def test_a_wrong_password_does_not() -> None:
    assert not given_up().memory.left_to_client


def test_a_login_that_succeeds_is_taken_back_from_the_tries() -> None:
    """It was counted while it was under way, for a program that is killed meanwhile."""
    before = 1000.0 - HOUR / 2
    campus = OwnCampus(memory=LoginMemory((before,), settings=settings_digest(LOGIN)))
    campus.begin()
    campus.wan(Frames.identity_request())
    campus.wait(0.1)
    assert list(campus.memory.tries) == [before, 1000.0]

    campus.wan(Frames.challenge())
    campus.wan(Frames.success(GRANT))
    assert list(campus.memory.tries) == [before]
    assert list(campus.memory.logins) == [campus.now]


def test_each_login_of_a_double_one_counts_among_those_that_succeed() -> None:
    campus = OwnCampus(dhcp=DhcpMode.DOUBLE)
    campus.begin()
    campus.log_in(Frames.success(GRANT))
    campus.session.address_renewed(True, campus.now)
    campus.carry()
    campus.log_in(Frames.success(GRANT))

    assert campus.state() is State.ONLINE
    assert campus.memory.tries == ()
    assert len(campus.memory.logins) == 2


@pytest.mark.parametrize(("lasted", "counts"), [(STABLE_AFTER - 5, 1), (STABLE_AFTER + 5, 0)])
def test_a_session_that_is_dropped_soon_counts_as_refused(lasted: float, counts: int) -> None:
    campus = online()
    campus.wait(lasted)
    campus.wan(Frames.failure())

    assert len(campus.memory.tries) == counts
    assert len(campus.memory.logins) == 1


# While online.


def test_a_success_that_is_only_repeated_is_no_proof() -> None:
    campus = online()
    campus.wan(Frames.success(GRANT), after=5.0)
    assert not campus.of(ProofGivenAgain)

    campus.wan(Frames.challenge(9), after=5.0)
    campus.wan(Frames.success(GRANT), after=0.1)
    assert len(campus.of(ProofGivenAgain)) == 1
    campus.wan(Frames.success(GRANT), after=5.0)
    assert len(campus.of(ProofGivenAgain)) == 1


def test_an_identity_told_anew_is_no_proof() -> None:
    """Nor where the login had none, so that there is nothing yet to answer probes with."""
    campus = begun()
    campus.wan(Frames.success(GRANT))
    assert campus.state() is State.ONLINE
    campus.sent()
    campus.wan(Frames.identity_request(7), after=2.0)
    assert [frame[19] for frame in campus.sent() if frame[15] == 0] == [7]

    campus.wan(Frames.success(GRANT), after=2.0)
    assert not campus.of(ProofGivenAgain)


def test_a_repeated_success_is_answered_with_a_heartbeat() -> None:
    """As genuine clients do: docs/protocol.md, "Heartbeats"."""
    campus = online()
    campus.wait(2.0)
    campus.sent()
    campus.wan(Frames.success(GRANT), after=3.0)

    assert [frame[15] for frame in campus.sent()] == [0xBF]


def test_a_challenge_is_answered_by_a_session_that_was_read_off_the_disk() -> None:
    again = resumed(online(), after=1.0)
    again.sent()
    again.wan(Frames.challenge(9))

    (answer,) = [frame for frame in again.sent() if frame[15] == 0]
    assert answer[:6] == SERVER
    assert answer[19] == 9


# What the user does.


def test_trying_again_ends_giving_up() -> None:
    campus = given_up()
    campus.wait(HOUR)
    campus.session.try_again(campus.now)
    campus.wait(0.0)
    campus.carry()

    assert campus.state() is State.AUTHENTICATING
    campus.log_in(Frames.success(GRANT))
    campus.link(up=False)
    campus.wait(HOUR)
    campus.link(up=True)
    assert campus.state() is State.BACKOFF, "giving up is forgotten"


@pytest.mark.parametrize("auto", [False, True])
def test_logging_in_anew_ends_nothing_that_could_not_begin_again(auto: bool) -> None:
    before = online(auto=auto)
    tries = (before.now - 300, before.now - 200, before.now - 100)
    campus = OwnCampus(auto=auto, memory=before.memory.with_tries(tries))
    campus.now = before.now
    assert before.kept is not None
    campus.session.resume(before.kept, campus.now)
    campus.begin()
    campus.wait(2.0)
    campus.sent()

    anew = campus.session.log_in_anew(campus.now)
    assert (anew.was_held, anew.has_begun) == (True, False)
    assert anew.not_before == tries[0] + 601.0
    campus.wait(60.0)
    assert campus.state() is State.ONLINE
    assert {frame[15] for frame in campus.sent()} == {0xBF}, "its heartbeats, and no Logoff"

    campus.wait(anew.not_before - campus.now)
    anew = campus.session.log_in_anew(campus.now)
    campus.carry()
    assert (anew.was_held, anew.has_begun, anew.not_before) == (True, True, None)
    campus.wait(0.1)
    assert campus.state() is State.AUTHENTICATING


def test_logging_in_anew_does_not_break_off_a_login_that_could_not_be_begun_again() -> None:
    campus = answered()
    campus.session.log_in_anew(campus.now)
    campus.carry()
    for _ in range(5):
        campus.wait(0.1)
        campus.wan(Frames.identity_request())
        anew = campus.session.log_in_anew(campus.now)
        campus.carry()

    assert not anew.has_begun
    assert campus.state() is State.AUTHENTICATING
    assert len(campus.memory.tries) == 3


def test_logging_in_anew_where_nothing_is_held_says_when_that_will_be() -> None:
    campus = paused()
    due = campus.session.next_deadline

    anew = campus.session.log_in_anew(campus.now)
    assert (anew.was_held, anew.has_begun, anew.not_before) == (False, True, due)
    assert campus.state() is State.BACKOFF


def test_another_profile_is_a_reason_to_try_again_and_the_same_one_is_none() -> None:
    campus = begun()
    campus.log_in(Frames.failure("外层Vlan绑定错误"))
    campus.session.profile_changed(None, campus.now)
    assert campus.state() is State.GIVEN_UP

    campus.session.profile_changed(LINUX_1_31, campus.now)
    assert campus.state() is State.BACKOFF


def test_what_a_login_waits_for_ends_with_the_link() -> None:
    campus = preparing()
    campus.link(up=False)
    campus.session.router_changed(FACTS, campus.now)
    campus.session.address_renewed(True, campus.now)
    campus.carry()
    assert campus.state() is State.LINK_DOWN

    campus.link(up=True)
    assert campus.state() is State.BACKOFF


# The mode auto, where a client comes.


def test_a_client_that_starts_during_the_routers_own_login_waits() -> None:
    campus = begun(auto=True)
    campus.sent()
    campus.lan(Frames.start())
    campus.wait(0.1)

    assert campus.of(ClientWaits) == [ClientWaits(CLIENT)]
    assert campus.sent() == []
    assert campus.state() is State.AUTHENTICATING


def test_nor_does_it_wait_for_longer_than_a_switch_needs_to_wake_up() -> None:
    campus = begun(auto=True)
    campus.wait(EAGER_FOR)
    campus.sent()
    campus.lan(Frames.start())
    assert campus.session.status.client == CLIENT
    assert campus.session.status.asked is not None, "neither way has been answered"

    campus.wait(HOUR)
    assert campus.state() is State.AUTHENTICATING, "by itself again, the client having gone"
    assert campus.session.status.client is None


@pytest.mark.parametrize("client", [PAE_GROUP_ADDRESS, b"\xff" * 6])
def test_a_group_is_no_client(client: bytes) -> None:
    campus = begun(auto=True)
    campus.lan(Frames.start(client))
    assert not campus.of(ClientWaits)

    campus = paused(auto=True)
    campus.sent()
    campus.lan(Frames.start(client))
    assert campus.sent() == []
    assert campus.state() is State.BACKOFF


@pytest.mark.parametrize("make", [paused, preparing, given_up])
def test_a_client_that_starts_while_nothing_is_under_way_is_served(make: object) -> None:
    assert callable(make)
    campus: OwnCampus = make(auto=True)
    campus.sent()
    campus.lan(Frames.start())

    assert len(campus.sent()) == 1
    assert campus.session.status.client == CLIENT


def test_a_client_that_is_not_pinned_is_not_served() -> None:
    settings = SessionSettings(login=LOGIN, clients=(Frames.OTHER_CLIENT,))
    campus = OwnCampus(auto=True, settings=settings)
    campus.begin()
    campus.log_in(Frames.failure(BUSY))
    campus.sent()
    campus.lan(Frames.start())

    assert campus.sent() == []
    assert campus.of(ClientNotAllowed) == [ClientNotAllowed(CLIENT)]
    assert campus.state() is State.BACKOFF


def test_nor_does_it_get_anything_by_insisting() -> None:
    settings = SessionSettings(login=LOGIN, clients=(Frames.OTHER_CLIENT,))
    campus = OwnCampus(auto=True, settings=settings)
    campus.begin()
    campus.log_in(Frames.success(GRANT))
    for _ in range(6):
        campus.lan(Frames.start(), after=5.0)

    assert set(campus.of(ClientNotAllowed)) == {ClientNotAllowed(CLIENT)}
    assert campus.state() is State.ONLINE
    assert campus.session.status.client is None


@pytest.mark.parametrize(
    ("mac", "state"),
    [(MacMode.REWRITE, State.LOGGING_IN_AGAIN), (MacMode.CLONE, State.ONLINE)],
)
def test_a_client_that_insists_gets_its_login_unless_that_would_end_the_session_at_once(
    mac: MacMode, state: State
) -> None:
    campus = OwnCampus(auto=True, settings=SessionSettings(login=LOGIN, mac=mac))
    campus.begin()
    campus.log_in(Frames.success(GRANT))
    for _ in range(6):
        campus.lan(Frames.start(), after=5.0)

    assert campus.of(StartIgnored)
    assert campus.state() is state


def test_a_client_that_says_goodbye_in_its_login_means_that_nobody_logs_in_for_it() -> None:
    campus = paused(auto=True)
    campus.lan(Frames.start())
    campus.wan(Frames.identity_request())
    campus.sent()
    campus.lan(Frames.logoff())
    campus.wait(24 * HOUR)

    assert [frame[15] for frame in campus.sent()] == [2], "its Logoff, and no Start of the router's"
    assert campus.state() is State.WAITING


def test_the_part_that_rests_follows_the_link() -> None:
    campus = paused(auto=True)
    campus.relay(Frames.success(GRANT))
    campus.link(up=False)
    campus.wait(HOUR)
    campus.sent()
    campus.link(up=True)
    campus.wait(1.0)

    assert campus.state() is State.AUTHENTICATING, (
        "by itself, now that the client's session is over"
    )
    assert campus.sent()[0][15] == 1


def test_who_logs_off_while_the_cable_is_out_finds_the_session_without_a_link() -> None:
    campus = online(auto=True)
    campus.link(up=False)
    campus.session.log_off(campus.now)
    campus.carry()
    assert campus.state() is State.LINK_DOWN

    campus.link(up=True)
    assert campus.state() is State.WAITING
    campus.lan(Frames.start())
    assert campus.session.status.client == CLIENT


@pytest.mark.parametrize(("name", "answers"), [(b"20260001", True), (b"student", False)])
def test_a_challenge_while_online_is_the_routers_to_answer_only_for_its_own_user(
    name: bytes, answers: bool
) -> None:
    memory = LoginMemory(left_to_client=True, settings=settings_digest(LOGIN))
    campus = OwnCampus(auto=True, memory=memory, profile=LINUX_1_31)
    campus.begin()
    campus.identity = EapPacket.build(EapCode.RESPONSE, 1, EapType.IDENTITY, name)
    campus.relay(Frames.success(GRANT))
    campus.wait(1.0)
    campus.sent()
    campus.wan(Frames.challenge(9))

    assert campus.state() is (State.ONLINE if answers else State.CHALLENGED)
    assert [frame[19] for frame in campus.sent()] == ([9] if answers else [])
