"""MD5 challenges with what Ruijie's servers put behind them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.eap import EapCode, EapPacket, EapType
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC, Property
from ruijie_proxy.protocol.requests import Md5Challenge

CHALLENGE = bytes.fromhex("7c888016ca6b7f5b4d6a29024a18a85f")
PIECES = bytes.fromhex(
    "00001311 2e 03 01"
    "00001311 66 19 d2c6b6afbfedb4f8bdd3c8eb 40 bdccd3fdcdf8bdd3c8eb"
)  # fmt: skip


def request(data: bytes) -> EapPacket:
    """Make a Request/MD5-Challenge of the bytes behind its type."""
    return EapPacket.build(EapCode.REQUEST, 2, EapType.MD5_CHALLENGE, data)


def test_a_challenge_is_as_long_as_its_value_size_says() -> None:
    parsed = Md5Challenge.parse(request(b"\x10" + CHALLENGE))

    assert parsed == Md5Challenge(2, CHALLENGE, (), b"")
    assert parsed.services == ()


def test_private_pieces_inside_the_length_are_no_part_of_the_challenge() -> None:
    parsed = Md5Challenge.parse(request(b"\x10" + CHALLENGE + PIECES))

    assert parsed.challenge == CHALLENGE
    assert parsed.pieces[0] == Property(PieceType.CHALLENGE_FLAG, b"\x01", marked=False)
    assert parsed.services == ("移动宽带接入", "教育网接入")


def test_the_frame_of_the_documents_example_is_read() -> None:
    """docs/protocol.md, "Requests"."""
    frame = (
        bytes.fromhex("02000000cc01 02000000aa01 888e 0100003a 0102003a 0410") + CHALLENGE + PIECES
    )

    packet, rest = EapPacket.parse(EapolFrame.parse(frame).body)

    assert Md5Challenge.parse(packet).services == ("移动宽带接入", "教育网接入")
    assert rest == b""


def test_stale_padding_is_never_parsed() -> None:
    """A switch fills a short frame with what its memory held: here, another user's pieces."""
    frame = (
        bytes.fromhex("02000000cc01 02000000aa01 888e 01000016 01020016 0410") + CHALLENGE + PIECES
    )

    packet, _ = EapPacket.parse(EapolFrame.parse(frame).body)

    assert Md5Challenge.parse(packet) == Md5Challenge(2, CHALLENGE, (), b"")


def test_a_standard_servers_name_is_kept() -> None:
    parsed = Md5Challenge.parse(request(b"\x10" + CHALLENGE + b"hostapd"))

    assert (parsed.pieces, parsed.unparsed) == ((), b"hostapd")


def test_a_separator_inside_a_character_parts_nothing() -> None:
    """0x40 is ``@`` alone, and the second byte of the first Chinese character in GBK's order."""
    offer = MAGIC + bytes((0x66, 2 + 7)) + bytes.fromhex("8140 40 20 2040 41")

    assert Md5Challenge.parse(request(b"\x10" + CHALLENGE + offer)).services == ("丂", "A")


def test_names_on_offer_are_harmless_on_a_terminal() -> None:
    offer = Property(PieceType.SERVICES_ON_OFFER, b"a\x1b[2J@@b\0", marked=False)

    assert Md5Challenge(1, CHALLENGE, (offer,), b"").services == ("a [2J", "b")


def test_the_longest_offer_that_fits_its_size_crosses() -> None:
    offer = MAGIC + bytes((0x66, 0xFF)) + b"x" * 253
    packet = request(b"\x10" + CHALLENGE + offer)

    parsed = Md5Challenge.parse(packet)

    assert parsed.services == ("x" * 253,)
    assert parsed.encode() == packet


def test_a_challenge_of_another_size_is_read() -> None:
    assert Md5Challenge.parse(request(b"\x04abcdname")).challenge == b"abcd"


@pytest.mark.parametrize(
    "packet",
    [
        request(b""),
        request(b"\x00"),
        request(b"\x00" + CHALLENGE),
        request(b"\x10" + CHALLENGE[:-1]),
        EapPacket.build(EapCode.RESPONSE, 2, EapType.MD5_CHALLENGE, b"\x10" + CHALLENGE),
        EapPacket.build(EapCode.REQUEST, 2, EapType.IDENTITY, b"\x10" + CHALLENGE),
        EapPacket.build(EapCode.SUCCESS, 2, data=b"\x10" + CHALLENGE),
    ],
)
def test_what_is_no_whole_challenge_is_refused(packet: EapPacket) -> None:
    with pytest.raises(ProtocolError):
        Md5Challenge.parse(packet)


@given(
    st.lists(st.sampled_from([MAGIC, PIECES, b"\x66\x05"]) | st.binary(max_size=20), max_size=6)
    .map(b"".join)
    .map(lambda data: request(b"\x10" + data))
    | st.binary(max_size=30).map(request)
)
def test_any_request_is_kept_byte_for_byte_or_refused(packet: EapPacket) -> None:
    try:
        parsed = Md5Challenge.parse(packet)
    except ProtocolError:
        return
    assert parsed.encode() == packet
    assert all(name.isprintable() for name in parsed.services)


# Reasons.


def bare(number: int, content: bytes) -> bytes:
    """Write a bare property: docs/protocol.md, "Cousins"."""
    return bytes((number, len(content))) + content


REASON = "用户不存在或密码错误"


@pytest.mark.parametrize(
    "behind",
    [
        REASON.encode("gbk"),
        b"\r\n" + REASON.encode("gbk") + b"\0",
        bare(0x53, REASON.encode("gbk")),
        bare(0x51, b"12345") + bare(0x53, REASON.encode("gbk")) + bare(0x54, b"more"),
        PIECES + REASON.encode("gbk"),
        PIECES + bare(0x53, b"\r\n" + REASON.encode("gbk")),
    ],
    ids=["text", "line end", "property", "among properties", "behind pieces", "property behind"],
)
def test_a_reason_behind_the_challenge_is_told(behind: bytes) -> None:
    assert Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind)).reason == REASON


@pytest.mark.parametrize(
    "behind",
    [
        b"",
        b"hostapd",
        b"RADIUS server of campus 7",
        "一".encode("gbk"),
        bytes(range(0x80, 0x100)),
        bare(0x53, b"\xff\xff\xff\xff"),
        bare(0x53, b""),
        bare(0x51, b"\x53\x02\xba\xc3"),
        bytes((0x53, 200)) + REASON.encode("gbk"),
        bare(0x3C, b"100") + bytes((0x53, 200)) + REASON.encode("gbk"),
        b"\x53",
        PIECES,
    ],
    ids=[
        "nothing",
        "a name",
        "a longer name",
        "one character",
        "no text",
        "property that is no text",
        "empty property",
        "inside another property",
        "cut property",
        "cut property behind another",
        "one byte",
        "pieces alone",
    ],
)
def test_a_servers_name_and_what_else_may_stand_there_is_no_reason(behind: bytes) -> None:
    assert Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind)).reason is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Invalid user name or password", "Invalid user name or password"),
        (REASON.encode("gbk")[:-1], REASON[:-1]),
    ],
    ids=["english, as RADIUS servers speak it", "last character cut"],
)
def test_property_53_is_a_reason_in_whatever_language(content: bytes, reason: str) -> None:
    behind = bare(0x05, bytes(4)) + bare(0x53, content)
    assert Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind)).reason == reason


def test_property_52_is_a_text_for_all_in_whatever_language() -> None:
    behind = bare(0x05, bytes(4)) + bare(0x52, b"Maintenance tonight")
    parsed = Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind))
    assert parsed.broadcast == "Maintenance tonight"


def test_a_reason_is_harmless_on_a_terminal() -> None:
    behind = b"\x1b[2J" + REASON.encode("gbk") + b"\a"

    assert Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind)).reason == f"[2J{REASON}"


@given(st.binary(max_size=80))
def test_whatever_stands_there_gives_a_printable_reason_or_none(behind: bytes) -> None:
    reason = Md5Challenge(1, CHALLENGE, (), behind).reason

    assert reason is None or reason.isprintable()


# The pieces of the bare shape.

OF_A_LOGIN_THAT_SUCCEEDS = b"".join(
    (
        bare(0x05, bytes.fromhex("0120 0102")),
        bare(0x14, b"\0"),
        bare(0x3C, "本月已用3.5小时".encode("gbk")),
        bare(0x66, "移动宽带接入@教育网接入".encode("gbk")),
    )
)


@pytest.mark.parametrize(
    "behind", [OF_A_LOGIN_THAT_SUCCEEDS, OF_A_LOGIN_THAT_SUCCEEDS + b"\x52\x30"]
)
def test_bare_pieces_are_no_reason_though_there_is_chinese_in_them(behind: bytes) -> None:
    parsed = Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind))

    assert parsed.is_bare
    assert parsed.reason is None
    assert parsed.account == "本月已用3.5小时"
    assert parsed.services == ("移动宽带接入", "教育网接入")


def test_a_reason_as_text_is_not_taken_for_pieces() -> None:
    assert not Md5Challenge.parse(request(b"\x10" + CHALLENGE + REASON.encode("gbk"))).is_bare


def headed(number: int, content: bytes) -> bytes:
    """Write a piece headed by the magic."""
    return Property(number, content, marked=False).encode()


@pytest.mark.parametrize("encode", [bare, headed])
def test_a_challenge_tells_of_a_heartbeat_by_udp(encode: Callable[[int, bytes], bytes]) -> None:
    pieces = {
        PieceType.UDP_PORT: bytes.fromhex("0000 1f40"),
        PieceType.UDP_SERVER: bytes((10, 0, 0, 9)),
        PieceType.UDP_KEY: b"12345678",
        PieceType.UDP_VECTOR: b"87654321",
    }
    behind = b"".join(encode(*pair) for pair in pieces.items())

    parsed = Md5Challenge.parse(request(b"\x10" + CHALLENGE + behind))

    assert parsed.udp_heartbeat == UdpHeartbeat(bytes((10, 0, 0, 9)), 8000)
    assert "12345678" not in repr(parsed.udp_heartbeat)
