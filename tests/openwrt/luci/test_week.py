"""The last days on the overview: bands that are drawn in the page, and told in words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from ruijie_proxy.cli.watching.week import BandState, MarkKind
from ruijie_proxy.cli.watching.week_json import MOST_MARKS, MOST_SPANS
from tests.daemon_answer import ONLINE
from tests.openwrt.luci.conftest import PHONE, WIDE, OpenPage
from tests.openwrt.luci.router import Outcome, Rights, Router
from tests.openwrt.luci.samples import NO_DAEMON, STATUS, WEEK, happened, status, week

HOSTILE = "<img src=x onerror=\"console.error('run')\"><script>console.error('run')</script>"
A_DROP = "the server ended the session: “您已被强制下线”"
A_WEEK = [
    happened(-7, 0, "daemon-started", None),
    happened(-7, 0, "went-online"),
    happened(-3, 12, "dropped", text=A_DROP),
    happened(-3, 18, "login-succeeded", text="Success"),
    happened(-3, 18, "went-online"),
]
MINUTE = 60_000


def band(page: Page, day: int, session: str = "campus") -> Locator:
    """Return the drawing of a day: 0 is today, -6 the first."""
    return page.locator(f'[data-week="{session}"] [data-day]').nth(day + 6).locator("> svg")


def drawn(page: Page, day: int) -> list[tuple[str, float, float]]:
    """Return the states of a day, with where they begin and how long they are, in percent."""
    rects = band(page, day).locator("rect[data-state]")
    return [
        (
            one.get_attribute("data-state") or "",
            float((one.get_attribute("x") or "").rstrip("%")),
            float((one.get_attribute("width") or "").rstrip("%")),
        )
        for one in rects.all()
    ]


def point_at(page: Page, day: int, share: float) -> list[str]:
    """Point at a place in a day with the mouse; return what is told."""
    box = band(page, day).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    return page.locator('[data-week] [data-name="told"]').first.inner_text().splitlines()


def opened_list(page: Page) -> list[str]:
    """Open the first session's list; return its items."""
    page.locator("[data-week] summary").first.click()
    items = page.locator("[data-week] details").first.locator("li")
    expect(items.first).to_be_visible()
    return items.all_inner_texts()


def poll(page: Page) -> None:
    """Have the page ask how things stand, and get its answer."""
    with page.expect_response(lambda one: '"status"' in (one.request.post_data or "")):
        page.clock.run_for(10_000)


def week_of(**more: Any) -> Outcome:
    """Return an answer with something else in its one session."""
    document = json.loads(week(*A_WEEK).stdout)
    document["sessions"][0] |= more
    return Outcome(stdout=json.dumps(document))


def test_each_day_is_a_band_of_what_the_session_was(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    page = open_page()

    expect(page.locator("[data-day]")).to_have_count(7)
    assert drawn(page, -6) == [("online", 0, 100)]
    assert drawn(page, -3) == [("online", 0, 50), ("waiting", 50, 25), ("online", 75, 25)]
    ((state, begin, until_now),) = drawn(page, 0)
    assert (state, begin) == ("online", 0)
    assert 54 < until_now < 55
    assert page.locator("[data-day] span").all_inner_texts() == [
        *("Tue 17", "Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22", "Mon 23"),
    ]


def test_the_share_of_the_time_online_is_told(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    share = open_page().locator('[data-name="share"]')
    expect(share).to_have_text("Online 96.1 % of the last 7 days.")

    router.programs[WEEK] = week(happened(-1, 0, "went-online"))
    expect(open_page().locator('[data-name="share"]')).to_have_text(
        "Online 100.0 % of 37.1 h; of the rest of the last 7 days nothing is known."
    )
    router.programs[WEEK] = week()
    expect(open_page().locator('[data-name="share"]')).to_have_text(
        "Nothing is known of the last 7 days."
    )


def test_drops_and_logins_are_marked(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    page = open_page()

    marks = band(page, -3).locator("[data-mark]")
    assert marks.evaluate_all("nodes => nodes.map(n => [n.dataset.mark, n.getAttribute('x')])") == [
        ["drop", "50.000%"],
        ["login", "75.000%"],
    ]
    expect(page.locator("[data-day] [data-mark]")).to_have_count(2)


def test_who_points_at_a_drop_reads_its_text(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    page = open_page()
    expect(page.locator("[data-week]")).to_have_count(1)

    assert point_at(page, -3, 0.505) == [f"2026-11-20 12:00:00 – Dropped: {A_DROP}"]
    assert point_at(page, -3, 0.75) == ["2026-11-20 18:00:00 – Logged in: Success"]
    assert point_at(page, -3, 0.62) == [
        "2026-11-20 12:00:00 – 2026-11-20 18:00:00: Waiting or logging in"
    ]


def test_a_finger_is_as_good_as_a_mouse(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    page = open_page(size=PHONE)
    expect(page.locator("[data-week]")).to_have_count(1)
    box = band(page, -3).bounding_box()
    assert box is not None
    where = {"clientX": box["x"] + box["width"] / 2 + 5, "clientY": box["y"], "bubbles": True}
    band(page, -3).dispatch_event("pointerdown", {**where, "pointerType": "touch"})

    expect(page.locator('[data-week] [data-name="told"]')).to_contain_text(A_DROP)


def test_drops_that_lie_close_together_are_all_told(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(
        happened(-2, 0, "daemon-started", None),
        *[
            each
            for number in range(2)
            for each in (
                happened(-1, 12 + number / 60, "went-online"),
                happened(-1, 12 + number / 60, "dropped", text=f"drop {number}"),
            )
        ],
    )
    page = open_page()
    expect(page.locator("[data-week]")).to_have_count(1)

    assert [one for one in point_at(page, -1, 0.5) if "Dropped" in one] == [
        "2026-11-22 12:00:00 – Dropped: drop 0",
        "2026-11-22 12:01:00 – Dropped: drop 1",
    ]


def test_all_of_it_can_be_read_as_a_list(router: Router, open_page: OpenPage) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    page = open_page()

    assert opened_list(page) == [
        "2026-11-20 18:00:00 – 2026-11-23 13:04:00: Online",
        "2026-11-20 18:00:00 – Logged in: Success",
        "2026-11-20 12:00:00 – 2026-11-20 18:00:00: Waiting or logging in",
        f"2026-11-20 12:00:00 – Dropped: {A_DROP}",
        "2026-11-17 00:00:00 – 2026-11-20 12:00:00: Online",
    ]


def test_a_screen_reader_is_told_what_the_drawing_shows(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[WEEK] = week(*A_WEEK)

    expect(
        open_page().get_by_role("img", name="campus: Online 96.1 % of the last 7 days. Drops: 1.")
    ).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_each_state_has_a_word_and_a_look_of_its_own(
    router: Router, open_page: OpenPage, language: str
) -> None:
    router.language = language
    begin, end = "2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z"
    spans = [{"begin": begin, "end": end, "state": state.value} for state in BandState]
    marks = [{"at": begin, "kind": kind.value, "event": "noted", "text": "x"} for kind in MarkKind]
    router.programs[WEEK] = week_of(spans=spans, marks=marks)
    page = open_page()

    legend = page.locator('[data-name="legend"] > span')
    expect(legend).to_have_count(len(BandState) + 2)
    words = legend.all_inner_texts()
    assert len(set(words)) == len(words)
    assert not {word.lower() for word in words} & {state.value for state in BandState} - {
        "online",
        "refused",
        "unknown",
    }
    assert language == "en" or not any(word.isascii() for word in words)
    looks = legend.locator("rect").evaluate_all(
        "nodes => nodes.map(n => [n.getAttribute('y'), n.getAttribute('height'),"
        " n.getAttribute('fill').startsWith('url') ? n.getAttribute('fill') : 'plain'].join())"
    )
    assert len(set(looks)) == len(BandState)

    told = opened_list(page)
    assert not any(f": {state.value}" in one for one in told for state in BandState)
    assert not any(f"– {kind.value}:" in one for one in told for kind in MarkKind)


def test_a_state_that_is_not_known_yet_is_shown_as_it_is(
    router: Router, open_page: OpenPage
) -> None:
    begin, end = "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"
    router.programs[WEEK] = week_of(
        spans=[{"begin": begin, "end": end, "state": "resting"}],
        marks=[{"at": begin, "kind": "blink", "text": "so"}],
    )
    page = open_page()

    told = " ".join(opened_list(page))
    assert ": resting" in told
    assert "– blink: so" in told


def test_a_day_on_which_the_clocks_change_says_how_long_it_is(
    router: Router, open_page: OpenPage
) -> None:
    document = json.loads(week(*A_WEEK).stdout)
    document["days"] = [
        {"begin": "2026-10-25T00:00:00+02:00", "end": "2026-10-26T00:00:00+01:00"},
        {"begin": "2026-03-29T00:00:00+01:00", "end": "2026-03-30T00:00:00+02:00"},
    ]
    router.programs[WEEK] = Outcome(stdout=json.dumps(document))

    labels = open_page().locator("[data-day] span")
    expect(labels).to_have_text(["Sun 25 (25 h)", "Sun 29 (23 h)"])


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_ten_sessions_and_as_much_as_is_ever_told_stay_on_the_page(
    router: Router, open_page: OpenPage, size: tuple[int, int]
) -> None:
    names = [f"room-{number}" + "x" * 40 for number in range(10)]
    lines = [
        happened(-6, number / 10, name, session, text=name * 30)
        for number in range(1, 1000)
        for session in names
        for name in ("went-online", "dropped")
    ]
    router.programs[WEEK] = week(*lines, sessions=names)
    page = open_page(size=size)

    expect(page.locator("[data-week]")).to_have_count(10)
    assert page.locator("rect[data-state]").count() <= MOST_SPANS + 10 * 7
    assert page.locator("[data-mark]").count() <= MOST_MARKS
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert "older events are left out" in opened_list(page)[-1]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_html_in_the_chart_is_shown_as_text(router: Router, open_page: OpenPage) -> None:
    begin, end = "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"
    router.programs[WEEK] = week_of(
        session=HOSTILE,
        spans=[{"begin": begin, "end": end, "state": HOSTILE}],
        marks=[{"at": begin, "kind": kind, "text": HOSTILE} for kind in ("drop", HOSTILE)],
    )
    page = open_page()
    told = " ".join(opened_list(page))

    assert told.count(HOSTILE) == 4
    expect(page.locator("[data-week] h4")).to_have_text(HOSTILE)
    expect(page.locator("#view img, #view script")).to_have_count(0)


@pytest.mark.parametrize(
    "more",
    [
        {"spans": None, "marks": None, "seconds": None, "online_share": None},
        {"spans": [7, None, {}], "marks": [7, None, {}], "seconds": 7, "online_share": "x"},
        {"spans": [{"begin": "x", "end": "y"}], "marks": [{"at": "x", "kind": "drop"}]},
        {"marks": [{"at": "2026-11-20T00:00:00Z", "kind": "constructor", "text": None}]},
    ],
    ids=str,
)
def test_an_answer_that_makes_no_sense_breaks_nothing(
    router: Router, open_page: OpenPage, more: dict[str, Any]
) -> None:
    router.programs[WEEK] = week_of(**more)
    page = open_page()

    expect(page.locator("[data-day]")).to_have_count(7)
    page.locator("[data-week] summary").click()
    assert point_at(page, -3, 0.5)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Outcome(0, "no JSON"), "no JSON"),
        (Outcome(0, "[]"), "[]"),
        (Outcome(1, stderr="journal.jsonl cannot be read: no such disk\n"), "no such disk"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_keeps_the_chart_from_being_drawn_is_told(
    router: Router, open_page: OpenPage, answer: Outcome, told: str
) -> None:
    router.programs[WEEK] = answer
    expect(open_page().locator("#ruijie-proxy-week")).to_contain_text(told)


def test_who_may_only_look_sees_the_chart(router: Router, open_page: OpenPage) -> None:
    router.rights = Rights(readable=("luci-app-ruijie-proxy",), writable=())
    router.programs[WEEK] = week(*A_WEEK)

    expect(open_page().locator("[data-day]")).to_have_count(7)
    assert router.refused == []


def test_the_week_is_shown_although_nothing_runs(router: Router, open_page: OpenPage) -> None:
    router.programs |= {STATUS: NO_DAEMON, WEEK: week(*A_WEEK)}

    expect(open_page().locator("[data-day]")).to_have_count(7)


def asked_for_the_week(router: Router) -> int:
    return sum("--chart" in command for command in router.commands)


def test_it_is_drawn_anew_when_the_journal_has_what_changed(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[WEEK] = week(*A_WEEK)
    page = open_page()
    expect(page.locator("[data-mark]").first).to_be_attached()
    opened_list(page)
    poll(page)
    poll(page)
    assert asked_for_the_week(router) == 1

    router.programs[STATUS] = status({**ONLINE, "state": "link-down"})
    router.programs[WEEK] = week(*A_WEEK, happened(0, 12, "link-lost", text="the link is gone"))
    poll(page)
    expect(page.locator('[data-name="state"]')).to_have_text("No link on the WAN port")
    poll(page)
    assert asked_for_the_week(router) == 1
    poll(page)

    # The list that was open is so still.
    expect(page.locator("[data-week] li").nth(1)).to_contain_text("the link is gone")
    assert asked_for_the_week(router) == 2


def test_it_is_drawn_anew_every_quarter_of_an_hour(router: Router, open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("[data-week]")).to_have_count(1)
    router.programs[WEEK] = week(*A_WEEK)
    page.clock.fast_forward(16 * MINUTE)
    poll(page)

    expect(page.locator("[data-mark]").first).to_be_attached()
    assert asked_for_the_week(router) == 2
