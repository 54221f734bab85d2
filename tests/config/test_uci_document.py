"""A configuration in OpenWrt's way: what it says, and how what is wrong with it is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ruijie_proxy.config.notations.document import LARGEST_FILE, is_uci
from ruijie_proxy.config.reader import parse_configuration, read_configuration, read_path
from ruijie_proxy.config.shape.problems import ConfigurationProblems

FILE = "/etc/config/ruijie-proxy"


def plain_of(text: str) -> dict[str, Any]:
    return parse_configuration(text.encode(), FILE).plain


def session_of(*options: str) -> dict[str, Any]:
    """Return a session of wan and br-lan with more lines, which begin in line 4."""
    plain = plain_of(one_session(*options))
    session: dict[str, Any] = plain["sessions"][0]
    return session


def one_session(*lines: str) -> str:
    head = ["config session 'campus'", "option wan 'wan'", "option lan 'br-lan'"]
    return "\n\t".join([*head, *lines])


def problems_of(content: str | bytes) -> list[str]:
    data = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(ConfigurationProblems) as caught:
        parse_configuration(data, FILE)
    problems = [str(problem) for problem in caught.value.problems]
    assert all(problem.startswith(FILE) for problem in problems)
    return [problem.removeprefix(FILE) for problem in problems]


def test_globals_hold_what_is_for_all_and_sessions_what_is_theirs() -> None:
    text = (
        "config globals 'globals'\n"
        "\toption control '/var/run/ruijie-proxy/control.sock'\n"
        "\toption log_level 'debug'\n"
        "config session 'campus'\n"
        "\toption wan 'wan'\n"
        "\toption lan 'br-lan'\n"
        "\toption heartbeat_interval '20'\n"
    )

    assert plain_of(text) == {
        "control": "/var/run/ruijie-proxy/control.sock",
        "log": {"level": "debug"},
        "sessions": [
            {"name": "campus", "wan": "wan", "lan": "br-lan", "heartbeat": {"interval": 20.0}}
        ],
    }


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("config session 'a'\noption name 'dorm-1'\noption wan 'w'\noption lan 'l'", "dorm-1"),
        ("config session 'a'\noption wan 'w'\noption lan 'l'", "a"),
        ("config session\noption wan 'wan.2'\noption lan 'l'", "wan-2"),
        ("config session 'a'\noption name ''\noption wan 'w'\noption lan 'l'", "a"),
    ],
)
def test_a_session_is_called_by_its_name_its_section_or_its_port(text: str, name: str) -> None:
    assert plain_of(text)["sessions"][0]["name"] == name


@pytest.mark.parametrize("word", ["0", "no", "off", "false", "disabled"])
def test_a_session_that_is_switched_off_is_left_out_whatever_is_in_it(word: str) -> None:
    off = f"\nconfig session 'off'\n\toption enabled '{word}'\n\toption nonsense 'x'\n"

    assert [one["name"] for one in plain_of(one_session() + off)["sessions"]] == ["campus"]


@pytest.mark.parametrize("language", ["en", "zh", ""])
def test_the_language_of_the_log_is_for_the_services_script(language: str) -> None:
    text = f"config globals 'globals'\n\toption language '{language}'\n{one_session()}"

    assert plain_of(text).keys() == {"sessions"}


def test_a_language_that_is_not_spoken_is_told() -> None:
    assert problems_of(f"config globals\n\toption language 'zh_cn'\n{one_session()}") == [
        ":2: ruijie-proxy.@globals[0].language: is not one of en, zh; use en or zh"
    ]


@pytest.mark.parametrize(
    ("head", "option", "meant"),
    [
        ("config globals 'globals'", "langauge", "language"),
        ("config session 'globals'", "enabeld", "enabled"),
    ],
)
def test_what_only_openwrt_has_is_known_when_it_is_misspelt(
    head: str, option: str, meant: str
) -> None:
    (*_others, problem) = problems_of(f"{one_session()}\n{head}\n\toption {option} '1'\n")

    assert problem == f':5: ruijie-proxy.globals: unknown option; did you mean "{meant}"?'


@pytest.mark.parametrize(
    ("line", "type"), [("option language 'zh'", "session"), ("option enabled '1'", "globals")]
)
def test_what_is_for_the_other_kind_of_section_is_unknown(line: str, type: str) -> None:
    problems = problems_of(f"{one_session()}\nconfig {type} 'x'\n\t{line}\n")

    assert any(problem.startswith(":5: ruijie-proxy.x: unknown option; ") for problem in problems)


@pytest.mark.parametrize("word", ["1", "yes", "on", "true", "enabled"])
def test_booleans_are_written_as_everywhere_on_openwrt(word: str) -> None:
    session = session_of(f"option enabled '{word}'", f"option logoff_on_exit '{word}'")

    assert session["logoff_on_exit"] is True
    assert "enabled" not in session


@pytest.mark.parametrize(
    ("lines", "key", "value"),
    [
        (["option client 'any'"], "client", []),
        (["list client 'any'"], "client", []),
        (["option client '02:00:00:00:cc:01'"], "client", ["02:00:00:00:cc:01"]),
        (["list client '02-00-00-00-CC-01'"], "client", ["02:00:00:00:cc:01"]),
        (["option dhcp 'before'"], "dhcp", {"mode": "before"}),
        (["option dhcp 'before'", "option dhcp_timeout '9'"], "dhcp", None),
        (["option dhcp_renew 'off'"], "dhcp", {"renew": "off"}),
        (["option dhcp_renew '/bin/renew'"], "dhcp", {"renew": ["/bin/renew"]}),
        (["list dhcp_renew 'udhcpc'", "list dhcp_renew '-n'"], "dhcp", {"renew": ["udhcpc", "-n"]}),
        (["option health '1'"], "health", {"enabled": True}),
        (["option health_quarantine 'off'"], "health", {"quarantine": None}),
        (["option health_quarantine '10.0.0.0/8'"], "health", {"quarantine": ["10.0.0.0/8"]}),
        (["option hooks_client_needed '/bin/true'"], "hooks", {"client-needed": ["/bin/true"]}),
        (["option heartbeat_number 'auto'"], "heartbeat", {"number": None}),
    ],
)
def test_an_option_says_what_the_key_does(lines: list[str], key: str, value: object) -> None:
    read = session_of(*lines)[key]

    assert read == ({"mode": "before", "timeout": 9.0} if value is None else value)


def test_properties_are_a_list_of_pairs() -> None:
    session = session_of(
        "option mode 'auto'",
        "option username 'me'",
        "option password 'p=q'",
        "list properties '0x62=hex:00'",
        "list properties '0x55 = remove'",
        "list properties '0x6F=text:a=b'",
    )

    assert session["properties"] == [[0x62, b"\0"], [0x55, None], [0x6F, b"a=b"]]
    assert session["password"] == "p=q"


@pytest.mark.parametrize(
    ("word", "sent"), [("off", False), ("0", False), ("auto", True), ("on", True), ("1", True)]
)
def test_heartbeats_are_switched_off_by_a_word_or_as_openwrt_does_it(word: str, sent: bool) -> None:
    for name in ("heartbeat", "heartbeat_enabled"):
        assert session_of(f"option {name} '{word}'")["heartbeat"] == {"enabled": sent}


def test_an_option_with_nothing_in_it_is_not_there() -> None:
    """As in libuci, where that is how an option is deleted."""
    assert "username" not in session_of("option username ''", "option password")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            "option hartbeat_interval '20'",
            'campus: unknown option; did you mean "heartbeat_interval"?',
        ),
        (
            "option heartbeat_interval '301'",
            "campus.heartbeat_interval: is too large; "
            "use auto, or seconds from 1 to 300, such as 20",
        ),
        (
            "option client 'pc'",
            "campus.client: is no MAC address; use a MAC address such as 02:00:00:00:cc:01",
        ),
        (
            "option dhcp 'bifore'",
            'campus.dhcp: is not one of off, before, after, double; did you mean "before"?',
        ),
        (
            "option dhcp_mode 'never'",
            "campus.dhcp_mode: is not one of off, before, after, double; "
            "use off, before, after or double",
        ),
        (
            "option dhcp_renew 'atuo'",
            'campus.dhcp_renew: is not one of auto, off; did you mean "auto"?',
        ),
        (
            "list wan_is_twice 'x'",
            "campus: unknown option; the options here are ",
        ),
        (
            "list group 'keep'",
            "campus.group: is a list, not a single value; use keep, standard, ruijie or auto",
        ),
        (
            "option wan 'eth1'",
            "campus.wan: is given twice, first in line 2; keep one of the two",
        ),
        (
            "option restore_mac 'ja'",
            "campus.restore_mac: is neither true nor false; use true or false",
        ),
        (
            "option enabled 'perhaps'",
            "campus.enabled: is neither true nor false; use 0 or 1",
        ),
        (
            "list properties '0x62'",
            "campus.properties: has no = in it; "
            "use a type, = and what it is to hold, such as 0x62=hex:00",
        ),
        (
            "option lan 'wan'",
            "campus.lan: is given twice, first in line 3; keep one of the two",
        ),
        (
            "list hooks_online ''",
            "campus.hooks_online: is empty; use a text",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_its_name_in_uci(line: str, problem: str) -> None:
    (told, *_rest) = problems_of(one_session(line))

    assert told.startswith(f":4: ruijie-proxy.{problem}")


def test_a_lan_that_the_page_has_hidden_is_not_told_of() -> None:
    """LuCI's page keeps it while the router logs in by itself, for the way back."""
    account = ("option mode 'login'", "option username 'me'", "option password 'pw'")

    assert parse_configuration(one_session(*account).encode(), FILE).warnings == ()


@pytest.mark.parametrize(
    ("line", "warning"),
    [
        (
            "option restore_mac '1'",
            "campus.restore_mac: has nothing to restore: only option mac 'clone' changes the WAN "
            "port's address; add option mac 'clone', or leave restore_mac out",
        ),
        (
            "option health_status '200'",
            "campus.health_status: has no use without option health_url; "
            "add option health_url, or leave it out",
        ),
        (
            "option service 'internet'",
            "campus.service: is for the router's own login, and no account is given; "
            "leave it out, or add option username and option password",
        ),
    ],
)
def test_what_has_no_use_is_told_in_the_words_of_uci_too(line: str, warning: str) -> None:
    (told,) = parse_configuration(one_session(line).encode(), FILE).warnings

    assert str(told) == f"{FILE}:4: ruijie-proxy.{warning}"


def test_a_missing_option_is_told_at_its_section() -> None:
    assert problems_of("\nconfig session\n\toption mode 'login'\n\toption wan 'wan'\n") == [
        ":2: ruijie-proxy.@session[0].username: is missing; "
        "add option username, the name of your campus account",
        ":2: ruijie-proxy.@session[0].password: is missing; "
        "add option password, or option password_file with a path",
    ]


def test_a_list_is_shown_line_by_line() -> None:
    (problem,) = problems_of(one_session("list health_quarantine '10.0.0.1/8'"))

    assert problem.endswith("; use a network such as 172.16.0.0/12")
    lines = [f"list health_quarantine '10.{number}.0.0/16'" for number in range(17)]
    (problem,) = problems_of(one_session(*lines))
    assert problem == (
        ":4: ruijie-proxy.campus.health_quarantine: the list has more than 16 items; use off, or "
        "a list of up to 16 networks such as list health_quarantine '172.16.0.0/12'"
    )


def test_sections_that_cannot_be_are_told() -> None:
    text = (
        "config globals\n"
        "config globals 'more'\n"
        "config sesion 'x'\n"
        "config interface 'lan'\n"
        f"{one_session()}\n"
        "config session 'campus'\n"
        "config session 'more'\n"
    )

    assert problems_of(text) == [
        ":2: ruijie-proxy.more: is given twice, first in line 1; keep one of the two",
        ':3: ruijie-proxy: unknown section; did you mean "session"?',
        ":4: ruijie-proxy: unknown section; the sections here are globals, session",
        ":8: ruijie-proxy.campus: is given twice, first in line 5; keep one of the two",
        ":9: ruijie-proxy.more: is given twice, first in line 2; keep one of the two",
    ]


def test_sessions_that_do_not_go_together_are_named_as_uci_names_them() -> None:
    text = (
        "config session 'a'\n\toption wan 'w'\n\toption lan 'l'\n"
        "config session\n\toption enabled '0'\n"
        "config session\n\toption wan 'w'\n\toption lan 'l'\n"
    )

    assert problems_of(text) == [
        ":7: ruijie-proxy.@session[2].wan: is the wan of ruijie-proxy.a already; "
        "give each session a port of its own",
        ":8: ruijie-proxy.@session[2].lan: is the lan of ruijie-proxy.a too, and a client there "
        "could mean either; give both a option client of their own",
    ]


def test_no_session_at_all_is_told_beside_what_else_is_wrong() -> None:
    assert problems_of("config globals\n\toption contrl '/c'\n") == [
        ": describes no session; "
        "write at least config session 'campus', option wan 'wan', option lan 'br-lan'",
        ':2: ruijie-proxy.@globals[0]: unknown option; did you mean "control"?',
    ]


def test_sessions_that_are_all_switched_off_are_told() -> None:
    assert problems_of("config session 'a'\n\toption enabled '0'\n") == [
        ": every session is switched off; write option enabled '1' in the section of a session"
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            b"config session\n" + b"#" * LARGEST_FILE,
            ": has more than 64 KiB; name the configuration, which is much shorter",
        ),
        (
            b"config session\n\toption wan 'a\0b'\n",
            ":2:15: a byte of zero has no place in a text file; remove it, or write the file anew "
            "as text",
        ),
        (
            "config session\n\toption wan 'wan'\n".encode("utf-16"),
            ": is not a text file; name the configuration, saved as UTF-8 text",
        ),
        (
            b"config session\noption service '" + "校园网".encode("gbk") + b"'\n",
            ":2:19: is not UTF-8 text here; save the file as UTF-8 (not as GBK or UTF-16)",
        ),
    ],
)
def test_the_limits_are_those_of_yaml_files(content: bytes, problem: str) -> None:
    assert problems_of(content) == [problem]


@pytest.mark.parametrize(
    ("text", "uci"),
    [
        ("config session\n", True),
        ("\n# a comment\n\tpackage ruijie-proxy\n", True),
        ("config: x\n", False),
        ("sessions:\n  - config\n", False),
        ("configuration session\n", False),
        ("", False),
    ],
)
def test_a_file_is_uci_by_its_first_word(text: str, uci: bool) -> None:
    assert is_uci(text) is uci


@pytest.mark.parametrize(
    "lines",
    [
        "option password hunter2 x",
        "option password 'hunter2",
        "option hunter2 'x'",
        "option wan hunter2",
        "optionpassword hunter2",
        "hunter2",
        "option password hunter2;",
        "option password “hunter2”",
        "option mode 'hunter2'",
        "option client 'hunter2'",
        "list properties 'hunter2'",
        "list properties '0x62=hunter2'",
        "option enabled 'hunter2'",
        "option health_url 'hunter2'\noption dhcp_timeout 'hunter2'",
        "config hunter2\noption password 'hunter2'",
        "option 'hunter2 x' y",
    ],
)
def test_no_message_repeats_what_may_be_a_password(lines: str) -> None:
    assert "hunter2" not in "".join(problems_of(one_session(lines)))


def test_a_path_is_read_whatever_else_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "ruijie-proxy"
    file.write_text("config globals\n\toption control '/c.sock'\n\toption x 'y'\n")

    assert read_path(str(file), "control") == "/c.sock"
    assert read_path(str(file), "journal_dir", "state_dir") == "/var/lib/ruijie-proxy"


def test_a_path_that_is_none_is_told_by_its_option(tmp_path: Path) -> None:
    file = tmp_path / "ruijie-proxy"
    file.write_text("config globals 'g'\n\toption control 'c.sock'\n")

    with pytest.raises(ConfigurationProblems, match=r":2: ruijie-proxy\.g\.control: is no absolut"):
        read_path(str(file), "control")


def test_a_password_that_others_may_read_is_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "ruijie-proxy"
    lines = ("option mode 'auto'", "option username 'me'", "option password 'hunter2'")
    file.write_text(one_session(*lines))
    file.chmod(0o644)
    (warning,) = read_configuration(str(file)).warnings

    assert str(warning).startswith(f"{file}:6: ruijie-proxy.campus.password: others may read it")
    file.chmod(0o600)
    assert read_configuration(str(file)).warnings == ()


def test_neither_yaml_nor_what_it_needs_is_loaded_for_uci(tmp_path: Path) -> None:
    file = tmp_path / "ruijie-proxy"
    file.write_text(one_session())
    code = (
        "import sys\n"
        "from ruijie_proxy.config.reader import read_configuration\n"
        f"assert read_configuration({str(file)!r}).plain['sessions']\n"
        "found = {name for name in sys.modules if 'yaml' in name}\n"
        "assert not found, found\n"
        "assert not {'re', 'dataclasses', 'typing'} & sys.modules.keys()\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
