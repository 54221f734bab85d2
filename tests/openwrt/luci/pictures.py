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
from tests.openwrt.luci.samples import (
    ENABLED,
    HISTORY,
    REFUSED,
    STATUS,
    WEEK,
    event,
    happened,
    history,
    week,
)
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
_DROPS = ("您已被强制下线", "不在认证时段内")


def a_week() -> list[dict[str, Any]]:
    """Return what a journal has of a campus that closes at night, with what else goes wrong."""
    lines = [happened(-6, 7, "daemon-started", None), happened(-6, 7.2, "went-online")]
    for day in range(-6, 0):
        hours = {"hours": "06:00-23:30"}
        text = _DROPS[day % len(_DROPS)]
        lines += [
            happened(day, 23.5, "dropped", text=text),
            happened(day, 23.5, "next-try-planned", detail=hours),
            happened(day + 1, 6, "own-login-begun"),
            happened(day + 1, 6.01, "went-online"),
        ]
    lines += [
        happened(-5, 15, "link-lost"),
        happened(-5, 16.5, "link-back", detail={"session_goes_on": False}),
        happened(-5, 17, "went-online"),
        happened(-3, 12, "daemon-stopped", None),
        happened(-3, 14, "daemon-started", None),
        happened(-3, 14, "resumed"),
        happened(-2, 19, "went-online", "library"),
        happened(-1, 9, "dropped", "library", text=_DROPS[0]),
        happened(-1, 11, "login-refused", "library", text="密码错误"),
    ]
    return sorted(lines, key=lambda line: str(line["at"]))


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
            WEEK: week(*a_week(), sessions=("campus", "library")),
        },
    )


def take(browser: Browser, language: str, file: Path, width: int = _WIDTH) -> None:
    """Write a picture of the overview."""
    with served(router_for(language)) as address:
        page = browser.new_page(viewport={"width": width, "height": 600})
        page.goto(f"{address}/overview")
        page.wait_for_selector("#view h2")
        page.wait_for_selector("[data-week]")
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
