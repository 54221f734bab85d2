"""The core is standard Whirlpool, and the dialect's data make it what genuine clients compute."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.digests.whirlpool import RUIJIE, STANDARD, ruijie_whirlpool, whirlpool
from ruijie_proxy.values import replace

# The test vectors of ISO/IEC 10118-3, as published with the reference implementation.
ISO_VECTORS = {
    b"": (
        "19fa61d75522a4669b44e39c1d2e1726c530232130d407f89afee0964997f7a7"
        "3e83be698b288febcf88e3e03c4f0757ea8964e59b63d93708b138cc42a66eb3"
    ),
    b"a": (
        "8aca2602792aec6f11a67206531fb7d7f0dff59413145e6973c45001d0087b42"
        "d11bc645413aeff63a42391a39145a591a92200d560195e53b478584fdae231a"
    ),
    b"abc": (
        "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c"
        "7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5"
    ),
    b"message digest": (
        "378c84a4126e2dc6e56dcc7458377aac838d00032230f53ce1f5700c0ffb4d3b"
        "8421557659ef55c106b4b52ac5a4aaa692ed920052838f3362e86dbd37a8903e"
    ),
    b"abcdefghijklmnopqrstuvwxyz": (
        "f1d754662636ffe92c82ebb9212a484a8d38631ead4238f5442ee13b8054e41b"
        "08bf2a9251c30b6a0b8aae86177ab4a6f68f673e7207865d5d9819a3dba4eb3b"
    ),
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789": (
        "dc37e008cf9ee69bf11f00ed9aba26901dd7c28cdec066cc6af42e40f82f3a1e"
        "08eba26629129d8fb7cb57211b9281a65517cc879d7b962142c65f5a7af01467"
    ),
    b"1234567890" * 8: (
        "466ef18babb0154d25b9d38a6414f5c08784372bccb204d6549c4afadb601429"
        "4d5bd8df2a6c44e538cd047b2681a51a2c60481e88c5a20b2c2a80cf3a9a083b"
    ),
    b"abcdbcdecdefdefgefghfghighijhijk": (
        "2a987ea40f917061f5d6f0a0e4644f488a7a5a52deee656207c562f988e95c69"
        "16bdc8031bc5be1b7b947639fe050b56939baaa0adff9ae6745b7b181c3be3fd"
    ),
}

# Bytes 0, 1, 2, … of as many as the key says; computed with OpenSSL. With 31 bytes the padding just
# fits into the last block, with 32 it needs one more, 64 is a whole block.
DIGESTS_OF_COUNTING_BYTES = {
    31: (
        "58bee92be003ccc34f9ce8c0b323c6baf1297460baab4998cb3b52d2bbaa24d1"
        "b06cb597eb2e609a008572ff93710e3a7f42ac53e3ff09d4733757eaca41e20c"
    ),
    32: (
        "888aeb1be2becb28598556a128afea037d0689c8d13d9894f1416b2c48b2551c"
        "b2fda321a26cc4d7e1c87332d7a3c18ffb455c92c0e7aaf829fa40b8a28bb656"
    ),
    64: (
        "5c3c6f524c8ae1e7a4f76b84977b1560e78eb568e2fd8d72699ad79186481bd4"
        "2b53ab39a0b741d9c098a4ecb01f3eccf3844cf1b73a9355ee5d496a2a1fb5b3"
    ),
    96: (
        "8bbccfc8815786add9f108f4381a2b084179002ae940add4c42aa2550c353cd0"
        "351c2f7f1bd544d8f268fa332b0e803838318a39079e9d93269a01eaf9cac967"
    ),
}

# What branch 0 of the V4 check hashes for the challenge of 16 zero bytes, in edition 1; its digest
# stands in the Start of every genuine Linux client 1.0.
ZERO_MESSAGE = (
    b"5814f36f4cefdf28fb4fe2315e6b5665"
    b"0000000000000000"
    b"05182cafce93f26a8bef6f4bc0d249c5"
    b"0000000000000000"
)
ZERO_DIGEST = (
    "b464896d8135ee1da7dd2926bcbb65ae4eb77df681012a8e52ce8bf566125194"
    "ed197bcfda8f729f582a1d330d5f03ba48245a8325f1215ebbe4cf9c1ca25b0b"
)


@pytest.mark.parametrize("message", ISO_VECTORS)
def test_the_unchanged_core_is_whirlpool(message: bytes) -> None:
    assert whirlpool(message, STANDARD).hex() == ISO_VECTORS[message]


@pytest.mark.parametrize("size", DIGESTS_OF_COUNTING_BYTES)
def test_the_unchanged_core_pads_as_whirlpool_does(size: int) -> None:
    assert whirlpool(bytes(range(size)), STANDARD).hex() == DIGESTS_OF_COUNTING_BYTES[size]


def test_the_changed_hash_gives_what_a_genuine_start_carries() -> None:
    assert ruijie_whirlpool(ZERO_MESSAGE).hex() == ZERO_DIGEST


@pytest.mark.parametrize("change", ["initial_value", "increments", "table_changes"])
def test_each_of_the_three_changes_is_needed(change: str) -> None:
    without = replace(RUIJIE, **{change: getattr(STANDARD, change)})

    assert whirlpool(ZERO_MESSAGE, without).hex() != ZERO_DIGEST


def test_making_one_variant_leaves_the_tables_of_the_other_alone() -> None:
    ruijie_whirlpool(b"abc")
    assert whirlpool(b"abc", STANDARD).hex() == ISO_VECTORS[b"abc"]
    assert ruijie_whirlpool(ZERO_MESSAGE).hex() == ZERO_DIGEST


@given(message=st.binary(max_size=300))
def test_any_message_has_a_digest_of_64_bytes_and_always_the_same(message: bytes) -> None:
    digest = ruijie_whirlpool(message)

    assert len(digest) == 64
    assert ruijie_whirlpool(message) == digest
    assert whirlpool(message, STANDARD) != digest
