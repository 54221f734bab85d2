"""A bridge's table of VLANs, as the kernel's messages bring it; tests/vlan has real bridges."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.runtime.ports.bridge_vlans import own_vlan, parse_vlan_table
from ruijie_proxy.runtime.ports.packet_filter import PortVlan
from tests.runtime.test_netlink import BRIDGE_FAMILY, attribute, link_body

PVID, UNTAGGED, RANGE_BEGINS, RANGE_ENDS = 0x02, 0x04, 0x08, 0x10


def table_of(*vlans: tuple[int, int]) -> dict[int, PortVlan]:
    told = b"".join(attribute(2, struct.pack("HH", *vlan)) for vlan in vlans)
    body = link_body(family=BRIDGE_FAMILY, attributes=attribute(26 | 0x8000, told))
    index, table = parse_vlan_table(body)
    assert index == 5
    return table


def test_untagged_and_tagged_vlans_of_a_port() -> None:
    table = table_of((PVID | UNTAGGED, 1), (0, 5), (UNTAGGED, 7))

    assert table == {
        1: PortVlan(1, takes_untagged=True, sends_untagged=True),
        5: PortVlan(5),
        7: PortVlan(7, sends_untagged=True),
    }
    assert own_vlan(table) == 1


def test_a_range_is_every_vlan_from_the_first_to_the_last() -> None:
    table = table_of((RANGE_BEGINS, 10), (RANGE_ENDS, 12), (0, 20))

    assert list(table) == [10, 11, 12, 20]
    assert own_vlan(table) == 0


def test_a_range_beyond_all_vlans_ends_with_the_last() -> None:
    assert list(table_of((RANGE_BEGINS, 4093), (RANGE_ENDS, 0xFFFF))) == [4093, 4094]


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    parse_vlan_table(data)
    parse_vlan_table(link_body(family=BRIDGE_FAMILY, attributes=data))
    parse_vlan_table(link_body(family=BRIDGE_FAMILY, attributes=attribute(26, data)))
