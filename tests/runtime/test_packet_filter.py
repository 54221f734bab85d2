"""The filter program, run by the kernel on datagrams that stand for frames."""

from __future__ import annotations

import ctypes
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ruijie_proxy.runtime.ports.packet_filter import address_of, attach_filter, eapol_filter

ADDRESSES = bytes.fromhex("0180c2000003 02000000cc01")
OWN = bytes.fromhex("02000000aa01")
MAC_ADDRESSES = st.binary(min_size=6, max_size=6)


def passes(frame: bytes, sources: list[bytes] | None = None) -> bytes | None:
    """Return what a socket with the filter receives of a frame."""
    sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    with sender, receiver:
        attach_filter(receiver, eapol_filter(OWN, sources=sources))
        sender.send(frame)
        try:
            return receiver.recv(65535)
        except BlockingIOError:
            return None


@pytest.mark.parametrize("size", [14, 18, 60, 1514, 65535])
def test_an_eapol_frame_passes_whole(size: int) -> None:
    frame = (ADDRESSES + b"\x88\x8e").ljust(size, b"\x5a")

    assert passes(frame) == frame


@pytest.mark.parametrize("ethertype", ["0800", "0806", "86dd", "8863", "888f", "898e", "0888"])
def test_frames_of_other_protocols_are_dropped(ethertype: str) -> None:
    assert passes((ADDRESSES + bytes.fromhex(ethertype)).ljust(60, b"\0")) is None


@given(st.binary(min_size=1, max_size=100))
def test_whatever_comes_the_ethertype_decides(frame: bytes) -> None:
    assert passes(frame) == (frame if frame[12:14] == b"\x88\x8e" else None)


@given(st.lists(MAC_ADDRESSES, max_size=64), MAC_ADDRESSES, st.data())
def test_of_named_sources_alone_frames_pass(
    sources: list[bytes], stranger: bytes, data: st.DataObject
) -> None:
    source = data.draw(st.sampled_from([*sources, stranger]))
    frame = ADDRESSES[:6] + source + b"\x88\x8e\x01\x01\0\0"

    assert passes(frame, sources) == (frame if source in sources else None)


def test_where_no_source_is_named_nothing_passes() -> None:
    assert passes(ADDRESSES + b"\x88\x8e\x01\x01\0\0", []) is None


def test_what_is_no_program_is_refused() -> None:
    invalid = pytest.raises(OSError, match="Invalid argument")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as any_socket, invalid:
        attach_filter(any_socket, b"\xff" * 8)


@given(st.binary())
def test_bytes_are_where_the_c_interface_says_they_are(content: bytes) -> None:
    assert address_of(content) == ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p).value
