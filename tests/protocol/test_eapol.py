"""EAPOL frames are taken apart without losing a byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import PAE_GROUP_ADDRESS

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("02000000aa01")
HEADER = SERVER + CLIENT + bytes.fromhex("888e")


def test_a_start_keeps_the_private_block_behind_its_length_of_zero() -> None:
    block = bytes(range(256)) * 2
    frame = PAE_GROUP_ADDRESS + CLIENT + bytes.fromhex("888e 01 01 0000") + block

    assert EapolFrame.parse(frame) == EapolFrame(
        destination=PAE_GROUP_ADDRESS,
        source=CLIENT,
        version=1,
        type=EapolType.START,
        length=0,
        body=b"",
        trailer=block,
    )


def test_the_body_is_what_the_length_covers_and_the_trailer_what_follows() -> None:
    parsed = EapolFrame.parse(HEADER + bytes.fromhex("02 00 0005 0101000501 0000beef"))

    assert (parsed.version, parsed.type) == (2, EapolType.EAP_PACKET)
    assert parsed.body == bytes.fromhex("0101000501")
    assert parsed.trailer == bytes.fromhex("0000beef")


def test_a_frame_that_was_cut_gives_the_body_that_is_there() -> None:
    parsed = EapolFrame.parse(HEADER + bytes.fromhex("01 00 017e 0306017e"))

    assert parsed.length == 0x17E
    assert parsed.body == bytes.fromhex("0306017e")
    assert parsed.trailer == b""


@pytest.mark.parametrize("packet_type", [0xBF, 0xC0, 5, 255])
def test_types_without_a_meaning_here_are_kept(packet_type: int) -> None:
    frame = HEADER + bytes((1, packet_type, 0, 0)) + bytes(42)

    assert EapolFrame.parse(frame).type == packet_type
    assert EapolFrame.parse(frame).encode() == frame


@pytest.mark.parametrize("size", range(18))
def test_a_frame_without_all_its_headers_is_refused(size: int) -> None:
    with pytest.raises(ProtocolError, match=f"{size} bytes"):
        EapolFrame.parse((HEADER + bytes(4))[:size])


def test_another_ethertype_is_refused() -> None:
    with pytest.raises(ProtocolError, match="EtherType"):
        EapolFrame.parse(SERVER + CLIENT + bytes.fromhex("0800") + bytes(46))


def test_a_built_frame_states_its_bodys_length_and_is_padded() -> None:
    frame = EapolFrame.build(SERVER, CLIENT, EapolType.EAP_PACKET, b"\x02\x01\x00\x05\x01")

    assert frame.encode() == (
        HEADER + bytes.fromhex("01 00 0005 0201000501") + bytes(60 - 14 - 4 - 5)
    )


def test_a_built_frame_of_more_than_sixty_bytes_is_not_padded() -> None:
    frame = EapolFrame.build(SERVER, CLIENT, EapolType.START, trailer=b"x" * 503, version=2)

    assert frame.encode() == HEADER + bytes.fromhex("02 01 0000") + b"x" * 503


eapol_frames = st.binary(min_size=48, max_size=1500).map(lambda rest: HEADER[:14] + rest)


@given(eapol_frames)
def test_encoding_is_the_inverse_of_parsing(frame: bytes) -> None:
    assert EapolFrame.parse(frame).encode() == frame


@given(
    st.builds(
        EapolFrame.build,
        destination=st.binary(min_size=6, max_size=6),
        source=st.binary(min_size=6, max_size=6),
        packet_type=st.integers(0, 255),
        body=st.binary(min_size=42, max_size=200),
        trailer=st.binary(max_size=200),
        version=st.integers(0, 255),
    )
)
def test_parsing_is_the_inverse_of_encoding(frame: EapolFrame) -> None:
    assert EapolFrame.parse(frame.encode()) == frame


@given(st.binary(max_size=100) | eapol_frames.map(lambda frame: frame[:40]))
def test_no_bytes_raise_another_error(frame: bytes) -> None:
    try:
        parsed = EapolFrame.parse(frame)
    except ProtocolError:
        return
    assert parsed.encode().startswith(frame)
