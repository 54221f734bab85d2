"""A session that was taken over, in the configuration: its section alone changes."""

from __future__ import annotations

from typing import Any

import pytest

from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.takeover.sections import merge_into_uci, unfit_options, write_yaml

OPTIONS: dict[str, Any] = {
    "mode": "login",
    "wan": "wan",
    "username": "me",
    "password": "it's #1",
    "dns": ["1.1.1.1", "8.8.8.8"],
    "properties": ["0x6A=hex:00"],
    "dhcp": "before",
    "dhcp_timeout": "9",
    "health": "on",
}
SECTION = (
    "config session 'minieap'\n"
    "\toption mode 'login'\n"
    "\toption wan 'wan'\n"
    "\toption username 'me'\n"
    "\toption password 'it'\\''s #1'\n"
    "\tlist dns '1.1.1.1'\n"
    "\tlist dns '8.8.8.8'\n"
    "\tlist properties '0x6A=hex:00'\n"
    "\toption dhcp 'before'\n"
    "\toption dhcp_timeout '9'\n"
    "\toption health 'on'\n"
)
BEFORE = "# mine\nconfig globals 'globals'\n\toption log_level  info # so\n\n# the dorm\n"
DORM = "config session 'dorm'\n\toption enabled '0'\n\t# inner\n\toption wan 'wan'\n"
AFTER = "\n# the attic\nconfig session\n\toption wan 'lan4'\n\toption lan 'br-lan'"
TAKEN_NAME = "config other 'minieap'\n"


def merged(text: str) -> str:
    return merge_into_uci(text, "file", OPTIONS, "minieap").text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SECTION),
        (BEFORE, f"{BEFORE}\n{SECTION}"),
        (AFTER, f"{AFTER}\n\n{SECTION}"),
        (
            "config other 'minieap'\n",
            "config other 'minieap'\n\n" + SECTION.replace("p'", "p2'", 1),
        ),
    ],
)
def test_a_new_port_gets_a_section_behind_all(text: str, expected: str) -> None:
    assert merged(text) == expected


def test_the_section_of_the_same_port_is_replaced_and_every_other_byte_stays() -> None:
    result = merge_into_uci(BEFORE + DORM + AFTER, "file", OPTIONS, "minieap")

    assert result.text == BEFORE + SECTION.replace("minieap", "dorm") + AFTER
    assert result.replaced == "dorm"
    assert result.others == ("lan4",)


def test_a_value_over_several_lines_belongs_to_the_section() -> None:
    dorm = DORM + "\toption service 'two\n# lines'\n"

    assert merged(BEFORE + dorm + AFTER) == BEFORE + SECTION.replace("minieap", "dorm") + AFTER


def test_a_section_without_a_name_is_replaced_by_one_without() -> None:
    text = DORM.replace(" 'dorm'", "")

    assert merged(text) == SECTION.replace(" 'minieap'", "")


def test_what_is_no_uci_is_not_written_to() -> None:
    with pytest.raises(ConfigurationProblems, match="file:1: "):
        merged("config 'session\n")


def test_the_same_session_is_written_in_yaml_and_in_uci() -> None:
    in_yaml = parse_configuration(write_yaml([OPTIONS]).encode(), "file").plain
    in_uci = parse_configuration(merged("").encode(), "file").plain

    in_uci["sessions"][0]["name"] = in_yaml["sessions"][0]["name"]
    assert in_yaml == in_uci


def test_options_that_do_not_fit_are_found() -> None:
    options = {**OPTIONS, "disk_serial": "号", "dns": ["1.1.1.1", "x"]}

    assert set(unfit_options(options)) == {"disk_serial", "dns"}
    assert unfit_options(OPTIONS) == {}
