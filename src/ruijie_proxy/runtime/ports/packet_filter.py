"""Kernel filters for packet sockets, and the one that lets them see EAPOL alone.

Classic BPF, as the kernel's Documentation/networking/filter.rst describes it: the program runs on
every frame before the socket queues it, so other traffic never wakes the daemon.
"""

from __future__ import annotations

import struct

from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL, SOURCE_OFFSET
from ruijie_proxy.runtime.basis.c_modules import socket
from ruijie_proxy.values import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

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
AND = 0x54
"""Leaves of the accumulator the bits of the operand."""
RETURN = 0x06
"""How many bytes of the frame to keep; none drops it."""

# linux/filter.h: loads from here on read what the kernel knows of the frame, not the frame.
_ANCILLARY_OFFSET = 0xFFFFF000
_PACKET_TYPE = _ANCILLARY_OFFSET + 4
_VLAN_TAG = _ANCILLARY_OFFSET + 44
_IS_VLAN_TAGGED = _ANCILLARY_OFFSET + 48
_VLAN_MASK = 0xFFF
"""Of a tag: the VLAN's number; the bits above are the priority."""
_ETHERTYPE_OFFSET = 12
ETHERTYPE_VLAN = 0x8100
"""IEEE 802.1Q; the tag and the frame's own EtherType follow."""
_TAG_OFFSET = 14
_ETHERTYPE_BEHIND_TAG = 16
_NETLINK_TYPE_OFFSET = 4
_CHANGED_FLAGS_OFFSET = 28
"""In struct nlmsghdr, and in struct ifinfomsg behind it (linux/netlink.h, linux/rtnetlink.h)."""
_GROUP_BIT = 0x01
"""In the first byte of an address."""
_WHOLE_FRAME = 0xFFFFFFFF

_INSTRUCTION = struct.Struct("HBBI")
"""struct sock_filter: operation, jump if true, jump if false, operand; in the CPU's byte order."""


class PortVlan(Frozen):
    """A VLAN at a port: which of the port's frames are of it, and how its frames leave by the port.

    The kernel's bridge knows the same of each of its ports (bridge(8), "vlan").
    """

    vlan: int
    """Its number, and frames tagged so are of it; 0: untagged frames are meant, and no others."""
    takes_untagged: bool = False
    """Untagged frames are of it (the port's PVID), and those that carry a priority alone."""
    sends_untagged: bool = False
    """Its frames leave without a tag."""


UNTAGGED = PortVlan(0, takes_untagged=True, sends_untagged=True)
"""Frames of no VLAN, where frames of VLANs come by as well."""


def assemble(*instructions: tuple[int, int, int, int]) -> bytes:
    """Make a program of operations, each with its two jumps and its operand."""
    return b"".join(_INSTRUCTION.pack(*instruction) for instruction in instructions)


def tap_filter(vlan: PortVlan) -> bytes:
    """Make the program that keeps a VLAN's EAPOL frames, those that this host sends included.

    It is for a socket of all protocols. What this host has tagged itself still carries the tag.
    """
    sent = (
        (LOAD_HALF_WORD, 0, 0, _TAG_OFFSET),
        (AND, 0, 0, _VLAN_MASK),
        (JUMP_IF_EQUAL, 1, 0, vlan.vlan),
        _DROP,
        (LOAD_HALF_WORD, 0, 0, _ETHERTYPE_BEHIND_TAG),
        (JUMP_IF_EQUAL, 1, 0, ETHERTYPE_EAPOL),
        _DROP,
        (RETURN, 0, 0, _WHOLE_FRAME),
    )
    return assemble(
        (LOAD_HALF_WORD, 0, 0, _ETHERTYPE_OFFSET),
        (JUMP_IF_EQUAL, 2 + len(sent), 0, ETHERTYPE_EAPOL),
        (JUMP_IF_EQUAL, 1, 0, ETHERTYPE_VLAN),
        _DROP,
        *sent,
        *_of_vlan(vlan),
        (RETURN, 0, 0, _WHOLE_FRAME),
    )


def eapol_filter(
    own: bytes,
    *,
    vlan: PortVlan | None = None,
    sources: Iterable[bytes] | None = None,
    but_not: Iterable[bytes] = (),
) -> bytes:
    """Make the program that keeps EAPOL frames of others which may be meant for us, whole.

    ``own`` is the interface's MAC address.

    ``vlan``: the VLAN whose frames they are. With None that is untagged frames and those that carry
    nothing but a priority; the kernel has taken the tag off, so it goes by the traces of it
    (docs/protocol.md, "Linux"). Any other asks for a socket of all protocols, which sees the tag
    itself.

    ``sources``: only frames from these MAC addresses. None: from anybody, ``but_not`` from these.
    """
    return assemble(
        # First what decides at once about nearly all traffic, where all of it comes by.
        (LOAD_HALF_WORD, 0, 0, _ETHERTYPE_OFFSET),
        (JUMP_IF_EQUAL, 1, 0, ETHERTYPE_EAPOL),
        _DROP,
        *(() if vlan is None else _of_vlan(vlan)),
        # What this host itself sends must not be taken for the peer's (docs/protocol.md, "Linux").
        (LOAD_WORD, 0, 0, _PACKET_TYPE),
        (JUMP_IF_EQUAL, 0, 1, socket.PACKET_OUTGOING),
        _DROP,
        *_of_no_vlan_here(own),
        *_from_none_of(but_not),
        *_from_sources(sources),
        (RETURN, 0, 0, _WHOLE_FRAME),
    )


_Instruction = tuple[int, int, int, int]
_DROP: _Instruction = (RETURN, 0, 0, 0)


def _of_vlan(vlan: PortVlan) -> tuple[_Instruction, ...]:
    """Drop what is not of this VLAN."""
    if_untagged = () if vlan.takes_untagged else (_DROP,)
    return (
        (LOAD_WORD, 0, 0, _IS_VLAN_TAGGED),
        (JUMP_IF_EQUAL, 5, 0, 0),
        (LOAD_WORD, 0, 0, _VLAN_TAG),
        (AND, 0, 0, _VLAN_MASK),
        (JUMP_IF_EQUAL, 2, 0, 0),
        (JUMP_IF_EQUAL, 1 + len(if_untagged), 0, vlan.vlan),
        _DROP,
        *if_untagged,
    )


def _of_no_vlan_here(own: bytes) -> tuple[_Instruction, ...]:
    """Drop what the kernel says to be for another host, although its address says otherwise.

    So the kernel marks what came tagged for a VLAN that this host does not have, before it forgets
    the tag. What really goes to other stations is kept. The accumulator holds the packet type.
    """
    drops = (
        (LOAD_BYTE, 0, 0, 0),
        (JUMP_IF_ANY_BIT, 0, 1, _GROUP_BIT),
        _DROP,
        *_if_address(0, own, _DROP),
    )
    return ((JUMP_IF_EQUAL, 0, len(drops), socket.PACKET_OTHERHOST), *drops)


def _from_sources(sources: Iterable[bytes] | None) -> tuple[_Instruction, ...]:
    """Drop what comes from anybody else."""
    if sources is None:
        return ()
    keep = (RETURN, 0, 0, _WHOLE_FRAME)
    kept = [_if_address(SOURCE_OFFSET, source, keep) for source in sources]
    return (*(instruction for one in kept for instruction in one), _DROP)


def _from_none_of(sources: Iterable[bytes]) -> tuple[_Instruction, ...]:
    """Drop what comes from one of these."""
    dropped = [_if_address(SOURCE_OFFSET, source, _DROP) for source in sources]
    return tuple([instruction for one in dropped for instruction in one])


def _if_address(offset: int, address: bytes, then: _Instruction) -> tuple[_Instruction, ...]:
    """Do something if an address of the frame is this one."""
    high, low = address[:2], address[2:]
    return (
        (LOAD_WORD, 0, 0, offset + len(high)),
        (JUMP_IF_EQUAL, 0, 3, int.from_bytes(low, "big")),
        (LOAD_HALF_WORD, 0, 0, offset),
        (JUMP_IF_EQUAL, 0, 1, int.from_bytes(high, "big")),
        then,
    )


def news_filter(message: int, changes: int) -> bytes:
    """Make the program that keeps all that the routing netlink says, but one kind of news of links.

    ``message`` is its type, and ``changes`` the flags that alone have changed there: what nobody
    has to know of does not wake the daemon.
    """
    # The fields are in the CPU's byte order, and a load turns them round on half of them.
    kind = int.from_bytes(struct.pack("H", message), "big")
    flags = int.from_bytes(struct.pack("I", changes), "big")
    return assemble(
        (LOAD_HALF_WORD, 0, 0, _NETLINK_TYPE_OFFSET),
        (JUMP_IF_EQUAL, 0, 3, kind),
        (LOAD_WORD, 0, 0, _CHANGED_FLAGS_OFFSET),
        (JUMP_IF_EQUAL, 0, 1, flags),
        _DROP,
        (RETURN, 0, 0, _WHOLE_FRAME),
    )


def attach_filter(to: socket.socket, program: bytes) -> None:
    """Let a socket receive only what the program keeps, from now on.

    Raises OSError (EINVAL) when the program is none.
    """
    # struct sock_fprog.
    count, address = len(program) // _INSTRUCTION.size, address_of(program)
    to.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", count, address))


def address_of(content: bytes) -> int:
    """Return where in memory the first of these bytes is, for as long as the object lives.

    In CPython, that is the last part of the object, and one more byte, a zero: what comes before is
    what its size counts, in the free-threaded build and that for debugging, too, whose objects have
    larger heads (Objects/bytesobject.c, PyBytesObject_SIZE). What would say so without knowing,
    ctypes or array, takes a twentieth of the daemon's start.
    """
    return id(content) + bytes.__basicsize__ - 1
