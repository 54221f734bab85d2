"""Heartbeats, held against one that a genuine client sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.protocol.eapol import EapolFrame, EapolType
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.heartbeat import (
    FIRST_NUMBER,
    Heartbeat,
    first_number_of_linux,
    number_after,
)

CLIENT = bytes.fromhex("02000000cc01")
SERVER = bytes.fromhex("02000000aa01")
CAPTURED = bytes.fromhex("ffff37777f9f 7d0f0339 ffff37777f9f fffff74b ffff37777f3f ff")
HEADER = SERVER + CLIENT + bytes.fromhex("888e 01 bf 001e")
FRAME = HEADER + CAPTURED + bytes(15)

numbers = st.integers(0, 0xFFFFFFFF)


def test_the_captured_heartbeat_is_read() -> None:
    assert Heartbeat.parse(FRAME) == Heartbeat(key=0x410F2F36, number=0x102D)


def test_the_captured_heartbeat_is_written() -> None:
    assert Heartbeat(0x410F2F36, 0x102D).encode(SERVER, CLIENT) == FRAME


def test_the_first_heartbeat_of_the_documents_example() -> None:
    """docs/protocol.md, "Heartbeats"."""
    frame = Heartbeat(0x0A1B2C3D, FIRST_NUMBER).encode(SERVER, CLIENT)

    assert frame.hex() == (
        "02000000aa01" "02000000cc01" "888e" "01bf001e"
        "ffff37777f9f" "af27c3e9" "ffff37777f9f" "fffff72b" "ffff37777f3fff" + "00" * 15
    )  # fmt: skip


def test_its_frame_states_thirty_bytes_and_is_sixty_long() -> None:
    parsed = EapolFrame.parse(Heartbeat(1, 2).encode(SERVER, CLIENT))

    assert (parsed.type, parsed.length) == (EapolType.RUIJIE_HEARTBEAT, 30)
    assert (parsed.destination, parsed.source) == (SERVER, CLIENT)
    assert len(parsed.encode()) == 60


def test_the_sum_wraps_around() -> None:
    frame = Heartbeat(0xFFFFFFFF, 0x102B).encode(SERVER, CLIENT)

    assert frame[24:28] == bytes.fromhex("fffff7ab")  # 0x102A, twisted
    assert Heartbeat.parse(frame) == Heartbeat(0xFFFFFFFF, 0x102B)


def test_numbers_count_up_and_wrap_around() -> None:
    assert number_after(0x102B) == 0x102C
    assert number_after(0xFFFFFFFF) == 0


def test_padding_and_another_version_do_not_matter() -> None:
    frame = bytearray(FRAME.ljust(64, b"\xa5"))
    frame[14] = 2
    frame[46:] = b"\xa5" * len(frame[46:])

    assert Heartbeat.parse(bytes(frame)) == Heartbeat(0x410F2F36, 0x102D)


@pytest.mark.parametrize("size", range(45))
def test_a_heartbeat_that_was_cut_is_refused(size: int) -> None:
    with pytest.raises(ProtocolError):
        Heartbeat.parse(FRAME[:size])


def test_the_shortest_whole_heartbeat_is_read() -> None:
    assert Heartbeat.parse(FRAME[:45]).number == 0x102D


@pytest.mark.parametrize(
    "offset",
    [
        pytest.param(12, id="ethertype"),
        pytest.param(15, id="eapol type"),
        pytest.param(18, id="first magic"),
        pytest.param(22, id="type of the sum"),
        pytest.param(23, id="size of the sum"),
        pytest.param(31, id="second magic"),
        pytest.param(33, id="size of the number"),
        pytest.param(40, id="third magic"),
        pytest.param(43, id="size of the end"),
        pytest.param(44, id="end"),
    ],
)
def test_what_is_made_otherwise_is_refused(offset: int) -> None:
    """A key learned from a frame that only looks like a heartbeat would end the session."""
    frame = bytearray(FRAME)
    frame[offset] ^= 0x40
    with pytest.raises(ProtocolError):
        Heartbeat.parse(bytes(frame))


@given(numbers, numbers)
def test_reading_what_was_written_gives_key_and_number(key: int, number: int) -> None:
    heartbeat = Heartbeat(key, number)

    assert Heartbeat.parse(heartbeat.encode(SERVER, CLIENT)) == heartbeat


@given(
    st.binary(max_size=80)
    | st.binary(max_size=60).map(lambda rest: HEADER + rest)
    | st.tuples(st.integers(0, 59), st.binary(max_size=4)).map(
        lambda change: FRAME[: change[0]] + change[1] + FRAME[change[0] + len(change[1]) :]
    )
)
def test_any_frame_is_understood_whole_or_refused(frame: bytes) -> None:
    try:
        heartbeat = Heartbeat.parse(frame)
    except ProtocolError:
        return
    assert heartbeat.encode(SERVER, CLIENT)[18:45] == frame[18:45]


@pytest.mark.parametrize(("chance", "number"), [(0.0, 0x1002), (0.5, 0x1802), (1.0, 0x2002)])
def test_a_linux_client_begins_anywhere_in_its_range(chance: float, number: int) -> None:
    """docs/protocol.md, "Heartbeats"."""
    assert first_number_of_linux(chance) == number


@given(st.floats(0.0, 1.0))
def test_a_linux_client_begins_nowhere_else(chance: float) -> None:
    assert 0x1002 <= first_number_of_linux(chance) <= 0x2002
