"""The V2 check, against its formula written out by hand."""

from __future__ import annotations

from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.v2_check import v2_check

CHALLENGE = bytes.fromhex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf")


def test_a_check_is_the_digest_of_eight_rows() -> None:
    s = CHALLENGE
    rows = [
        b"\xa0" + md5(s + b"push").digest() + b"\xa1",
        b"\xa2" + md5(s + b"call").digest() + b"\xa3",
        b"\xa4" + md5(s + b"test").digest() + b"\xa5",
        b"\xa6" + md5(s + b"jump").digest() + b"\xa7",
        b"\xa8" + md5(s + b"load").digest() + b"\xa9",
        b"\xaa" + md5(s + b"move").digest() + b"\xab",
        b"\xac" + md5(s + b"pop ").digest() + b"\xad",
        b"\xae" + md5(s + b"ret ").digest() + b"\xaf",
    ]
    expected = md5(b"".join(rows)).hexdigest().encode("ascii")

    assert v2_check(CHALLENGE, b"pushcalltestjumploadmovepop ret ") == expected


def test_every_part_of_the_section_counts() -> None:
    section = bytes(range(80))
    checks = {v2_check(CHALLENGE, section)}
    for start in range(0, 80, 10):
        changed = bytearray(section)
        changed[start] ^= 0xFF
        checks.add(v2_check(CHALLENGE, bytes(changed)))

    assert len(checks) == 9


@pytest.mark.parametrize("rest", [1, 7])
def test_what_remains_behind_the_eighth_part_does_not_count(rest: int) -> None:
    section = bytes(range(80))

    assert v2_check(CHALLENGE, section + bytes(rest)) == v2_check(CHALLENGE, section)


@given(challenge=st.binary(min_size=16, max_size=16), section=st.binary(min_size=8, max_size=1000))
def test_a_check_is_32_lower_case_hex_characters_and_always_the_same(
    challenge: bytes, section: bytes
) -> None:
    check = v2_check(challenge, section)

    assert len(check) == 32
    assert set(check) <= set(b"0123456789abcdef")
    assert v2_check(challenge, section) == check


@given(challenge=st.binary(max_size=64).filter(lambda data: len(data) != 16))
def test_a_challenge_of_another_size_is_refused(challenge: bytes) -> None:
    with pytest.raises(ProtocolError, match=f"16 bytes long, not {len(challenge)}"):
        v2_check(challenge, bytes(80))


@pytest.mark.parametrize("size", [0, 7])
def test_a_section_too_small_to_be_cut_is_refused(size: int) -> None:
    with pytest.raises(ProtocolError, match=f"code section of {size} bytes"):
        v2_check(CHALLENGE, bytes(size))
