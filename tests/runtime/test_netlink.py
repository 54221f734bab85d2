"""Netlink messages, whole and broken."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.runtime.ports import netlink
from ruijie_proxy.runtime.ports.netlink import Link
from ruijie_proxy.values import replace

UP, LOWER_UP = 0x1, 0x10000
BRIDGE_FAMILY = 7
MAC = bytes.fromhex("02000000aa01")


def attribute(kind: int, content: bytes) -> bytes:
    padding = -len(content) % 4
    return struct.pack("HH", 4 + len(content), kind) + content + bytes(padding)


def link_body(family: int = 0, flags: int = UP | LOWER_UP, attributes: bytes = b"") -> bytes:
    return struct.pack("BxHiII", family, 1, 5, flags, 0) + attributes


def message(kind: int, body: bytes, sequence: int = 0) -> bytes:
    return struct.pack("IHHII", 16 + len(body), kind, 0, sequence, 0) + body + bytes(-len(body) % 4)


NAME = attribute(3, b"eth1\0")
EVERYTHING = (
    attribute(4, struct.pack("I", 1500))
    + NAME
    + attribute(1, MAC)
    + attribute(10, struct.pack("I", 9))
    + attribute(18 | 0x8000, attribute(1, b"veth\0") + attribute(2, b"data"))
)


def test_a_link_is_read_from_its_attributes_in_any_order() -> None:
    expected = Link(index=5, name="eth1", address=MAC, running=True, master=9, kind="veth")

    assert netlink.parse_link(link_body(attributes=EVERYTHING)) == expected


def test_a_link_with_a_name_alone() -> None:
    expected = Link(index=5, name="eth1", address=b"", running=True, master=0, kind="")

    assert netlink.parse_link(link_body(attributes=NAME)) == expected


@pytest.mark.parametrize(
    ("index", "running", "changes", "was_lost"),
    [
        (5, True, 3, False),
        (5, True, 5, True),  # gone and back before the kernel told of it
        (5, False, 4, False),  # it is gone now, which everybody sees
        (6, True, 1, True),
    ],
)
def test_a_link_that_was_lost_between_two_looks_is_found_out(
    index: int, running: bool, changes: int, was_lost: bool
) -> None:
    before = netlink.parse_link(
        link_body(flags=UP | LOWER_UP, attributes=NAME + attribute(35, struct.pack("I", 3)))
    )
    assert before is not None
    after = replace(before, index=index, running=running, carrier_changes=changes)

    assert after.was_lost_since(before) is was_lost


@pytest.mark.parametrize(
    ("flags", "running"), [(UP | LOWER_UP, True), (UP, False), (LOWER_UP, False), (0, False)]
)
def test_a_link_runs_when_it_is_up_and_has_a_carrier(flags: int, running: bool) -> None:
    link = netlink.parse_link(link_body(flags=flags, attributes=NAME))

    assert link is not None
    assert link.running is running


def test_what_a_bridge_says_of_its_port_is_no_news_of_the_link() -> None:
    assert netlink.parse_link(link_body(family=BRIDGE_FAMILY, attributes=NAME)) is None


def test_a_link_without_a_name_is_none() -> None:
    assert netlink.parse_link(link_body()) is None


def of_kind(kind: bytes, data: bytes, further: bytes = b"") -> Link:
    told = attribute(18, attribute(1, kind + b"\0") + attribute(2, data))
    link = netlink.parse_link(link_body(attributes=NAME + told + further))
    assert link is not None
    return link


PARENT = attribute(5, struct.pack("I", 3))
VLAN_5 = attribute(1, struct.pack("H", 5))


def test_a_vlan_device_tells_its_vlan_and_what_it_is_a_vlan_of() -> None:
    link = of_kind(b"vlan", VLAN_5 + attribute(5, b"\x81\x00"), PARENT)

    assert (link.vlan, link.parent) == (5, 3)


@pytest.mark.parametrize(
    ("kind", "data", "further"),
    [
        (b"vlan", VLAN_5 + attribute(5, b"\x88\xa8"), PARENT),  # a provider's tag
        (b"vlan", VLAN_5, PARENT + attribute(37, struct.pack("i", 0))),  # below: another namespace
        (b"macvlan", VLAN_5, PARENT),
        (b"veth", b"", PARENT),  # its peer
    ],
)
def test_what_is_no_vlan_of_a_link_here_tells_none(
    kind: bytes, data: bytes, further: bytes
) -> None:
    link = of_kind(kind, data, further)

    assert (link.vlan, link.parent) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "aware"), [(b"bridge", True), (b"bridge", False), (b"bond", True)]
)
def test_a_bridge_tells_whether_it_keeps_vlans_apart(kind: bytes, aware: bool) -> None:
    link = of_kind(kind, attribute(7, bytes([aware])))

    assert link.is_vlan_aware is (aware and kind == b"bridge")


def test_of_which_port_a_bridge_tells_something_is_read() -> None:
    assert netlink.parse_bridge_news(link_body(family=BRIDGE_FAMILY, attributes=NAME)) == "eth1"
    assert netlink.parse_bridge_news(link_body(attributes=NAME)) == ""


def test_several_messages_of_one_reading_are_cut_apart() -> None:
    data = message(netlink.RTM_NEWLINK, b"12345", 7) + message(netlink.NLMSG_DONE, b"", 8)

    found = [(one.type, one.sequence, one.body) for one in netlink.messages(data)]

    assert found == [(netlink.RTM_NEWLINK, 7, b"12345"), (netlink.NLMSG_DONE, 8, b"")]


def test_a_message_that_is_cut_is_left_out() -> None:
    data = message(netlink.RTM_NEWLINK, b"1234") + message(netlink.RTM_NEWLINK, b"5678")[:-1]

    assert [one.body for one in netlink.messages(data)] == [b"1234"]


def test_a_size_that_leads_nowhere_ends_the_reading() -> None:
    assert list(netlink.messages(struct.pack("IHHII", 0, 16, 0, 0, 0))) == []
    assert netlink.parse_link(link_body(attributes=struct.pack("HH", 0, 3) + NAME)) is None


def test_an_error_is_told_as_a_positive_number() -> None:
    assert netlink.parse_error(struct.pack("i", -16) + bytes(16)) == 16
    assert netlink.parse_error(b"") == 0


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for one in netlink.messages(data):
        netlink.parse_link(one.body)
    netlink.parse_link(data)
    netlink.parse_link(link_body(attributes=data))
    netlink.parse_bridge_news(data)
    netlink.parse_bridge_news(link_body(family=BRIDGE_FAMILY, attributes=data))
    netlink.parse_link_index(data)
    netlink.parse_address_owner(data)
    netlink.parse_error(data)
