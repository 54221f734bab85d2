"""Texts of a server: Chinese on the wire, harmless on the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.text import decode_text, encode_text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("d3c3bba7b2bbb4e6d4da", "用户不存在"),
        ("0d0abbb6d3adcab9d3c3d0a3d4b0cdf8", "欢迎使用校园网"),
        ("4875616e 79696e67", "Huanying"),
        ("", ""),
        ("0d0a", ""),
    ],
)
def test_gbk_is_read(raw: str, text: str) -> None:
    assert decode_text(bytes.fromhex(raw)) == text


def test_lines_become_one() -> None:
    assert decode_text(b"\r\n  one\r\ntwo\t\tthree\0\0\0") == "one two three"


def test_a_character_that_was_cut_shows_as_unknown() -> None:
    assert decode_text(encode_text("心跳超时")[:-1]) == "心跳超\ufffd"


def test_every_gbk_character_reads_as_gbk_says() -> None:
    """The decoder is GB 18030's, which has more characters, and must have none differently."""
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            raw = bytes((lead, trail))
            try:
                character = raw.decode("gbk")
            except UnicodeDecodeError:
                continue
            assert decode_text(raw) == (character if character.isprintable() else "")


@pytest.mark.parametrize(
    "raw",
    [
        b"\x1b[2Jgone",
        b"\x1b]0;title\x07",
        b"\x9b31mred",
        b"back\b\b\b\bover",
        b"line\x0b\x0cfeed\x7f",
        "\u202egnp.exe".encode("gb18030"),
        "\u009b31mred\u0085".encode("gb18030"),
        "zero\u200bwidth\u2028line".encode("gb18030"),
    ],
)
def test_nothing_that_steers_a_terminal_gets_through(raw: bytes) -> None:
    text = decode_text(raw)

    assert text.isprintable()
    assert "\x1b" not in text


@given(st.binary(max_size=300) | st.text(max_size=100).map(lambda t: t.encode("gb18030", "ignore")))
def test_any_bytes_give_one_printable_line(raw: bytes) -> None:
    text = decode_text(raw)

    assert text.isprintable()
    assert text == " ".join(text.split())


@given(st.text(st.characters(codec="gbk", exclude_categories=("C", "Z")), max_size=50))
def test_reading_what_was_written_gives_the_text(text: str) -> None:
    assert decode_text(encode_text(text)) == text


def test_text_that_has_no_encoding_is_an_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode_text("\ud800")
