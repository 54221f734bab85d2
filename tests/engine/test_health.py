"""What is done about a way out that does not work, on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from ruijie_proxy.engine.events import NextTryPlanned
from ruijie_proxy.engine.keeping.health import (
    PAUSES,
    RENEWAL_PAUSE,
    SETTLING,
    STABLE_AFTER,
    Failure,
    Health,
    Impossible,
    Order,
)
from ruijie_proxy.engine.login_memory import LIMITS
from ruijie_proxy.engine.states import State
from ruijie_proxy.engine.way_out import Check, HealthActed, HealthFailed, HealthRestored, Remedy
from tests.engine.own_session import OwnCampus

INTERVAL = 120.0
NO_GATEWAY = Failure(Check.GATEWAY, "the gateway answers no ARP request")
NO_PAGE = Failure(Check.URL, "it answers 302")
RENEWAL_TIME = 20.0
LOGIN_TIME = 3.0


class Line:
    """A session's way out, and a machine that carries out at once what is asked."""

    def __init__(
        self,
        *,
        own: bool = True,
        failures: int = 3,
        can_renew: bool = True,
        may_log_in: bool = True,
        jitter: Callable[[], float] = lambda: 0.5,
        interval: float = INTERVAL,
    ) -> None:
        self.may_log_in = may_log_in
        self.health = Health(interval, failures, can_renew, lambda _: self.may_log_in, jitter)
        self.own = own
        self.now = 1000.0
        self.result: Failure | Impossible | None = None
        self.check_time = 1.0
        self.cures: dict[Order, bool] = {}
        """Which orders mend the way out."""
        self.is_busy = False
        self.events: list[object] = []
        self.checks: list[float] = []
        self.acts: list[tuple[float, Order]] = []
        self.health.went_online(own, self.now)

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while (deadline := self.health.next_deadline) is not None and deadline <= end:
            assert deadline >= self.now
            self.now = deadline
            self.health.handle_timer(self.now, self.is_busy)
            self.carry()
        self.now = max(self.now, end)

    def wait_for_checks(self, count: int) -> None:
        wanted = len(self.checks) + count
        while len(self.checks) < wanted:
            self.wait(1.0)

    def carry(self) -> None:
        while demands := self.health.take_demands():
            for demand in demands:
                self.do(demand)

    def do(self, demand: object) -> None:
        match demand:
            case Order.CHECK:
                self.checks.append(self.now)
                self.now += self.check_time
                self.health.checked(self.result, self.now, self.is_busy)
            case Order.RENEW:
                self.acts.append((self.now, demand))
                self.mend(demand)
                self.now += RENEWAL_TIME
                self.health.address_renewed(self.now)
            case Order.LOG_IN:
                self.acts.append((self.now, demand))
                self.health.went_offline()
                self.mend(demand)
                self.now += LOGIN_TIME
                self.health.went_online(self.own, self.now)
            case _:
                self.events.append(demand)

    def mend(self, order: Order) -> None:
        if self.cures.get(order):
            self.result = None

    def orders(self) -> list[Order]:
        return [order for _, order in self.acts]


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_way_out_that_works_is_checked_rarely_and_nothing_is_said(line: Line) -> None:
    line.wait(86400)

    assert 86400 / INTERVAL * 0.9 < len(line.checks) < 86400 / INTERVAL * 1.1
    assert (line.events, line.acts) == ([], [])


def test_the_first_check_comes_when_the_login_has_settled(line: Line) -> None:
    line.wait_for_checks(1)

    assert SETTLING <= line.checks[0] - 1000.0 <= 2 * SETTLING


def test_chance_keeps_a_dormitory_from_checking_as_one() -> None:
    early, late = Line(jitter=lambda: 0.0), Line(jitter=lambda: 1.0)
    for line in (early, late):
        line.wait_for_checks(2)

    def pause(line: Line) -> float:
        return line.checks[1] - line.checks[0] - line.check_time

    assert (pause(early), pause(late)) == pytest.approx((INTERVAL * 0.9, INTERVAL * 1.1))


def test_single_failures_lead_to_nothing_but_words(line: Line) -> None:
    for _ in range(20):
        line.result = NO_GATEWAY
        line.wait_for_checks(2)
        line.result = None
        line.wait_for_checks(1)

    assert line.acts == []
    assert line.events[:3] == [
        HealthFailed(Check.GATEWAY, NO_GATEWAY.detail, 1, 3),
        HealthFailed(Check.GATEWAY, NO_GATEWAY.detail, 2, 3),
        HealthRestored(None, pytest.approx(2 * INTERVAL, abs=5)),  # type: ignore[arg-type]
    ]


def test_enough_failures_in_a_row_renew_the_address_and_what_helped_is_told(line: Line) -> None:
    line.cures[Order.RENEW] = True
    line.result = NO_GATEWAY
    line.wait_for_checks(3)
    assert line.orders() == [Order.RENEW]

    line.wait_for_checks(1)

    assert line.events[2:4] == [
        HealthFailed(Check.GATEWAY, NO_GATEWAY.detail, 3, 3),
        HealthActed(Remedy.RENEW),
    ]
    restored = line.events[4]
    assert isinstance(restored, HealthRestored)
    assert restored.helped is Remedy.RENEW
    line.wait(3600)
    assert line.orders() == [Order.RENEW]
    assert len(line.events) == 5


def test_what_a_renewal_does_not_mend_a_login_may(line: Line) -> None:
    line.cures[Order.LOG_IN] = True
    line.result = NO_GATEWAY
    line.wait(3600)

    assert line.orders() == [Order.RENEW, Order.LOG_IN]
    (renewed, _), (logged_in, _) = line.acts
    assert logged_in - renewed < RENEWAL_TIME + 2 * SETTLING + 2 * line.check_time
    assert isinstance(line.events[-1], HealthRestored)
    assert line.events[-1].helped is Remedy.LOG_IN


def test_a_fixed_address_is_not_renewed() -> None:
    line = Line(can_renew=False)
    line.result = NO_GATEWAY
    line.wait_for_checks(3)

    assert line.orders() == [Order.LOG_IN]


def test_where_a_client_has_logged_in_the_client_is_called_for() -> None:
    line = Line(own=False)
    line.result = NO_PAGE
    line.wait(3600)

    assert set(line.orders()) == {Order.RENEW}
    acted = [event for event in line.events if isinstance(event, HealthActed)]
    assert acted[:2] == [HealthActed(Remedy.RENEW), HealthActed(Remedy.CLIENT)]
    assert len(acted) <= 6
    line.result = None
    line.wait_for_checks(1)
    assert isinstance(line.events[-1], HealthRestored)
    assert line.events[-1].helped is None


def test_what_fails_for_days_is_treated_more_and_more_rarely(line: Line) -> None:
    line.result = NO_GATEWAY
    line.wait(2 * 86400)

    logins = [at for at, order in line.acts if order is Order.LOG_IN]
    pauses = [later - before for before, later in pairwise(logins)]
    for pause, least in zip(pauses, (*PAUSES, *[PAUSES[-1]] * len(pauses)), strict=False):
        assert pause >= least
    assert len(logins) < 30
    # The log of two days is short.
    assert len(line.events) < 100


def test_while_it_fails_for_days_it_is_noticed_when_it_works_again(line: Line) -> None:
    line.result = NO_GATEWAY
    line.wait(86400)
    line.result = None
    line.wait_for_checks(1)

    assert isinstance(line.events[-1], HealthRestored)
    assert line.events[-1].seconds == pytest.approx(86400, abs=2 * INTERVAL)


def test_a_failure_of_another_kind_is_told_even_late(line: Line) -> None:
    line.result = NO_GATEWAY
    line.wait(7200)
    told = len(line.events)
    line.result = NO_PAGE
    line.wait_for_checks(1)

    failed = line.events[told]
    assert isinstance(failed, HealthFailed)
    assert failed.check is Check.URL


@pytest.mark.parametrize("interval", [10.0, 120.0])
def test_a_login_that_helps_for_minutes_is_not_repeated_for_ever(interval: float) -> None:
    line = Line(failures=1, can_renew=False, interval=interval)
    for _ in range(24 * 60):
        line.result = NO_GATEWAY
        line.wait(30.0)
        line.result = None
        line.wait(30.0)

    logins = [at for at, order in line.acts if order is Order.LOG_IN]
    for count, window in LIMITS:
        for first, beyond in zip(logins, logins[count:], strict=False):
            assert beyond - first > window


def test_a_renewal_that_helps_for_minutes_is_not_made_all_the_time() -> None:
    line = Line(failures=1, interval=10.0)
    line.cures[Order.RENEW] = True
    for _ in range(100):
        line.result = NO_GATEWAY
        while line.result is not None:
            line.wait_for_checks(1)
        line.wait_for_checks(1)

    renewals = [at for at, _ in line.acts]
    assert set(line.orders()) == {Order.RENEW}
    assert min(later - before for before, later in pairwise(renewals)) >= RENEWAL_PAUSE


def test_nobody_is_logged_off_who_may_not_log_in_again_at_once() -> None:
    line = Line(may_log_in=False)
    line.result = NO_GATEWAY
    line.wait(3600)
    assert line.orders() == [Order.RENEW]

    line.may_log_in = True
    line.wait_for_checks(1)
    assert line.orders() == [Order.RENEW, Order.LOG_IN]


def test_after_a_stable_time_help_comes_as_quickly_as_at_first(line: Line) -> None:
    line.cures[Order.LOG_IN] = True
    for _ in range(3):
        line.result = NO_GATEWAY
        line.wait_for_checks(5)
        line.wait(STABLE_AFTER + 2 * INTERVAL)

    assert line.orders() == [Order.RENEW, Order.LOG_IN] * 3


def test_what_could_not_be_checked_counts_for_nothing(line: Line) -> None:
    line.result = NO_GATEWAY
    line.wait_for_checks(2)
    line.result = Impossible("no memory")
    line.wait_for_checks(10)
    assert line.acts == []

    line.result = NO_GATEWAY
    line.wait_for_checks(1)
    assert line.orders() == [Order.RENEW]


def test_a_login_or_renewal_under_way_suspends_the_checks(line: Line) -> None:
    line.result = NO_GATEWAY
    line.is_busy = True
    line.wait(3600)
    assert line.checks == []

    line.is_busy = False
    line.wait_for_checks(1)
    assert len(line.events) == 1


def test_a_check_during_which_the_address_was_renewed_says_nothing(line: Line) -> None:
    health = line.health
    line.wait(SETTLING)
    health.handle_timer(2000.0, busy=False)
    assert health.take_demands() == [Order.CHECK]
    health.address_renewed(2001.0)
    health.handle_timer(2020.0, busy=False)
    health.checked(NO_GATEWAY, 2021.0, busy=False)

    assert health.take_demands() == []
    assert health.next_deadline is not None


@pytest.mark.parametrize("is_busy", [False, True])
def test_a_check_that_ends_offline_or_in_a_login_says_nothing(line: Line, is_busy: bool) -> None:
    health = line.health
    health.handle_timer(2000.0, busy=False)
    assert health.take_demands() == [Order.CHECK]
    if not is_busy:
        health.went_offline()
    health.checked(NO_GATEWAY, 2001.0, busy=is_busy)

    assert health.take_demands() == []
    assert (health.next_deadline is None) is not is_busy


def test_offline_nothing_is_checked(line: Line) -> None:
    line.health.went_offline()
    line.health.address_renewed(line.now)
    line.wait(86400)

    assert line.checks == []


@pytest.mark.parametrize("auto", [False, True])
@pytest.mark.parametrize("drops", [False, True])
def test_a_way_out_that_never_works_keeps_the_limits_of_logins(auto: bool, drops: bool) -> None:
    """With a session's own logins: those that health wants and all others, for a day.

    Where ``drops``, the campus also ends the session again and again.
    """
    campus = OwnCampus(auto=auto)
    session = campus.session
    health = Health(10.0, 1, False, lambda now: session.next_login(now) <= now, lambda: 0.0)
    starts: list[float] = []
    acted = kept_waiting = 0
    was_online = False
    campus.begin()
    end = campus.now + 86400
    while campus.now < end:
        due = [campus.now + 30.0, campus.session.next_deadline, health.next_deadline]
        campus.wait(max(0.0, min(at for at in due if at is not None) - campus.now) + 0.001)
        if campus.state() is State.AUTHENTICATING:
            starts.append(campus.now)
            campus.log_in(campus.success())
            assert campus.state() is State.ONLINE
        if drops and campus.state() is State.ONLINE and int(campus.now) % 700 == 0:
            campus.wan(campus.failure("您已被强制下线"))
        is_online = campus.state() is State.ONLINE
        if is_online and not was_online:
            health.went_online(True, campus.now)
        elif was_online and not is_online:
            health.went_offline()
        was_online = is_online
        health.handle_timer(campus.now, busy=False)
        for demand in health.take_demands():
            if demand is Order.CHECK:
                health.checked(NO_GATEWAY, campus.now, busy=False)
        for demand in health.take_demands():
            if demand is Order.LOG_IN:
                acted += 1
                planned = len(campus.of(NextTryPlanned))
                # As SessionRunner.log_in_anew does.
                campus.session.log_off(campus.now)
                campus.session.try_again(campus.now)
                campus.carry()
                kept_waiting += len(campus.of(NextTryPlanned)) - planned
        campus.sent()

    assert acted > 5
    for count, window in LIMITS:
        for first, beyond in zip(starts, starts[count:], strict=False):
            assert beyond - first > window
    # Nobody was taken offline for the sake of a check who could not log in again at once.
    assert kept_waiting == 0
