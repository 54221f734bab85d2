"""The twist: bits reversed and inverted, byte by byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.twist import twist


@pytest.mark.parametrize(
    ("plain", "hidden"),
    [("00", "ff"), ("01", "7f"), ("13", "37"), ("11", "77"), ("00001311", "ffff3777"), ("", "")],
)
def test_known_bytes(plain: str, hidden: str) -> None:
    assert twist(bytes.fromhex(plain)).hex() == hidden
    assert twist(bytes.fromhex(hidden)).hex() == plain


def test_every_byte_is_reversed_and_inverted() -> None:
    for value in range(256):
        bits = [value >> place & 1 for place in range(8)]
        expected = sum((1 - bit) << (7 - place) for place, bit in enumerate(bits))
        assert twist(bytes((value,))) == bytes((expected,))


@given(st.binary(max_size=100))
def test_twice_is_nothing(data: bytes) -> None:
    assert twist(twist(data)) == data


def test_a_bytearray_is_read_and_left_alone() -> None:
    data = bytearray(b"\x00\x01")

    assert twist(data) == b"\xff\x7f"
    assert data == b"\x00\x01"
