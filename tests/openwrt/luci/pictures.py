"""Pictures of the overview for the documentation: ``python -m tests.openwrt.luci.pictures``.

Chromium needs a font with Chinese characters (fonts-noto-cjk).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.daemon_answer import ONLINE
from tests.openwrt.luci.router import Outcome, Router, served
from tests.openwrt.luci.samples import ENABLED, HISTORY, REFUSED, STATUS, event, history
from tests.openwrt.luci.samples import status as status_of

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"
LANGUAGES = {"en": "en", "zh-CN": "zh_Hans"}
"""What the documentation calls a language, and what LuCI does."""
_WIDTH = 720
"""CSS pixels; what is wider makes a file that is larger than a page of text needs."""
_ADVICE = {
    "en": "Check “username:” and the password; only you can mend it.",
    "zh-CN": "请检查“username:”和密码；只有你能解决。",
}
_EVENTS = {
    "en": [
        ("13:00:00", "notice", "online: the switch lets the port through"),
        ("13:00:30", "error", "refused: 密码错误"),
    ],
    "zh-CN": [
        ("13:00:00", "notice", "已上线：交换机已放行网口"),
        ("13:00:30", "error", "被拒绝：密码错误"),
    ],
}


def router_for(language: str) -> Router:
    """Return a router with a session that is online, and one that is not."""
    at = "2026-11-23T13:00:30+08:00"
    failure = {**REFUSED["last_failure"], "at": at, "advice": _ADVICE[language]}
    others: dict[str, Any] = {"name": "library", "wan": "lan4", "client": None, "services": []}
    refused = {**REFUSED, **others, "last_failure": failure}
    events = [event(text, level, time) for time, level, text in _EVENTS[language]]
    events[-1]["session"] = "library"
    return Router(
        language=LANGUAGES[language],
        programs={
            STATUS: status_of(ONLINE, refused),
            HISTORY: history(*events),
            ENABLED: Outcome(0),
        },
    )


def take(browser: Browser, language: str, file: Path) -> None:
    """Write a picture of the overview."""
    with served(router_for(language)) as address:
        page = browser.new_page(viewport={"width": _WIDTH, "height": 600})
        page.goto(f"{address}/overview")
        page.wait_for_selector("#view h2")
        page.screenshot(path=file, full_page=True)
        page.close()


def main() -> None:
    """Write all pictures into the documentation."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            chromium_sandbox=False,
        )
        for language in LANGUAGES:
            take(browser, language, PICTURES / f"luci-overview.{language}.png")
        browser.close()


if __name__ == "__main__":
    main()
