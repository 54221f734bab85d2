from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.runtime.basis.json_text import (
    encode_json,
    from_json,
    to_json,
    to_json_lines,
)
from ruijie_proxy.runtime.telling.level import Level

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(PLAIN)
def test_whatever_is_written_is_read_again_and_is_one_line(value: object) -> None:
    line = encode_json(value)

    assert json.loads(line) == value
    assert len(line.splitlines()) == 1


@given(PLAIN)
def test_what_is_written_for_people_is_read_again(value: object) -> None:
    assert from_json(to_json_lines(value)) == from_json(to_json(value))


def test_lists_and_dicts_of_such_are_written_a_member_a_line() -> None:
    told = to_json_lines({"name": "RG-SU", "properties": [{"type": 23}, {"type": 24}], "none": []})

    assert told.splitlines() == [
        "{",
        ' "name": "RG-SU",',
        ' "properties": [',
        '  {"type": 23},',
        '  {"type": 24}',
        " ],",
        ' "none": []',
        "}",
    ]


@given(PLAIN, st.sampled_from([None, 1]), st.booleans())
def test_what_pythons_own_json_writes_is_read(
    value: object, indent: int | None, only_ascii: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=only_ascii)

    assert from_json(text) == value
    assert from_json(f" {text}\r\n".encode(errors="surrogatepass")) == value


NO_JSON = (
    *(b"", b" ", b"{", b"[1,]", b'"', b"1 2", b"nul"),
    *(b'{"a" 1}', b"{1: 2}", b'"\n"', b"\xff", b"\x00"),
)


@pytest.mark.parametrize("read", [json.loads, from_json])
def test_a_byte_order_mark_in_front_is_passed_over(read: Callable[[bytes], object]) -> None:
    assert read(b'\xef\xbb\xbf {"client": "Linux"}\r\n') == {"client": "Linux"}


@pytest.mark.parametrize("content", NO_JSON)
@pytest.mark.parametrize("read", [json.loads, from_json])
def test_what_is_no_json_is_refused_as_by_pythons_own(
    read: Callable[[bytes], object], content: bytes
) -> None:
    with pytest.raises((UnicodeDecodeError, ValueError)):
        read(content)


def test_nesting_has_an_end() -> None:
    with pytest.raises(RecursionError):
        from_json(b"[" * 100_000)


def test_chinese_stays_readable() -> None:
    assert to_json({"text": "欢迎使用“校园网”"}) == '{"text": "欢迎使用“校园网”"}'


def test_what_steers_a_terminal_is_escaped() -> None:
    assert to_json('\x1b[2J\x9b\n"\\') == '"\\u001b[2J\\u009b\\n\\"\\\\"'


def test_a_byte_that_was_not_decodable_is_escaped() -> None:
    line = encode_json(b"\xff".decode(errors="surrogateescape"))

    assert line == b'"\\udcff"'
    assert json.loads(line) == "\udcff"


def test_the_numbers_of_enums_are_numbers() -> None:
    assert to_json([Level.ERROR, True]) == "[3, true]"


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_has_no_number_for_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON has no"):
        to_json(value)


def test_what_is_not_plain_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        to_json(b"dorm")
