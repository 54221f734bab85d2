"""The EAP-MD5 value and the password property, against their formulas."""

from __future__ import annotations

from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.password import (
    LONGEST_HIDDEN_PASSWORD,
    eap_md5_value,
    password_property,
)
from ruijie_proxy.protocol.properties import Property, PropertyType

CHALLENGE = bytes.fromhex("000102030405060708090a0b0c0d0e0f")


def test_the_eap_md5_value_is_the_digest_of_identifier_password_and_challenge() -> None:
    # RFC 1994, 4.1: the identifier, then the secret, then the challenge.
    written_out = b"\x02secret" + CHALLENGE

    assert eap_md5_value(2, b"secret", CHALLENGE) == md5(written_out).digest()


@pytest.mark.parametrize("identifier", [-1, 256])
def test_an_identifier_is_one_byte(identifier: int) -> None:
    with pytest.raises(ValueError, match="range"):
        eap_md5_value(identifier, b"secret", CHALLENGE)


def test_the_property_hides_the_password_under_user_name_and_challenge() -> None:
    mask = md5(b"2012001@campus" + CHALLENGE).digest()
    padded = b"secret\0\0\0\0\0\0\0\0\0\0"
    written_out = bytes([mask[i] ^ padded[i] for i in range(16)])

    assert password_property(b"2012001@campus", CHALLENGE, b"secret") == written_out


def test_the_property_of_an_empty_password_is_the_bare_digest() -> None:
    assert password_property(b"user", CHALLENGE, b"") == md5(b"user" + CHALLENGE).digest()


def test_a_password_above_16_bytes_is_chained() -> None:
    # docs/protocol.md, "The password property".
    challenge = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")

    content = password_property(b"20260001", challenge, b"plum-tree-in-the-garden")

    assert content == bytes.fromhex(
        "6d581b5f3af0953a522775f536d18591 1712d9c019d3a94da488f8e690196950"
    )


@pytest.mark.parametrize(("size", "blocks"), [(0, 1), (1, 1), (15, 1), (16, 1), (17, 2), (32, 2)])
def test_the_property_is_as_long_as_the_blocks_that_the_password_fills(
    size: int, blocks: int
) -> None:
    assert len(password_property(b"user", CHALLENGE, b"x" * size)) == 16 * blocks


def test_the_longest_password_still_fits_into_its_property() -> None:
    longest = password_property(b"user", CHALLENGE, bytes(LONGEST_HIDDEN_PASSWORD))

    Property(PropertyType.PASSWORD, longest).encode()
    assert LONGEST_HIDDEN_PASSWORD == 240


@given(
    username=st.binary(max_size=32),
    challenge=st.binary(min_size=16, max_size=16),
    password=st.binary(max_size=LONGEST_HIDDEN_PASSWORD),
)
def test_a_server_finds_the_whole_password(
    username: bytes, challenge: bytes, password: bytes
) -> None:
    content = password_property(username, challenge, password)

    found, previous = b"", challenge
    for at in range(0, len(content), 16):
        block = content[at : at + 16]
        mask = md5(username + previous).digest()
        found += bytes([m ^ c for m, c in zip(mask, block, strict=True)])
        previous = block
    assert found.rstrip(b"\0") == password.rstrip(b"\0")
