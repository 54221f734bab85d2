"""Whose a configuration is, and what it says, whatever state the file is in."""

from __future__ import annotations

import pytest

from ruijie_proxy.config.notations.document import LARGEST_FILE
from ruijie_proxy.config.shape.problems import ConfigurationProblems
from ruijie_proxy.takeover.reading import read_sources
from ruijie_proxy.takeover.source import Entry, NotTakenOver, Origin

MINIEAP = "# minieap's\nusername=me\n  module=rjv3\nmodule=printer\nservice=\n"
MENTOHUST = "; MentoHUST's\n[MentoHUST]\nUsername=me\n;Nic=eth7\nNic=eth0\n[Other]\nNic=eth9\n"
UCI = "config minieap\n\toption rj_option '6a:00'\n\toption username ''\n"


def entries_of(text: str) -> list[tuple[str, str]]:
    (source,) = read_sources(text.encode(), "file")
    return [(entry.key, entry.value) for entry in source.entries]


@pytest.mark.parametrize(
    ("text", "program", "origin"),
    [
        (MINIEAP, "minieap", Origin.FILE),
        (MENTOHUST, "mentohust", Origin.FILE),
        (MENTOHUST.replace("[MentoHUST]", " [MENTOHUST] "), "mentohust", Origin.FILE),
        (UCI, "minieap", Origin.UCI),
        ("config mentohust 'default'\n\toption nic 'eth0'\n", "mentohust", Origin.UCI),
    ],
)
def test_a_file_is_known_by_its_content(text: str, program: str, origin: Origin) -> None:
    (source,) = read_sources(text.encode(), "file")

    assert (source.program, source.origin) == (program, origin)


def test_keys_can_come_several_times_and_those_without_a_value_do_not_count() -> None:
    assert entries_of(MINIEAP) == [("username", "me"), ("module", "rjv3"), ("module", "printer")]


def test_of_an_ini_file_only_mentohusts_section_counts() -> None:
    assert entries_of(MENTOHUST) == [("username", "me"), ("nic", "eth0")]


def test_names_in_uci_are_those_of_the_programs_own_file() -> None:
    assert entries_of(UCI) == [("rj-option", "6a:00")]


def test_each_section_of_uci_is_a_port_of_its_own() -> None:
    sources = read_sources((UCI + "config x\n" + UCI).encode(), "file")

    assert [source.program for source in sources] == ["minieap", "minieap"]


def test_lines_without_a_key_are_counted() -> None:
    (source,) = read_sources(f"{MINIEAP}oops\n".encode(), "file")
    assert source.unread == (6,)
    (source,) = read_sources(f"{MINIEAP}\x1b[2Joops=1\n=x\n{'k' * 41}=x".encode(), "file")
    assert source.unread == (6, 7, 8)
    (source,) = read_sources(b"x\n[MentoHUST]\nNic=a\noops", "file")
    assert source.unread == (4,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_are_read_in_the_encodings_that_they_have(encoding: str, end: str) -> None:
    text = f"# 配置文件{end}username=张三{end}nic=eth0{end}"
    (source,) = read_sources(text.encode(encoding), "file")

    assert [entry.value for entry in source.entries] == ["张三", "eth0"]


def test_an_entry_does_not_show_its_value() -> None:
    assert "hunter2" not in repr(Entry("password", "hunter2"))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "this is no configuration of minieap, MentoHUST or jmuSupplicant; name one such as "),
        (b"color=red\n", "this is no configuration of minieap, MentoHUST or jmuSupplicant; "),
        (b"username=a\0b", "is not a text file; name the configuration"),
        (b"\x7fELF\0\0", "is not a text file; "),
        (b"username=\xff\xff", "is text neither in UTF-8 nor in GBK; save the file as UTF-8"),
        (b"#" * LARGEST_FILE + b"#", "has more than 64 KiB; "),
        (
            b"config interface 'wan'\n",
            "has no interface with option proto 'minieap'; name the file ",
        ),
        (b"config system\n", "holds no section of minieap, mentohust or jmusupplicant; name "),
        (b'{"username": "me", "password": "hunter2",', "begins as JSON, and is none in line 1; "),
        (b'{"name": "me"}', "this JSON holds no username and password; name the file that "),
        (b"username=" + b"x" * 1024 * 1024, "has more than 64 KiB; "),
        (b"config session 'a'\n", "this is a configuration of ruijie-proxy already; look at it "),
        (b"sessions:\n  - wan: eth1\n", "this is a configuration of ruijie-proxy already; "),
    ],
)
def test_what_cannot_be_taken_over_is_told(data: bytes, told: str) -> None:
    with pytest.raises(NotTakenOver) as caught:
        read_sources(data, "file")

    assert str(caught.value).startswith(told)


def test_uci_that_is_none_is_told_with_its_line() -> None:
    with pytest.raises(ConfigurationProblems, match=r"file:2: opens a quote"):
        read_sources(b"config minieap\n\toption username 'me\n", "file")
