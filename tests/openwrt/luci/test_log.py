"""The page with the log, and with the history that outlives a restart."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.openwrt.luci.conftest import PHONE, WIDE, OpenPage
from tests.openwrt.luci.router import Outcome, Rights, Router
from tests.openwrt.luci.samples import LOGREAD, LONG_HISTORY, event, history

LINES = "".join(
    f"Mon Nov 23 13:{minute:02}:00 2026 daemon.info ruijie-proxy[1234]: heartbeat sent\n"
    for minute in range(60)
)
HOSTILE = "</textarea><img src=x onerror=\"console.error('run')\">"


@pytest.fixture
def router(router: Router) -> Router:
    """Return a router whose log and journal hold something."""
    router.programs |= {
        LOGREAD: Outcome(0, LINES),
        LONG_HISTORY: history(event("first", time="12:00:00"), event("second", "error")),
    }
    return router


def test_the_log_is_shown_with_its_end(open_page: OpenPage) -> None:
    area = open_page("log").locator("textarea")
    assert area.input_value() == LINES.strip()
    page = area.page
    page.clock.run_for(100)
    assert area.evaluate("node => node.scrollTop + node.clientHeight >= node.scrollHeight - 1")


def test_the_history_ends_with_the_newest(open_page: OpenPage) -> None:
    texts = open_page("log").locator('td[data-title="What happened"]')
    expect(texts).to_have_text(["first", "second"])


def test_refreshing_reads_both_again(router: Router, open_page: OpenPage) -> None:
    page = open_page("log")
    router.programs |= {
        LOGREAD: Outcome(0, f"{LINES}the end\n"),
        LONG_HISTORY: history(event("third")),
    }
    page.locator('[data-action="refresh"]').click()
    expect(page.locator('td[data-title="What happened"]')).to_have_text(["third"])
    assert page.locator("textarea").input_value().endswith("the end")


def test_an_empty_log_says_so(router: Router, open_page: OpenPage) -> None:
    router.programs |= {LOGREAD: Outcome(), LONG_HISTORY: Outcome()}
    page = open_page("log")
    expect(page.locator("#ruijie-proxy-log")).to_have_text("The log says nothing of ruijie-proxy.")
    expect(page.locator("#ruijie-proxy-history")).to_have_text("Nothing has happened yet.")


def test_damaged_lines_of_the_journal_are_mentioned(router: Router, open_page: OpenPage) -> None:
    whole = history(event("whole")).stdout
    router.programs[LONG_HISTORY] = Outcome(0, whole, "3 lines are damaged.\n")
    expect(open_page("log").locator("#ruijie-proxy-history")).to_contain_text(
        "3 lines are damaged."
    )


def test_html_in_the_log_is_shown_as_text(router: Router, open_page: OpenPage) -> None:
    router.programs[LOGREAD] = Outcome(0, HOSTILE)
    page = open_page("log")
    assert page.locator("textarea").input_value() == HOSTILE
    expect(page.locator("#view img")).to_have_count(0)


def test_a_log_that_may_not_be_read_says_so(router: Router, open_page: OpenPage) -> None:
    router.rights = Rights(readable=("luci-app-ruijie-proxy-settings",), writable=())
    page = open_page("log", expected_trouble="403")
    expect(page.locator("#ruijie-proxy-log")).to_contain_text("The log cannot be read:")
    expect(page.locator("#ruijie-proxy-history")).to_contain_text(
        "You have no permission for this."
    )


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_the_page_fits_the_screen(
    router: Router, open_page: OpenPage, size: tuple[int, int]
) -> None:
    router.programs[LONG_HISTORY] = history(event("x" * 1000))
    page = open_page("log", size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
