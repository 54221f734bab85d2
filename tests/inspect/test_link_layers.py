from __future__ import annotations

import struct

import pytest

from ruijie_proxy.inspect.capture.link_layers import (
    ETHERNET,
    LINUX_COOKED,
    LINUX_COOKED_2,
    as_ethernet,
    is_eapol,
    read_link_header,
)
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.lab.campus.memory import CLIENT_ADDRESS, SWITCH_ADDRESS
from tests.inspect.recorded import login, pcap, story_of

EAPOL = bytes.fromhex("01010000")
SLL = struct.pack(">HHH8sH", 4, 1, 6, CLIENT_ADDRESS + b"\0\0", 0x888E)
SLL2 = struct.pack(">HHIHBB8s", 0x888E, 0, 7, 1, 0, 6, CLIENT_ADDRESS + b"\0\0")


def packet(data: bytes, link_type: int = ETHERNET) -> Packet:
    return Packet(1, 0, data, len(data), link_type, None, None)


@pytest.mark.parametrize(
    ("tags", "numbers"),
    [
        (b"", ()),
        (bytes.fromhex("8100 6064"), (100,)),
        (bytes.fromhex("88a8 0fff 8100 0001"), (4095, 1)),
    ],
)
def test_eapol_is_found_behind_vlan_tags(tags: bytes, numbers: tuple[int, ...]) -> None:
    data = SWITCH_ADDRESS + CLIENT_ADDRESS + tags + b"\x88\x8e" + EAPOL
    header = read_link_header(packet(data))

    assert header is not None
    assert is_eapol(header)
    assert header.vlans == numbers
    untagged = SWITCH_ADDRESS + CLIENT_ADDRESS + b"\x88\x8e" + EAPOL
    assert as_ethernet(packet(data), header) == untagged


@pytest.mark.parametrize(
    ("head", "link_type", "outgoing", "interface"),
    [(SLL, LINUX_COOKED, True, None), (SLL2, LINUX_COOKED_2, False, "#7")],
)
def test_cooked_captures_tell_the_source_alone(
    head: bytes, link_type: int, outgoing: bool, interface: str | None
) -> None:
    header = read_link_header(packet(head + EAPOL, link_type))

    assert header is not None
    assert is_eapol(header)
    assert (header.source, header.destination) == (CLIENT_ADDRESS, None)
    assert (header.outgoing, header.interface) == (outgoing, interface)
    assert as_ethernet(packet(head + EAPOL, link_type), header).endswith(b"\x88\x8e" + EAPOL)


@pytest.mark.parametrize("link_type", [ETHERNET, LINUX_COOKED, LINUX_COOKED_2])
@pytest.mark.parametrize("size", [0, 1, 12, 13])
def test_a_packet_without_room_for_a_header_is_none(link_type: int, size: int) -> None:
    assert read_link_header(packet(bytes(size), link_type)) is None


def test_a_tag_that_is_cut_hides_what_is_behind_it() -> None:
    header = read_link_header(packet(bytes(12) + bytes.fromhex("8100 0001")))

    assert header is not None
    assert not is_eapol(header)


def test_other_link_types_and_protocols_are_counted_and_left_out() -> None:
    frames = login(seconds=1.0)
    told = story_of(pcap(frames, link_type=105))
    assert told.steps == []
    assert told.summary["unread_packets"] == len(frames)

    told = story_of(pcap(frames, link_type=LINUX_COOKED, header=SLL[:-2] + b"\x08\x00"))
    assert told.steps == []
    assert told.summary["other_packets"] == len(frames)


def test_a_story_can_be_told_of_a_cooked_capture() -> None:
    frames = [one for one in login(seconds=1.0) if one.by_client]
    told = story_of(pcap(frames, link_type=LINUX_COOKED_2, header=SLL2))

    kinds = ["start", "response-identity", "response-md5", "heartbeat"]
    assert told.kinds == kinds
    assert {step.sender for step in told.steps} == {"client A"}
    assert {step.receiver for step in told.steps} == {"?"}
