"""A kernel filter that lets a packet socket see EAPOL alone.

Classic BPF, as the kernel's Documentation/networking/filter.rst describes it: the program runs on
every frame before the socket queues it, so other traffic never wakes the daemon.
"""

from __future__ import annotations

import array
import socket
import struct

from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL

SO_ATTACH_FILTER = 26
"""From asm-generic/socket.h; the same on every CPU that OpenWrt has."""

# linux/bpf_common.h
_LOAD_HALF_WORD = 0x28
"""BPF_LD | BPF_H | BPF_ABS: two bytes of the frame, big-endian, into the accumulator."""
_LOAD_WORD = 0x20
"""BPF_LD | BPF_W | BPF_ABS"""
_JUMP_IF_EQUAL = 0x15
"""BPF_JMP | BPF_JEQ | BPF_K: skips as many instructions as the first count says, or the second."""
_RETURN = 0x06
"""BPF_RET | BPF_K: how many bytes of the frame to keep; none drops it."""

# linux/filter.h: loads from here on read what the kernel knows of the frame, not the frame.
_ANCILLARY_OFFSET = 0xFFFFF000
_PACKET_TYPE = _ANCILLARY_OFFSET + 4
_ETHERTYPE_OFFSET = 12
_WHOLE_FRAME = 0xFFFFFFFF

_INSTRUCTION = struct.Struct("HBBI")
"""struct sock_filter: operation, jump if true, jump if false, operand; in the CPU's byte order."""


def _assemble(*instructions: tuple[int, int, int, int]) -> bytes:
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in instructions)


EAPOL_FROM_OTHERS = _assemble(
    # What this host itself sends must not be taken for the peer's (docs/protocol.md, "Linux").
    (_LOAD_WORD, 0, 0, _PACKET_TYPE),
    (_JUMP_IF_EQUAL, 3, 0, socket.PACKET_OUTGOING),
    (_LOAD_HALF_WORD, 0, 0, _ETHERTYPE_OFFSET),
    (_JUMP_IF_EQUAL, 0, 1, ETHERTYPE_EAPOL),
    (_RETURN, 0, 0, _WHOLE_FRAME),
    (_RETURN, 0, 0, 0),
)
"""Keeps frames of EtherType 0x888E that this host did not send, whole; drops all others."""


def attach_filter(to: socket.socket, program: bytes) -> None:
    """Let a socket receive only what the program keeps, from now on.

    Raises OSError (EINVAL) when the program is none.
    """
    # struct sock_fprog holds a pointer; an array tells where its memory is, without ctypes.
    memory = array.array("B", program)
    address, size = memory.buffer_info()
    count = size // _INSTRUCTION.size
    to.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", count, address))
