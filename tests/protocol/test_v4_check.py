"""The V4 check, in both editions and all five branches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol import v4_check as module
from ruijie_proxy.protocol.edition import (
    Edition,
    edition_of_text_check,
    edition_of_zero_check,
)
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.v4_check import (
    TEXT_CHALLENGE,
    ZERO_CHALLENGE,
    branch_of,
    message_of,
    v4_check,
)

DATA = Path(__file__).parents[1] / "data"
ROWS: list[dict[str, Any]] = json.loads((DATA / "v4_check.json").read_text(encoding="utf-8"))[
    "check"
]
OF_THE_TEXT = json.loads((DATA / "v4_check_constant.json").read_text(encoding="utf-8"))

challenges = st.binary(min_size=16, max_size=16)
editions = st.sampled_from(list(Edition))


def _name(row: dict[str, Any]) -> str:
    return f"edition{row['edition']}-branch{row['branch']}-{row['challenge'][:8]}"


def _challenge(first: int, fourth: int) -> bytes:
    """A challenge whose bytes that choose the branch are given, and the others count up."""
    return bytes([first, 0x01, 0x02, fourth, *range(0x04, 0x10)])


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_the_check_is_the_one_of_the_golden_data(row: dict[str, Any]) -> None:
    challenge = bytes.fromhex(row["challenge"])

    assert branch_of(challenge) == row["branch"]
    assert v4_check(challenge, Edition(row["edition"])).decode("ascii") == row["check"]


def test_the_golden_data_have_every_branch_of_both_editions() -> None:
    seen = {(row["edition"], row["branch"]) for row in ROWS}

    assert seen == {(edition, branch) for edition in (1, 2) for branch in range(5)}


@pytest.mark.parametrize(
    ("first", "fourth", "branch"),
    [
        (0x00, 0x00, 0),
        (0x01, 0x02, 3),
        (0x7F, 0x7F, 4),  # 254
        (0xFF, 0x00, 0),  # -1 is 4294967295
        (0xFF, 0x02, 1),  # 1
        (0x80, 0x80, 0),  # -256 is 4294967040
        (0x80, 0x7F, 0),  # -1
        (0xFE, 0x00, 4),  # -2 is 4294967294
    ],
)
def test_the_branch_adds_signed_bytes_and_divides_an_unsigned_sum(
    first: int, fourth: int, branch: int
) -> None:
    assert branch_of(_challenge(first, fourth)) == branch


def test_branch_0_is_text_of_the_even_and_the_odd_bytes() -> None:
    challenge = _challenge(0x05, 0x00)

    assert message_of(challenge, Edition.FIRST) == (
        b"5814f36f4cefdf28fb4fe2315e6b5665"
        b"05020406080a0c0e"
        b"05182cafce93f26a8bef6f4bc0d249c5"
        b"01000507090b0d0f"
    )


def test_branch_0_extends_the_sign_of_a_byte_and_cuts_what_becomes_too_long() -> None:
    challenge = bytes.fromhex("059c0200 7f800600 00000000 00000000")

    assert message_of(challenge, Edition.SECOND) == (
        b"155cf9ce01f381e8bb1d7c7ffdc154a0"
        b"05027f0600000000"
        b"d0eb27a27c672d1ec9eee6fdb2277832"
        b"ffffff9c00ffffff"
    )


def test_branch_0_has_no_room_for_the_second_digest_when_all_even_bytes_are_long() -> None:
    challenge = bytes.fromhex("fa00fc00 fd00fd00 fd00fd00 fd00fd00")

    assert message_of(challenge, Edition.FIRST) == (
        b"5814f36f4cefdf28fb4fe2315e6b5665"
        b"fffffffafffffffcfffffffdfffffffdfffffffdfffffffdfffffffdfffffffd"
    )


@pytest.mark.parametrize(
    ("first", "message"),
    [
        (
            0x01,
            "690d06a5cd5ccf7ce560ea1228d6981db129d1b3"
            "010102000405"
            "8266bf95f4d1d278129214a836ed21b456c80ea5"
            "060708090a0b0c0d0e0f",
        ),
        (
            0x02,
            "690d06a5cd5ccf7ce560ea1228d6981db129d1b3"
            "020102000405"
            "8a9606d3c9aea62cfce7bb13cc602120"
            "060708090a0b0c0d0e0f",
        ),
        (
            0x03,
            "60404dc18e66b897f2982b02860aa2fc93de797c960c9023"
            "03010200040506070809"
            "d202dfc3d0556faf82a2e6fc2c7f2cfd"
            "0a0b0c0d0e0f",
        ),
        (
            0x04,
            "2516582c816249c49470ea2a7ccc7f3fdca5bdc60a09bb65"
            "0401020004050607"
            "8266bf95f4d1d278129214a836ed21b456c80ea5"
            "08090a0b0c0d0e0f",
        ),
    ],
)
def test_the_other_branches_put_the_challenge_between_two_digests(first: int, message: str) -> None:
    assert message_of(_challenge(first, 0x00), Edition.SECOND).hex() == message


@pytest.mark.parametrize("edition", Edition)
def test_the_zero_check_that_a_start_carries_tells_the_edition(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = v4_check(ZERO_CHALLENGE, edition)
    # A relay asks this too, and has no use for the hash: it must do without.
    monkeypatch.delattr(module, "ruijie_whirlpool")

    assert edition_of_zero_check(check) is edition


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(b"", id="empty"),
        pytest.param(bytes(128), id="zeros of Windows"),
        pytest.param(b"b464896d8135ee1d", id="only the beginning"),
    ],
)
def test_what_is_no_zero_check_tells_no_edition(check: bytes) -> None:
    assert edition_of_zero_check(check) is None


def test_the_check_of_a_real_challenge_tells_no_edition() -> None:
    assert edition_of_zero_check(v4_check(bytes(range(16)), Edition.FIRST)) is None


@given(challenge=challenges, edition=editions)
def test_a_check_is_128_lower_case_hex_characters_and_always_the_same(
    challenge: bytes, edition: Edition
) -> None:
    check = v4_check(challenge, edition)

    assert len(check) == 128
    assert set(check) <= set(b"0123456789abcdef")
    assert v4_check(challenge, edition) == check


@given(challenge=challenges)
def test_the_editions_never_agree(challenge: bytes) -> None:
    assert v4_check(challenge, Edition.FIRST) != v4_check(challenge, Edition.SECOND)


@given(challenge=st.binary(max_size=64).filter(lambda data: len(data) != 16), edition=editions)
def test_a_challenge_of_another_size_is_refused(challenge: bytes, edition: Edition) -> None:
    with pytest.raises(ProtocolError, match=f"16 bytes long, not {len(challenge)}"):
        v4_check(challenge, edition)


@pytest.mark.parametrize("edition", Edition)
def test_the_check_of_the_text_is_as_published_and_tells_its_edition(edition: Edition) -> None:
    published = OF_THE_TEXT["check"][str(int(edition))].encode()

    assert bytes.fromhex(OF_THE_TEXT["input_hex"]) == TEXT_CHALLENGE
    assert v4_check(TEXT_CHALLENGE, edition) == published
    assert edition_of_text_check(published) is edition
    assert edition_of_zero_check(published) is None
    assert edition_of_text_check(v4_check(ZERO_CHALLENGE, edition)) is None
