"""Properties: read where they stand, written as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.properties import (
    MAGIC,
    MAXIMUM_CONTENT_SIZE,
    MAXIMUM_UNMARKED_CONTENT_SIZE,
    TWISTED_MAGIC,
    Property,
    PropertyType,
    encode_properties,
    parse_properties,
    scan_properties,
)

DHCP = bytes.fromhex("1a 0c 00001311 18 06 00000001")
MAC = bytes.fromhex("1a 0e 00001311 2d 08 02000000cc01")
EMPTY_PASSWORD = bytes.fromhex("1a 08 00001311 2f 02")
OLD_MAC = MAC[2:]
"""A property of a very old client: without the mark and the total size."""


def test_the_magic_is_ruijies_enterprise_number() -> None:
    assert int.from_bytes(MAGIC, "big") == 4881
    assert TWISTED_MAGIC.hex() == "ffff3777"


def test_properties_are_read_in_their_order() -> None:
    assert parse_properties(DHCP + MAC + EMPTY_PASSWORD) == (
        (
            Property(PropertyType.ADDRESS_FROM_DHCP, bytes.fromhex("00000001")),
            Property(PropertyType.MAC_ADDRESS, bytes.fromhex("02000000cc01")),
            Property(PropertyType.PASSWORD, b""),
        ),
        b"",
    )


def test_properties_of_very_old_clients_have_no_mark() -> None:
    found, rest = parse_properties(OLD_MAC + DHCP)

    assert found == (
        Property(PropertyType.MAC_ADDRESS, bytes.fromhex("02000000cc01"), marked=False),
        Property(PropertyType.ADDRESS_FROM_DHCP, bytes.fromhex("00000001")),
    )
    assert rest == b""
    assert encode_properties(found) == OLD_MAC + DHCP


def test_a_type_that_nobody_knows_is_kept() -> None:
    assert parse_properties(bytes.fromhex("1a 0a 00001311 ee 04 beef")) == (
        (Property(0xEE, bytes.fromhex("beef")),),
        b"",
    )


@pytest.mark.parametrize(
    "broken",
    [
        "1a",
        "1a 0c 00001311 18",
        "1a 0c 00001311 18 06 000000",
        "1a 0d 00001311 18 06 00000001 00",
        "1a 0c 00001312 18 06 00000001",
        "1b 0c 00001311 18 06 00000001",
        "1a 08 00001311 18 00",
        "1a 08 00001311 18 01",
        "1a 00 00001311 18 06 00000001",
        "00001311 2e 03",
        "00000000000000000000",
    ],
)
def test_what_is_no_whole_property_is_rest(broken: str) -> None:
    raw = bytes.fromhex(broken)

    found, rest = parse_properties(MAC + raw)

    assert found == (Property(PropertyType.MAC_ADDRESS, bytes.fromhex("02000000cc01")),)
    assert rest == raw


def test_nothing_is_guessed_behind_what_is_no_property() -> None:
    assert parse_properties(DHCP[:5] + MAC) == ((), DHCP[:5] + MAC)
    assert parse_properties(b"\0" + MAC) == ((), b"\0" + MAC)


@pytest.mark.parametrize("size", range(len(DHCP + MAC)))
def test_a_cut_leaves_what_is_whole(size: int) -> None:
    found, rest = parse_properties((DHCP + MAC)[:size])

    assert len(found) == (1 if size >= len(DHCP) else 0)
    assert encode_properties(found) + rest == (DHCP + MAC)[:size]


def test_scanning_tells_where_contents_stand_within_the_bounds() -> None:
    frame = bytearray(b"frame" + DHCP + OLD_MAC + EMPTY_PASSWORD)

    found = list(scan_properties(frame, 5, len(frame) - 1))

    assert found == [(13, 17), (23, 29)]
    assert frame[23:29].hex() == "02000000cc01"


@pytest.mark.parametrize(
    ("marked", "limit"), [(True, MAXIMUM_CONTENT_SIZE), (False, MAXIMUM_UNMARKED_CONTENT_SIZE)]
)
def test_content_is_limited_by_the_size_of_one_byte(marked: bool, limit: int) -> None:
    longest = Property(PropertyType.SERVICE, b"x" * limit, marked)

    assert parse_properties(longest.encode()) == ((longest,), b"")
    assert longest.encode()[0 if not marked else 1] == (0xFF if marked else 0)
    with pytest.raises(ProtocolError, match=str(limit + 1)):
        Property(PropertyType.SERVICE, b"x" * (limit + 1), marked).encode()


properties = st.builds(
    Property, type=st.integers(0, 255), content=st.binary(max_size=247), marked=st.booleans()
)
tokens = st.sampled_from([b"\x1a", MAGIC, DHCP, OLD_MAC, b"\x18\x06"]) | st.binary(max_size=6)
private_data = st.lists(tokens, max_size=12).map(b"".join)


@given(private_data)
def test_what_was_read_and_the_rest_make_the_data_again(data: bytes) -> None:
    found, rest = parse_properties(data)

    assert encode_properties(found) + rest == data


@given(st.lists(properties, max_size=8))
def test_reading_what_was_written_gives_the_properties(written: list[Property]) -> None:
    assert parse_properties(encode_properties(written)) == (tuple(written), b"")


@given(private_data, st.integers(0, 60), st.integers(0, 60))
def test_scanning_never_leaves_its_bounds(data: bytes, start: int, stop: int) -> None:
    stop = min(stop, len(data))
    position = start
    for begin, end in scan_properties(data, start, stop):
        assert position < begin <= end <= stop
        position = end
