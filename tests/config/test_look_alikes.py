"""What an input method for Chinese writes in place of what was meant: named, or asked about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ruijie_proxy.config.notations.uci_document import options_of
from ruijie_proxy.config.reader import parse_configuration
from ruijie_proxy.config.shape.look_alikes import look_alike
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION
from ruijie_proxy.config.shape.shapes import Scalar, ScalarOrList
from tests.chinese import speak_chinese

Problems = Callable[[str], list[str]]
Told = Callable[[str], list[str]]

QUOTES = 'has Chinese quotes in it; write " instead'
COLON = 'has a full-width colon in it; write "key: value", with a space after the colon'
COMMA = "has a Chinese comma in it; write , instead"
SPACE = "has a full-width space in it; write a plain space instead, or none"
OTHERS = (
    "has full-width characters in it; write half-width ones, in the input method's English mode"
)
INVISIBLE = "has an invisible character in it; remove it, or type all of it anew"
DOUBT = ", unless that is meant"
REST = "\n    lan: br-lan\n"
MAY_BE_MEANT = {
    "username",
    "password",
    "service",
    "client_name",
    "operator_username",
    "operator_password",
}
"""Options whose values go to the switch as they are."""
COMMAND = "dhcp_renew"
"""Words of a command may be anything; that of a hook has to be a path first."""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        # What is no YAML, or is YAML of another kind, because of one character.
        ("sessions：\n  - wan: eth1" + REST, f"1: {COLON}"),
        ("sessions:\n  - wan： eth1" + REST, f"2: {COLON}"),
        ("sessions:\n  - wan： eth1\n    lan： br-lan\n", f"2:5: sessions[0]: {COLON}"),
        ("sessions:\n  - wan： eth1\n", f"2:5: sessions[0]: {COLON}"),
        ("sessions：[{wan: eth1, lan: br-lan}]\n", f"1: {COLON}"),
        ("sessions:\n  - {wan: eth1，lan: br-lan}\n", f"2: {COMMA}"),
        ("sessions:\n  - {wan: eth1， lan: br-lan}\n", f"2: {COMMA}"),
        ("sessions:\n  - {wan： eth1}\n", f"2:6: sessions[0]: {COLON}"),
        ("sessions:\n　- wan: eth1" + REST, f"2: {SPACE}"),
        ("sessions:\n  -　wan: eth1" + REST, f"2: {SPACE}"),
        ("sessions:\n－ wan: eth1" + REST, f"2: {OTHERS}"),
        ("sessions:\n  - wan: eth1" + REST + "　mode: relay\n", f"4:1: {SPACE}"),
        ("sessions:\n  - wan: eth1" + REST + "\u00a0\u00a0mode: relay\n", f"4:1: {SPACE}"),
        ("sessions:\n  - “wan”: eth1" + REST, f"2:5: sessions[0]: {QUOTES}"),
        ("sessions:\n  - ‘wan’: eth1" + REST, f"2:5: sessions[0]: {QUOTES}"),
        ("＃ mine\nsessions:\n  - wan: eth1" + REST, f"1: {OTHERS}"),
        ('sessions:\n  - wan: "eth1”' + REST, f"2: {QUOTES}"),
        ("sessions:\n  - wan: eth1" + REST + "\ufeffcontrol: /run/c\n", f"4:1: {INVISIBLE}"),
        # Values that cannot be meant so.
        ("sessions:\n  - wan: “eth1”" + REST, f"2:10: sessions[0].wan: {QUOTES}"),
        ("sessions:\n  - wan: ｅｔｈ１" + REST, f"2:10: sessions[0].wan: {OTHERS}"),
        ("sessions:\n  - wan: eth1，" + REST, f"2:10: sessions[0].wan: {COMMA}"),
        ("sessions:\n  - wan: 'eth1　'" + REST, f"2:10: sessions[0].wan: {SPACE}"),
        ('sessions:\n  - wan: "eth1\\u200b"' + REST, f"2:10: sessions[0].wan: {INVISIBLE}"),
        ("log: {level： info}\nsessions:\n  - wan: eth1" + REST, f"1:7: log: {COLON}"),
    ],
)
def test_it_is_named_in_its_line(problems_of: Problems, content: str, problem: str) -> None:
    assert problems_of(content)[0] == f"config.yaml:{problem}"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("client: 02：00：00：00：cc：01", "client: has a full-width colon in it; write : instead"),
        ("successes: ２", f"successes: {OTHERS}"),
        ("mode: “relay”", f"mode: {QUOTES}"),
        ("mode: ｒｅｌａｙ", f"mode: {OTHERS}"),
        ("restore_mac: true；", "restore_mac: has a full-width semicolon in it; write ; instead"),
        ("heartbeat: {interval： 20}", f"heartbeat: {COLON}"),
        ("dhcp: “before”", f"dhcp: {QUOTES}"),
        ("health: {ping: １.1.1.1}", f"health.ping: {OTHERS}"),
        ("client: ［02:00:00:00:cc:01］", f"client: {OTHERS}"),
        ("password_file: “/etc/dorm”", f"password_file: {QUOTES}"),
    ],
)
def test_so_it_is_in_every_kind_of_value(problems_with: Problems, keys: str, problem: str) -> None:
    told = [one.split(" ", 1)[1] for one in problems_with(keys)]

    assert f"sessions[0].{problem}" in told


def test_every_line_is_named_where_all_of_the_file_was_written_so(problems_of: Problems) -> None:
    assert problems_of("sessions：\n  - wan： eth1\n    lan： br-lan\n") == [
        f"config.yaml:{line}: {COLON}" for line in (1, 2, 3)
    ]


def test_a_text_that_may_be_chinese_is_not_suspected_of_what_is_wrong_elsewhere(
    problems_of: Problems,
) -> None:
    (problem,) = problems_of(
        "sessions:\n  - wan: eth1\n    service: 电信（校园）\n    dhcp: after: b\n"
    )

    assert problem.startswith("config.yaml:4:16: not valid YAML: mapping values are not allowed")


@pytest.mark.parametrize(
    ("keys", "warnings"),
    [
        ("password: “x1”", [f"password: {QUOTES}{DOUBT}"]),
        ("password: x，1", [f"password: {COMMA}{DOUBT}"]),
        ("password: ｘ１", [f"password: {OTHERS}{DOUBT}"]),
        ("password: 密码", []),
        ("password: '\"x1\"'", []),
        ("username: “me”", [f"username: {QUOTES}{DOUBT}"]),
        ("username: me＠cmcc", [f"username: {OTHERS}{DOUBT}"]),
        ("service: “移动”", [f"service: {QUOTES}{DOUBT}"]),
        ("service: ‘移动’", [f"service: {QUOTES}{DOUBT}"]),
        ("service: ”移动”", [f"service: {QUOTES}{DOUBT}"]),
        ("service: 电信（校园），20M", []),
        ("service: 中国“移动”", []),
        ("client_name: 「a」", [f"client_name: {QUOTES}{DOUBT}"]),
        ("hooks: {online: [/bin/echo, “a”]}", [f"hooks.online[1]: {QUOTES}{DOUBT}"]),
        ("hooks: {online: [/bin/echo, 上线了！]}", []),
    ],
)
def test_where_it_could_be_meant_the_user_is_asked(
    warnings_of: Told, keys: str, warnings: list[str]
) -> None:
    account = {"username": "me", "password": "pw"}
    given = "".join(
        f", {key}: {value}" for key, value in account.items() if not keys.startswith(key)
    )

    told = warnings_of(f"sessions: [{{wan: eth1, mode: login{given},\n {keys} }}]")

    assert [one.split(" ", 1)[1] for one in told] == [f"sessions[0].{one}" for one in warnings]


@pytest.mark.parametrize("section", ["session", "globals"])
def test_no_option_of_either_kind_of_file_takes_chinese_quotes_in_silence(section: str) -> None:
    group = SESSION if section == "session" else CONFIGURATION
    known = {
        name: option.path
        for name, option in options_of(group).items()
        if isinstance(option.shape, (Scalar, ScalarOrList))
    }
    session = "config session 'campus'\n\toption wan 'wan'\n\toption lan 'br-lan'\n"
    if section == "globals":
        session = session + "config globals 'globals'\n"

    for name in known:
        if name in MAY_BE_MEANT or name.startswith("hooks_"):
            continue  # above
        text = "".join(line for line in session.splitlines(True) if f"option {name} " not in line)
        try:
            reading = parse_configuration(f"{text}\toption {name} '“x”'\n".encode(), "file")
            told = [str(warning) for warning in reading.warnings]
        except ConfigurationProblems as problems:
            told = [str(problem) for problem in problems.problems]
        about_it = [one for one in told if "has Chinese quotes in it" in one]
        assert len(about_it) == 1, (name, told)
        assert (DOUBT in about_it[0]) is (name == COMMAND), about_it


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("config session 'a'\n\toption wan '“eth1”'\n", f"2: ruijie-proxy.a.wan: {QUOTES}"),
        (
            "config session 'a'\n\toption wan 'eth1'\n\toption client '02：00'\n",
            "3: ruijie-proxy.a",
        ),
        (
            "config session 'a'\n\toption wan： 'eth1'\n",
            "2: has a full-width colon in it; write option, its name and, in quotes, its value",
        ),
        (
            "config session：\n",
            "1: has a full-width colon in it; write config session, and a name in quotes",
        ),
        (
            "config session 'a'\n，option wan 'eth1'\n",
            "2: has a Chinese comma in it; begin each line with config, option or list",
        ),
        (
            "config session 'a'\n\toption\u00a0wan 'eth1'\n",
            "2: has a Chinese quotation mark or space outside quotes",
        ),
        (
            "config session 'a'\n\toption wan “eth1”\n",
            "2: has a Chinese quotation mark or space outside quotes",
        ),
    ],
)
def test_uci_names_it_too(problems_of: Problems, text: str, problem: str) -> None:
    told = problems_of(text)

    assert any(one.startswith(f"config.yaml:{problem}") for one in told)


def test_it_is_named_in_chinese(problems_of: Problems, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_chinese(monkeypatch)

    assert problems_of("sessions:\n  - wan: “eth1”" + REST) == [
        'config.yaml:2:10: sessions[0].wan：含有中文引号；请改用英文引号 "'
    ]


@pytest.mark.parametrize("text", ["", "eth1", "移动", "a“", "\u200b", "Ａ"])
def test_only_such_characters_count(text: str) -> None:
    assert (look_alike(text) is None) is (text in ("", "eth1", "移动"))
