"""MAC addresses, and which of them name a group."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import (
    PAE_GROUP_ADDRESS,
    RUIJIE_GROUP_ADDRESS,
    format_mac,
    is_group_address,
    link_local_address,
    parse_mac,
)


@pytest.mark.parametrize(
    "text", ["02:00:00:00:cc:01", "02-00-00-00-CC-01", "02000000cc01", " 02:00:00:00:cc:01\n"]
)
def test_addresses_are_read_as_people_write_them(text: str) -> None:
    assert parse_mac(text) == bytes.fromhex("02000000cc01")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "02:00:00:00:cc",
        "02:00:00:00:cc:01:02",
        "2:0:0:0:cc:1",
        "02:00:00:00:cc:0g",
        "02:00-00:00-cc:01",
        "02 00 00 00 cc 01",
        "0200.0000.cc01",
        "+2:00:00:00:cc:01",
        "0:200:00:00:cc:01",
        "٠٢:٠٠:٠٠:٠٠:٠٠:٠١",
        "eth1",
    ],
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ProtocolError, match="02:00:00:00:cc:01"):
        parse_mac(text)


@given(st.text(max_size=20))
def test_no_text_raises_another_error(text: str) -> None:
    with suppress(ProtocolError):
        assert len(parse_mac(text)) == 6


@given(st.binary(min_size=6, max_size=6))
def test_reading_what_was_written_gives_the_address(address: bytes) -> None:
    assert parse_mac(format_mac(address)) == address


def test_the_standards_and_ruijies_address_are_groups() -> None:
    assert format_mac(PAE_GROUP_ADDRESS) == "01:80:c2:00:00:03"
    assert format_mac(RUIJIE_GROUP_ADDRESS) == "01:d0:f8:00:00:03"
    assert is_group_address(PAE_GROUP_ADDRESS)
    assert is_group_address(RUIJIE_GROUP_ADDRESS)
    assert is_group_address(b"\xff" * 6)


def test_a_station_is_no_group() -> None:
    assert not is_group_address(parse_mac("02:00:00:00:cc:01"))
    assert not is_group_address(parse_mac("00:d0:f8:d9:f1:04"))


def test_a_link_local_address_is_made_of_the_mac() -> None:
    address = link_local_address(bytes.fromhex("02000000cc01"))

    assert address == bytes.fromhex("fe80000000000000000000fffe00cc01")
