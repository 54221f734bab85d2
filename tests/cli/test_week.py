"""The last days as bands: what the journal says, and what it leaves open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from ruijie_proxy.cli.watching.week import (
    Band,
    BandState,
    MarkKind,
    Span,
    bands,
    cells,
    coarse,
    online_share,
    times_in_order,
    within,
)
from ruijie_proxy.cli.watching.week_days import hours_of, last_days
from ruijie_proxy.cli.watching.week_json import MOST_MARKS, MOST_SPANS, week_json

NOW = 100.0
"""Hours after the beginning: the tests count in these."""
ONLINE, WAITING, REFUSED = BandState.ONLINE, BandState.WAITING, BandState.REFUSED
CLOSED, LINK_DOWN = BandState.CLOSED, BandState.LINK_DOWN
LOGGED_OFF, NOT_RUNNING, UNKNOWN = (
    BandState.LOGGED_OFF,
    BandState.NOT_RUNNING,
    BandState.UNKNOWN,
)


def event(hour: float, name: str, session: str | None = "dorm", **detail: Any) -> dict[str, Any]:
    at = datetime.fromtimestamp(hour * 3600, UTC).isoformat(timespec="seconds")
    text = detail.pop("text", name)
    return {"session": session, "event": name, "at": at, "text": text, "detail": detail}


def started(hour: float) -> dict[str, Any]:
    return event(hour, "daemon-started", None)


def stopped(hour: float) -> dict[str, Any]:
    return event(hour, "daemon-stopped", None)


def band(*lines: dict[str, Any], begin: float = 0, runs: bool = True) -> Band:
    (found,) = bands(lines, ["dorm"], begin * 3600, NOW * 3600, runs=runs)
    return found


def told(found: Band) -> list[tuple[float, BandState]]:
    """Return when, in hours, it became what."""
    return [(span.begin / 3600, span.state) for span in found.spans]


def marked(found: Band) -> list[tuple[float, MarkKind, str]]:
    return [(mark.at / 3600, mark.kind, mark.line["text"]) for mark in found.marks]


ONLINE_SINCE_10 = [
    started(9),
    event(10, "own-login-begun"),
    event(10, "login-succeeded", text="Success"),
    event(10, "went-online", own=True),
]


def test_a_session_waits_from_the_daemons_start_and_is_online_from_its_login() -> None:
    found = band(*ONLINE_SINCE_10)

    assert told(found) == [(0, UNKNOWN), (9, WAITING), (10, ONLINE)]
    assert marked(found) == [(10, MarkKind.LOGIN, "Success")]
    assert found.spans[-1].end == NOW * 3600


def test_a_full_reauthentication_every_hour_is_no_login() -> None:
    proofs = [event(11 + hour, "login-succeeded") for hour in range(24)]

    assert marked(band(*ONLINE_SINCE_10, *proofs)) == [(10, MarkKind.LOGIN, "Success")]


def test_a_drop_is_marked_with_what_the_server_said() -> None:
    found = band(
        *ONLINE_SINCE_10,
        event(20, "dropped", text="ended: 您已被强制下线"),
        event(20, "next-try-planned", hours=None),
        event(20, "went-offline"),
    )

    assert told(found)[-1] == (20, WAITING)
    assert marked(found)[1:] == [(20, MarkKind.DROP, "ended: 您已被强制下线")]


def test_an_end_that_nothing_explains_is_a_drop_all_the_same() -> None:
    found = band(*ONLINE_SINCE_10, event(20, "went-offline", text="offline"))

    assert told(found)[-1] == (20, WAITING)
    assert marked(found)[1:] == [(20, MarkKind.DROP, "offline")]


def test_a_login_anew_because_of_a_doubt_is_explained_by_it() -> None:
    doubt = event(20, "session-doubtful", text="the switch fell silent")
    anew = (event(21, "went-offline"), event(21, "own-login-begun"))

    assert marked(band(*ONLINE_SINCE_10, doubt, *anew))[1:] == [
        (21, MarkKind.DROP, "the switch fell silent")
    ]
    confirmed = event(20, "session-confirmed")
    assert marked(band(*ONLINE_SINCE_10, doubt, confirmed, *anew))[1:] == [
        (21, MarkKind.DROP, "went-offline")
    ]


def test_a_proof_that_comes_to_no_result_ends_nothing() -> None:
    assert told(band(*ONLINE_SINCE_10, event(20, "login-timed-out")))[-1] == (10, ONLINE)


def test_refusals_that_say_the_same_are_one_span_and_one_mark() -> None:
    tries = [
        each
        for hour in (10, 11, 12)
        for each in (
            event(hour, "own-login-begun"),
            event(hour, "login-refused", own=True, text="密码错误"),
            event(hour, "next-try-planned", hours=None),
        )
    ]
    found = band(started(9), *tries, event(13, "login-refused", own=True, text="不在时段"))

    assert told(found)[1:] == [(9, WAITING), (10, REFUSED)]
    assert marked(found) == [
        (10, MarkKind.REFUSAL, "密码错误"),
        (13, MarkKind.REFUSAL, "不在时段"),
    ]


def test_a_switch_that_does_not_answer_any_more_refuses_no_longer() -> None:
    refused = [started(9), event(10, "login-refused"), event(11, "own-login-begun")]

    assert told(band(*refused))[-1] == (10, REFUSED)
    assert told(band(*refused, event(11, "login-timed-out")))[-1] == (11, WAITING)


def test_who_waits_for_the_campuss_hours_is_outside_of_them_until_the_next_try() -> None:
    found = band(
        *ONLINE_SINCE_10,
        event(23, "dropped"),
        event(23, "next-try-planned", hours="06:00-23:00"),
        event(23, "went-offline"),
        event(30, "own-login-begun"),
        event(30, "went-online"),
    )

    assert told(found)[2:] == [(10, ONLINE), (23, CLOSED), (30, ONLINE)]


def test_a_link_that_comes_back_in_time_is_a_gap_and_no_login() -> None:
    found = band(
        *ONLINE_SINCE_10,
        event(20, "link-lost", text="no link"),
        event(20, "went-offline"),
        event(21, "link-back", session_goes_on=True),
        event(21, "went-online"),
    )

    assert told(found)[2:] == [(10, ONLINE), (20, LINK_DOWN), (21, ONLINE)]
    assert marked(found)[1:] == [(20, MarkKind.DROP, "no link")]


def test_who_was_refused_is_so_again_when_the_link_is_back() -> None:
    found = band(
        started(9),
        event(10, "login-refused"),
        event(20, "link-lost"),
        event(21, "link-back", session_goes_on=False),
    )

    assert told(found)[2:] == [(10, REFUSED), (20, LINK_DOWN), (21, REFUSED)]


def test_a_logoff_that_the_user_wanted_is_no_drop() -> None:
    found = band(*ONLINE_SINCE_10, event(20, "logged-off"), event(20, "went-offline"))

    assert told(found)[-1] == (20, LOGGED_OFF)
    assert marked(found)[1:] == [(20, MarkKind.LOGOFF, "logged-off")]


def test_who_logs_off_a_clients_session_waits_for_the_next_client() -> None:
    found = band(
        started(9),
        event(10, "went-online", own=False),
        event(20, "logged-off"),
        event(20, "went-offline"),
    )

    assert told(found)[-1] == (20, WAITING)
    assert marked(found)[1:] == [(20, MarkKind.LOGOFF, "logged-off")]


def test_a_daemon_that_was_stopped_does_not_run_until_it_starts() -> None:
    found = band(*ONLINE_SINCE_10, stopped(20), started(30), event(30, "resumed"))

    assert told(found)[2:] == [(10, ONLINE), (20, NOT_RUNNING), (30, ONLINE)]


def test_what_became_of_a_killed_daemon_is_not_known_from_its_last_sign() -> None:
    of_another = event(25, "noted", "attic")
    found = band(*ONLINE_SINCE_10, of_another, started(30), event(31, "went-online"))

    assert told(found)[2:] == [(10, ONLINE), (25, UNKNOWN), (30, WAITING), (31, ONLINE)]


def test_a_kept_session_that_is_let_go_at_the_start_was_not_logged_off_by_the_user() -> None:
    found = band(
        *ONLINE_SINCE_10,
        stopped(20),
        started(30),
        event(30, "too-late-to-resume"),
        event(30, "logged-off"),
    )

    assert told(found)[-1] == (30, WAITING)


def test_a_session_that_goes_on_after_a_crash_was_held_until_then() -> None:
    found = band(*ONLINE_SINCE_10, started(30), event(30, "resumed"), event(30, "went-online"))

    assert told(found)[2:] == [(10, ONLINE)]
    assert marked(found) == [(10, MarkKind.LOGIN, "Success")]


def test_a_session_that_a_portal_still_lets_in_after_a_crash_was_held_until_then() -> None:
    found = band(
        *ONLINE_SINCE_10,
        started(30),
        event(30, "portal-login-begun"),
        event(31, "portal-adopted"),
        event(31, "went-online"),
    )

    assert told(found)[2:] == [(10, ONLINE)]
    assert marked(found) == [(10, MarkKind.LOGIN, "Success")]


def test_a_portal_that_nobody_hears_is_waited_for() -> None:
    found = band(started(9), event(10, "login-refused"), event(50, "portal-silent"))

    assert told(found)[-1] == (50, WAITING)


def test_without_a_daemon_now_nothing_is_known_behind_its_last_line() -> None:
    assert told(band(*ONLINE_SINCE_10, event(20, "noted"), runs=False))[-1] == (20, UNKNOWN)
    assert told(band(*ONLINE_SINCE_10, stopped(20), runs=False))[-1] == (20, NOT_RUNNING)


def test_a_journal_that_begins_in_the_midst_knows_nothing_of_before() -> None:
    found = band(event(50, "heartbeat-mismatch"), event(60, "dropped"))

    assert told(found) == [(0, UNKNOWN), (60, WAITING)]


def test_what_happened_before_the_first_day_says_how_it_begins() -> None:
    found = band(*ONLINE_SINCE_10, event(60, "dropped"), begin=50)

    assert told(found) == [(50, ONLINE), (60, WAITING)]
    assert [at for at, _kind, _text in marked(found)] == [60]


def test_no_journal_at_all_is_a_week_of_which_nothing_is_known() -> None:
    found = band()

    assert told(found) == [(0, UNKNOWN)]
    assert online_share(found.seconds) is None


def test_sessions_do_not_disturb_each_other() -> None:
    attic = event(20, "dropped", "attic")
    first, second = bands([*ONLINE_SINCE_10, attic], ["dorm", "attic"], 0, NOW * 3600, runs=True)

    assert told(first)[-1] == (10, ONLINE)
    assert told(second)[1:] == [(9, WAITING)]
    assert (first.session, second.session) == ("dorm", "attic")


# Clocks.


def test_a_router_that_boots_with_a_clock_days_behind_is_put_into_its_place() -> None:
    found = band(
        *ONLINE_SINCE_10,
        *[event(hour, "session-confirmed") for hour in range(20, 71)],
        started(12),  # by a clock that begins with the firmware's date
        event(12, "own-login-begun"),
        event(80, "went-online"),
    )

    assert told(found)[2:] == [(10, ONLINE), (70, UNKNOWN), (80, ONLINE)]


def test_an_event_of_the_future_counts_as_of_the_next_that_is_believed() -> None:
    found = band(*ONLINE_SINCE_10, event(5000, "dropped"), event(20, "went-online"))

    assert told(found)[2:] == [(10, ONLINE)]
    assert told(band(*ONLINE_SINCE_10, event(5000, "dropped")))[-1] == (9, WAITING)


@pytest.mark.parametrize("at", ["", "yesterday", "9999-12-31T23:59:59-23:59", "0001-01-01"])
def test_a_line_without_a_time_still_says_what_happened(at: str) -> None:
    found = band(*ONLINE_SINCE_10, {**event(0, "dropped"), "at": at}, event(20, "own-login-begun"))

    assert told(found)[2:] == [(10, ONLINE), (20, WAITING)]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([], []),
        ([1, 2, 3], [1, 2, 3]),
        ([5, 5, 5], [5, 5, 5]),
        ([1, 2, 90, 3, 4], [1, 2, 3, 3, 4]),
        ([50, 51, 1, 2, 52, 53], [50, 51, 52, 52, 52, 53]),
        ([None, 2, None], [2, 2, 2]),
        ([101, 102], [100, 100]),
        ([7, 8, 200], [7, 8, 8]),
    ],
    ids=str,
)
def test_as_many_times_are_believed_as_do_not_contradict_each_other(
    stamps: list[float | None], expected: list[float]
) -> None:
    assert times_in_order(stamps, 100) == expected


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 10, 27, 12, tzinfo=UTC), [24, 24, 24, 24, 25, 24, 24]),
        (datetime(2026, 3, 31, 12, tzinfo=UTC), [24, 24, 24, 24, 23, 24, 24]),
        (datetime(2026, 6, 3, 12, tzinfo=UTC), [24] * 7),
    ],
    ids=["autumn", "spring", "summer"],
)
def test_days_go_from_midnight_to_midnight_also_when_the_clocks_change(
    berlin: None, now: datetime, hours: list[float]
) -> None:
    days = last_days(now.timestamp())

    assert [hours_of(*day) for day in days] == hours
    assert all(datetime.fromtimestamp(begin).hour == 0 for begin, _end in days)
    assert days[-1][0] < now.timestamp() < days[-1][1]


# Shares, pieces, and what is too much.


def test_the_share_is_of_the_time_that_is_known_and_never_rounded_up() -> None:
    assert online_share({ONLINE: 75, WAITING: 25, UNKNOWN: 900}) == 0.75
    assert online_share({ONLINE: 99_999, WAITING: 1}) == 0.9999
    assert online_share({UNKNOWN: 900}) is None


def test_a_cell_is_what_the_session_was_for_the_longest_in_it() -> None:
    spans = [Span(0, 7, ONLINE), Span(7, 9, WAITING), Span(9, 14, LINK_DOWN)]

    assert cells(spans, 0, 20, 4) == [ONLINE, ONLINE, LINK_DOWN, None]
    assert within(spans, 8, 10) == [Span(8, 9, WAITING), Span(9, 10, LINK_DOWN)]


def test_too_many_spans_are_drawn_coarser_and_counted_exactly() -> None:
    spans = [Span(n, n + 1, WAITING if n % 10 == 9 else ONLINE) for n in range(1000)]

    assert coarse(spans, 2000) == tuple(spans)
    assert coarse(spans, 100) == (Span(0, 1000, ONLINE),)


def test_thousands_of_events_of_ten_sessions_are_bounded_and_quick() -> None:
    sessions = [f"s{number}" for number in range(10)]
    lines = [
        event(1 + number / 500, name, session)
        for number in range(2000)
        for session in sessions
        for name in ("went-online", "dropped")
    ]
    begun = time.process_time()
    found = bands(lines, sessions, 0, NOW * 3600, runs=True)
    answer = week_json(found, last_days(NOW * 3600), NOW * 3600)

    assert time.process_time() - begun < 10
    assert sum(len(one["spans"]) for one in answer["sessions"]) <= MOST_SPANS
    assert sum(len(one["marks"]) for one in answer["sessions"]) <= MOST_MARKS
    assert answer["sessions"][0]["marks_left_out"] == 4000 - MOST_MARKS // 10
