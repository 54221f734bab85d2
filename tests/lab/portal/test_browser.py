"""A browser at the virtual portal, and the program at one just like it, send the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from ruijie_proxy.lab.portal.options import MacStyle, PortalOptions, PortalService
from ruijie_proxy.lab.portal.web import OUTSIDE
from ruijie_proxy.protocol.portal.hijack import read_hijack
from ruijie_proxy.protocol.portal.http import HttpAnswer
from ruijie_proxy.protocol.portal.outcomes import Came
from ruijie_proxy.protocol.portal.url import Url, read_url
from tests.integration.portal_campus import PortalCampus

PAGE = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
LOGIN = "values => login(...values)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("RUIJIE_PROXY_REQUIRE_BROWSER", "") not in ("", "0"):
            pytest.fail("the page needs a browser: install chromium")
        pytest.skip("the page needs a browser: install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
        yield started
        started.close()


class BrowserAtPortal:
    """A page whose every request goes to a virtual portal in memory, and nowhere else."""

    def __init__(self, browser: Browser, campus: PortalCampus) -> None:
        self.campus = campus
        self.page: Page = browser.new_page()
        self.page.route("**/*", self._answer)

    def log_in(self, service: str) -> str:
        """Log in as a student would; return the portal's result."""
        options = self.campus.options
        self.page.goto(str(self._hijacked()))
        self.page.evaluate(f"window.encoding = {options.encoding!r}")
        told: str = self.page.evaluate(
            LOGIN,
            [
                options.user,
                options.password,
                service,
                options.operator_user,
                options.operator_password,
            ],
        )
        self.page.close()
        return told

    def _hijacked(self) -> Url:
        asked = read_url(f"http://{OUTSIDE}/")
        answer = self.campus.ask(asked, None, ())
        url = read_hijack(answer.status, answer.location, answer.text, asked)
        assert url is not None
        return url

    def _answer(self, route: Route) -> None:
        request = route.request
        url = read_url(request.url)
        cookie = request.all_headers().get("cookie", "")
        name, _, value = cookie.partition("=")
        cookies = ((name, value),) if name else ()
        answer: HttpAnswer = self.campus.ask(url, request.post_data, cookies)
        headers = {"Content-Type": "text/html"}
        for key, told in answer.cookies:
            headers["Set-Cookie"] = f"{key}={told}; Path=/eportal"
        body = PAGE.encode() if request.method == "GET" else answer.content
        route.fulfill(status=answer.status, headers=headers, body=body)


@pytest.mark.parametrize("encrypts", [True, False])
@pytest.mark.parametrize("mac", MacStyle)
@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("20261234", "plum-tree"),
        ("张三@campus", "a b&c=d%+/?#"),
        ("20261234", "ÿ" * 130),
        ("u'(1)!*~", "x" * 300),
    ],
)
def test_they_send_the_same_login(
    browser: Browser, encrypts: bool, mac: MacStyle, user: str, password: str
) -> None:
    options = PortalOptions(
        user=user,
        password=password,
        encrypts=encrypts,
        mac=mac,
        encoding="gbk" if encrypts else "utf-8",
        services=(PortalService("网 络", "校园网"),),
        operator_user="139",
        operator_password="pear>tree",
        prefix="s_",
    )
    by_browser, by_program = PortalCampus(options), PortalCampus(options)

    told = BrowserAtPortal(browser, by_browser).log_in("网 络")
    outcome = by_program.dialogue(service="校园网").log_in()

    assert told == "success"
    assert outcome.came is Came.ONLINE
    assert by_program.portal.logins == by_browser.portal.logins
    assert by_program.portal.complaints == []
