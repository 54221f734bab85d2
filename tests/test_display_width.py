"""Text fits a terminal's columns, Chinese included, and is folded where its language may be."""

from __future__ import annotations

import unicodedata

import pytest

from ruijie_proxy.display_width import columns, fold, padded, right_aligned


def test_chinese_characters_take_two_columns() -> None:
    assert columns("SAM系统") == 7


def test_columns_are_filled_up() -> None:
    assert padded("心跳", 6) == "心跳  "
    assert right_aligned("心跳", 6) == "  心跳"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one two three", ["one two", "three"]),
        ("bash   x", ["bash   x"]),
        ("欢迎使用校园网", ["欢迎使用", "校园网"]),
        ("abcdefghijkl", ["abcdefgh", "ijkl"]),
        ("a 欢迎使用校园网", ["a 欢迎使", "用校园网"]),
        ("用 mode: auto 认证", ["用 mode:", "auto 认", "证"]),
    ],
)
def test_a_text_is_folded_into_eight_columns(text: str, lines: list[str]) -> None:
    assert fold(text, 8) == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("校园网络，认证", ["校园网", "络，认证"]),
        ("请看这“心跳”", ["请看这", "“心跳”"]),
        ("校园网口(WAN)", ["校园网口", "(WAN)"]),
    ],
)
def test_punctuation_stays_with_its_words(text: str, lines: list[str]) -> None:
    assert fold(text, 8) == lines


def test_words_that_are_longer_than_a_line_may_stay_whole() -> None:
    assert fold("see /etc/ruijie-proxy now", 8, break_words=False) == [
        "see",
        "/etc/ruijie-proxy",
        "now",
    ]


def test_whatever_a_campus_can_say_is_as_wide_as_unicode_has_it() -> None:
    spoken = [chr(code) for code in range(0x20, 0x10000) if can_be_said_in_gbk(chr(code))]

    wrong = [text for text in spoken if columns(text) != width_by_unicodes_tables(text)]

    assert len(spoken) > 20_000
    assert wrong == []


def can_be_said_in_gbk(text: str) -> bool:
    try:
        text.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def width_by_unicodes_tables(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
