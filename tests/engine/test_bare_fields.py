"""The router's values inside bare properties, and everything else untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.engine.relay.fields import find_bare, rewrite_fields
from ruijie_proxy.engine.router_facts import RouterFacts
from ruijie_proxy.protocol.bare_properties import encode_bare_properties, parse_bare_properties
from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.ethernet import link_local_address
from ruijie_proxy.protocol.properties import Property, PropertyType
from ruijie_proxy.values import replace
from tests.engine.bare_client import (
    BY_DHCP,
    CLIENT,
    DNS,
    FIXED,
    GATEWAY,
    LINK_LOCAL,
    MASK,
    answer_frame,
    linux_properties,
    response,
)

if TYPE_CHECKING:
    from tests.engine.conftest import Frames

WAN = bytes.fromhex("0200000000e1")
ADDRESS = bytes((172, 21, 8, 74))
OUR_MASK, OUR_GATEWAY, OUR_DNS = (
    bytes((255, 255, 0, 0)),
    bytes((172, 21, 0, 1)),
    bytes((172, 17, 8, 33)),
)
OUR_LINK_LOCAL = bytes.fromhex("fe80000000000000abcdef0123456789")
ROUTER = RouterFacts(WAN, ADDRESS, OUR_MASK, OUR_GATEWAY, OUR_DNS, OUR_LINK_LOCAL)
BEFORE_BARE = 40
"""Ethernet (14), EAPOL (4) and EAP (5) headers, the value's size and the value."""


def rewritten(frame: bytes, facts: RouterFacts = ROUTER, address: bytes = WAN) -> bytes:
    told = bytearray(frame)
    assert rewrite_fields(told, CLIENT, address, facts) == []
    assert len(told) == len(frame)
    return bytes(told)


def told(
    properties: tuple[Property, ...], facts: RouterFacts = ROUTER, address: bytes = WAN
) -> dict[int, bytes]:
    """Return what the bare properties say when they have gone out."""
    place = find_bare(frame := rewritten(answer_frame(properties), facts, address))
    assert place is not None
    begin, end = place
    read, behind = parse_bare_properties(frame[begin:end])
    assert behind == b""
    assert [item.type for item in read] == [item.type for item in properties]
    return {item.type: item.content for item in read}


def with_addresses(addresses: bytes) -> tuple[Property, ...]:
    return linux_properties(addresses=addresses)


def test_bare_properties_tell_the_routers_mac_addresses_and_ip_addresses() -> None:
    said = told(linux_properties(addresses=FIXED, ipv6=True))

    assert said[PropertyType.MAC_ADDRESS] == WAN
    assert said[PropertyType.IPV6_LINK_LOCAL] == OUR_LINK_LOCAL
    assert said[PropertyType.ADDRESSES] == ADDRESS + OUR_MASK + OUR_GATEWAY + OUR_DNS + b"\0"


@pytest.mark.parametrize("ipv6", [False, True])
def test_no_other_byte_of_a_genuine_answer_changes(ipv6: bool) -> None:
    before = linux_properties(
        addresses=FIXED, ipv6=ipv6, service=b"internet", further_dns=b"1.1.1.1"
    )
    frame = answer_frame(before)

    changed = {
        PropertyType.MAC_ADDRESS: WAN,
        PropertyType.IPV6_LINK_LOCAL: OUR_LINK_LOCAL,
        PropertyType.ADDRESSES: ADDRESS + OUR_MASK + OUR_GATEWAY + OUR_DNS + b"\0",
    }
    after = tuple(
        replace(item, content=changed.get(PropertyType(item.type), item.content)) for item in before
    )
    assert rewritten(frame) == frame[:BEFORE_BARE] + encode_bare_properties(after)


def test_a_client_that_keeps_its_address_zero_with_dhcp_does_so_for_the_router() -> None:
    """As the genuine one does, which tells mask, gateway and DNS nevertheless."""
    said = told(with_addresses(BY_DHCP))

    assert said[PropertyType.ADDRESSES] == bytes(4) + OUR_MASK + OUR_GATEWAY + OUR_DNS + b"\1"


def test_a_client_that_tells_its_address_with_dhcp_tells_the_routers() -> None:
    said = told(with_addresses(FIXED[:-1] + b"\1"))

    assert said[PropertyType.ADDRESSES] == ADDRESS + OUR_MASK + OUR_GATEWAY + OUR_DNS + b"\1"


def test_a_fixed_address_that_is_not_known_yet_becomes_the_routers() -> None:
    said = told(with_addresses(bytes(17)))

    assert said[PropertyType.ADDRESSES] == ADDRESS + OUR_MASK + OUR_GATEWAY + OUR_DNS + b"\0"


@pytest.mark.parametrize("addresses", [BY_DHCP, FIXED])
def test_a_router_without_addresses_leaves_the_clients_ipv4(addresses: bytes) -> None:
    said = told(with_addresses(addresses), RouterFacts(WAN))

    assert said[PropertyType.ADDRESSES] == addresses
    assert said[PropertyType.MAC_ADDRESS] == WAN


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (RouterFacts(WAN, address=ADDRESS), ADDRESS + MASK + GATEWAY + DNS + b"\0"),
        (RouterFacts(WAN, netmask=OUR_MASK), FIXED[:4] + OUR_MASK + GATEWAY + DNS + b"\0"),
        (RouterFacts(WAN, gateway=OUR_GATEWAY), FIXED[:8] + OUR_GATEWAY + DNS + b"\0"),
        (RouterFacts(WAN, dns=OUR_DNS), FIXED[:12] + OUR_DNS + b"\0"),
    ],
    ids=["address", "netmask", "gateway", "dns"],
)
def test_each_address_that_the_router_has_takes_its_place_alone(
    facts: RouterFacts, expected: bytes
) -> None:
    assert told(with_addresses(FIXED), facts)[PropertyType.ADDRESSES] == expected


def test_a_link_local_address_that_nobody_told_is_made_of_the_mac() -> None:
    said = told(linux_properties(ipv6=True), RouterFacts(WAN))

    assert said[PropertyType.IPV6_LINK_LOCAL] == link_local_address(WAN)


def test_a_link_local_address_of_zeros_stays_unknown() -> None:
    unknown = Property(PropertyType.IPV6_LINK_LOCAL, bytes(16), marked=False)

    said = told((*linux_properties(), unknown))

    assert said[PropertyType.IPV6_LINK_LOCAL] == bytes(16)


def test_what_goes_out_with_the_clients_mac_keeps_what_follows_from_it() -> None:
    said = told(linux_properties(addresses=FIXED, ipv6=True), address=CLIENT)

    assert said[PropertyType.MAC_ADDRESS] == CLIENT
    assert said[PropertyType.IPV6_LINK_LOCAL] == LINK_LOCAL
    assert said[PropertyType.ADDRESSES][:4] == ADDRESS


@pytest.mark.parametrize(
    "other",
    [
        Property(PropertyType.MAC_ADDRESS, CLIENT + b"\0", marked=False),
        Property(PropertyType.MAC_ADDRESS, b"", marked=False),
        Property(PropertyType.IPV6_LINK_LOCAL, LINK_LOCAL[1:], marked=False),
        Property(PropertyType.ADDRESSES, FIXED[:-1], marked=False),
        Property(PropertyType.ADDRESSES, FIXED + b"\0", marked=False),
    ],
    ids=["a longer MAC", "no MAC", "a shorter IPv6", "a shorter 50", "a longer 50"],
)
def test_a_property_of_another_size_is_not_understood_and_stays(other: Property) -> None:
    first, *_ = linux_properties()
    frame = answer_frame((first, other))

    assert rewritten(frame) == frame


def test_what_looks_like_a_mac_property_inside_another_ones_content_stays() -> None:
    first, *_ = linux_properties()
    inside = Property(0x7D, b"\x2d\x06" + CLIENT, marked=False)
    frame = answer_frame((first, inside))

    assert rewritten(frame) == frame


@pytest.mark.parametrize("ipv6", [False, True])
def test_an_answer_cut_at_any_byte_crosses_untouched(ipv6: bool) -> None:
    whole = answer_frame(linux_properties(addresses=FIXED, ipv6=ipv6))
    for size in range(len(whole)):
        assert rewritten(whole[:size]) == whole[:size]


def test_properties_that_say_more_than_there_is_cross_untouched() -> None:
    bare = encode_bare_properties(linux_properties(addresses=FIXED))
    for cut in (bare[:-1], bare + b"\x2d", bare + b"\x2d\x06" + CLIENT[:5]):
        frame = answer_frame(cut)
        assert rewritten(frame) == frame


def test_a_user_name_is_not_taken_for_properties() -> None:
    for name in (b"20260001", b"\x2d\x06" + CLIENT, b"\x11\x24", b"\x50\x11" + FIXED):
        frame = answer_frame(name)
        assert rewritten(frame) == frame


@pytest.mark.parametrize(
    ("code", "method"),
    [(EapCode.REQUEST, EapType.MD5_CHALLENGE), (EapCode.RESPONSE, EapType.IDENTITY)],
)
def test_only_an_answer_to_a_challenge_has_bare_properties(code: EapCode, method: EapType) -> None:
    data = b"\x10" + bytes(16) + encode_bare_properties(linux_properties(addresses=FIXED))
    frame = response(EapPacket.build(code, 2, method, data))

    assert rewritten(frame) == frame


def test_a_block_that_both_lengths_count_is_rewritten_as_one_behind_them(
    frames: type[Frames],
) -> None:
    """The shape in between: bare Start and Identity, and the block inside the MD5 response."""
    value, block = b"\x10" + bytes(range(16)), frames.block().encode()
    inside, behind = (
        response(EapPacket.build(EapCode.RESPONSE, 2, EapType.MD5_CHALLENGE, data), trailer)
        for data, trailer in ((value + b"20260001" + block, b""), (value + b"20260001", block))
    )
    inside_told, behind_told = bytearray(inside), bytearray(behind)

    changes = rewrite_fields(inside_told, CLIENT, WAN, ROUTER)

    assert len(changes) == 3
    assert rewrite_fields(behind_told, CLIENT, WAN, ROUTER) == changes
    assert inside_told[BEFORE_BARE:] == behind_told[BEFORE_BARE:]
    assert inside_told[:BEFORE_BARE] == inside[:BEFORE_BARE]
    assert CLIENT not in inside_told[BEFORE_BARE:]


@given(data=st.data())
def test_a_damaged_answer_is_changed_only_where_its_three_properties_stand(
    data: st.DataObject,
) -> None:
    whole = bytearray(answer_frame(linux_properties(addresses=FIXED, ipv6=True)))
    places = st.integers(14, len(whole) - 1)
    for place, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=6)):
        whole[place] = value
    frame = bytes(whole[: data.draw(st.integers(14, len(whole)))])

    after = rewritten(frame)

    place_of_bare = find_bare(frame)
    if place_of_bare is None:
        assert after == frame
        return
    begin, end = place_of_bare
    assert find_bare(after) == place_of_bare
    before, now = (parse_bare_properties(one[begin:end])[0] for one in (frame, after))
    sizes = {
        PropertyType.MAC_ADDRESS: 6,
        PropertyType.IPV6_LINK_LOCAL: 16,
        PropertyType.ADDRESSES: 17,
    }
    for old, new in zip(before, now, strict=True):
        assert (old.type, len(old.content)) == (new.type, len(new.content))
        assert old == new or sizes.get(PropertyType(old.type)) == len(old.content)
    assert (after[:begin], after[end:]) == (frame[:begin], frame[end:])
