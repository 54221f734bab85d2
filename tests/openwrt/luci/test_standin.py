"""The stand-in for LuCI does what the real one does (docs/testing.md)."""

from __future__ import annotations

import pytest

from tests.openwrt.luci.conftest import OpenPage
from tests.openwrt.luci.router import LARGEST_OUTPUT, OK, PROGRAM, Outcome, Rights, Router
from tests.openwrt.luci.samples import CHECK


def test_what_is_null_in_a_list_of_nodes_is_written_out(open_page: OpenPage) -> None:
    page = open_page()
    assert page.evaluate("E('p', {}, [ 'a', null, undefined ]).textContent") == "anullundefined"
    assert page.evaluate("E('p', {}, null).textContent") == ""


def test_the_first_device_is_chosen_where_one_is_required(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[CHECK] = Outcome()
    page = open_page("settings")
    chosen = page.evaluate(
        """async () => {
            const form = await L.require('form'), widgets = await L.require('tools.widgets');
            const value = setUp => {
                const section = new form.Map('ruijie-proxy').section(form.TypedSection, 'session');
                const option = section.option(widgets.DeviceSelect, 'wan');
                setUp(option);
                const node = option.makeWidget('new', option.default).render();
                return node.querySelector('select').value;
            };
            return [
                value(option => { option.rmempty = false; }),
                value(option => { option.rmempty = false; option.optional = true; }),
                value(option => { option.rmempty = false; option.default = 'wan'; }),
            ];
        }"""
    )
    assert chosen == [router.devices[0], "", "wan"]


def test_a_hidden_field_leaves_the_file_unless_it_is_retained(
    router: Router, open_page: OpenPage
) -> None:
    router.programs[CHECK] = Outcome()
    router.config = {"campus": {".type": "session", "mode": "login", "wan": "wan", "mac": "clone"}}
    router.config["campus"] |= {"lan": "br-lan", "username": "me", "password": "pw"}
    page = open_page("settings")
    with page.expect_navigation():
        page.get_by_role("button", name="Save & Apply").click()
    page.wait_for_selector("#view h2")
    assert "mac" not in router.config["campus"]
    assert router.config["campus"]["lan"] == "br-lan"


@pytest.mark.parametrize("scope", ["file", "cgi-io"])
def test_an_upload_needs_both_rights(scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = "/tmp/ruijie-proxy-learn.upload"
    assert Rights().allow_upload(path)
    assert not Rights().allow_upload("/etc/passwd")
    scopes = Rights._scopes
    monkeypatch.setattr(
        Rights,
        "_scopes",
        lambda rights, name, **only: [] if name == scope else scopes(rights, name, **only),
    )
    assert not Rights().allow_upload(path)


def executed(outcome: Outcome) -> object:
    """Return rpcd's answer, of a program that comes to this."""
    router = Router(programs={CHECK: outcome})
    command = {"command": PROGRAM, "params": ["--lang", "en", *CHECK.split()[1:]]}
    return router.ubus("file", "exec", command)


def test_a_program_that_fails_is_answered_like_any_other() -> None:
    assert executed(Outcome(2, "told")) == [OK, {"code": 2, "stdout": "told"}]


def test_rpcd_hands_over_so_much_and_no_more() -> None:
    assert executed(Outcome(0, "x" * LARGEST_OUTPUT)) == [
        OK,
        {"code": 0, "stdout": "x" * LARGEST_OUTPUT},
    ]
    with pytest.raises(AssertionError, match="rpcd"):
        executed(Outcome(0, "x" * (LARGEST_OUTPUT + 1)))


def test_a_right_with_a_star_allows_further_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """rpcd compares the whole command line, blanks included, by fnmatch(3)."""
    rights = Router().rights
    scope = [{"/usr/bin/example a *": ["exec"], "/usr/bin/example b": ["exec"]}]
    monkeypatch.setattr(type(rights), "_scopes", lambda *_: scope)

    allowed = ["a x", "a x y", "b"]
    assert [rights.allow_file(f"/usr/bin/example {words}") for words in allowed] == [True] * 3
    refused = ["a", "b x", "ab"]
    assert [rights.allow_file(f"/usr/bin/example {words}") for words in refused] == [False] * 3
