"""Reading as a whole: what comes out can be carried, and nothing else than problems is raised."""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.config.reader import (
    load,
    parse_configuration,
    read_configuration,
    read_path,
)
from ruijie_proxy.config.shape.model import Configuration
from ruijie_proxy.config.shape.problems import ConfigurationProblems, Problem
from ruijie_proxy.config.shape.schema import CONFIGURATION, SESSION

WORDS = [*CONFIGURATION.keys, *SESSION.keys, "interval", "number", "renew", "timeout", "password"]
VALUES = ["eth1", "br-lan", "auto", "off", "~", "20", "0x10", "02:00:00:00:cc:01", "[a]", "{a: b}"]
# Pieces of which real files and their mistakes are made, so that some of the texts are read far.
LAYOUT = ["\n", "\n  ", "\n  - ", "\n    ", "\t", "- ", ": "]
MARKS = "{}[],:#&*!|>'\"%@`?\\~\u2028\ufeff\x85"
PIECES = st.sampled_from([*(f"{word}: " for word in WORDS), *VALUES, *LAYOUT, *MARKS])

EVERY_KEY = """\
sessions:
  - {name: dorm, wan: eth1, lan: br-lan, client: 02:00:00:00:cc:01, mac: clone, restore_mac: yes,
     heartbeat: {interval: 15, number: auto}, dhcp: {renew: [udhcpc, -q], timeout: 5}}
  - {mode: login, wan: eth2, username: me, password: pw, edition: 2, client_version: auto,
     dns: 1.1.1.1, properties: {0x39: remove, 0x54: text:WD-1}, logoff_on_exit: yes, dhcp: before}
control: /run/c.sock
"""


def test_plain_values_are_shaped_like_the_file() -> None:
    assert parse_configuration(EVERY_KEY.encode(), "config.yaml").plain == {
        "sessions": [
            {
                "name": "dorm",
                "wan": "eth1",
                "lan": "br-lan",
                "client": ["02:00:00:00:cc:01"],
                "mac": "clone",
                "restore_mac": True,
                "heartbeat": {"interval": 15.0, "number": None},
                "dhcp": {"renew": ["udhcpc", "-q"], "timeout": 5.0},
            },
            {
                "name": "eth2",
                "mode": "login",
                "wan": "eth2",
                "username": "me",
                "password": "pw",
                "edition": 2,
                "client_version": None,
                "dns": ["1.1.1.1"],
                "properties": [[0x39, None], [0x54, b"WD-1"]],
                "logoff_on_exit": True,
                "dhcp": {"mode": "before"},
            },
        ],
        "control": "/run/c.sock",
    }


def test_plain_values_survive_the_way_from_a_child_to_its_parent() -> None:
    plain = parse_configuration(EVERY_KEY.encode(), "config.yaml").plain

    assert marshal.loads(marshal.dumps(plain)) == plain


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ("control: /run/a.sock\nsessions: []\nx: 1", "/run/a.sock"),
        ("sessions: [{password: sealed:v1:x}]", "/run/ruijie-proxy/control.sock"),
        ("- a list", "/run/ruijie-proxy/control.sock"),
    ],
)
def test_one_path_is_read_whatever_else_is_wrong(tmp_path: Path, content: str, path: str) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(content)

    assert read_path(str(file), "control") == path


def test_one_path_that_is_wrong_itself_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("state_dir: x\nkey_file: here")

    with pytest.raises(ConfigurationProblems) as caught:
        read_path(str(file), "key_file")
    assert str(caught.value) == (
        f"{file}:2:11: key_file: is no absolute path; "
        "use an absolute path such as /etc/ruijie-proxy/seal.key"
    )


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ("sessions: x", "/var/lib/ruijie-proxy"),
        ("state_dir: /s", "/s"),
        ("state_dir: /s\njournal_dir: /j", "/j"),
    ],
)
def test_one_path_may_stand_for_another_that_is_left_out(
    tmp_path: Path, content: str, path: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(content)

    assert read_path(str(file), "journal_dir", "state_dir") == path


def test_a_file_is_loaded_into_the_model(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(EVERY_KEY)

    assert load(str(path)) == Configuration.from_plain(read_configuration(str(path)).plain)


def test_problems_are_values_and_lines_of_text() -> None:
    with pytest.raises(ConfigurationProblems) as caught:
        parse_configuration(b"sessions: [{wan: eth1, lan: br-lan}]\nx: 1\ncontrol: a", "c.yaml")

    assert caught.value.problems[0] == Problem(
        file="c.yaml",
        line=2,
        column=1,
        key="",
        wrong="unknown key",
        remedy=f"the keys here are {', '.join(CONFIGURATION.keys)}",
    )
    assert str(caught.value).splitlines() == [str(problem) for problem in caught.value.problems]


def _reads_or_tells(data: bytes) -> None:
    lines = ["no problem"]
    try:
        Configuration.from_plain(parse_configuration(data, "config.yaml").plain)
    except ConfigurationProblems as problems:
        lines = str(problems).split("\n")
    assert all(line and line.isprintable() for line in lines)


@given(st.text())
def test_no_text_raises_anything_but_problems(text: str) -> None:
    _reads_or_tells(text.encode(errors="surrogatepass"))


@given(st.binary())
def test_no_bytes_raise_anything_but_problems(data: bytes) -> None:
    _reads_or_tells(data)


@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_mixture_of_real_pieces_raises_anything_but_problems(text: str) -> None:
    _reads_or_tells(text.encode())


@given(st.integers(0, len(EVERY_KEY)), st.integers(0, 12), st.lists(PIECES, max_size=3))
def test_no_damage_to_a_good_file_raises_anything_but_problems(
    start: int, lost: int, pieces: list[str]
) -> None:
    damaged = EVERY_KEY[:start] + "".join(pieces) + EVERY_KEY[start + lost :]

    _reads_or_tells(damaged.encode())


def _seconds(least: int, most: int) -> st.SearchStrategy[float]:
    return st.integers(least * 1000, most * 1000).map(lambda milliseconds: milliseconds / 1000)


MAC_ADDRESSES = st.binary(min_size=5, max_size=5).map(lambda tail: (b"\2" + tail).hex(":"))
SESSIONS = st.fixed_dictionaries(
    {"wan": st.sampled_from(["eth1", "no", "1", "宿舍"]), "lan": st.just("br-lan")},
    optional={
        "name": st.from_regex(r"[A-Za-z0-9_-]{1,32}", fullmatch=True),
        "mode": st.just("relay"),
        "client": st.lists(MAC_ADDRESSES, min_size=1, max_size=3, unique=True),
        "login_timeout": _seconds(5, 600),
        "group": st.sampled_from(["keep", "standard", "ruijie"]),
        "mac": st.sampled_from(["rewrite", "clone", "keep"]),
        "restore_mac": st.just(False),
        "fields": st.sampled_from(["rewrite", "keep"]),
        "successes": st.integers(1, 5),
        "client_logoff": st.sampled_from(["ignore", "forward"]),
        "heartbeat": st.fixed_dictionaries(
            {"enabled": st.just(True)},
            optional={"interval": _seconds(1, 300), "number": st.integers(0, 0xFFFFFFFF)},
        ),
        "username": st.from_regex(r"[A-Za-z0-9@._-]{1,32}", fullmatch=True),
        "service": st.sampled_from(["internet", "no", "1.30", "教育网接入"]),
        "client_version": st.sampled_from(["1.0", "1.30", "0.255", "5.0.4"]),
        "shape": st.sampled_from(["auto", "block", "bare", "inside"]),
        "allow_clear_password": st.booleans(),
        "properties": st.dictionaries(
            st.integers(0, 255), st.sampled_from(["remove", "hex:", "text:移动"]), max_size=3
        ),
        "logoff_on_exit": st.booleans(),
        "dhcp": st.fixed_dictionaries(
            {},
            optional={
                "mode": st.sampled_from(["before", "after"]),
                "renew": st.sampled_from(["auto", "off", ["udhcpc", "-i", "on", "1:20", "~"]]),
                "timeout": _seconds(1, 120),
            },
        ),
    },
)


@given(SESSIONS)
def test_what_another_program_writes_as_yaml_is_read_back_the_same(session: dict[str, Any]) -> None:
    account = {"username": "me", "password": "off"}
    session = {**account, **session}
    written = yaml.safe_dump({"sessions": [session]}, allow_unicode=True)

    read = parse_configuration(written.encode(), "config.yaml").plain

    expected = {"name": session["wan"].replace("宿舍", "--"), **session}
    contents = {"remove": None, "hex:": b"", "text:移动": "移动".encode("gbk")}
    if "properties" in session:
        changes = session["properties"].items()
        expected["properties"] = [[number, contents[change]] for number, change in changes]
    assert sorted(read["sessions"][0].pop("properties", [])) == sorted(
        expected.pop("properties", [])
    )
    assert read == {"sessions": [expected]}
