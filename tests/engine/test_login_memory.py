"""What is remembered of the router's own logins, and the limits that follow from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.login.tries import MOST_JITTER
from ruijie_proxy.engine.login_memory import (
    LONGEST_ADDRESS,
    LONGEST_KEEPALIVE,
    LONGEST_PAUSE,
    MOST_FAILURES,
    MOST_HOURS,
    REMEMBERED_LOGINS,
    REMEMBERED_TRIES,
    LoginMemory,
    settings_digest,
)
from ruijie_proxy.engine.refusals import RefusalKind, read_refusal
from ruijie_proxy.engine.refused_account import RefusedAccount
from ruijie_proxy.engine.settings import Dialect, LoginSettings, OpenHours, V2Client
from ruijie_proxy.protocol.edition import Edition
from ruijie_proxy.secret import Secret
from ruijie_proxy.values import replace

MINUTE, HOUR = 60.0, 3600.0
NOW = 100_000.0
LOGIN = LoginSettings("20260001", Secret("plum-tree"))

ago = st.floats(0.0, 2 * HOUR).map(lambda seconds: NOW - seconds)
histories = st.lists(ago, max_size=REMEMBERED_TRIES, unique=True)
logins_of_late = st.lists(ago, max_size=REMEMBERED_LOGINS, unique=True)


def most_within(times: list[float], seconds: float) -> int:
    """Return how many there were in the busiest time of that length."""
    return max((sum(at <= t < at + seconds for t in times) for at in times), default=0)


def first_moment(tries: list[float], logins: list[float], wanted: int) -> float:
    """Find, by looking at all moments at which anything changes, when so many logins may begin.

    A second is added to each limit, for the server's clock is another one.
    """
    limits = (
        (tries, 1, 3, 10 * MINUTE + 1),
        (tries, 1, 8, HOUR + 1),
        (logins, wanted, 20, HOUR + 1),
    )
    moments = sorted({NOW, *(at + seconds for times, _, _, seconds in limits for at in times)})
    for moment in moments:
        # A past that is over the limits already does not count against what is to come.
        if moment >= NOW and all(
            sum(at + seconds > moment for at in times) + more <= most
            for times, more, most, seconds in limits
        ):
            return moment
    raise AssertionError("no moment is late enough")


# The limits.


@given(histories, logins_of_late, st.sampled_from([1, 2]))
def test_the_next_try_is_at_the_first_moment_that_keeps_the_limits(
    tries: list[float], logins: list[float], wanted: int
) -> None:
    memory = replace(LoginMemory().with_tries(tries), logins=tuple(sorted(logins)))

    assert memory.next_try(wanted, NOW) == pytest.approx(
        first_moment(tries, logins, wanted), rel=0, abs=0.001
    )


@given(
    st.lists(st.tuples(st.floats(0.0, 3 * HOUR), st.booleans()), max_size=60),
    st.sampled_from([1, 2]),
)
def test_whoever_waits_for_the_next_try_never_exceeds_the_limits(
    lives: list[tuple[float, bool]], wanted: int
) -> None:
    """Three refusals in ten minutes and eight in an hour, and twenty logins that succeed."""
    memory, now = LoginMemory(), NOW
    refused: list[float] = []
    succeeded: list[float] = []
    for pause, succeeds in lives:
        now = max(now + pause, memory.next_try(wanted, now + pause))
        for _ in range(wanted):
            began, now = now, now + 3.0
            memory = memory.with_tries((began,))
            if succeeds:
                succeeded.append(now)
                memory = memory.after_success(began, now)
            # What was written down is all that the next start of the program has.
            memory = LoginMemory.from_plain(json.loads(json.dumps(memory.to_plain())))
            if not succeeds:
                refused.append(began)
                break

    assert most_within(refused, 10 * MINUTE) <= 3
    assert most_within(refused, HOUR) <= 8
    assert most_within(succeeded, HOUR) <= 20


def test_a_login_that_succeeds_is_no_try_any_more() -> None:
    """Two good logins and two slips of the password leave a third slip free."""
    memory = LoginMemory()
    for number, succeeds in enumerate((True, True, False, False)):
        began = NOW + 10 * number
        memory = memory.with_tries((began,))
        if succeeds:
            memory = memory.after_success(began, began + 5)

    assert memory.tries == (NOW + 20, NOW + 30)
    assert memory.logins == (NOW + 5, NOW + 15)
    assert memory.next_try(1, NOW + 40) == NOW + 40
    assert memory.with_tries((NOW + 40,)).next_try(1, NOW + 50) == NOW + 20 + 601


def test_what_was_refused_before_a_login_succeeded_still_counts() -> None:
    memory = LoginMemory((NOW - 200, NOW - 100)).with_tries((NOW,))

    assert memory.after_success(NOW, NOW + 1).tries == (NOW - 200, NOW - 100)


def test_a_loop_of_logins_that_succeed_comes_to_twenty_in_an_hour() -> None:
    memory, now = LoginMemory(), NOW
    for _ in range(100):
        now = memory.next_try(1, now)
        memory = memory.with_tries((now,)).after_success(now, now + 1)
        now += 5.0

    assert now == pytest.approx(NOW + 4 * (HOUR + 2) + 20 * 5, abs=2)
    assert len(memory.logins) == 20


def test_without_tries_and_pauses_nothing_is_waited_for() -> None:
    assert LoginMemory().next_try(1, NOW) == NOW
    assert LoginMemory().next_try(2, NOW) == NOW


@pytest.mark.parametrize(
    ("tries", "wanted", "wait"),
    [
        ((5, 4), 1, 0),
        ((5, 4, 3), 1, 595),
        ((5, 4), 2, 0),
        ((5,), 2, 0),
        ((500, 300, 100), 1, 100),
        ((500, 300, 100), 2, 100),
        ((601.5, 300, 100), 1, 0),
        ((3500, 3000, 2500, 2000, 1500, 1000, 700, 650), 1, 100),
        ((3500, 3000, 2500, 2000, 1500, 1000, 700, 650), 2, 100),
    ],
)
def test_the_wait_in_some_cases(tries: tuple[float, ...], wanted: int, wait: float) -> None:
    memory = LoginMemory().with_tries(NOW - seconds for seconds in tries)

    expected = NOW if wait == 0 else pytest.approx(NOW + wait + 1.0)
    assert memory.next_try(wanted, NOW) == expected


def test_a_pause_and_the_limits_hold_both() -> None:
    busy = LoginMemory().with_tries((NOW - 3, NOW - 2, NOW - 1))

    assert replace(busy, not_before=NOW + 60).next_try(1, NOW) == busy.next_try(1, NOW)
    assert replace(busy, not_before=NOW + 7200).next_try(1, NOW) == NOW + 7200
    assert replace(busy, not_before=NOW - 60).next_try(1, NOW) == busy.next_try(1, NOW)
    assert busy.limited_until(1, NOW) == busy.next_try(1, NOW) > NOW


def test_only_the_last_tries_and_logins_are_remembered_and_each_once() -> None:
    memory = LoginMemory()
    for number in range(30):
        memory = memory.after_success(float(number), float(number))
    assert memory.logins == tuple(float(number) for number in range(10, 30))
    assert memory.after_success(29.0, 29.0) == memory

    memory = LoginMemory()
    for number in range(20):
        memory = memory.with_tries((float(number), float(number)))
    assert memory.tries == tuple(float(number) for number in range(12, 20))
    assert memory.with_tries((19.0,)) == memory
    assert LoginMemory().with_tries((3.0, 1.0, 2.0)).tries == (1.0, 2.0, 3.0)


# Failures.


@pytest.mark.parametrize("text", ["账号被封", "已达到同时在线用户数量上限", "认证失败", "掉线"])
def test_pauses_grow_with_each_failure_of_a_kind_and_the_last_one_stays(text: str) -> None:
    refusal = read_refusal(text)
    memory, pauses = LoginMemory(), []
    for _ in range(len(refusal.pauses) + 2):
        memory = memory.after_failure(refusal.kind.value, refusal.pauses, 1.0, NOW)
        assert memory.not_before is not None
        pauses.append(memory.not_before - NOW)

    assert pauses == [*refusal.pauses, refusal.pauses[-1], refusal.pauses[-1]]
    assert memory.failures == len(pauses)


def test_a_failure_of_another_kind_begins_from_the_front() -> None:
    memory = LoginMemory()
    for _ in range(3):
        memory = memory.after_failure(RefusalKind.BUSY.value, (5.0, 50.0, 500.0), 1.0, NOW)
    memory = memory.after_failure(RefusalKind.HOURS.value, (7.0, 70.0), 1.0, NOW)

    assert (memory.failures, memory.failure, memory.not_before) == (1, "hours", NOW + 7.0)
    again = memory.after_failure(RefusalKind.HOURS.value, (7.0, 70.0), 1.0, NOW)
    assert (again.failures, again.not_before) == (2, NOW + 70.0)


def test_failures_that_no_longer_count_begin_from_the_front_too() -> None:
    """After a session that lasted, :mod:`.login_session` sets their number back."""
    memory = LoginMemory().after_failure("dropped", (15.0, 60.0), 1.0, NOW)
    memory = replace(memory, failures=0)

    assert memory.after_failure("dropped", (15.0, 60.0), 1.0, NOW).not_before == NOW + 15.0


def test_chance_stretches_a_pause() -> None:
    assert LoginMemory().after_failure("busy", (100.0,), 1.25, NOW).not_before == NOW + 125.0


def test_a_failure_that_only_the_user_can_mend_sets_no_time() -> None:
    waiting = replace(LoginMemory(), not_before=NOW + 60)

    assert waiting.after_failure("credentials", (), 1.0, NOW).not_before is None


def test_a_failure_changes_nothing_else_that_is_remembered() -> None:
    before = LoginMemory((1.0,), edition=2, edition_was_refused=True, group="ruijie", settings=7)

    after = before.after_failure("busy", (5.0,), 1.0, NOW)

    assert replace(after, failures=0, failure=None, not_before=None) == before


def test_however_often_it_fails_the_number_can_be_written_down() -> None:
    memory = replace(LoginMemory(), failures=MOST_FAILURES, failure="busy")

    memory = memory.after_failure("busy", (5.0,), 1.0, NOW)
    assert LoginMemory.from_plain(memory.to_plain()) == memory


# Another run of the machine, other settings.


def test_moving_moves_every_time() -> None:
    refused = RefusedAccount(1, 2, None, 20.0)
    memory = LoginMemory(
        (10.0, 20.0), not_before=30.0, failures=2, group="ruijie", logins=(15.0,), refused=refused
    )

    moved = memory.moved(-5.0, NOW)

    assert moved == replace(
        memory,
        tries=(5.0, 15.0),
        not_before=25.0,
        logins=(10.0,),
        refused=replace(refused, at=15.0),
    )
    assert memory.moved(0.0, NOW) == memory
    assert LoginMemory().moved(5.0, NOW).not_before is None


@given(
    st.builds(
        LoginMemory,
        tries=st.lists(st.floats(-1e9, 1e9), max_size=8).map(tuple),
        not_before=st.none() | st.floats(-1e9, 1e9),
        logins=st.lists(st.floats(-1e9, 1e9), max_size=20).map(tuple),
    ),
    st.floats(-1e9, 1e9),
)
def test_no_try_is_later_than_now_and_no_pause_longer_than_the_longest(
    memory: LoginMemory, seconds: float
) -> None:
    moved = memory.moved(seconds, NOW)

    for times in (moved.tries, moved.logins):
        assert all(at <= NOW for at in times)
        assert list(times) == sorted(times)
    assert moved.next_try(1, NOW) <= NOW + max(LONGEST_PAUSE, HOUR + 1.0)
    assert LoginMemory.from_plain(moved.to_plain()) == moved


@pytest.mark.parametrize("text", ["账号被封禁99天", "账号被封"])
def test_the_longest_pause_is_longer_than_any_refusal_asks_for(text: str) -> None:
    stretched = LoginMemory()
    for _ in range(3):
        pauses = read_refusal(text).pauses
        stretched = stretched.after_failure("banned", pauses, 1 + MOST_JITTER, NOW)

    assert stretched.moved(0.0, NOW) == stretched


def test_with_other_settings_only_the_limits_and_a_refused_account_are_remembered() -> None:
    memory = LoginMemory(
        (1.0, 2.0), 3, "client-rejected", 9.0, 2, True, "ruijie", True, settings=1234, logins=(3.0,)
    )
    memory = replace(memory, refused=FULL.refused)

    assert memory.for_settings(1234) is memory
    assert memory.for_settings(4321) == LoginMemory(
        (1.0, 2.0), settings=4321, logins=(3.0,), refused=FULL.refused
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(LOGIN, username="20260002"),
        replace(LOGIN, dialect=Dialect.PLAIN),
        replace(LOGIN, edition=2),
        replace(LOGIN, client_version="1.31"),
        replace(LOGIN, client_name="RG-SU"),
        replace(LOGIN, service="教育网接入"),
        replace(LOGIN, disk_serial="WD-1"),
        replace(LOGIN, dns=("8.8.8.8",)),
        replace(LOGIN, properties=((0x79, b"\x02"),)),
    ],
    ids=lambda login: str(login)[:60],
)
def test_settings_that_change_what_is_sent_have_another_digest(changed: LoginSettings) -> None:
    assert settings_digest(changed) != settings_digest(LOGIN)
    assert settings_digest(replace(changed)) == settings_digest(changed)


def test_a_digest_can_be_written_down() -> None:
    v2 = replace(LOGIN, dialect=Dialect.RUIJIE_V2, v2_client=V2Client(bytes(80), (3, 50)))

    for login in (LOGIN, v2):
        memory = LoginMemory(settings=settings_digest(login))
        assert LoginMemory.from_plain(memory.to_plain()) == memory


# On disk.

FULL = LoginMemory(
    (1.5, 2.5),
    3,
    "client-rejected",
    9.25,
    2,
    True,
    "standard",
    True,
    settings=0xFFFFFFFF,
    logins=(1.75, 2.25),
    refused=RefusedAccount(7, 0xFFFFFFFF, "密码错误", 2.5),
    hours=(OpenHours(0, 360, 1439), OpenHours(6, 0, 1440)),
    shape="bare",
    shape_was_refused=True,
    portal="http://10.9.8.7/eportal/index.jsp",
    keepalive=300,
    met_at="http://10.9.8.8/eportal/index.jsp",
)
ADDED = (
    "logins",
    "refused",
    "hours",
    "shape",
    "shape_was_refused",
    "portal",
    "keepalive",
    "met_at",
)
"""Fields that files of earlier versions do not have."""


@pytest.mark.parametrize("memory", [LoginMemory(), FULL], ids=["empty", "full"])
def test_what_was_written_down_is_read_as_it_was(memory: LoginMemory) -> None:
    assert LoginMemory.from_plain(json.loads(json.dumps(memory.to_plain()))) == memory


def test_an_edition_may_come_as_its_name() -> None:
    named = replace(FULL, edition=Edition.SECOND)

    assert LoginMemory.from_plain(named.to_plain()) == FULL
    assert json.loads(json.dumps(named.to_plain())) == json.loads(json.dumps(FULL.to_plain()))


def test_what_an_earlier_version_has_written_down_is_read() -> None:
    plain = {key: value for key, value in FULL.to_plain().items() if key not in ADDED}

    assert LoginMemory.from_plain(plain) == replace(
        FULL,
        logins=(),
        refused=None,
        hours=(),
        shape=None,
        shape_was_refused=False,
        portal=None,
        keepalive=0,
        met_at=None,
    )


def test_tries_in_disorder_are_put_in_order() -> None:
    plain = {**FULL.to_plain(), "tries": [3.0, -1.0, 2], "logins": [5, 4]}

    assert LoginMemory.from_plain(plain).tries == (-1.0, 2, 3.0)
    assert LoginMemory.from_plain(plain).logins == (4, 5)


NAN, INFINITY = float("nan"), float("inf")
NO_TIMES: list[Any] = ["1", True, [], NAN, INFINITY, -INFINITY, 1e12, 10**400]
NO_HOURS: list[Any] = [
    None,
    [0, 360],
    [0, 360, 1440, 0],
    [7, 360, 1440],
    [-1, 360, 1440],
    [0, 1440, 1440],
    [0, 720, 360],
    [0, 360, 1441],
    [0, 360.0, 1440],
    [False, 360, 1440],
]
WRONG: dict[str, list[Any]] = {
    "hours": [
        None,
        "06:00-23:59",
        [[0, 0, 1440]] * (MOST_HOURS + 1),
        *([hour] for hour in NO_HOURS),
    ],
    "tries": [
        None,
        1.0,
        "1",
        {},
        [0.0] * (REMEMBERED_TRIES + 1),
        *([at] for at in [None, *NO_TIMES]),
    ],
    "failures": [None, -1, 1.0, True, "1", MOST_FAILURES + 1],
    "failure": [1, [], "x" * 33],
    "not_before": NO_TIMES,
    "edition": [0, 3, "1", True, 2.0, []],
    "edition_was_refused": [None, 0, 1, "true"],
    "group": ["", "auto", 1, []],
    "left_to_client": [None, 0, 1, "false"],
    "settings": [-1, 1 << 32, 1.0, True, "1"],
    "logins": [
        None,
        1.0,
        "1",
        {},
        [0.0] * (REMEMBERED_LOGINS + 1),
        *([at] for at in [None, *NO_TIMES]),
    ],
    "refused": ["密码错误", 1, True, []],
    "shape": ["", "auto", "BLOCK", 1, True, []],
    "shape_was_refused": [None, 0, 1, "true"],
    "portal": [1, True, [], "http://10.9.8.7/\n", "x" * (LONGEST_ADDRESS + 1)],
    "met_at": [1, True, [], "http://10.9.8.7/\n", "x" * (LONGEST_ADDRESS + 1)],
    "keepalive": [None, -1, 1.0, True, "300", LONGEST_KEEPALIVE + 1],
}


def test_every_field_has_its_wrong_values() -> None:
    assert WRONG.keys() == FULL.to_plain().keys()


@pytest.mark.parametrize(
    ("field", "value"),
    [(field, value) for field, values in WRONG.items() for value in values],
    ids=lambda value: repr(value)[:40],
)
def test_a_value_that_cannot_be_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match="does not tell of logins"):
        LoginMemory.from_plain({**FULL.to_plain(), field: value})


@pytest.mark.parametrize("field", sorted(WRONG.keys() - set(ADDED)))
def test_a_field_that_is_missing_is_refused(field: str) -> None:
    plain = {key: value for key, value in FULL.to_plain().items() if key != field}

    with pytest.raises(ValueError, match="does not tell of logins"):
        LoginMemory.from_plain(plain)


def test_a_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="does not tell of logins"):
        LoginMemory.from_plain({**FULL.to_plain(), "more": 1})
