"""UCI files as libuci takes them, and what is said of those that it does not take."""

from __future__ import annotations

import pytest

from ruijie_proxy.config.notations.uci_syntax import (
    UciOption,
    UciSection,
    is_name,
    parse_sections,
)
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.notation import quoted

FILE = "/etc/config/ruijie-proxy"


def value_of(written: str) -> str:
    """Return what libuci would make of a value written so."""
    (section,) = parse_sections(f"config session\n\toption key {written}\n", FILE)
    (option,) = section.options
    assert option.name == "key"
    return option.value


def problem_of(text: str) -> str:
    with pytest.raises(ConfigurationProblems) as caught:
        parse_sections(text, FILE)
    (problem,) = caught.value.problems
    return str(problem)


def test_sections_hold_the_options_below_them() -> None:
    text = (
        "package 'ruijie-proxy'\n"
        "\n"
        "config globals 'globals'\n"
        "\toption log_level 'info'\n"
        "\n"
        "config session\n"
        "\tlist dns '202.114.0.242'\n"
        "\tlist dns '202.114.0.131'\n"
    )

    assert parse_sections(text, FILE) == [
        UciSection("globals", "globals", 3, [UciOption("log_level", "info", 4, 4, False)]),
        UciSection(
            "session",
            None,
            6,
            [
                UciOption("dns", "202.114.0.242", 7, 7, True),
                UciOption("dns", "202.114.0.131", 8, 8, True),
            ],
        ),
    ]


def test_the_words_of_uci_may_be_their_first_letters() -> None:
    assert parse_sections("c session campus\n\to wan 'eth1'\n\tl dns '8.8.8.8'\n", FILE) == [
        UciSection(
            "session",
            "campus",
            1,
            [
                UciOption("wan", "eth1", 2, 2, False),
                UciOption("dns", "8.8.8.8", 3, 3, True),
            ],
        )
    ]


@pytest.mark.parametrize("verb", ["'config'", '"config"', "con'fig'", "\\config"])
def test_the_words_of_uci_are_none_within_quotes(verb: str) -> None:
    told = problem_of(f"{verb} session campus\n")

    assert "begins with a word that is none of UCI's" in told


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("'single quotes'", "single quotes"),
        ('"double quotes"', "double quotes"),
        ("'it'\\''s'", "it's"),
        ("'one'\"word\"\\ still", "oneword still"),
        ('"a \\" and a \\\\"', 'a " and a \\'),
        ("'a \\ stays'", "a \\ stays"),
        ("'over\ntwo lines'", "over\ntwo lines"),
        ('"goes on \\\nhere"', "goes on here"),
        ("goes\\\non", "goeson"),
        ("goes\\\r\non", "goeson"),
        ("'#;no comment'", "#;no comment"),
        ("value# a comment", "value"),
        ("'value' # a comment", "value"),
        ("''", ""),
        ("", ""),
        ("'密码'", "密码"),
        ("'“quoted”'", "“quoted”"),
    ],
)
def test_a_value_is_read_as_libuci_reads_it(written: str, value: str) -> None:
    assert value_of(written) == value


@pytest.mark.parametrize("value", ["plain", "it's", "''", 'a " b', "back\\slash", "#;", "a\nb", ""])
def test_what_is_quoted_is_read_as_it_was(value: str) -> None:
    assert value_of(quoted(value)) == value


def test_lines_are_counted_over_quotes_and_comments() -> None:
    text = "# one\n\nconfig session\n\toption a 'two\nlines' # more\n\toption b 'c'\n"
    (section,) = parse_sections(text, FILE)

    assert [option.line for option in section.options] == [4, 6]
    assert [option.last_line for option in section.options] == [5, 6]


def test_files_of_windows_and_without_an_end_of_line_are_read() -> None:
    (section,) = parse_sections("config session 'a'\r\n\toption wan 'eth1'\r\n\toption b c", FILE)

    assert [(option.name, option.value) for option in section.options] == [
        ("wan", "eth1"),
        ("b", "c"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "config session\nwan eth1",
            "2: begins with a word that is none of UCI's; "
            "begin each line with config, option or list",
        ),
        (
            "\noption wan 'eth1'",
            "2: is in no section; put a line such as config session 'campus' above it",
        ),
        (
            "config",
            "1: ends too early; write option, its name and, in quotes, its value",
        ),
        (
            "config session\n\toption ''",
            "2: ends too early; write option, its name and, in quotes, its value",
        ),
        (
            "config session\n\toption a b c",
            "2: has more words than a name and a value; "
            "put quotes around the value: option name 'a value'",
        ),
        (
            "config 'a b'",
            "1: the section's type has other characters than A-Z a-z 0-9 _; "
            "write config session, and a name in quotes",
        ),
        (
            "config session my-dorm",
            "1: the section's name has other characters than A-Z a-z 0-9 _; "
            "write a name such as campus, and what it is to be called as option name",
        ),
        (
            "config session\n\toption heartbeat.interval 3",
            "2: the option's name has other characters than A-Z a-z 0-9 _; "
            "write option, its name and, in quotes, its value",
        ),
        (
            "config session\n\toption a 'b\n\toption c d\n",
            "2: opens a quote that nothing closes; "
            "close it; a quote within quotes is written as '\\''",
        ),
        (
            'config session\n\n\toption a "b\\"\n',
            "3: opens a quote that nothing closes; "
            "close it; a quote within quotes is written as '\\''",
        ),
        (
            "config session; option a b",
            "1: has a semicolon outside quotes; "
            "put straight quotes around the value: option name 'a value'",
        ),
        (
            "config session\n\toption wan ‘eth1’",
            "2: has a Chinese quotation mark or space outside quotes; "
            "put straight quotes around the value: option name 'a value'",
        ),
        (
            "config session\n\toption\u3000wan 'eth1'",
            "2: has a Chinese quotation mark or space outside quotes; "
            "put straight quotes around the value: option name 'a value'",
        ),
    ],
)
def test_what_is_no_uci_is_told_with_its_line_and_what_to_write(text: str, problem: str) -> None:
    assert problem_of(text) == f"{FILE}:{problem}"


@pytest.mark.parametrize(
    ("text", "name"),
    [("campus_2", True), ("_", True), ("", False), ("a-b", False), ("宿舍", False), ("a b", False)],
)
def test_names_are_those_that_libuci_takes(text: str, name: bool) -> None:
    assert is_name(text) is name
