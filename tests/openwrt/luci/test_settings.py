"""The settings: each option reaches /etc/config/ruijie-proxy as the program reads it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from ruijie_proxy.config.shape import schema
from ruijie_proxy.config.shape.campuses import CAMPUSES
from ruijie_proxy.config.shape.nodes import MappingNode, Place, ScalarNode
from ruijie_proxy.config.shape.problems import Unfit
from ruijie_proxy.config.shape.shapes import (
    Group,
    Report,
    ScalarOrGroup,
    ScalarOrList,
    Shape,
    Table,
)
from ruijie_proxy.messages import LANGUAGES
from ruijie_proxy.notation import YAML
from tests.openwrt.luci.conftest import PHONE, WIDE, OpenPage
from tests.openwrt.luci.router import Outcome, Rights, Router, Section
from tests.openwrt.luci.samples import CHECK

LEFT_TO_THE_FILE: dict[str, str] = {}
"""Keys without a field, and why."""
NOT_KEYS = {"enabled", "language"}
"""Options of UCI alone: they are for the service's script (config/notations/uci_document.py)."""

RELAY: Section = {".type": "session", "mode": "relay", "wan": "wan", "lan": "br-lan"}
GLOBALS: Section = {".type": "globals", "log_level": "info"}
TABS = {
    "login": "The router's own login",
    "relay": "Relaying",
    "address": "Address",
    "health": "Health checks",
    "hooks": "Commands",
    "advanced": "Advanced",
    "places": "Files and directories",
}


@pytest.fixture
def router(router: Router) -> Router:
    """Return a router with one session that relays, and settings without errors."""
    router.programs[CHECK] = Outcome(0, "campus: relay\n")
    router.config = {"globals": dict(GLOBALS), "campus": dict(RELAY)}
    return router


def leaves_of(group: Group, prefix: str = "") -> dict[str, Shape]:
    """Return the shapes of what a group holds, by the options of UCI that they are."""
    leaves: dict[str, Shape] = {}
    for key, shape in group.keys.items():
        name = prefix + key.replace("-", "_")
        inner = shape.group if isinstance(shape, ScalarOrGroup) else shape
        if isinstance(inner, Group):
            leaves |= leaves_of(inner, f"{name}_")
        elif key != "sessions":
            leaves[name] = shape
    return leaves


def scalar(value: str) -> ScalarNode:
    return ScalarNode(value, Place(1))


def takes(shape: Shape, value: str) -> bool:
    """Whether the program takes a value of an option, or one of its list."""
    if isinstance(shape, ScalarOrList):
        return takes(shape.scalar, value) or takes(shape.several.item, value)
    report = Report("", YAML)
    node: ScalarNode | MappingNode = scalar(value)
    if isinstance(shape, Table):
        key, _equals, content = value.partition("=")
        node = MappingNode([(scalar(key), scalar(content))], node.place)
    try:
        shape.read(node, "", report)
    except Unfit:
        return False
    return not report.problems


def field(page: Page, option: str) -> Locator:
    return page.locator(f'[data-name="{option}"]').first


def go_to(page: Page, tab: str) -> None:
    page.locator(".cbi-tabmenu a", has_text=TABS[tab]).first.click()


def fill(page: Page, option: str, value: str) -> None:
    field(page, option).locator("input, select").first.fill(value)


def choose(page: Page, option: str, value: str) -> None:
    field(page, option).locator("select").select_option(value)


def add(page: Page, option: str, value: str) -> None:
    field(page, option).locator("input[type=text]").fill(value)
    field(page, option).locator(".cbi-button-add").click()


def save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Save & Apply").click()
    page.wait_for_selector("#view h2")


# ---- the schema


def test_each_key_of_a_session_has_a_field_or_a_reason(open_page: OpenPage) -> None:
    shown = open_page("settings").locator("#cbi-ruijie-proxy-session [data-name]")
    names = set(shown.evaluate_all("nodes => nodes.map(node => node.dataset.name)"))
    assert names - NOT_KEYS | set(LEFT_TO_THE_FILE) == set(leaves_of(schema.SESSION))


def test_each_key_of_the_whole_has_a_field_or_a_reason(open_page: OpenPage) -> None:
    shown = open_page("settings").locator("#cbi-ruijie-proxy-globals [data-name]")
    names = set(shown.evaluate_all("nodes => nodes.map(node => node.dataset.name)"))
    assert names - NOT_KEYS | set(LEFT_TO_THE_FILE) == set(leaves_of(schema.CONFIGURATION))


# ---- saving


def test_saving_an_untouched_form_changes_nothing(router: Router, open_page: OpenPage) -> None:
    before = {name: dict(section) for name, section in router.config.items()}
    save(open_page("settings"))
    assert router.config == before


def test_explicit_defaults_and_other_spellings_stay_as_they_are(
    router: Router, open_page: OpenPage
) -> None:
    router.config["campus"] |= {
        "enabled": "on",
        "mac": "clone",
        "restore_mac": "no",
        "successes": "1",
        "client": "any",
        "dhcp": "before",
        "health": "yes",
        "health_gateway": "true",
        "hooks_online": ["/usr/bin/logger", "on line"],
        "dhcp_renew": "auto",
    }
    before = {name: dict(section) for name, section in router.config.items()}
    page = open_page("settings")
    expect(field(page, "enabled").locator("input")).to_be_checked()
    save(page)
    assert router.config == before


def test_what_is_filled_in_is_saved(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    choose(page, "mode", "auto")
    choose(page, "wan", "lan2")
    fill(page, "username", "20261234")
    fill(page, "password", "geheim “x” 密")
    fill(page, "service", "校内")
    save(page)
    assert router.config["campus"] == {
        **RELAY,
        "mode": "auto",
        "wan": "lan2",
        "username": "20261234",
        "password": "geheim “x” 密",
        "service": "校内",
    }


def test_each_tab_saves_its_options(router: Router, open_page: OpenPage) -> None:
    router.config["campus"] |= {"username": "20261234", "password": "geheim"}
    page = open_page("settings")
    go_to(page, "login")
    fill(page, "client_version", "1.31")
    choose(page, "edition", "2")
    add(page, "dns", "202.114.0.242")
    add(page, "dns", "202.114.0.131")
    add(page, "properties", "0x62=hex:00")
    go_to(page, "relay")
    add(page, "client", "02:00:00:00:cc:01")
    choose(page, "mac", "clone")
    field(page, "restore_mac").locator("input").check()
    go_to(page, "address")
    choose(page, "dhcp_mode", "before")
    add(page, "dhcp_renew", "/sbin/udhcpc")
    add(page, "dhcp_renew", "-n")
    go_to(page, "health")
    field(page, "health_enabled").locator("input").check()
    fill(page, "health_interval", "60")
    field(page, "health_gateway").locator("input").uncheck()
    go_to(page, "hooks")
    add(page, "hooks_client_needed", "/etc/ruijie-proxy/told")
    go_to(page, "advanced")
    fill(page, "heartbeat_number", "0x102B")
    expect(field(page, "heartbeat_enabled").locator("input")).to_be_checked()
    field(page, "logoff_on_exit").locator("input").check()
    go_to(page, "places")
    fill(page, "journal_dir", "/etc/ruijie-proxy/journal")
    save(page)
    assert router.config == {
        "globals": {**GLOBALS, "journal_dir": "/etc/ruijie-proxy/journal"},
        "campus": {
            **RELAY,
            "username": "20261234",
            "password": "geheim",
            "client_version": "1.31",
            "edition": "2",
            "dns": ["202.114.0.242", "202.114.0.131"],
            "properties": ["0x62=hex:00"],
            "client": ["02:00:00:00:cc:01"],
            "mac": "clone",
            "restore_mac": "1",
            "dhcp_mode": "before",
            "dhcp_renew": ["/sbin/udhcpc", "-n"],
            "health_enabled": "1",
            "health_interval": "60",
            "health_gateway": "0",
            "hooks_client_needed": ["/etc/ruijie-proxy/told"],
            "heartbeat_number": "0x102B",
            "logoff_on_exit": "1",
        },
    }


def test_the_language_of_the_log_is_one_that_the_program_speaks_or_lucis(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page("settings")
    offered = field(page, "language").locator("option")
    values = offered.evaluate_all("options => options.map(option => option.value)")
    assert set(values) == {"", *LANGUAGES}
    choose(page, "language", "zh")
    save(page)
    assert router.config["globals"] == {**GLOBALS, "language": "zh"}
    choose(page, "language", "")
    save(page)
    assert router.config["globals"] == GLOBALS


def test_a_session_can_be_switched_off_and_on(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    field(page, "enabled").locator("input").uncheck()
    save(page)
    assert router.config["campus"]["enabled"] == "0"
    field(page, "enabled").locator("input").check()
    save(page)
    assert router.config["campus"] == RELAY


def test_a_field_that_is_emptied_leaves_the_file(router: Router, open_page: OpenPage) -> None:
    router.config["campus"]["login_timeout"] = "90"
    page = open_page("settings")
    go_to(page, "advanced")
    fill(page, "login_timeout", "")
    save(page)
    assert router.config["campus"] == RELAY


def test_a_short_form_is_replaced_when_its_value_changes(
    router: Router, open_page: OpenPage
) -> None:
    router.config["campus"] |= {"dhcp": "before", "health": "on"}
    page = open_page("settings")
    go_to(page, "address")
    choose(page, "dhcp_mode", "off")
    go_to(page, "health")
    field(page, "health_enabled").locator("input").uncheck()
    save(page)
    assert router.config["campus"] == {**RELAY, "dhcp_mode": "off"}


@pytest.mark.parametrize(
    ("word", "is_checked"), [("off", False), ("0", False), ("auto", True), ("on", True)]
)
def test_heartbeats_show_as_the_file_has_them(
    router: Router, open_page: OpenPage, word: str, is_checked: bool
) -> None:
    router.config["campus"]["heartbeat"] = word
    page = open_page("settings")
    go_to(page, "advanced")
    expect(field(page, "heartbeat_enabled").locator("input")).to_be_checked(checked=is_checked)
    expect(field(page, "heartbeat_interval")).to_be_visible(visible=is_checked)


def test_heartbeats_are_switched_off(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    go_to(page, "advanced")
    field(page, "heartbeat_enabled").locator("input").uncheck()
    save(page)
    assert router.config["campus"] == {**RELAY, "heartbeat_enabled": "0"}


def test_the_campuses_on_offer_are_those_that_the_program_knows(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page("settings")
    offered = field(page, "campus").locator("option")
    rows = offered.evaluate_all("options => options.map(one => [one.value, one.textContent])")
    assert rows[1:] == [[campus.name, campus.title] for campus in CAMPUSES]
    choose(page, "campus", "gdufs")
    save(page)
    assert router.config["campus"] == {**RELAY, "campus": "gdufs"}


def test_what_is_of_one_dialect_shows_with_that_alone(router: Router, open_page: OpenPage) -> None:
    router.config["campus"] |= {"username": "20261234", "mode": "auto"}
    page = open_page("settings")
    go_to(page, "login")
    of_dialects = {
        "shape": {"ruijie"},
        "zero_check": {"ruijie"},
        "check_case": {"ruijie-v2"},
        "client_version": {"ruijie", "ruijie-v2"},
        "allow_clear_password": {"ruijie", "ruijie-v2", "plain"},
    }
    for dialect in ("ruijie", "ruijie-v2", "plain", "cernet"):
        choose(page, "dialect", dialect)
        for option, dialects in of_dialects.items():
            expect(field(page, option)).to_be_visible(visible=dialect in dialects)


def test_the_shape_and_a_password_in_clear_reach_the_file(
    router: Router, open_page: OpenPage
) -> None:
    router.config["campus"] |= {"username": "20261234", "mode": "auto"}
    page = open_page("settings")
    go_to(page, "login")
    choose(page, "zero_check", "text")
    choose(page, "shape", "block")
    field(page, "allow_clear_password").locator("input").check()
    save(page)
    assert router.config["campus"] == {
        **RELAY,
        "mode": "auto",
        "username": "20261234",
        "shape": "block",
        "zero_check": "text",
        "allow_clear_password": "1",
    }


def test_health_keys_alone_show_as_switched_on(router: Router, open_page: OpenPage) -> None:
    router.config["campus"]["health_ping"] = "114.114.114.114"
    page = open_page("settings")
    go_to(page, "health")
    expect(field(page, "health_enabled").locator("input")).to_be_checked()
    expect(field(page, "health_ping").locator("input")).to_have_value("114.114.114.114")


def test_sessions_are_added_and_deleted(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    page.locator(".cbi-section-create-name").fill("dorm")
    page.get_by_role("button", name="Add session").click()
    dorm = page.locator("#cbi-ruijie-proxy-dorm")
    dorm.locator('[data-name="wan"] select').select_option("lan1")
    dorm.locator('[data-name="lan"] select').select_option("br-lan")
    page.locator('[data-section-id="campus"]', has_text="Delete").click()
    expect(page.locator("#cbi-ruijie-proxy-campus")).to_have_count(0)
    save(page)
    assert router.config == {
        "globals": GLOBALS,
        "dorm": {".type": "session", "wan": "lan1", "lan": "br-lan"},
    }


NETWORKS: dict[str, tuple[dict[str, Section], dict[str, str]]] = {
    "DSA": (
        {
            "lan": {".type": "interface", "device": "br-lan"},
            "wan": {".type": "interface", "device": "wan"},
        },
        {"wan": "wan", "lan": "br-lan"},
    ),
    "VLANs": (
        {
            "lan": {".type": "interface", "device": "br-lan.1"},
            "wan": {".type": "interface", "device": "eth0.2"},
        },
        {"wan": "eth0.2", "lan": "br-lan.1"},
    ),
    "before 21.02": (
        {
            "lan": {".type": "interface", "type": "bridge", "ifname": "eth0.1 eth1"},
            "wan": {".type": "interface", "ifname": "eth0.2"},
        },
        {"wan": "eth0.2", "lan": "br-lan"},
    ),
}


def add_session(page: Page) -> Locator:
    page.locator(".cbi-section-create-name").fill("dorm")
    page.get_by_role("button", name="Add session").click()
    dorm = page.locator("#cbi-ruijie-proxy-dorm")
    dorm.wait_for()
    return dorm


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_new_session_has_the_ports_of_the_networks_configuration(
    router: Router, open_page: OpenPage, kind: str
) -> None:
    router.network, ports = NETWORKS[kind]
    page = open_page("settings")
    add_session(page)
    save(page)
    assert router.config["dorm"] == {".type": "session", **ports}


def test_without_a_network_to_go_by_the_ports_have_to_be_chosen(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page("settings")
    dorm = add_session(page)
    for option in ("wan", "lan"):
        expect(dorm.locator(f'[data-name="{option}"] select')).to_have_value("")
    page.get_by_role("button", name="Save & Apply").click()
    expect(page.locator(".modal")).to_contain_text("Choose the port.")
    assert "dorm" not in router.config


def test_the_lan_cannot_be_the_wan(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    choose(page, "wan", "br-lan")
    page.get_by_role("button", name="Save & Apply").click()
    expect(page.locator(".modal")).to_contain_text("It is the WAN port, too")
    assert router.config["campus"] == RELAY


def test_the_wan_may_be_the_hidden_lan(router: Router, open_page: OpenPage) -> None:
    router.config["campus"] |= {"username": "20261234", "password": "x"}
    page = open_page("settings")
    choose(page, "mode", "login")
    choose(page, "wan", "br-lan")
    save(page)
    assert router.config["campus"]["wan"] == "br-lan"


def test_the_lan_is_there_again_when_the_client_is_to_log_in_again(
    router: Router, open_page: OpenPage
) -> None:
    router.config["campus"] |= {"username": "20261234", "password": "x", "lan": "lan2"}
    before = dict(router.config["campus"])
    page = open_page("settings")
    choose(page, "mode", "login")
    save(page)
    choose(page, "mode", "relay")
    expect(field(page, "lan").locator("select")).to_have_value("lan2")
    save(page)
    assert router.config["campus"] == before


def test_a_vlan_of_the_bridge_can_be_the_lan(router: Router, open_page: OpenPage) -> None:
    router.devices.append("br-lan.1")
    page = open_page("settings")
    lan = field(page, "lan")
    expect(lan).to_contain_text("a VLAN of the bridge such as br-lan.1")
    lan.locator("select").select_option("br-lan.1")
    save(page)
    assert router.config["campus"]["lan"] == "br-lan.1"


def test_saving_without_applying_leaves_the_router_alone(
    router: Router, open_page: OpenPage
) -> None:
    page = open_page("settings")
    fill(page, "username", "20261234")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(field(page, "username").locator("input")).to_have_value("20261234")
    page.wait_for_function("document.querySelectorAll('.spinning').length == 0")
    assert router.config["campus"] == RELAY


def test_without_globals_they_can_be_added_once(router: Router, open_page: OpenPage) -> None:
    del router.config["globals"]
    page = open_page("settings")
    expect(
        page.locator("#cbi-ruijie-proxy-globals").get_by_role("button", name="Add")
    ).to_be_visible()
    router.config["globals"] = dict(GLOBALS)
    page = open_page("settings")
    expect(
        page.locator("#cbi-ruijie-proxy-globals").get_by_role("button", name="Add")
    ).to_have_count(0)


# ---- what goes with what


def test_the_routers_own_login_has_no_use_for_relaying(router: Router, open_page: OpenPage) -> None:
    router.config["campus"] |= {"username": "20261234", "password": "x", "successes": "2"}
    page = open_page("settings")
    choose(page, "mode", "login")
    expect(field(page, "lan")).to_be_hidden()
    expect(page.locator(".cbi-tabmenu a", has_text="Relaying")).to_be_hidden()
    save(page)
    assert router.config["campus"] == {
        ".type": "session",
        "mode": "login",
        "wan": "wan",
        "lan": "br-lan",
        "username": "20261234",
        "password": "x",
    }


def test_details_of_the_login_wait_for_an_account(open_page: OpenPage) -> None:
    page = open_page("settings")
    go_to(page, "login")
    expect(field(page, "dialect")).to_be_hidden()
    fill_user = field(page, "username").locator("input")
    page.locator(".cbi-tabmenu a", has_text="General").first.click()
    fill_user.fill("20261234")
    fill_user.blur()
    go_to(page, "login")
    expect(field(page, "dialect")).to_be_visible()
    expect(field(page, "client_version")).to_be_visible()
    choose(page, "dialect", "plain")
    expect(field(page, "client_version")).to_be_hidden()
    choose(page, "dialect", "ruijie-v2")
    expect(field(page, "client_exe")).to_be_visible()
    expect(field(page, "edition")).to_be_hidden()


def test_a_fixed_address_is_not_renewed(open_page: OpenPage) -> None:
    page = open_page("settings")
    go_to(page, "address")
    choose(page, "dhcp_mode", "off")
    expect(field(page, "dhcp_renew")).to_be_hidden()


# ---- what is refused

REFUSED = {
    "general": {
        "wan": [
            "“eth1”",
            "eth1，",
            "ｅｔｈ１",
            "sixteen-of-bytes",
            "a/b",
            "a:b",
            "a b",
            "校园",
            "..",
        ],
        "lan": ["「br-lan」", "br-lan\u3000"],
        "username": ["has space", "字" * 127, "me\u3000", "me\u200b"],
        "password": ["x" * 1025, "密\u00a0码"],
    },
    "login": {
        "client_version": ["1", "1.256", "01.3"],
        "client_name": ["字" * 101],
        "disk_serial": ["序列", "x" * 65],
        "dns": ["8.8.8", "8.8.8.256", "08.8.8.8"],
        "properties": ["0x62", "0x100=hex:00", "0x62=hex:0", "0x62=other", "256=remove"],
        "password_file": ["relative"],
    },
    "relay": {
        "client": [
            "02：00：00：00：cc：01",
            "02:00",
            "01:00:00:00:00:01",
            "00:00:00:00:00:00",
            "02:00-00:00:00:01",
        ],
        "successes": ["0", "6", "1.5", "２"],
    },
    "address": {"dhcp_timeout": ["0", "121", "x", "“30”"]},
    "health": {
        "health_interval": ["9", "3601"],
        "health_failures": ["0", "101"],
        "health_ping": ["example.org", "2001:db8::1::2", "1:2:3:4:5:6:7", "fe80::1%wan", "::1.2.3"],
        "health_url": [
            "https://example.org/",
            "http://example.org:0/",
            "http://a/#b",
            "ftp://a",
            "http://[::1/",
            "http://[1.2.3.4]/",
            "http://[::1]x/",
        ],
        "health_status": ["99", "600"],
        "health_quarantine": ["172.16.0.0", "172.16.0.1/12", "172.16.0.0/33"],
        "health_timeout": ["61"],
    },
    "hooks": {"hooks_timeout": ["601"]},
    "advanced": {
        "name": ["has space", "x" * 33, "宿舍"],
        "login_timeout": ["4", "601"],
        "heartbeat_interval": ["0.5", "301", "7x"],
        "heartbeat_number": ["4294967296", "-1", "0x"],
        "hours": [
            "06:00",
            "06:00-24:01",
            "6-23",
            "23:00-06:00",
            "06:00-12:00 11:00-23:00",
            "mun 06:00-23:00",
            "mon",
            "06：00-23:59",
        ],
    },
    "places": {
        "control": ["relative", "/dir/", "/" + "x" * 107],
        "control_group": ["-x", "a b"],
        "state_dir": ["relative", "“/var/x”"],
        "metrics": ["/run/figures"],
    },
}
ACCEPTED = {
    "general": {
        "wan": ["eth0.2", "fifteen-of-byte", "宿舍网"],
        "username": ["a@b", "字" * 126, "“me”"],
        "password": ["x" * 1024, "密 码", "“x1”"],
        "service": ["移动", "电信（校园），20M", "“移动”"],
    },
    "login": {
        "client_version": ["auto", "1.31", "0.255", "5.0.3"],
        "dns": ["0.0.0.0"],
        "properties": ["0x62=hex:00ff", "98=remove", "0xFF=text:字", "0x62=hex:", "0x76=text:"],
        "password_file": ["/etc/x"],
    },
    "relay": {"client": ["any", "02-00-00-00-CC-01"], "successes": ["5"]},
    "address": {"dhcp_mode": ["after", "before", "off", "double"], "dhcp_timeout": ["1.5"]},
    "health": {
        "health_ping": ["off", "114.114.114.114", "2400:3200::1", "::ffff:1.2.3.4", "::"],
        "health_url": ["off", "http://a.b:8080/x?y=z", "http://[2001:db8::1]:8080/"],
        "health_quarantine": ["off", "172.16.0.0/12", "0.0.0.0/0", "1.2.3.4/32"],
    },
    "hooks": {"hooks_online": ["/usr/bin/logger"]},
    "advanced": {
        "name": ["dorm-1_A"],
        "group": ["keep", "auto"],
        "heartbeat_interval": ["auto", "20", "0300"],
        "heartbeat_number": ["auto", "0x102B", "4294967295"],
        "hours": ["06:00-23:59", "mon-thu 6:00-23:30, fri,sat 06:00-24:00", "fri-mon 00:00-24:00"],
    },
    "places": {
        "control": ["/run/x.sock"],
        "control_group": ["network"],
        "metrics": ["/run/a.prom"],
    },
}


TYPE_IN = """([option, values]) => {
    const box = document.querySelector(`[data-name="${option}"]`).querySelector(
        'input[type=text], input[type=password], select');
    const usual = box.value;
    const typeIn = value => {
        if (box.tagName == 'SELECT' && ![...box.options].some(one => one.value == value))
            box.add(new Option(value));  // as LuCI's lists of devices let it be typed
        box.value = value;
        ['keyup', 'change', 'blur'].forEach(name => box.dispatchEvent(new Event(name)));
        return box.getAttribute('data-tooltip');
    };
    const verdicts = values.map(typeIn);
    typeIn(usual);
    return verdicts;
}"""
"""Types each value into a field, and returns what the user is then told is wrong with it."""


def verdicts(
    router: Router, open_page: OpenPage, values: dict[str, dict[str, list[str]]]
) -> dict[tuple[str, str], str | None]:
    """Return what the form says of each value of each option."""
    router.config["campus"] |= {"username": "20261234", "health_enabled": "1"}
    page = open_page("settings")
    return {
        (option, value): verdict
        for options in values.values()
        for option, several in options.items()
        for value, verdict in zip(several, page.evaluate(TYPE_IN, [option, several]), strict=True)
    }


def test_a_value_that_the_program_would_refuse_is_refused_with_the_reason(
    router: Router, open_page: OpenPage
) -> None:
    found = verdicts(router, open_page, REFUSED)
    assert [place for place, reason in found.items() if not reason] == []


@pytest.mark.parametrize(
    ("option", "value"),
    [("wan", "“eth1”"), ("client", "02：00"), ("successes", "２"), ("state_dir", "“/var/x”")],
)
def test_what_an_input_method_has_changed_is_named(
    router: Router, open_page: OpenPage, option: str, value: str
) -> None:
    (reason,) = verdicts(router, open_page, {"any": {option: [value]}}).values()

    assert reason is not None
    assert reason.startswith(("It has Chinese quotes", "It has a full-width", "It has full-width"))


def test_a_value_that_the_program_takes_is_taken(router: Router, open_page: OpenPage) -> None:
    found = verdicts(router, open_page, ACCEPTED)
    assert {place: reason for place, reason in found.items() if reason} == {}


@pytest.mark.parametrize("values", [REFUSED, ACCEPTED])
def test_the_program_thinks_the_same_of_these_values(
    values: dict[str, dict[str, list[str]]],
) -> None:
    """The form's examples, held against the schema that the program reads with."""
    leaves = {**leaves_of(schema.SESSION), **leaves_of(schema.CONFIGURATION)}
    for options in values.values():
        for option, several in options.items():
            for value in several:
                assert takes(leaves[option], value) is (values is ACCEPTED), (option, value)


@pytest.mark.parametrize(
    ("mode", "service", "reason"),
    [
        ("login", "网" * 16, None),
        (
            "login",
            "网" * 17,
            "It is longer than 32 bytes in GBK, which is all that 802.1X can carry",
        ),
        (
            "auto",
            "网" * 17,
            "It is longer than 32 bytes in GBK, which is all that 802.1X can carry",
        ),
        ("portal", "网" * 255, None),
        ("portal", "网" * 256, "It is longer than 255 characters."),
    ],
)
def test_a_service_may_have_a_longer_name_at_a_portal(
    router: Router, open_page: OpenPage, mode: str, service: str, reason: str | None
) -> None:
    router.config["campus"] |= {"mode": mode}
    (found,) = verdicts(router, open_page, {"general": {"service": [service]}}).values()
    assert (found or "").startswith(reason or "")
    assert (found is None) is (reason is None)


def test_a_form_with_an_invalid_value_is_not_saved(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    fill(page, "username", "has space")
    field(page, "username").locator("input").blur()
    page.get_by_role("button", name="Save & Apply").click()
    expect(page.locator(".modal")).to_contain_text("It has a space in it.")
    assert router.config["campus"] == RELAY


# ---- what the program thinks of the settings


def test_errors_in_the_settings_are_shown(router: Router, open_page: OpenPage) -> None:
    wrong = "/etc/config/ruijie-proxy:12: ruijie-proxy.campus.wan: <b>is missing</b>"
    router.programs[CHECK] = Outcome(2, stderr=f"{wrong}\n1 problem found.\n")
    box = open_page("settings").locator("#ruijie-proxy-problems .error")
    expect(box).to_contain_text(wrong)
    expect(box).to_contain_text("the service does not take them")


def test_a_remark_of_the_program_is_shown(router: Router, open_page: OpenPage) -> None:
    router.programs[CHECK] = Outcome(0, "fine\n", "warning: readable by others\n")
    box = open_page("settings").locator("#ruijie-proxy-problems .warning")
    expect(box).to_contain_text("warning: readable by others")


def test_settings_without_errors_are_not_talked_about(router: Router, open_page: OpenPage) -> None:
    page = open_page("settings")
    page.wait_for_load_state("networkidle")
    assert f"{CHECK}".replace(" check", " --lang en check") in router.commands
    expect(page.locator("#ruijie-proxy-problems")).to_be_empty()


def test_who_may_only_look_cannot_save(router: Router, open_page: OpenPage) -> None:
    router.rights = Rights(writable=())
    page = open_page("settings")
    expect(page.get_by_role("button", name="Save & Apply")).to_be_disabled()
    expect(field(page, "username").locator("input")).to_be_disabled()


def test_the_password_is_not_shown_unasked(router: Router, open_page: OpenPage) -> None:
    router.config["campus"] |= {"username": "20261234", "password": "geheim"}
    box = field(open_page("settings"), "password").locator("input")
    expect(box).to_have_attribute("type", "password")
    field(box.page, "password").locator("button").click()
    expect(box).to_have_attribute("type", "text")


@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("language", ["en", "zh_Hans"])
def test_the_form_fits_the_screen(
    router: Router, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    router.language = language
    page = open_page("settings", size)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
