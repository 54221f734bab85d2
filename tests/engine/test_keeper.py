"""Staying online: taking over from the client, heartbeats, probes, and going on after a restart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.actions import Report, SendToServer
from ruijie_proxy.engine.events import (
    HeartbeatMismatch,
    HeartbeatSent,
    NothingGranted,
    OnlyProbes,
    ProbeAnswered,
    TookOver,
)
from ruijie_proxy.engine.heartbeats import Authentication, ResumePoint, Source
from ruijie_proxy.engine.keeping.keeper import (
    CLOSEST_HEARTBEATS,
    PROBE_HOLD,
    TAKEOVER_WAIT,
    TEACHER_WAIT,
    Keeper,
)
from ruijie_proxy.engine.kept_session import KeptSession
from ruijie_proxy.engine.settings import SessionSettings
from ruijie_proxy.protocol.eapol import BODY_OFFSET
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import FIRST_NUMBER, Heartbeat
from ruijie_proxy.protocol.results import Grant
from ruijie_proxy.values import replace

SERVER = bytes.fromhex("00d0f8d9f104")
WAN = bytes.fromhex("0200000000e1")
IDENTITY_RESPONSE = (
    SERVER + WAN + bytes.fromhex("888e 0100000c 0207000c 01") + b"student" + b"private block"
)
KEY = 0x32764AE1
OTHER_KEY = 0x0BADBEEF
GRANT = Grant(KEY, 30)
INTERVAL = 27.0
"""Seconds: a grant of 30 less the margin."""
DAY = 24 * 3600.0
BEGAN = 1000.0


class Bench:
    """A keeper, and all that it does, on a clock of the test's own."""

    def __init__(
        self,
        grant: Grant | None = GRANT,
        settings: SessionSettings | None = None,
        identity_response: bytes | None = IDENTITY_RESPONSE,
    ) -> None:
        authentication = Authentication(SERVER, WAN, identity_response, grant)
        self.keeper = Keeper(authentication, settings or SessionSettings(), self)
        self.now = BEGAN
        self.sent: list[tuple[float, bytes]] = []
        self.events: list[object] = []
        self.saved: list[ResumePoint] = []

    def begin(self, client_may_teach: bool = True) -> Bench:
        """Begin right after a Success."""
        self.keeper.begin(client_may_teach, self.now)
        return self

    def client_beats(self, key: int, number: int, after: float = 0.0) -> bool:
        """Let the client send a heartbeat; return whether it passes."""
        self.wait(after)
        return self.keeper.client_heartbeat(Heartbeat(key, number), self.now)

    def wait(self, seconds: float) -> None:
        """Let time pass, each timer being on time."""
        end = self.now + seconds
        while (due := self.keeper.next_deadline) is not None and due <= end:
            self.now = max(self.now, due)
            self.keeper.handle_timer(self.now)
        self.now = end

    def sleep(self, seconds: float) -> None:
        """Let time pass with the machine asleep: the timer comes late."""
        self.now += seconds
        self.keeper.handle_timer(self.now)

    @property
    def beats(self) -> list[tuple[float, Heartbeat]]:
        """The heartbeats sent: seconds since the Success (to the millisecond), and content."""
        found = []
        for at, frame in self.sent:
            try:
                found.append((round(at - BEGAN, 3), Heartbeat.parse(frame)))
            except ProtocolError:
                continue
        return found

    @property
    def numbers(self) -> list[int]:
        """The numbers of the heartbeats sent."""
        return [heartbeat.number for _, heartbeat in self.beats]

    def of(self, kind: type) -> list[object]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def act(self, action: object) -> None:
        if isinstance(action, SendToServer):
            self.sent.append((self.now, action.frame))
        elif isinstance(action, Report):
            self.events.append(action.event)

    def save(self) -> None:
        self.saved.append(self.keeper.resume_point)


def kept(
    key: int | None = KEY,
    next_number: int | None = 0x2000,
    interval: int | None = 30,
    source: str | None = "server",
    last_heartbeat: float | None = BEGAN,
    since: float = BEGAN - 500.0,
) -> KeptSession:
    """Return what was written to the disk."""
    return KeptSession(
        server=SERVER,
        client=bytes.fromhex("02000000cc01"),
        wan_address=WAN,
        original_wan_address=None,
        identity_response=IDENTITY_RESPONSE,
        key=key,
        next_number=next_number,
        interval=interval,
        source=source,
        last_heartbeat=last_heartbeat,
        since=since,
        message=None,
        accounting=None,
    )


# Taking over.


def test_a_silent_client_leaves_the_grant_to_the_router_within_a_second() -> None:
    bench = Bench().begin()

    bench.wait(1.0)

    assert bench.beats == [(TAKEOVER_WAIT, Heartbeat(KEY, FIRST_NUMBER))]
    assert TAKEOVER_WAIT < 1.0
    assert bench.of(TookOver) == [TookOver(Source.SERVER, FIRST_NUMBER, INTERVAL)]


def test_a_heartbeat_goes_from_the_routers_address_to_the_servers() -> None:
    bench = Bench().begin()

    bench.wait(1.0)

    ((_, frame),) = bench.sent
    assert frame == Heartbeat(KEY, FIRST_NUMBER).encode(SERVER, WAN)


def test_the_settings_name_the_first_number() -> None:
    bench = Bench(settings=SessionSettings(heartbeat_number=0x1000002A)).begin()

    bench.wait(1.0)

    assert bench.numbers == [0x1000002A]


def test_the_client_names_the_first_number_where_the_settings_do_not() -> None:
    authentication = Authentication(SERVER, WAN, None, GRANT, first_number=0x1802)
    for settings, number in (
        (SessionSettings(), 0x1802),
        (SessionSettings(heartbeat_number=7), 7),
    ):
        bench = Bench()
        bench.keeper = Keeper(authentication, settings, bench)
        bench.begin().wait(1.0)

        assert bench.numbers == [number]


def test_without_a_client_to_learn_from_the_grant_is_used_at_once() -> None:
    bench = Bench().begin(client_may_teach=False)

    bench.wait(0.0)

    assert bench.beats == [(0.0, Heartbeat(KEY, FIRST_NUMBER))]


def test_a_client_that_agrees_with_the_grant_is_gone_on_from() -> None:
    bench = Bench().begin()

    assert bench.client_beats(KEY, 0x102B, after=0.1)
    bench.wait(60.0)

    assert bench.beats == [
        (0.1 + INTERVAL, Heartbeat(KEY, 0x102C)),
        (0.1 + 2 * INTERVAL, Heartbeat(KEY, 0x102D)),
    ]
    assert bench.of(TookOver) == [TookOver(Source.SERVER, 0x102C, INTERVAL)]


def test_after_the_takeover_the_router_is_the_only_one_that_sends() -> None:
    bench = Bench().begin()
    bench.client_beats(KEY, 0x102B, after=0.1)

    assert not bench.client_beats(KEY, 0x102C, after=20.0)
    assert not bench.keeper.client_heartbeat(None, bench.now)
    bench.wait(8.0)
    assert bench.numbers == [0x102C]


def test_a_client_that_disagrees_with_the_grant_is_given_another_chance() -> None:
    bench = Bench().begin()

    assert bench.client_beats(OTHER_KEY, 7, after=0.1)
    bench.wait(20.0)

    assert bench.of(HeartbeatMismatch) == [HeartbeatMismatch()]
    assert not bench.keeper.has_taken_over
    assert bench.beats == []


def test_the_second_heartbeat_decides_for_the_client_when_it_goes_on_from_the_first() -> None:
    bench = Bench().begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)

    assert bench.client_beats(OTHER_KEY, 8, after=20.0)

    assert bench.of(TookOver) == [TookOver(Source.CLIENT, 9, INTERVAL)]
    bench.wait(INTERVAL)
    assert [heartbeat for _, heartbeat in bench.beats] == [Heartbeat(OTHER_KEY, 9)]


def test_the_second_heartbeat_decides_for_the_grant_when_it_agrees() -> None:
    bench = Bench().begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)

    assert bench.client_beats(KEY, 8, after=20.0)

    assert bench.of(TookOver) == [TookOver(Source.SERVER, 9, INTERVAL)]


@pytest.mark.parametrize("number", [7, 9, 0])
def test_a_second_heartbeat_that_does_not_follow_decides_nothing(number: int) -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)

    assert bench.client_beats(OTHER_KEY, number, after=20.0)

    assert bench.of(TookOver) == []


def test_a_client_that_disagreed_and_fell_silent_is_gone_on_from_in_time() -> None:
    bench = Bench().begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)

    bench.wait(INTERVAL)

    assert bench.beats == [(0.1 + INTERVAL, Heartbeat(OTHER_KEY, 8))]
    assert bench.of(TookOver) == [TookOver(Source.CLIENT, 8, INTERVAL)]


def test_a_client_that_leaves_has_nothing_more_to_teach() -> None:
    bench = Bench().begin()

    bench.keeper.client_left(bench.now)

    assert bench.beats == [(0.0, Heartbeat(KEY, FIRST_NUMBER))]


def test_a_client_that_leaves_after_one_heartbeat_is_gone_on_from_at_the_usual_time() -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)

    bench.keeper.client_left(bench.now)
    assert bench.beats == []
    bench.wait(INTERVAL)

    assert bench.beats == [(0.1 + INTERVAL, Heartbeat(OTHER_KEY, 8))]


# Without a grant.


def test_without_a_grant_a_heartbeat_is_waited_for_and_then_the_probes_are_named() -> None:
    bench = Bench(grant=None).begin()
    assert bench.events == [NothingGranted()]

    bench.wait(TEACHER_WAIT - 0.1)
    assert bench.of(OnlyProbes) == []
    bench.wait(DAY)

    assert bench.of(OnlyProbes) == [OnlyProbes()]
    assert bench.sent == []


def test_a_heartbeat_teaches_whenever_it_comes() -> None:
    bench = Bench(grant=None).begin()
    bench.wait(3600.0)

    assert bench.client_beats(OTHER_KEY, 7)
    assert bench.client_beats(OTHER_KEY, 8, after=20.0)
    bench.wait(20.0)

    # The client's own rhythm, a little faster.
    assert [heartbeat for _, heartbeat in bench.beats] == [Heartbeat(OTHER_KEY, 9)]
    assert bench.of(TookOver) == [TookOver(Source.CLIENT, 9, 18.0)]


def test_one_heartbeat_of_a_client_that_fell_silent_is_enough() -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 0xFFFFFFFF, after=5.0)

    bench.wait(60.0)

    assert bench.beats == [
        (5.0 + INTERVAL, Heartbeat(OTHER_KEY, 0)),
        (5.0 + 2 * INTERVAL, Heartbeat(OTHER_KEY, 1)),
    ]


def test_heartbeats_that_cannot_be_read_pass_and_teach_nothing() -> None:
    bench = Bench(grant=None).begin()

    for _ in range(3):
        assert bench.keeper.client_heartbeat(None, bench.now)
    bench.wait(DAY)

    assert bench.beats == []


# The pace.


@pytest.mark.parametrize(
    ("granted", "seconds"),
    [(300, 27.0), (30, 27.0), (20, 18.0), (15, 13.5), (2, 1.8), (1, 1.0), (0, 27.0)],
)
def test_the_pace_is_a_margin_below_the_grant_and_never_slower_than_30_seconds(
    granted: int, seconds: float
) -> None:
    assert Bench(Grant(KEY, granted)).begin().keeper.interval == pytest.approx(seconds)


def test_without_a_grant_the_clients_own_pace_is_kept_a_margin_below() -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)
    bench.client_beats(OTHER_KEY, 8, after=10.0)

    bench.wait(20.0)

    assert [at for at, _ in bench.beats] == [10.1 + 9.0, 10.1 + 18.0]
    assert bench.keeper.observed_interval == pytest.approx(10.0)


def test_a_client_that_sends_one_out_of_turn_shows_no_pace() -> None:
    # Told Success twice, it sends a heartbeat at once each time.
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)
    bench.client_beats(OTHER_KEY, 8, after=0.2)

    assert bench.keeper.interval == INTERVAL
    assert bench.keeper.observed_interval is None


@pytest.mark.parametrize("granted", [0, 1, 20, 300, 0xFFFFFFFF])
def test_a_pace_that_is_set_is_kept_whatever_is_granted(granted: int) -> None:
    settings = SessionSettings(heartbeat_interval=12.5)

    assert Bench(Grant(KEY, granted), settings).begin().keeper.interval == 12.5


def test_a_day_of_heartbeats_does_not_drift_though_each_timer_is_late() -> None:
    bench = Bench(settings=SessionSettings(heartbeat_number=0xFFFFFF00)).begin()
    while bench.now < BEGAN + DAY:
        due = bench.keeper.next_deadline
        assert due is not None
        bench.now = due + 0.05
        bench.keeper.handle_timer(bench.now)

    ideal = [TAKEOVER_WAIT + 0.05 + INTERVAL * count for count in range(len(bench.beats))]
    assert [at for at, _ in bench.beats] == pytest.approx(ideal, abs=1e-3)
    assert len(bench.beats) == pytest.approx(DAY / INTERVAL, abs=2)
    expected = [(0xFFFFFF00 + count) % 2**32 for count in range(len(bench.beats))]
    assert bench.numbers == expected
    assert 0 in expected  # the numbers wrapped on the way


def test_a_timer_that_comes_too_early_does_nothing() -> None:
    bench = Bench().begin()

    bench.keeper.handle_timer(BEGAN + TAKEOVER_WAIT - 0.001)

    assert bench.sent == []


def test_a_long_sleep_is_followed_by_one_heartbeat_and_the_usual_pace() -> None:
    bench = Bench().begin()
    bench.wait(1.0)

    bench.sleep(DAY)
    woke = bench.now - BEGAN
    bench.wait(60.0)

    assert [at for at, _ in bench.beats[1:]] == pytest.approx(
        [woke, woke + INTERVAL, woke + 2 * INTERVAL]
    )
    assert bench.numbers == list(range(FIRST_NUMBER, FIRST_NUMBER + 4))


@given(naps=st.lists(st.floats(0.0, 200.0), max_size=60))
def test_however_late_timers_are_heartbeats_are_neither_hurried_nor_skipped(
    naps: list[float],
) -> None:
    bench = Bench().begin()
    for nap in naps:
        bench.sleep(nap)

    times = [at for at, _ in bench.beats]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap >= INTERVAL / 2 - 1e-3 for gap in gaps)
    assert bench.numbers == list(range(FIRST_NUMBER, FIRST_NUMBER + len(times)))


# Success while online.


def test_a_repeated_success_is_answered_by_a_heartbeat_at_once() -> None:
    bench = Bench().begin()
    bench.wait(10.0)

    bench.keeper.told_success(GRANT, bench.now)

    assert bench.beats[-1] == (10.0, Heartbeat(KEY, FIRST_NUMBER + 1))
    bench.wait(INTERVAL)
    assert bench.beats[-1] == (10.0 + INTERVAL, Heartbeat(KEY, FIRST_NUMBER + 2))


def test_successes_close_behind_each_other_bring_no_flood_but_a_heartbeat_within_a_second() -> None:
    bench = Bench().begin()
    bench.wait(10.0)
    for _ in range(50):
        bench.keeper.told_success(GRANT, bench.now)
        bench.wait(0.01)
    last = bench.now - BEGAN
    bench.wait(1.0)

    times = [at for at, _ in bench.beats if at >= 10.0]
    assert times == pytest.approx([10.0, 10.0 + CLOSEST_HEARTBEATS])
    assert times[-1] - last < 1.0


def test_a_success_repeated_while_the_client_still_teaches_changes_nothing() -> None:
    bench = Bench().begin()
    bench.wait(0.2)
    bench.keeper.told_success(GRANT, bench.now)
    bench.keeper.told_success(None, bench.now)

    assert bench.client_beats(KEY, 0x102B, after=0.1)
    bench.wait(1.0)

    assert bench.beats == []
    assert bench.of(TookOver) == [TookOver(Source.SERVER, 0x102C, INTERVAL)]


def test_a_grant_that_comes_only_with_the_repeated_success_counts() -> None:
    bench = Bench(grant=None).begin()
    bench.wait(2.0)

    bench.keeper.told_success(GRANT, bench.now)
    bench.wait(1.0)

    assert bench.beats == [(2.0 + TAKEOVER_WAIT, Heartbeat(KEY, FIRST_NUMBER))]


def test_another_grant_while_online_is_used_from_now_on_and_the_numbers_go_on() -> None:
    bench = Bench().begin()
    bench.wait(10.0)

    bench.keeper.told_success(Grant(OTHER_KEY, 15), bench.now)
    bench.wait(14.0)

    assert [heartbeat for _, heartbeat in bench.beats[1:]] == [
        Heartbeat(OTHER_KEY, FIRST_NUMBER + 1),
        Heartbeat(OTHER_KEY, FIRST_NUMBER + 2),
    ]
    assert bench.keeper.interval == pytest.approx(13.5)


def test_a_grant_that_the_client_belied_is_not_believed_when_repeated() -> None:
    bench = Bench().begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)
    bench.client_beats(OTHER_KEY, 8, after=10.0)

    bench.keeper.told_success(GRANT, bench.now + 5.0)
    bench.wait(INTERVAL)

    assert {heartbeat.key for _, heartbeat in bench.beats} == {OTHER_KEY}


def test_who_learned_the_key_learns_it_again_when_the_client_proves_itself_anew() -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)
    bench.client_beats(OTHER_KEY, 8, after=20.0)
    bench.wait(5.0)

    bench.keeper.reauthenticated(None, bench.now)
    assert bench.keeper.wants_to_hear
    assert not bench.client_beats(OTHER_KEY, 9, after=0.1)  # the old key is the router's to use
    assert bench.client_beats(KEY, 0x102B, after=0.1)
    assert not bench.client_beats(KEY, 0x102C, after=0.1)
    assert not bench.keeper.wants_to_hear
    bench.wait(INTERVAL)

    assert [heartbeat for _, heartbeat in bench.beats] == [Heartbeat(KEY, 0x102C)]


def test_a_silent_client_that_proved_itself_anew_leaves_the_old_key_to_the_router() -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=0.1)
    bench.client_beats(OTHER_KEY, 8, after=20.0)
    bench.wait(5.0)

    bench.keeper.reauthenticated(None, bench.now)
    bench.keeper.told_success(None, bench.now)  # the same Success, repeated
    told = bench.now - BEGAN
    bench.wait(1.0)

    assert bench.beats == [(round(told + TAKEOVER_WAIT, 3), Heartbeat(OTHER_KEY, 9))]
    assert not bench.keeper.wants_to_hear


# Probes.


def test_a_probe_is_answered_at_once_with_its_own_identifier_and_nothing_else_new() -> None:
    bench = Bench().begin()

    assert bench.keeper.answer_identity(0xA5, bench.now)

    ((at, answer),) = bench.sent
    assert at == BEGAN
    assert answer[BODY_OFFSET + 1] == 0xA5
    assert answer[: BODY_OFFSET + 1] == IDENTITY_RESPONSE[: BODY_OFFSET + 1]
    assert answer[BODY_OFFSET + 2 :] == IDENTITY_RESPONSE[BODY_OFFSET + 2 :]
    assert bench.of(ProbeAnswered) == [ProbeAnswered(0xA5)]


@pytest.mark.parametrize("response", [None, b"", IDENTITY_RESPONSE[: BODY_OFFSET + 1]])
def test_without_a_response_to_remember_a_probe_is_not_answered(response: bytes | None) -> None:
    bench = Bench(identity_response=response).begin()

    assert not bench.keeper.answer_identity(1, bench.now)
    assert bench.sent == []


def test_probes_do_not_disturb_the_heartbeats() -> None:
    bench = Bench().begin()
    bench.wait(1.0)
    for _ in range(12):
        bench.keeper.answer_identity(1, bench.now)
        bench.wait(5.0)

    assert [at for at, _ in bench.beats] == pytest.approx(
        [TAKEOVER_WAIT, TAKEOVER_WAIT + INTERVAL, TAKEOVER_WAIT + 2 * INTERVAL]
    )
    assert bench.keeper.progress.source is Source.SERVER


# What is shown, and what is kept.


def test_nothing_keeps_the_session_alive_before_the_takeover() -> None:
    progress = Bench().begin().keeper.progress

    assert (progress.source, progress.number, progress.sent) == (None, None, 0)
    assert progress.last is None


def test_the_clients_heartbeats_are_shown_before_the_takeover_too() -> None:
    bench = Bench(grant=None).begin()
    bench.client_beats(OTHER_KEY, 7, after=2.0)

    progress = bench.keeper.progress
    assert (progress.number, progress.sent, progress.last) == (7, 0, BEGAN + 2.0)


def test_the_last_number_and_the_count_of_the_routers_own_are_shown() -> None:
    bench = Bench().begin()
    bench.client_beats(KEY, 0x102B, after=0.1)
    bench.wait(2 * INTERVAL)

    progress = bench.keeper.progress
    assert (progress.source, progress.number, progress.sent) == (Source.SERVER, 0x102D, 2)
    assert progress.last == pytest.approx(BEGAN + 0.1 + 2 * INTERVAL)


def test_answered_probes_are_shown_as_what_keeps_the_session_alive() -> None:
    bench = Bench(grant=None).begin()
    bench.wait(60.0)
    bench.keeper.answer_identity(1, bench.now)

    progress = bench.keeper.progress
    assert (progress.source, progress.last) == (Source.PROBE, BEGAN + 60.0)


def test_each_number_is_written_down_before_it_is_sent() -> None:
    order: list[tuple[str, int | None]] = []

    class InOrder(Bench):
        def act(self, action: object) -> None:
            if isinstance(action, SendToServer):
                order.append(("sent", Heartbeat.parse(action.frame).number))

        def save(self) -> None:
            order.append(("next", self.keeper.resume_point.next_number))

    bench = InOrder(identity_response=None)
    bench.keeper.begin(client_may_teach=False, now=BEGAN)

    bench.keeper.handle_timer(BEGAN)
    bench.keeper.handle_timer(BEGAN + INTERVAL)

    assert order == [
        ("next", FIRST_NUMBER + 1),
        ("sent", FIRST_NUMBER),
        ("next", FIRST_NUMBER + 2),
        ("sent", FIRST_NUMBER + 1),
    ]


def test_a_restart_before_the_takeover_would_go_on_from_what_is_known() -> None:
    granted, bare = Bench().begin(), Bench(grant=None).begin()
    assert granted.keeper.resume_point == ResumePoint(KEY, FIRST_NUMBER, Source.SERVER)
    assert bare.keeper.resume_point == ResumePoint(None, None, None)

    bare.client_beats(OTHER_KEY, 7, after=1.0)

    assert bare.saved[-1] == ResumePoint(OTHER_KEY, 8, Source.CLIENT)


# Going on after a restart.


def test_a_kept_session_goes_on_with_its_next_number_when_that_falls_due() -> None:
    bench = Bench(grant=None)
    bench.now += 3.0

    bench.keeper.go_on(kept(), bench.now)
    bench.wait(60.0)

    assert bench.beats == [
        (INTERVAL, Heartbeat(KEY, 0x2000)),
        (2 * INTERVAL, Heartbeat(KEY, 0x2001)),
    ]
    assert bench.keeper.progress.source is Source.SERVER


def test_a_kept_session_whose_heartbeat_is_overdue_sends_it_at_once() -> None:
    bench = Bench(grant=None)
    bench.now += 29.0

    bench.keeper.go_on(kept(), bench.now)
    bench.wait(0.0)

    assert bench.beats == [(29.0, Heartbeat(KEY, 0x2000))]


def test_a_session_kept_before_its_first_heartbeat_sends_it_at_once() -> None:
    bench = Bench(grant=None)

    bench.keeper.go_on(kept(last_heartbeat=None, since=BEGAN - 2.0), bench.now)
    bench.wait(0.0)

    assert bench.numbers == [0x2000]


@pytest.mark.parametrize(
    ("session", "longest"),
    [
        (kept(interval=20), 20.0),
        (kept(interval=300), 300.0),
        (kept(interval=0xFFFFFFFF), 3600.0),
        (kept(interval=None, source="client"), INTERVAL),
        (kept(key=None, next_number=None, interval=None, source="probe"), PROBE_HOLD),
        (
            kept(
                key=None,
                next_number=None,
                interval=None,
                source=None,
                last_heartbeat=None,
                since=BEGAN,
            ),
            INTERVAL,
        ),
    ],
)
def test_a_session_may_be_alive_for_as_long_as_the_server_waits(
    session: KeptSession, longest: float
) -> None:
    bench = Bench(grant=None)
    bench.keeper.go_on(session, BEGAN + 1.0)

    assert bench.keeper.may_still_hold(BEGAN + longest)
    assert not bench.keeper.may_still_hold(BEGAN + longest + 0.1)


@pytest.mark.parametrize("source", ["server", "probe"])
def test_a_session_from_a_time_that_is_still_to_come_is_not_believed(source: str) -> None:
    bench = Bench(grant=None)
    session = kept(source=source)
    if source == "probe":
        session = replace(session, key=None, next_number=None)

    bench.keeper.go_on(session, BEGAN - 500.0)

    assert not bench.keeper.may_still_hold(BEGAN - 500.0)


def test_a_session_kept_without_a_key_can_still_learn_one() -> None:
    bench = Bench(grant=None)
    bench.keeper.go_on(kept(key=None, next_number=None, source="probe"), bench.now)

    assert bench.client_beats(OTHER_KEY, 7)
    assert bench.client_beats(OTHER_KEY, 8, after=20.0)

    assert bench.of(TookOver) == [TookOver(Source.CLIENT, 9, INTERVAL)]


def test_each_heartbeat_is_told_of() -> None:
    bench = Bench().begin()

    bench.wait(30.0)

    assert bench.of(HeartbeatSent) == [HeartbeatSent(FIRST_NUMBER), HeartbeatSent(FIRST_NUMBER + 1)]
