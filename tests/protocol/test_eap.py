"""EAP packets inside an EAPOL body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.errors import ProtocolError


def test_an_identity_response_ends_where_its_length_says() -> None:
    packet, rest = EapPacket.parse(bytes.fromhex("02 07 000d 01") + b"20260001" + b"private")

    assert packet == EapPacket(EapCode.RESPONSE, 7, 13, EapType.IDENTITY, b"20260001")
    assert rest == b"private"


def test_success_and_failure_have_no_type() -> None:
    for code in (EapCode.SUCCESS, EapCode.FAILURE):
        packet, rest = EapPacket.parse(bytes((code, 6, 0, 8)) + b"data" + b"!")

        assert packet == EapPacket(code, 6, 8, None, b"data")
        assert rest == b"!"


def test_a_request_without_a_type_has_none() -> None:
    packet, rest = EapPacket.parse(bytes.fromhex("01 01 0004 ff"))

    assert packet == EapPacket(EapCode.REQUEST, 1, 4, None, b"")
    assert rest == b"\xff"


def test_any_method_is_kept() -> None:
    """PEAP is type 25; what it means is none of a relay's business."""
    packet, _ = EapPacket.parse(bytes.fromhex("01 02 0008 19 200102"))

    assert (packet.type, packet.data) == (25, bytes.fromhex("200102"))


def test_a_packet_that_was_cut_holds_what_is_there() -> None:
    packet, rest = EapPacket.parse(bytes.fromhex("01 02 0016 04 10 aabb"))

    assert packet.length == 0x16
    assert packet.data == bytes.fromhex("10aabb")
    assert rest == b""


@pytest.mark.parametrize("body", ["", "01", "010100", "01010003", "01010000"])
def test_what_is_no_packet_is_refused(body: str) -> None:
    with pytest.raises(ProtocolError):
        EapPacket.parse(bytes.fromhex(body))


@pytest.mark.parametrize(
    ("packet", "encoded"),
    [
        (EapPacket.build(EapCode.RESPONSE, 7, EapType.IDENTITY, b"me"), "02 07 0007 01 6d65"),
        (EapPacket.build(EapCode.REQUEST, 1, EapType.IDENTITY), "01 01 0005 01"),
        (EapPacket.build(EapCode.SUCCESS, 2), "03 02 0004"),
        (EapPacket.build(EapCode.FAILURE, 2, data=b"\xff"), "04 02 0005 ff"),
    ],
)
def test_a_built_packet_states_its_length(packet: EapPacket, encoded: str) -> None:
    assert packet.encode() == bytes.fromhex(encoded)


packets_by_chance = st.builds(
    lambda code, length, rest: bytes((code, 1)) + length.to_bytes(2, "big") + rest,
    code=st.integers(0, 5),
    length=st.integers(0, 40),
    rest=st.binary(max_size=40),
)


@given(packets_by_chance | st.binary(max_size=40))
def test_packet_and_rest_make_the_body_again_and_no_other_error_is_raised(body: bytes) -> None:
    try:
        packet, rest = EapPacket.parse(body)
    except ProtocolError:
        return
    assert packet.encode() + rest == body
