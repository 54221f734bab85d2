"""Success and Failure: every known shape, whole and cut at every byte."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.eap import EapCode
from ruijie_proxy.protocol.eapol import EapolFrame
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import UdpHeartbeat
from ruijie_proxy.protocol.piece_types import PieceType
from ruijie_proxy.protocol.properties import MAGIC, TWISTED_MAGIC
from ruijie_proxy.protocol.results import (
    Grant,
    Result,
    accounting_piece,
    block_piece,
    empty_piece,
    message_piece,
    no_heartbeats_piece,
    typed_piece,
)
from ruijie_proxy.protocol.text import decode_text

ETHERNET = bytes.fromhex("02000000cc01 02000000aa01 888e")
PIECE_HEADER_SIZE = 6
WHOLE_GRANT_SIZE = 14
"""Up to the interval's last byte; the zero behind it is not needed."""

WELCOME = bytes.fromhex("0d0a bbb6d3adcab9d3c3d0a3d4b0cdf8")
USED = bytes.fromhex("b1bed4c2d2d1d3c3332e35d0a1cab1")
GRANT = Grant(key=0x0A1B2C3D, interval=300)


@dataclass(frozen=True)
class Part:
    """A piece as it stands on the wire, and what a parser should find in it."""

    raw: bytes
    message: bytes = b""
    grant: Grant | None = None
    accounting: bytes = b""


# The pieces, written here byte by byte and not with the functions under test.
MESSAGE = Part(bytes.fromhex("00001311 0010") + WELCOME, message=WELCOME)
NO_MESSAGE = Part(bytes.fromhex("00001311 0000"))
BLOCK = Part(bytes.fromhex("00001311 6900") + bytes(105))
OTHER_BLOCK = Part(bytes.fromhex("00001311 0049") + bytes(40) + b"Ab" + bytes(63))
EMPTY = Part(bytes.fromhex("00001311 0100"))
OTHER_EMPTY = Part(bytes.fromhex("00001311 0101"))
GRANTED = Part(bytes.fromhex("ffff3777 af7f af27cb43 ffff7fcb ff"), grant=GRANT)
ACCOUNTING = Part(bytes.fromhex("00001311 3c11") + USED, accounting=USED)
TRAILER = Part(bytes.fromhex("00001311 0200") + bytes(18))
TRAILER_WITHOUT_MAGIC = Part(bytes(range(0x30, 0x48)))

SHAPES = {
    "modern": (MESSAGE, BLOCK, EMPTY, OTHER_EMPTY, GRANTED, ACCOUNTING),
    "modern, other block": (MESSAGE, OTHER_BLOCK, EMPTY, OTHER_EMPTY, GRANTED, ACCOUNTING),
    "no message": (NO_MESSAGE, BLOCK, EMPTY, OTHER_EMPTY, GRANTED, ACCOUNTING),
    "no message, other block": (NO_MESSAGE, OTHER_BLOCK, OTHER_EMPTY, GRANTED),
    "no empty pieces": (MESSAGE, OTHER_BLOCK, OTHER_EMPTY, GRANTED, ACCOUNTING),
    "classic": (MESSAGE, BLOCK, OTHER_EMPTY, GRANTED),
    "classic, no message": (NO_MESSAGE, BLOCK, OTHER_EMPTY, GRANTED),
    "grant without its header": (MESSAGE, OTHER_BLOCK, EMPTY, GRANTED, ACCOUNTING),
    "grant after the block": (MESSAGE, BLOCK, GRANTED),
    "trailed": (MESSAGE, BLOCK, EMPTY, OTHER_EMPTY, GRANTED, TRAILER),
    "trailed without magic": (MESSAGE, BLOCK, OTHER_EMPTY, GRANTED, TRAILER_WITHOUT_MAGIC),
    "trailed and accounting": (MESSAGE, BLOCK, OTHER_EMPTY, GRANTED, TRAILER, ACCOUNTING),
    "message alone": (MESSAGE,),
    "bare": (),
}
ALL_SHAPES = pytest.mark.parametrize("parts", SHAPES.values(), ids=SHAPES)
BOTH_CODES = pytest.mark.parametrize("code", [EapCode.SUCCESS, EapCode.FAILURE])


def body_of(parts: tuple[Part, ...], code: int = EapCode.SUCCESS) -> bytes:
    """Write the body of a result's EAPOL frame."""
    return bytes((code, 2, 0, 4)) + b"".join(part.raw for part in parts)


def shown(raw: bytes) -> str | None:
    return decode_text(raw) or None


def join(result: Result) -> bytes:
    return result.prefix + b"".join(piece.encode() for piece in result.pieces)


@ALL_SHAPES
@BOTH_CODES
def test_a_whole_result_tells_everything(parts: tuple[Part, ...], code: EapCode) -> None:
    result = Result.parse(body_of(parts, code))

    assert (result.code, result.identifier) == (code, 2)
    assert result.message == ("欢迎使用校园网" if MESSAGE in parts else None)
    assert result.grant == (GRANT if GRANTED in parts else None)
    assert result.accounting == ("本月已用3.5小时" if ACCOUNTING in parts else None)


@ALL_SHAPES
def test_a_result_cut_at_any_byte_tells_what_stands_before_the_cut(
    parts: tuple[Part, ...],
) -> None:
    whole = body_of(parts)
    for size in range(4, len(whole) + 1):
        message, grant, accounting = b"", None, b""
        left = size - 4
        for part in parts:
            seen = max(0, min(left, len(part.raw)))
            text_seen = max(0, seen - PIECE_HEADER_SIZE)
            message = message or part.message[:text_seen]
            accounting = accounting or part.accounting[:text_seen]
            if seen >= WHOLE_GRANT_SIZE:
                grant = grant or part.grant
            left -= seen

        result = Result.parse(whole[:size])

        assert result.message == shown(message), size
        assert result.grant == grant, size
        assert result.accounting == shown(accounting), size
        assert join(result) == whole[4:size]


@ALL_SHAPES
def test_a_frame_cut_at_any_byte_raises_nothing_but_the_documented_error(
    parts: tuple[Part, ...],
) -> None:
    body = body_of(parts)
    whole = EapolFrame.build(ETHERNET[:6], ETHERNET[6:12], 0, body).encode()
    for size in range(len(whole)):
        try:
            result = Result.parse(EapolFrame.parse(whole[:size]).body)
        except ProtocolError:
            assert size < 22
        else:
            assert result.grant in (None, GRANT)


def test_a_message_that_was_cut_gives_its_beginning() -> None:
    body = body_of((MESSAGE,))

    assert Result.parse(body[:-1]).message == "欢迎使用校园\ufffd"
    assert Result.parse(body[:-2]).message == "欢迎使用校园"


def test_the_documents_modern_success_is_read() -> None:
    """docs/protocol.md, "Results"."""
    body = b"".join(part.raw for part in SHAPES["modern"])
    frame = ETHERNET + bytes.fromhex("010000b9 030200b9") + body

    parsed = EapolFrame.parse(frame)
    result = Result.parse(parsed.body)

    assert len(parsed.body) == 185
    assert parsed.trailer == b""
    assert result.grant == Grant(0x0A1B2C3D, 300)


def test_stale_padding_is_never_parsed() -> None:
    """Behind a bare Success stands what the switch's memory held: here, another user's grant."""
    stale = MESSAGE.raw + GRANTED.raw
    frame = (ETHERNET + bytes.fromhex("01000004 03020004") + stale).ljust(60, b"\0")

    result = Result.parse(EapolFrame.parse(frame).body)

    assert (result.grant, result.message, result.pieces) == (None, None, ())


@pytest.mark.parametrize("size", range(254))
def test_no_size_of_the_accounting_message_hides_the_grant(size: int) -> None:
    """Headers that state no size, read as one, lead to the frame's end for some of these."""
    text = b"x" * size
    before = (MESSAGE, BLOCK, EMPTY, OTHER_EMPTY, GRANTED)

    result = Result.parse(body_of((*before, Part(accounting_piece(text)))))

    assert result.grant == GRANT
    assert result.accounting == (text.decode() or None)
    assert len(result.pieces) == 6


@pytest.mark.parametrize("size", [1, 73, 105, 107, 255, 256, 257, 258, 300, 1400])
def test_messages_of_any_size_are_read(size: int) -> None:
    text = b"a" * size
    parts = (Part(message_piece(text)), BLOCK, OTHER_EMPTY, GRANTED)

    result = Result.parse(body_of(parts))

    assert result.message == text.decode()
    assert result.grant == GRANT


@pytest.mark.parametrize(
    ("stated", "actual"), [(0x10, 0x30), (0x30, 0x10)], ids=["too small", "too large"]
)
def test_a_message_whose_size_is_wrong_hides_nothing_behind_it(stated: int, actual: int) -> None:
    message = Part(MAGIC + bytes((0, stated)) + b"m" * actual)

    result = Result.parse(body_of((message, BLOCK, OTHER_EMPTY, GRANTED, ACCOUNTING)))

    assert result.message == "m" * min(stated, actual)
    assert (result.grant, result.accounting) == (GRANT, "本月已用3.5小时")


def test_a_text_cannot_bring_a_grant_of_its_own() -> None:
    text = b"before" + GRANTED.raw + b"after"
    other = Grant(key=1, interval=20)

    result = Result.parse(
        body_of((Part(message_piece(text)), OTHER_EMPTY, Part(other.encode()), ACCOUNTING))
    )

    assert result.grant == other
    assert (result.message or "").startswith("before")


def test_a_message_of_the_blocks_size_is_a_message() -> None:
    text = WELCOME + b"." * (105 - len(WELCOME))

    assert Result.parse(body_of((Part(message_piece(text)), GRANTED))).message == (
        decode_text(text)
    )


def test_the_block_is_no_message_though_nothing_stands_before_it() -> None:
    result = Result.parse(body_of((OTHER_BLOCK, OTHER_EMPTY, GRANTED, ACCOUNTING)))

    assert result.message is None
    assert result.grant == GRANT


@pytest.mark.parametrize(
    "parts",
    [
        (ACCOUNTING, MESSAGE),
        (Part(EMPTY.raw + b"stale"), MESSAGE),
        (Part(OTHER_EMPTY.raw + b"stale"), MESSAGE),
        (BLOCK, OTHER_EMPTY, Part(bytes.fromhex("00001311 0200") + b"stale"), MESSAGE),
    ],
    ids=["accounting", "empty", "other empty", "unknown piece"],
)
def test_no_other_piece_is_taken_for_the_message(parts: tuple[Part, ...]) -> None:
    assert Result.parse(body_of(parts)).message == "欢迎使用校园网"
    assert Result.parse(body_of(parts[:-1])).message is None


@pytest.mark.parametrize(
    ("header", "size"), [("6900", 105), ("3c69", 103), ("0069", 105)], ids=["block", "3c", "text"]
)
def test_a_right_size_keeps_a_piece_whole_though_a_magic_stands_in_it(
    header: str, size: int
) -> None:
    content = (MAGIC + b"\0\1x" + TWISTED_MAGIC).center(size, b"\0")
    parts = (Part(MAGIC + bytes.fromhex(header) + content), OTHER_EMPTY, GRANTED)

    result = Result.parse(body_of(parts))

    assert [piece.content for piece in result.pieces][:2] == [content, b""]
    assert result.grant == GRANT


VERSION = bytes.fromhex("01200102")
ROWS = bytes(range(1, 33)) + MAGIC + bytes.fromhex("0101") + TWISTED_MAGIC + bytes(22)
"""Two rows behind the upgrade information, the second with magic numbers in it."""


@pytest.mark.parametrize("header", ["6900", "0049"])
def test_the_upgrade_informations_last_byte_says_how_many_rows_follow(header: str) -> None:
    upgrade = Part(block_piece(bytes.fromhex(header), VERSION, ROWS))
    assert upgrade.raw == MAGIC + bytes.fromhex(header) + VERSION + bytes(100) + b"\2" + ROWS

    result = Result.parse(body_of((MESSAGE, upgrade, EMPTY, OTHER_EMPTY, GRANTED, ACCOUNTING)))

    assert [len(piece.content) for piece in result.pieces][:2] == [len(WELCOME), 105 + 64]
    assert len(result.pieces) == 6
    assert result.newest_version == VERSION
    assert (result.grant, result.accounting) == (GRANT, "本月已用3.5小时")


def test_rows_that_are_not_there_hide_no_grant() -> None:
    upgrade = Part(block_piece(newest_version=VERSION)[:-1] + b"\x07")

    result = Result.parse(body_of((MESSAGE, upgrade, OTHER_EMPTY, GRANTED)))

    assert (result.newest_version, result.grant) == (VERSION, GRANT)


@pytest.mark.parametrize(
    ("parts", "looks"),
    [
        ((MESSAGE, BLOCK, EMPTY, OTHER_EMPTY, GRANTED), False),
        ((MESSAGE, BLOCK, OTHER_EMPTY, GRANTED), True),
        ((MESSAGE, BLOCK, GRANTED), None),
        ((Part(message_piece(b"a" * 257)), BLOCK, GRANTED), None),
    ],
)
def test_whether_proxies_are_looked_for_is_read(
    parts: tuple[Part, ...], looks: bool | None
) -> None:
    assert Result.parse(body_of(parts)).looks_for_proxies is looks


def test_pieces_behind_the_grant_are_read_by_their_types() -> None:
    url = b"http://10.0.0.9/" + MAGIC + b"su.exe"
    behind = (
        Part(typed_piece(PieceType.UPGRADE_URL, url)),
        Part(typed_piece(PieceType.REAUTHENTICATION_INTERVAL, bytes((0, 0, 14, 16)))),
        Part(typed_piece(PieceType.RADIUS_KIND, b"\5") + b"stale"),
        Part(typed_piece(PieceType.PROXY_KINDS, b"")),
    )

    result = Result.parse(body_of((*SHAPES["modern"], *behind)))

    assert [(piece.type, piece.content) for piece in result.typed_pieces] == [
        (0x3C, USED),
        (0x37, url),
        (0x56, bytes((0, 0, 14, 16))),
        (0x61, b"\5"),
        (0x74, b""),
    ]
    assert result.typed(PieceType.UPGRADE_URL) == url
    assert result.typed(PieceType.LOGIN_URL) is None


UDP = (
    Part(typed_piece(PieceType.UDP_PORT, bytes.fromhex("00001f40"))),
    Part(typed_piece(PieceType.UDP_SERVER, bytes((10, 0, 0, 9)))),
    Part(typed_piece(PieceType.UDP_KEY, b"12345678")),
    Part(typed_piece(PieceType.UDP_VECTOR, b"87654321")),
    Part(typed_piece(PieceType.UDP_INTERVAL, bytes((0, 0, 0, 30)))),
    Part(typed_piece(PieceType.UDP_VERSION, b"\1")),
    Part(typed_piece(PieceType.UDP_FLAGS, b"\1")),
)


def test_a_success_tells_of_a_heartbeat_by_udp_and_of_no_key_of_it() -> None:
    heartbeat = Result.parse(body_of((*SHAPES["modern"], *UDP))).udp_heartbeat

    assert heartbeat == UdpHeartbeat(bytes((10, 0, 0, 9)), 8000)
    assert "12345678" not in repr(heartbeat)


@pytest.mark.parametrize(
    ("port", "server"),
    [
        (b"", bytes((10, 0, 0, 9))),
        (bytes(4), bytes((10, 0, 0, 9))),
        (bytes.fromhex("00010000"), bytes((10, 0, 0, 9))),
        (bytes.fromhex("1f40"), bytes((10, 0, 0, 9))),
        (bytes.fromhex("00001f40"), bytes(4)),
        (bytes.fromhex("00001f40"), b"10.0.0.9"),
    ],
)
def test_without_a_server_and_a_port_no_heartbeat_by_udp_is_wanted(
    port: bytes, server: bytes
) -> None:
    pieces = typed_piece(PieceType.UDP_PORT, port) + typed_piece(PieceType.UDP_SERVER, server)

    assert Result.parse(body_of((GRANTED, Part(pieces)))).udp_heartbeat is None


def test_a_message_above_255_bytes_stays_whole_though_a_magic_stands_in_it() -> None:
    text = (b"a" * 200 + MAGIC + b"\0\5").ljust(300, b"b")

    result = Result.parse(body_of((Part(message_piece(text)), BLOCK, OTHER_EMPTY, GRANTED)))

    assert result.message == decode_text(text)
    assert result.grant == GRANT


def test_a_message_of_line_ends_alone_is_none() -> None:
    assert Result.parse(body_of((Part(message_piece(b"\r\n")),))).message is None


def test_a_message_cannot_steer_the_terminal() -> None:
    result = Result.parse(body_of((Part(message_piece(b"\x1b[2J\x1b]0;x\x07bye")),)))

    assert result.message == "[2J ]0;x bye"


def test_bytes_before_the_first_piece_are_kept() -> None:
    result = Result.parse(b"\x03\x02\x00\x04" + b"odd" + MESSAGE.raw)

    assert result.prefix == b"odd"
    assert result.message == "欢迎使用校园网"


def test_a_magic_without_its_header_hides_no_grant() -> None:
    for bare_magic in (MAGIC, MAGIC + b"\x01", TWISTED_MAGIC):
        result = Result.parse(body_of((MESSAGE, Part(bare_magic), GRANTED, ACCOUNTING)))

        assert result.grant == GRANT
        assert result.accounting == "本月已用3.5小时"


def test_of_two_grants_the_first_is_meant() -> None:
    second = Part(Grant(1, 2).encode())

    assert Result.parse(body_of((EMPTY, GRANTED, second))).grant == GRANT


def test_a_hello_that_is_off_wants_no_heartbeats_whatever_its_numbers_are() -> None:
    off = bytes.fromhex("ffff3777 afff af27cb43 ffff7fcb ff")
    result = Result.parse(body_of((MESSAGE, BLOCK, OTHER_EMPTY, Part(off), ACCOUNTING)))

    assert result.forbids_heartbeats
    assert result.grant is None
    assert result.accounting is not None


@pytest.mark.parametrize("size", range(6, 15))
def test_a_hello_that_is_off_says_so_though_its_numbers_are_cut(size: int) -> None:
    assert Result.parse(body_of((MESSAGE, Part(no_heartbeats_piece()[:size])))).forbids_heartbeats


@pytest.mark.parametrize("key", ["ffff3777", "00001311"])
def test_a_hello_that_is_off_is_one_piece_though_a_magic_stands_in_it(key: str) -> None:
    off = Part(bytes.fromhex(f"ffff3777 afff {key} ffff7fcb ff"))
    result = Result.parse(body_of((off, GRANTED)))

    assert [len(piece.content) for piece in result.pieces] == [9, 9]


@pytest.mark.parametrize("forbidden_first", [True, False])
def test_of_a_grant_and_a_hello_that_is_off_the_first_is_meant(forbidden_first: bool) -> None:
    parts = (Part(no_heartbeats_piece()), GRANTED)
    result = Result.parse(body_of(parts if forbidden_first else parts[::-1]))

    assert result.forbids_heartbeats is forbidden_first
    assert (result.grant is None) is forbidden_first


def test_a_result_without_a_hello_forbids_nothing() -> None:
    assert not Result.parse(body_of((MESSAGE,))).forbids_heartbeats


def test_a_plain_piece_with_the_grants_numbers_is_none() -> None:
    assert Result.parse(body_of((Part(MAGIC + GRANTED.raw[4:]),))).grant is None


@pytest.mark.parametrize("body", ["", "03", "030200", "01020004", "02020004", "00020004"])
def test_what_is_no_result_is_refused(body: str) -> None:
    with pytest.raises(ProtocolError):
        Result.parse(bytes.fromhex(body))


def test_written_pieces_are_those_of_the_captures() -> None:
    assert message_piece(WELCOME) == MESSAGE.raw
    assert message_piece(b"") == NO_MESSAGE.raw
    assert block_piece() == BLOCK.raw
    assert block_piece(bytes.fromhex("0049")) == bytes.fromhex("00001311 0049") + bytes(105)
    assert empty_piece(0) == EMPTY.raw
    assert empty_piece(1) == OTHER_EMPTY.raw
    assert GRANT.encode() == GRANTED.raw
    assert accounting_piece(USED) == ACCOUNTING.raw


MODERN_SKELETON_DIGEST = "ebae90076c73dc063f2a9c9880f9efbf0f2747a8925aab265f0d3472bf44060a"
"""SHA-256 of the genuine modern Success with zeros for what is the user's: texts and key."""


def modern_skeleton() -> bytes:
    """Build it from the figures: from the EAPOL length on, cut inside the accounting message."""
    return b"".join(
        (
            bytes.fromhex("017e 0306017e"),
            bytes.fromhex("00001311 001e") + bytes(30),
            BLOCK.raw,
            EMPTY.raw,
            OTHER_EMPTY.raw,
            bytes.fromhex("ffff3777 af7f 00000000 ffff7fcb ff"),
            bytes.fromhex("00001311 3c5b") + bytes(70),
        )
    )


def test_the_figures_give_the_genuine_modern_success() -> None:
    skeleton = modern_skeleton()

    assert hashlib.sha256(skeleton).hexdigest() == MODERN_SKELETON_DIGEST
    result = Result.parse(EapolFrame.parse(ETHERNET + b"\x01\x00" + skeleton).body)
    assert result.grant == Grant(key=0xFFFFFFFF, interval=300)
    assert len(result.pieces) == 6


def test_the_captured_modern_success_is_read_and_cut(
    read_capture: Callable[[str], Any],
) -> None:
    modern, _ = read_capture("server_results.json")["success"]
    raw = bytes.fromhex(modern["hex"])
    grant = Grant(modern["heartbeat_key"], modern["heartbeat_interval"])
    frame = ETHERNET + b"\x01\x00" + raw

    result = Result.parse(EapolFrame.parse(frame).body)

    assert result.message == modern["message"]
    assert result.grant == grant
    assert (result.accounting or "").startswith("您当前使用的服务")
    masked = bytearray(raw)
    masked[12:42] = bytes(30)
    masked[171:175] = bytes(4)
    masked[186:] = bytes(len(raw) - 186)
    assert bytes(masked) == modern_skeleton()
    for size in range(22, len(frame)):
        cut = Result.parse(EapolFrame.parse(frame[:size]).body)
        assert cut.grant == (grant if size >= 16 + 165 + WHOLE_GRANT_SIZE else None), size
        assert (cut.message == modern["message"]) == (size >= 16 + 42), size


def test_the_captured_bare_success_has_nothing_in_it(read_capture: Callable[[str], Any]) -> None:
    _, bare = read_capture("server_results.json")["success"]
    frame = ETHERNET + b"\x01\x00" + bytes.fromhex(bare["hex"])

    result = Result.parse(EapolFrame.parse(frame).body)

    assert (result.grant, result.message, result.accounting) == (None, None, None)
    assert (result.prefix, result.pieces) == (b"", ())


tokens = st.sampled_from(
    [
        MAGIC,
        TWISTED_MAGIC,
        GRANTED.raw,
        BLOCK.raw,
        EMPTY.raw,
        bytes.fromhex("af7f"),
        bytes.fromhex("3c11"),
        bytes.fromhex("0010"),
        bytes.fromhex("6900"),
    ]
) | st.binary(max_size=12)
private_data = st.lists(tokens, max_size=14).map(b"".join)


@given(private_data, st.sampled_from([3, 4]))
def test_pieces_joined_again_are_the_private_data(private: bytes, code: int) -> None:
    result = Result.parse(bytes((code, 1, 0, 4)) + private)

    assert join(result) == private
    for text in (result.message, result.accounting):
        assert text is None or (text and text.isprintable())
    assert result.grant is None or GRANTED.raw[:6] in private


@given(st.binary(max_size=40))
def test_no_bytes_raise_another_error(body: bytes) -> None:
    try:
        result = Result.parse(body)
    except ProtocolError:
        return
    assert join(result) == body[4:]


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF))
def test_every_grant_is_read_as_it_was_written(key: int, interval: int) -> None:
    granted = Part(Grant(key, interval).encode())

    for parts in ((EMPTY, OTHER_EMPTY, granted), (OTHER_EMPTY, granted, TRAILER, ACCOUNTING)):
        assert Result.parse(body_of(parts)).grant == Grant(key, interval)


@pytest.mark.parametrize("key", [0x00001311, 0xFFFF3777])
def test_a_key_that_looks_like_a_magic_is_a_key(key: int) -> None:
    granted = Part(Grant(key, 300).encode())

    result = Result.parse(body_of((OTHER_EMPTY, granted, ACCOUNTING)))

    assert result.grant == Grant(key, 300)
    assert result.accounting == "本月已用3.5小时"


def test_a_failures_reason_is_its_message_or_else_its_piece_0x53() -> None:
    piece = typed_piece(PieceType.REFUSAL_REASON, "密码不匹配".encode("gbk"))
    header = bytes((EapCode.FAILURE, 2, 0, 4))

    assert Result.parse(header + message_piece(b"") + piece).reason == "密码不匹配"
    assert Result.parse(header + message_piece("欠费".encode("gbk")) + piece).reason == "欠费"
    assert Result.parse(header).reason is None


@pytest.mark.parametrize(
    ("pieces", "services"),
    [
        (((0x66, "移动@教育网"), (0x39, "教育网\0\0")), ("移动", "教育网")),
        (((0x39, "教育网\0\0"),), ("教育网",)),
        ((), ()),
    ],
    ids=["on offer", "own alone", "none"],
)
def test_a_success_tells_the_services(
    pieces: tuple[tuple[int, str], ...], services: tuple[str, ...]
) -> None:
    told = b"".join(typed_piece(PieceType(number), text.encode("gbk")) for number, text in pieces)
    parsed = Result.parse(bytes((EapCode.SUCCESS, 2, 0, 4)) + message_piece(b"") + told)
    assert parsed.services == services
