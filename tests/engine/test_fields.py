"""The router's values inside a client's private block, and everything else untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.relay.fields import rewrite_fields
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.protocol.eapol import BODY_OFFSET
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.private_block import (
    HEAD_SIZE,
    PROPERTIES_OFFSET,
    AddressHead,
    PrivateBlock,
    find_private_block,
)
from ruijie_proxy.protocol.properties import MAGIC, Property, PropertyType
from ruijie_proxy.values import replace

if TYPE_CHECKING:
    from tests.engine.conftest import Frames

CLIENT = bytes.fromhex("02000000cc01")
WAN = bytes.fromhex("0200000000e1")
ADDRESS = bytes((172, 21, 8, 74))
NETMASK = bytes((255, 255, 0, 0))
GATEWAY = bytes((172, 21, 0, 1))
DNS = bytes((172, 17, 8, 33))
LINK_LOCAL = bytes.fromhex("fe80000000000000abcdef0123456789")
ROUTER = RouterFacts(WAN, ADDRESS, NETMASK, GATEWAY, DNS, LINK_LOCAL)
WITHOUT_ADDRESS = RouterFacts(WAN)
PC = AddressHead(1, bytes((192, 168, 1, 2)), bytes((255, 255, 255, 0)), bytes((192, 168, 1, 1)))


def rewritten(frame: bytes, facts: RouterFacts = ROUTER, address: bytes | None = None) -> bytes:
    """Return the frame as it goes out with the WAN port's address."""
    told = bytearray(frame)
    rewrite_fields(told, CLIENT, address or facts.mac, facts)
    return bytes(told)


def start_with(block: PrivateBlock, behind: bytes = b"") -> bytes:
    """Return a Start with another block; what the engine leaves alone is left out."""
    return bytes(BODY_OFFSET) + block.encode() + behind


def block_of(frame: bytes) -> PrivateBlock:
    """Return the block in a frame."""
    offset = find_private_block(frame)
    assert offset is not None
    return PrivateBlock.parse(frame[offset:])


def changed_bytes(before: bytes, after: bytes) -> set[int]:
    """Return the offsets at which two frames of one length differ."""
    assert len(before) == len(after)
    return {index for index in range(len(before)) if before[index] != after[index]}


def place_of(frame: bytes, content: bytes) -> set[int]:
    """Return the offsets that some bytes take up in a frame, where they stand but once."""
    assert frame.count(content) == 1
    begin = frame.index(content)
    return set(range(begin, begin + len(content)))


def test_the_block_tells_the_routers_mac_addresses_and_ip_addresses(frames: type[Frames]) -> None:
    told = block_of(rewritten(start_with(frames.block())))

    assert told.content(PropertyType.MAC_ADDRESS) == WAN
    assert told.content(PropertyType.IPV6_LINK_LOCAL) == LINK_LOCAL
    head = told.head
    assert (head.address, head.netmask, head.gateway, head.dns) == (
        ADDRESS,
        NETMASK,
        GATEWAY,
        DNS,
    )
    assert head.crc == head.right_crc() == 0x5F77  # as in docs/protocol.md, "The private block"


def test_nothing_but_the_three_fields_changes(frames: type[Frames]) -> None:
    frame = start_with(frames.block(), b"behind the block")

    told = rewritten(frame)

    head = set(range(BODY_OFFSET + 5, BODY_OFFSET + HEAD_SIZE))
    mac = place_of(frame, MAGIC + bytes((PropertyType.MAC_ADDRESS, 8)) + CLIENT)
    link_local = place_of(frame, link_local_address(CLIENT))
    assert changed_bytes(frame, told) <= head | mac | link_local


def test_the_dhcp_flags_stay_the_clients_even_if_they_disagree(frames: type[Frames]) -> None:
    told = block_of(rewritten(start_with(frames.block())))

    assert told.head.from_dhcp == 1
    assert told.content(PropertyType.ADDRESS_FROM_DHCP) == bytes(4)


def test_a_router_without_an_address_leaves_the_clients(frames: type[Frames]) -> None:
    frame = start_with(replace(frames.block(), head=PC))

    told = rewritten(frame, WITHOUT_ADDRESS)

    assert told[: BODY_OFFSET + HEAD_SIZE] == frame[: BODY_OFFSET + HEAD_SIZE]
    assert block_of(told).content(PropertyType.MAC_ADDRESS) == WAN


@pytest.mark.parametrize("known", ["address", "netmask", "gateway", "dns"])
def test_each_address_that_the_router_has_takes_its_place_alone(
    frames: type[Frames], known: str
) -> None:
    new: dict[str, Any] = {known: bytes((10, 1, 2, 3))}
    facts = replace(WITHOUT_ADDRESS, **new)

    head = block_of(rewritten(start_with(replace(frames.block(), head=PC)), facts)).head

    assert head == replace(PC, **new, crc=head.right_crc())


def test_a_link_local_address_that_nobody_told_is_made_of_the_mac(frames: type[Frames]) -> None:
    told = block_of(rewritten(start_with(frames.block()), WITHOUT_ADDRESS))

    link_local = told.content(PropertyType.IPV6_LINK_LOCAL)
    assert link_local == bytes.fromhex("fe80000000000000" + "000000fffe0000e1")


def test_the_example_of_the_documentation_has_its_eui64() -> None:
    assert link_local_address(CLIENT) == bytes.fromhex("fe8000000000000000 0000fffe00cc01")


def test_a_link_local_address_of_zeros_stays_unknown(frames: type[Frames]) -> None:
    block = replace(frames.block(), properties=(Property(PropertyType.IPV6_LINK_LOCAL, bytes(16)),))

    assert block_of(rewritten(start_with(block))).properties == block.properties


def test_the_gateways_and_the_global_ipv6_addresses_stay(frames: type[Frames]) -> None:
    block = replace(
        frames.block(),
        properties=(
            Property(PropertyType.IPV6_GATEWAY_LINK_LOCAL, link_local_address(CLIENT)),
            Property(PropertyType.IPV6_GLOBAL, link_local_address(CLIENT)),
        ),
    )

    assert block_of(rewritten(start_with(block))).properties == block.properties


@pytest.mark.parametrize("place", range(8))
def test_the_mac_property_is_found_wherever_it_stands(frames: type[Frames], place: int) -> None:
    others = [item for item in frames.block().properties if item.type != PropertyType.MAC_ADDRESS]
    others.insert(place, Property(PropertyType.MAC_ADDRESS, CLIENT))

    told = block_of(rewritten(start_with(replace(frames.block(), properties=tuple(others)))))

    others[place] = Property(PropertyType.MAC_ADDRESS, WAN)
    expected = [
        replace(item, content=LINK_LOCAL) if item.type == PropertyType.IPV6_LINK_LOCAL else item
        for item in others
    ]
    assert list(told.properties) == expected


def test_old_properties_without_a_mark_are_read_as_well(frames: type[Frames]) -> None:
    unmarked = tuple(replace(item, marked=False) for item in frames.block().properties)

    told = block_of(rewritten(start_with(replace(frames.block(), properties=unmarked))))

    assert told.content(PropertyType.MAC_ADDRESS) == WAN
    assert all(not item.marked for item in told.properties)


def test_the_block_is_found_behind_an_answer_of_any_length(frames: type[Frames]) -> None:
    for size in range(60):
        told = block_of(rewritten(bytes(BODY_OFFSET + size) + frames.block().encode()))

        assert told.content(PropertyType.MAC_ADDRESS) == WAN


def test_fields_of_another_size_are_not_understood_and_stay(frames: type[Frames]) -> None:
    block = replace(
        frames.block(),
        properties=(
            Property(PropertyType.MAC_ADDRESS, CLIENT + b"\0"),
            Property(PropertyType.IPV6_LINK_LOCAL, link_local_address(CLIENT)[:15]),
        ),
    )

    assert block_of(rewritten(start_with(block))).properties == block.properties


def test_a_head_whose_crc_is_wrong_stays_as_it_is(frames: type[Frames]) -> None:
    frame = start_with(replace(frames.block(), head=replace(PC, crc=PC.right_crc() ^ 1)))

    told = rewritten(frame)

    assert told[: BODY_OFFSET + HEAD_SIZE] == frame[: BODY_OFFSET + HEAD_SIZE]


def test_what_stands_behind_the_blocks_stated_size_is_none_of_it(frames: type[Frames]) -> None:
    behind = Property(PropertyType.MAC_ADDRESS, CLIENT).encode()
    frame = start_with(frames.block(), behind)

    assert rewritten(frame).endswith(behind)


def test_properties_behind_broken_ones_stay(frames: type[Frames]) -> None:
    block = replace(
        frames.block(),
        properties=(),
        unparsed=b"broken" + Property(PropertyType.MAC_ADDRESS, CLIENT).encode(),
    )

    assert block_of(rewritten(start_with(block))).unparsed == block.unparsed


@pytest.mark.parametrize("cut", [1, 10, 100, 300])
def test_a_block_that_is_cut_crosses_untouched(frames: type[Frames], cut: int) -> None:
    frame = start_with(frames.block())[:-cut]

    assert rewritten(frame) == frame


@pytest.mark.parametrize("offset", [0, 23, 64])
def test_a_block_that_lacks_a_magic_number_crosses_untouched(
    frames: type[Frames], offset: int
) -> None:
    frame = bytearray(start_with(frames.block()))
    frame[BODY_OFFSET + offset] ^= 0x55

    assert rewritten(bytes(frame)) == frame


def test_a_frame_that_goes_out_with_the_clients_address_keeps_all_that_follows_from_it(
    frames: type[Frames],
) -> None:
    # A Windows client's link-local address need not be made of its MAC.
    private_address = bytes.fromhex("fe800000000000001234567890abcdef")
    block = replace(
        frames.block(),
        properties=(
            Property(PropertyType.MAC_ADDRESS, CLIENT),
            Property(PropertyType.IPV6_LINK_LOCAL, private_address),
        ),
    )

    told = block_of(rewritten(start_with(block), address=CLIENT))

    assert told.properties == block.properties
    assert told.head.address == ADDRESS


@given(frame=st.binary(max_size=2000))
def test_frames_without_a_block_cross_untouched(frame: bytes) -> None:
    assert rewritten(frame) == frame


@given(data=st.data())
def test_a_damaged_block_is_changed_only_as_far_as_it_still_parses(data: st.DataObject) -> None:
    properties = (
        Property(PropertyType.MAC_ADDRESS, CLIENT),
        Property(0xEE, b"nobody knows"),
        Property(PropertyType.IPV6_LINK_LOCAL, link_local_address(CLIENT)),
    )
    whole = bytearray(
        start_with(PrivateBlock(PC, b"8021x.exe", bytes((1, 1, 1, 2)), properties, rest=b"rest"))
    )
    places = st.integers(BODY_OFFSET, len(whole) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        whole[place] = value
    frame = bytes(whole[: data.draw(st.integers(BODY_OFFSET, len(whole)))])

    told = rewritten(frame)

    assert len(told) == len(frame)
    try:
        before = PrivateBlock.parse(frame[find_private_block(frame) or 0 :])
    except ProtocolError:
        assert told == frame
        return
    after = block_of(told)
    assert after.head in (before.head, replace(after.head, crc=after.head.right_crc()))
    assert [(item.type, item.marked) for item in after.properties] == [
        (item.type, item.marked) for item in before.properties
    ]
    changing = (PropertyType.MAC_ADDRESS, PropertyType.IPV6_LINK_LOCAL)
    for old, new in zip(before.properties, after.properties, strict=True):
        assert new == old or old.type in changing
    assert (after.program, after.version, after.state) == (
        before.program,
        before.version,
        before.state,
    )
    assert (after.unparsed, after.rest) == (before.unparsed, before.rest)


def test_a_block_has_its_place_for_the_size_of_the_properties(frames: type[Frames]) -> None:
    # What the tests above rely on: the two bytes before the properties state their size.
    encoded = frames.block().encode()

    stated = int.from_bytes(encoded[PROPERTIES_OFFSET - 2 : PROPERTIES_OFFSET], "big")
    assert stated == len(encoded) - PROPERTIES_OFFSET
