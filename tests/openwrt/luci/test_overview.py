"""The overview: what a session is doing, in words; and the buttons."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ruijie_proxy.config.shape.model import SessionConfiguration
from ruijie_proxy.engine.refusals import RefusalKind
from ruijie_proxy.engine.states import PUBLIC_NAMES
from ruijie_proxy.runtime.control.status_report import report_session
from tests.daemon_answer import ONLINE
from tests.openwrt.luci.conftest import PHONE, WIDE, OpenPage
from tests.openwrt.luci.router import PROGRAM, Outcome, Rights, Router
from tests.openwrt.luci.samples import (
    CHECK,
    ENABLED,
    HISTORY,
    NO_DAEMON,
    REFUSED,
    RUNNING,
    STATUS,
    event,
    history,
    status,
)

READ_ONLY = Rights(writable=())
HOSTILE = "<img src=x onerror=\"console.error('run')\"><script>console.error('run')</script>"
WORDS = {
    "waiting": ("Waiting for the client on a PC", "等待电脑上的客户端认证"),
    "authenticating": ("Logging in", "正在认证"),
    "online": ("Online", "在线"),
    "backoff": ("Waiting before the next try", "等待下次尝试"),
    "link-down": ("No link on the WAN port", "WAN 口未连接"),
    "stopped": ("Stopped", "已停止"),
}


def session_row(page: Page, label: str) -> str:
    """Return what stands beside a label in the first session."""
    beside = f'[data-session] td:first-child:text-is("{label}") + td'
    return page.locator(beside).first.inner_text()


def button(page: Page, command: str, session: str = "campus") -> Any:
    return page.locator(f'[data-session="{session}"] [data-command="{command}"]')


def test_the_example_has_what_the_daemon_reports() -> None:
    reported = report_session(SessionConfiguration(name="campus", wan="wan"), None)
    assert set(ONLINE) == set(reported)


@pytest.mark.parametrize(("language", "column"), [("en", 0), ("zh_Hans", 1)])
def test_each_state_is_told_in_words(
    router: Router, open_page: OpenPage, language: str, column: int
) -> None:
    router.language = language
    states = sorted(set(PUBLIC_NAMES.values()))
    router.programs[STATUS] = status(*({**ONLINE, "name": each, "state": each} for each in states))
    told = [WORDS[state][column] for state in states]
    expect(open_page().locator('[data-name="state"]')).to_have_text(told)


def test_good_and_bad_states_differ_in_colour(router: Router, open_page: OpenPage) -> None:
    sessions = [{**ONLINE, "name": state, "state": state} for state in WORDS]
    router.programs[STATUS] = status(*sessions)
    page = open_page()
    colours = {
        state: page.locator(f'[data-session="{state}"] [data-name="state"]').evaluate(
            "node => getComputedStyle(node).backgroundColor"
        )
        for state in WORDS
    }
    assert colours["online"] == "rgb(46, 125, 50)"
    assert colours["link-down"] == "rgb(198, 40, 40)"
    assert colours["backoff"] == colours["authenticating"] == "rgb(154, 91, 0)"


def test_a_state_that_is_not_known_yet_is_shown_as_it_is(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[STATUS] = status({**ONLINE, "state": "resting"})
    expect(open_page().locator('[data-name="state"]')).to_have_text("resting")


def test_an_online_session_is_told_in_full(open_page: OpenPage) -> None:
    page = open_page()
    assert session_row(page, "Since") == "2026-11-23 13:00:00"
    assert session_row(page, "Message of the campus") == "欢迎使用校园网"
    assert session_row(page, "Account") == "剩余时长 120 小时"
    assert session_row(page, "Heartbeat") == (
        "every 18 s, as the server grants it; 12 sent, the last with number 4150 at "
        "2026-11-23 13:03:36"
    )
    assert session_row(page, "Ports") == "campus switch on wan, PCs on br-lan"
    assert session_row(page, "Client") == "02:00:00:00:cc:01"
    assert session_row(page, "Server") == "00:d0:f8:d9:f1:04"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("client", "every 18 s, learned from the client"),
        ("probe", "by answering identity probes"),
        (None, "not yet known how to send any"),
    ],
)
def test_it_is_told_where_the_heartbeat_comes_from(
    router: Router, open_page: OpenPage, source: str | None, words: str
) -> None:
    heartbeat = {**ONLINE["heartbeat"], "source": source, "sent": 0, "last": None}
    router.programs[STATUS] = status({**ONLINE, "heartbeat": heartbeat})
    assert session_row(open_page(), "Heartbeat") == words


@pytest.mark.parametrize(
    ("off", "words"),
    [
        ("configured", "none is sent, as it is set"),
        ("server", "none is sent, as the campus wants none"),
    ],
)
def test_it_is_told_why_no_heartbeat_is_sent(
    router: Router, open_page: OpenPage, off: str, words: str
) -> None:
    heartbeat = {**ONLINE["heartbeat"], "source": "probe", "off": off}
    router.programs[STATUS] = status({**ONLINE, "heartbeat": heartbeat})
    assert session_row(open_page(), "Heartbeat") == words


def test_a_failure_is_told_with_the_servers_words_and_the_advice(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[STATUS] = status(REFUSED)
    page = open_page()
    assert session_row(page, "Last failure").splitlines() == [
        "user name or password – 2026-11-23 13:00:00",
        "The campus says: “密码错误”",
        "Check “username:” and the password; only you can mend it.",
    ]
    assert session_row(page, "Next try") == "2026-11-23 13:05:00"
    assert session_row(page, "Services offered") == "internet, 校内"
    assert session_row(page, "Ports") == "campus switch on wan"


def test_a_switch_that_does_not_answer_is_told_of_in_a_sentence(
    router: Router, open_page: OpenPage
) -> None:
    asked = {"since": "2026-11-23T13:00:00+08:00", "count": 42}
    too_long = {"port": "wan", "count": 3, "size": 521, "last": "2026-11-23T13:00:30+08:00"}
    calling = {**ONLINE, "state": "authenticating", "asked": asked, "too_long": too_long}
    router.programs[STATUS] = status(calling)
    page = open_page()
    assert session_row(page, "No answer") == (
        "The campus switch was called 42 times since 2026-11-23 13:00:00, and has not answered."
    )
    assert session_row(page, "Too long") == (
        "3 frames did not fit into the MTU of wan, the last at 2026-11-23 13:00:30."
    )


def test_a_session_that_the_campus_ended_is_no_failed_login(
    router: Router, open_page: OpenPage
) -> None:
    dropped = {**REFUSED["last_failure"], "was_online": True}
    router.programs[STATUS] = status({**REFUSED, "last_failure": dropped})
    assert "密码错误" in session_row(open_page(), "Ended by the campus")


def test_services_are_listed_as_the_language_lists(router: Router, open_page: OpenPage) -> None:
    router.language = "zh_Hans"
    router.programs[STATUS] = status(REFUSED)
    assert session_row(open_page(), "可选服务") == "internet、校内"


def test_each_kind_of_failure_has_words_in_both_languages(
    router: Router, open_page: OpenPage
) -> None:
    kinds = [kind.value for kind in RefusalKind]
    failures = [{**REFUSED["last_failure"], "kind": kind} for kind in kinds]
    router.programs[STATUS] = status(
        *({**REFUSED, "name": failure["kind"], "last_failure": failure} for failure in failures)
    )
    english = open_page().locator("[data-session] strong").all_inner_texts()
    router.language = "zh_Hans"
    chinese = open_page().locator("[data-session] strong").all_inner_texts()
    assert len(set(english)) == len(set(chinese)) == len(kinds)
    assert not any(word.isascii() for word in chinese)


def test_the_client_is_asked_for_when_only_it_can_go_on(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[STATUS] = status({**ONLINE, "client_needed": True})
    expect(open_page().locator(".alert-message")).to_contain_text("Start the client on the PC.")


def test_a_session_that_may_have_ended_is_said_to_be_so(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[STATUS] = status({**ONLINE, "doubtful": True})
    warning = open_page().locator(".alert-message")
    expect(warning).to_contain_text("The switch may have ended the session")
    expect(warning).not_to_contain_text("Start the client on the PC.")


def test_a_heartbeat_by_udp_that_only_the_client_sends_is_said(
    router: Router, open_page: OpenPage
) -> None:
    by_udp = {"server": "10.0.0.9", "port": 8000}
    router.programs[STATUS] = status({**ONLINE, "udp_heartbeat": by_udp})
    rows = open_page().locator("[data-session]")
    expect(rows).to_contain_text("Heartbeat by UDP")
    expect(rows).to_contain_text("to 10.0.0.9, port 8000")


def test_nothing_is_asked_for_otherwise(open_page: OpenPage) -> None:
    expect(open_page().locator(".alert-message")).to_have_count(0)


def test_the_program_is_asked_in_the_pages_language(router: Router, open_page: OpenPage) -> None:
    router.language = "zh_Hans"
    open_page()
    assert f"{PROGRAM} --lang zh status --json" in router.commands


# ---- what comes from the network is text


def test_html_in_a_sessions_facts_is_shown_as_text(router: Router, open_page: OpenPage) -> None:
    keys = ("name", "message", "accounting", "wan", "lan", "mode", "state", "client", "server")
    router.programs[STATUS] = status({**ONLINE, **dict.fromkeys(keys, HOSTILE)})
    page = open_page()
    assert page.locator("#ruijie-proxy-sessions").inner_text().count(HOSTILE) == len(keys)
    expect(page.locator("#view img, #view script")).to_have_count(0)


def test_html_in_a_failure_and_in_services_is_shown_as_text(
    router: Router, open_page: OpenPage
) -> None:
    failure = {"text": HOSTILE, "kind": HOSTILE, "at": HOSTILE, "advice": HOSTILE}
    router.programs[STATUS] = status({**REFUSED, "last_failure": failure, "services": [HOSTILE]})
    page = open_page()
    assert session_row(page, "Last failure").count(HOSTILE) == 4
    expect(page.locator("#view img, #view script")).to_have_count(0)


def test_html_in_the_history_is_shown_as_text(router: Router, open_page: OpenPage) -> None:
    router.programs[HISTORY] = history(event(HOSTILE, level=HOSTILE, session=HOSTILE, at=HOSTILE))
    page = open_page()
    assert page.locator("#ruijie-proxy-history").inner_text().count(HOSTILE) == 3
    expect(page.locator("#view img, #view script")).to_have_count(0)


def test_html_in_what_a_command_says_is_shown_as_text(router: Router, open_page: OpenPage) -> None:
    router.programs[f"{PROGRAM} renew -- campus"] = Outcome(0, HOSTILE)
    page = open_page()
    button(page, "renew").click()
    expect(page.locator('[role="status"]')).to_have_text(HOSTILE)
    expect(page.locator("#view img, #view script")).to_have_count(0)


def test_html_in_an_error_is_shown_as_text(router: Router, open_page: OpenPage) -> None:
    router.programs[f"{PROGRAM} renew -- campus"] = Outcome(1, stderr=HOSTILE)
    page = open_page()
    button(page, "renew").click()
    expect(page.locator(".alert-message.danger")).to_contain_text(f"campus: {HOSTILE}")
    expect(page.locator("#maincontent img, #maincontent script")).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_long_text_stays_on_the_page(
    router: Router, open_page: OpenPage, size: tuple[int, int]
) -> None:
    long = "流量已用尽" * 100 + "x" * 500
    failure = {**REFUSED["last_failure"], "text": long, "advice": long}
    session = {**ONLINE, "message": long, "last_failure": failure, "services": [long]}
    router.programs[STATUS] = status(session)
    router.programs[HISTORY] = history(event(long, "error"))
    page = open_page(size=size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


# ---- buttons


@pytest.mark.parametrize("command", ["relogin", "renew"])
def test_a_button_calls_the_command_for_its_session_alone(
    router: Router, open_page: OpenPage, command: str
) -> None:
    router.programs[STATUS] = status(ONLINE, {**ONLINE, "name": "dorm-2", "wan": "lan4"})
    router.programs[f"{PROGRAM} {command} -- dorm-2"] = Outcome(0, "dorm-2: done\n")
    page = open_page()
    button(page, command, "dorm-2").click()
    expect(page.locator('[data-session="dorm-2"] [role="status"]')).to_have_text("dorm-2: done")
    assert router.steering == [f"{PROGRAM} --lang en {command} -- dorm-2"]


def test_logging_out_is_asked_for_first(router: Router, open_page: OpenPage) -> None:
    router.programs[f"{PROGRAM} logout -- campus"] = Outcome(0, "campus: logged off\n")
    page = open_page()
    button(page, "logout").click()
    expect(page.locator(".modal")).to_contain_text("“campus” says goodbye")
    assert router.steering == []
    page.locator(".modal .cbi-button-negative").click()
    expect(page.locator('[role="status"]')).to_have_text("campus: logged off")
    expect(page.locator(".modal")).to_have_count(0)
    assert router.steering == [f"{PROGRAM} --lang en logout -- campus"]


def test_logging_out_can_be_left(router: Router, open_page: OpenPage) -> None:
    page = open_page()
    button(page, "logout").click()
    page.locator(".modal").get_by_text("Cancel").click()
    expect(page.locator(".modal")).to_have_count(0)
    assert router.steering == []


def test_a_double_click_calls_once_and_waits(router: Router, open_page: OpenPage) -> None:
    router.hold = threading.Event()
    router.programs[f"{PROGRAM} relogin -- campus"] = Outcome(0, "campus: begins anew\n")
    page = open_page()
    button(page, "relogin").dblclick(no_wait_after=True)
    for command in ("relogin", "logout", "renew"):
        expect(button(page, command)).to_be_disabled()
    router.hold.set()
    expect(page.locator('[role="status"]')).to_have_text("campus: begins anew")
    for command in ("relogin", "logout", "renew"):
        expect(button(page, command)).to_be_enabled()
    assert len(router.steering) == 1


def test_a_button_goes_on_waiting_while_the_page_is_brought_up_to_date(
    router: Router, open_page: OpenPage
) -> None:
    router.hold = threading.Event()
    router.programs[f"{PROGRAM} relogin -- campus"] = Outcome(0, "campus: begins anew\n")
    page = open_page()
    button(page, "relogin").click()
    router.programs[STATUS] = status({**ONLINE, "state": "authenticating"})
    page.clock.run_for(11_000)
    expect(page.locator('[data-name="state"]')).to_have_text("Logging in")
    expect(button(page, "relogin")).to_be_disabled()
    router.hold.set()
    expect(button(page, "relogin")).to_be_enabled()
    assert len(router.steering) == 1


def test_after_a_command_the_state_is_shown_at_once(router: Router, open_page: OpenPage) -> None:
    def log_in_anew() -> Outcome:
        router.programs[STATUS] = status({**ONLINE, "state": "authenticating"})
        return Outcome(0, "campus: begins anew\n")

    router.programs[f"{PROGRAM} relogin -- campus"] = log_in_anew
    page = open_page()
    button(page, "relogin").click()
    expect(page.locator('[data-name="state"]')).to_have_text("Logging in")


def test_a_command_that_fails_says_why(router: Router, open_page: OpenPage) -> None:
    router.programs[f"{PROGRAM} relogin -- campus"] = NO_DAEMON
    page = open_page()
    button(page, "relogin").click()
    expect(page.locator(".alert-message.danger")).to_contain_text("The service is not running.")
    expect(button(page, "relogin")).to_be_enabled()


def test_who_may_only_look_has_no_buttons_to_press(router: Router, open_page: OpenPage) -> None:
    router.rights = READ_ONLY
    page = open_page()
    expect(page.locator('[data-name="state"]')).to_have_text("Online")
    for each in page.locator("button").all():
        expect(each).to_be_disabled()
    assert router.refused == []


# ---- keeping up to date


def test_the_state_is_asked_for_every_ten_seconds(router: Router, open_page: OpenPage) -> None:
    page = open_page()
    router.programs[STATUS] = status({**ONLINE, "state": "link-down"})
    page.clock.run_for(11_000)
    expect(page.locator('[data-name="state"]')).to_have_text("No link on the WAN port")
    assert 2 <= sum("status" in command for command in router.commands) <= 3


def test_a_router_that_is_slow_is_not_asked_again_meanwhile(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page()
    expect(page.locator("[data-week]")).to_have_count(1)
    begun, released = threading.Event(), threading.Event()

    def slow() -> Outcome:
        begun.set()
        assert released.wait(10)
        return status({**ONLINE, "state": "link-down"})

    router.programs[STATUS] = slow
    page.clock.run_for(11_000)
    assert begun.wait(5)
    asked = len(router.commands)
    page.clock.run_for(35_000)
    assert len(router.commands) == asked
    released.set()
    expect(page.locator('[data-name="state"]')).to_have_text("No link on the WAN port")


def test_the_history_is_read_again_only_when_something_changed(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page()
    expect(page.locator("#ruijie-proxy-history")).to_contain_text("Nothing has happened yet.")
    router.programs[HISTORY] = history(event("the link is gone", "warning"))
    page.clock.run_for(21_000)
    expect(page.locator("#ruijie-proxy-history")).to_contain_text("Nothing has happened yet.")
    router.programs[STATUS] = status({**ONLINE, "state": "link-down"})
    page.clock.run_for(11_000)
    expect(page.locator("#ruijie-proxy-history")).to_contain_text("the link is gone")


def test_the_history_is_read_again_when_the_service_comes_and_goes(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page()
    shown = page.locator('td[data-title="What happened"]')
    router.programs |= {STATUS: NO_DAEMON, CHECK: Outcome(0, "fine\n")}
    router.programs[HISTORY] = history(event("ruijie-proxy stopped"))
    page.clock.run_for(11_000)
    expect(shown).to_have_text(["ruijie-proxy stopped"])
    router.programs[STATUS] = status(ONLINE)
    router.programs[HISTORY] = history(
        event("ruijie-proxy stopped"), event("ruijie-proxy 0.1.0 started")
    )
    page.clock.run_for(11_000)
    expect(shown).to_have_text(["ruijie-proxy 0.1.0 started", "ruijie-proxy stopped"])


def test_a_page_that_nobody_sees_asks_for_nothing(router: Router, open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator("[data-week]")).to_have_count(1)
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    asked = len(router.commands)
    page.clock.run_for(35_000)
    assert len(router.commands) == asked


def test_sessions_come_and_go(router: Router, open_page: OpenPage) -> None:
    page = open_page()
    router.programs[STATUS] = status({**ONLINE, "name": "dorm"}, {**ONLINE, "name": "library"})
    page.clock.run_for(11_000)
    expect(page.locator("[data-session] h3")).to_have_text(["dorm Online", "library Online"])


def test_the_history_shows_the_newest_first(router: Router, open_page: OpenPage) -> None:
    events = [event(f"event {number}") for number in range(20)]
    router.programs[HISTORY] = history(*events, event("twice", "error", repeated=1))
    texts = open_page().locator('#ruijie-proxy-history td[data-title="What happened"]')
    expect(texts.first).to_have_text("twice (1 times more)")
    expect(texts).to_have_count(15)
    expect(texts.nth(1)).to_have_text("event 19")


# ---- nothing of the code shows through


@pytest.mark.parametrize("enabled", [0, 1, None], ids=["at boot", "not at boot", "unknown"])
@pytest.mark.parametrize("is_running", [True, False], ids=["running", "not running"])
def test_what_is_left_out_leaves_no_word(
    router: Router, open_page: OpenPage, is_running: bool, enabled: int | None
) -> None:
    """LuCI writes "null" for the null in a list."""
    if not is_running:
        router.programs |= {STATUS: NO_DAEMON, CHECK: Outcome(0, "fine\n")}
    if enabled is None:
        router.rights = Rights(readable=("luci-app-ruijie-proxy",), writable=())
    router.programs[ENABLED] = Outcome(enabled or 0)
    assert "null" not in open_page().locator("#view").inner_text()


# ---- when there is nothing to show


def test_a_service_that_does_not_run_can_be_started(router: Router, open_page: OpenPage) -> None:
    def start() -> Outcome:
        router.programs[STATUS] = status(ONLINE)
        router.services = RUNNING
        return Outcome()

    router.programs |= {
        STATUS: NO_DAEMON,
        CHECK: Outcome(0, "fine\n"),
        "/etc/init.d/ruijie-proxy start": start,
    }
    page = open_page()
    expect(page.locator(".alert-message")).to_have_text(
        "The service is not running: nobody keeps you online."
    )
    page.locator('[data-action="start"]').click()
    expect(page.locator('[data-name="state"]')).to_have_text("Online")
    expect(page.locator("#ruijie-proxy-service")).to_contain_text("The service is running.")
    assert router.steering == ["/etc/init.d/ruijie-proxy start"]


def test_a_configuration_with_errors_is_told_as_the_reason(
    router: Router, open_page: OpenPage
) -> None:
    wrong = "/etc/config/ruijie-proxy:9: ruijie-proxy.campus.wan: is missing"
    router.programs |= {STATUS: NO_DAEMON, CHECK: Outcome(2, stderr=f"{wrong}\n")}
    box = open_page().locator(".alert-message.error")
    expect(box).to_contain_text(wrong)
    expect(box.locator("a")).to_have_attribute(
        "href", "/cgi-bin/luci/admin/services/ruijie-proxy/settings"
    )


def test_a_configuration_that_cannot_even_name_the_socket_is_told(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[STATUS] = Outcome(2, stderr="/etc/config/ruijie-proxy:3: no option\n")
    page = open_page()
    expect(page.locator(".alert-message.error")).to_contain_text("no option")
    expect(page.locator('[data-action="start"]')).to_be_enabled()


def test_a_service_that_is_starting_is_told_as_such(router: Router, open_page: OpenPage) -> None:
    router.programs[STATUS] = NO_DAEMON
    router.services = RUNNING
    expect(open_page().locator(".alert-message")).to_contain_text("The service is starting")


def test_a_daemon_that_went_away_is_noticed(router: Router, open_page: OpenPage) -> None:
    page = open_page()
    router.programs |= {STATUS: NO_DAEMON, CHECK: Outcome(0, "fine\n")}
    page.clock.run_for(11_000)
    expect(page.locator(".alert-message")).to_contain_text("The service is not running")
    expect(page.locator("[data-session]")).to_have_count(0)


def test_stopping_is_asked_for_first(router: Router, open_page: OpenPage) -> None:
    router.programs["/etc/init.d/ruijie-proxy stop"] = Outcome()
    page = open_page()
    page.locator('[data-action="stop"]').click()
    assert router.steering == []
    router.programs |= {STATUS: NO_DAEMON, CHECK: Outcome(0, "fine\n")}
    page.locator(".modal .cbi-button-negative").click()
    expect(page.locator(".alert-message")).to_contain_text("The service is not running")
    assert router.steering == ["/etc/init.d/ruijie-proxy stop"]


def test_starting_with_the_router_can_be_switched_on(router: Router, open_page: OpenPage) -> None:
    def enable() -> Outcome:
        router.programs[ENABLED] = Outcome(0)
        return Outcome()

    router.programs |= {ENABLED: Outcome(1), "/etc/init.d/ruijie-proxy enable": enable}
    page = open_page()
    expect(page.locator("#ruijie-proxy-service")).to_contain_text("does not start with the router")
    page.locator('[data-action="enable"]').click()
    expect(page.locator("#ruijie-proxy-service")).to_contain_text("It starts with the router.")
    expect(page.locator('[data-action="disable"]')).to_be_enabled()


def test_a_service_that_cannot_be_changed_says_why(router: Router, open_page: OpenPage) -> None:
    router.programs["/etc/init.d/ruijie-proxy restart"] = Outcome(1, stderr="no space left\n")
    page = open_page()
    page.locator('[data-action="restart"]').click()
    expect(page.locator(".alert-message.danger")).to_contain_text("no space left")


def test_no_session_leads_to_the_settings(router: Router, open_page: OpenPage) -> None:
    router.programs[STATUS] = status()
    box = open_page().locator(".alert-message")
    expect(box).to_have_text(
        "The service runs, but has no session to look after. Add one: Settings"
    )


def test_a_program_that_is_missing_is_told(router: Router, open_page: OpenPage) -> None:
    router.is_installed = False
    expect(open_page().locator(".alert-message")).to_have_text(
        "The program ruijie-proxy is not installed on this router."
    )


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_missing_rights_are_told(router: Router, open_page: OpenPage, language: str) -> None:
    router.language = language
    router.rights = Rights(readable=(), writable=())
    told = {
        "en": "You have no permission for this. Log in to LuCI as root.",
        "zh_Hans": "没有权限，请以 root 登录 LuCI。",
    }
    expect(open_page().locator(".alert-message")).to_have_text(told[language])


@pytest.mark.parametrize("answer", ["", "no JSON", "[]", '{"sessions": 7}'])
def test_an_answer_that_makes_no_sense_is_told(
    router: Router, open_page: OpenPage, answer: str
) -> None:
    router.programs[STATUS] = Outcome(0, answer)
    expect(open_page().locator(".alert-message.error")).not_to_be_empty()


def test_a_torn_line_of_the_history_is_left_out(router: Router, open_page: OpenPage) -> None:
    router.programs[HISTORY] = Outcome(0, history(event("whole")).stdout + '{"session": "cam')
    texts = open_page().locator('#ruijie-proxy-history td[data-title="What happened"]')
    expect(texts).to_have_text(["whole"])
