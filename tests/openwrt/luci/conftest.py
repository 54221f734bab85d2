"""A browser that looks at the app's pages on a stand-in for a router."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any, Protocol, cast

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.daemon_answer import ONLINE
from tests.openwrt.luci.router import Outcome, Router, served
from tests.openwrt.luci.samples import ENABLED, HISTORY, LONG_HISTORY, STATUS, WEEK, status, week

REQUIRE_BROWSER = "RUIJIE_PROXY_REQUIRE_BROWSER"
"""Set to 1 (as `make test` does) where no test may go unproved: a missing browser is a failure."""
WIDE = (1100, 900)
PHONE = (380, 800)
"""Width and height in CSS pixels."""

_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-first-run",
]

# What is awaited comes in milliseconds, or when the router's programs beside it are through: on a
# machine that runs the other tests meanwhile, Playwright's five seconds are no bound of a page's.
expect.set_options(timeout=30_000)


_STRAY_WORDS = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode.data);
    return texts.filter(text => /^(null|undefined|\\[object .*)$/.test(text.trim()));
}"""
"""Finds texts that are no words but values: LuCI writes out the null in a list of nodes."""


class OpenPage(Protocol):
    """Opens one of the app's pages."""

    def __call__(
        self,
        view: str = "overview",
        size: tuple[int, int] = WIDE,
        expected_trouble: str | None = None,
    ) -> Page:
        """``expected_trouble``: part of what the browser may complain of."""
        ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start headless Chromium. A module's: while it runs, asyncio's loop is taken."""
    path = shutil.which("chromium")
    if path is None:
        obstacle = "the pages need a browser: install chromium"
        if os.environ.get(REQUIRE_BROWSER, "") not in ("", "0"):
            pytest.fail(f"{obstacle} ({REQUIRE_BROWSER} is set)")
        pytest.skip(obstacle)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=_ARGUMENTS, chromium_sandbox=False
        )
        yield started
        started.close()


@pytest.fixture
def router() -> Router:
    """Return a router with one session online; a test changes what it wants otherwise."""
    return Router(
        programs={
            STATUS: status(ONLINE),
            HISTORY: Outcome(),
            LONG_HISTORY: Outcome(),
            ENABLED: Outcome(0),
            WEEK: week(),
        }
    )


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Page:
    """Return the one tab that all tests of a module use: a new one takes longer than a test."""
    page = browser.new_page()
    page.set_default_timeout(15_000)
    page.clock.install()
    return page


@pytest.fixture
def open_page(tab: Page, router: Router) -> Iterator[OpenPage]:
    """Open pages of the router, in one tab. What fails without being shown fails the test."""
    troubles: list[str] = []
    expected: list[str] = []
    listeners: dict[str, Callable[[Any], None]] = {
        "pageerror": lambda error: troubles.append(str(error)),
        "dialog": lambda dialog: troubles.append(f"dialog: {dialog.message}"),
        "console": lambda message: (
            troubles.append(message.text) if message.type == "error" else None
        ),
    }
    for name, listener in listeners.items():
        tab.on(cast(Any, name), listener)
    with served(router) as address:

        def open_one(
            view: str = "overview",
            size: tuple[int, int] = WIDE,
            expected_trouble: str | None = None,
        ) -> Page:
            expected.extend([expected_trouble] if expected_trouble else [])
            tab.set_viewport_size({"width": size[0], "height": size[1]})
            tab.goto(f"{address}/{view}")
            tab.wait_for_selector("#view h2")
            return tab

        yield open_one
        troubles += tab.evaluate(_STRAY_WORDS)
        tab.goto("about:blank")
    for name, listener in listeners.items():
        tab.remove_listener(name, listener)
    assert [text for text in troubles if not any(part in text for part in expected)] == []
