"""Kernel filters for packet sockets, and the one that lets them see EAPOL alone.

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

# linux/bpf_common.h. Loads put big-endian bytes of the frame into the accumulator.
LOAD_BYTE = 0x30
LOAD_HALF_WORD = 0x28
LOAD_WORD = 0x20
LOAD_HALF_WORD_INDEXED = 0x48
"""Two bytes, counted from where the index register points."""
LOAD_IP_HEADER_SIZE = 0xB1
"""ldxb 4*([k]&0xf): the size of an IPv4 header into the index register."""
JUMP_IF_EQUAL = 0x15
"""Skips as many instructions as the first count says, or else the second; so does the next."""
JUMP_IF_ANY_BIT = 0x45
RETURN = 0x06
"""How many bytes of the frame to keep; none drops it."""

# linux/filter.h: loads from here on read what the kernel knows of the frame, not the frame.
_ANCILLARY_OFFSET = 0xFFFFF000
_PACKET_TYPE = _ANCILLARY_OFFSET + 4
_ETHERTYPE_OFFSET = 12
_WHOLE_FRAME = 0xFFFFFFFF

_INSTRUCTION = struct.Struct("HBBI")
"""struct sock_filter: operation, jump if true, jump if false, operand; in the CPU's byte order."""


def assemble(*instructions: tuple[int, int, int, int]) -> bytes:
    """Make a program of operations, each with its two jumps and its operand."""
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in instructions)


EAPOL_FROM_OTHERS = assemble(
    # What this host itself sends must not be taken for the peer's (docs/protocol.md, "Linux").
    (LOAD_WORD, 0, 0, _PACKET_TYPE),
    (JUMP_IF_EQUAL, 3, 0, socket.PACKET_OUTGOING),
    (LOAD_HALF_WORD, 0, 0, _ETHERTYPE_OFFSET),
    (JUMP_IF_EQUAL, 0, 1, ETHERTYPE_EAPOL),
    (RETURN, 0, 0, _WHOLE_FRAME),
    (RETURN, 0, 0, 0),
)
"""Keeps frames of EtherType 0x888E that this host did not send, whole; drops all others."""

EAPOL = assemble(
    (LOAD_HALF_WORD, 0, 0, _ETHERTYPE_OFFSET),
    (JUMP_IF_EQUAL, 0, 1, ETHERTYPE_EAPOL),
    (RETURN, 0, 0, _WHOLE_FRAME),
    (RETURN, 0, 0, 0),
)
"""The same, with those that this host sent."""


def attach_filter(to: socket.socket, program: bytes) -> None:
    """Let a socket receive only what the program keeps, from now on.

    Raises OSError (EINVAL) when the program is none.
    """
    # struct sock_fprog holds a pointer; an array tells where its memory is, without ctypes.
    memory = array.array("B", program)
    address, size = memory.buffer_info()
    count = size // _INSTRUCTION.size
    to.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", count, address))
