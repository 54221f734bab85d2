"""The EAP-MD5 value and the password property, against their formulas."""

from __future__ import annotations

from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.password import eap_md5_value, password_property

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


@given(
    username=st.binary(max_size=32),
    challenge=st.binary(min_size=16, max_size=16),
    password=st.binary(max_size=40),
)
def test_a_server_finds_the_first_16_bytes_of_the_password(
    username: bytes, challenge: bytes, password: bytes
) -> None:
    content = password_property(username, challenge, password)

    mask = md5(username + challenge).digest()
    found = bytes([m ^ c for m, c in zip(mask, content, strict=True)])
    assert found == (password + bytes(16))[:16]
