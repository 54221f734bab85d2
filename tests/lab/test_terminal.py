"""Text fits a terminal's columns, Chinese included, and is plain where that is wanted."""

from __future__ import annotations

import io

import pytest

from ruijie_proxy.lab.terminal import columns, fold, wants_colour


class Terminal(io.StringIO):
    """An output that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_chinese_characters_take_two_columns() -> None:
    assert columns("SAM系统") == 7


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("one two three", ["one two", "three"]),
        ("欢迎使用校园网", ["欢迎使用", "校园网"]),
        ("abcdefghijkl", ["abcdefgh", "ijkl"]),
        ("a 欢迎使用校园网", ["a", "欢迎使用", "校园网"]),
    ],
)
def test_a_text_is_folded_into_eight_columns(text: str, lines: list[str]) -> None:
    assert fold(text, 8) == lines


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)

    assert not wants_colour(Terminal())
