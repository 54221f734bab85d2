"""Reading pcapng: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html.

Blocks without packets are passed over: statistics, names, keys, and what others have made of their
own. Comments are read by nobody.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ruijie_proxy.i18n import N_
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.capture.window import BrokenFile, Window

SECTION_HEADER = b"\n\r\r\n"
_SECTION, _INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 0x0A0D0D0A, 1, 2, 3, 6
_COUNTED = (9, 0xBAD, 0x40000BAD, 0x204)
"""Entries of systemd's journal, blocks of others' own and events of Sysdig: no packets, but
Wireshark gives each a number."""
_BYTE_ORDER_AT = 8
_BYTE_ORDER_MAGIC = 0x1A2B3C4D
_HEAD_SIZE = 8
"""A block's type and size."""
_LEAST_BLOCK = 12
_LEAST_PACKET = 32
_LEAST_SECTION = 28
_ENHANCED_HEAD, _OLD_HEAD, _SIMPLE_HEAD, _INTERFACE_HEAD = 28, 28, 12, 16
_MOST_INTERFACES = 4096
"""In a section; the memory has a bound."""
_NAME, _DESCRIPTION, _TIME_RESOLUTION, _TIME_OFFSET, _FLAGS = 2, 3, 9, 14, 2
"""Option codes; which one a code is depends on the block."""
_POWER_OF_TWO = 0x80
_USUAL_RESOLUTION = 10**6
_SECOND = 1_000_000_000
_DIRECTIONS = {1: False, 2: True}
"""Inbound and outbound, in a packet's flags."""
_LONGEST_NAME = 64
_WINDOWS_NAME = "\\Device\\NPF_"
"""What the name of an interface begins with in Windows: an identifier that nobody knows, while the
description is the name that people know."""
_ALL_OF_LINUX = "any"
"""No interface's name: all at once were recorded, and the file does not tell which one it was."""
_DAMAGED = N_("the file is damaged at packet {number}")


@dataclass(frozen=True, slots=True)
class _Interface:
    link_type: int
    snap_length: int
    name: str | None
    resolution: int
    """Ticks in a second."""
    offset: int
    """Seconds that are added to all times."""


class PcapngReader:
    """Reads block by block."""

    link_type: int | None = None
    """Of all packets: here each interface has its own."""

    def __init__(self, window: Window) -> None:
        """Read the first section's header. Raises BrokenFile or OSError."""
        self._window = window
        self.number = 0
        """Of the last packet that was read or passed over."""
        self.passed_over: Counter[int] = Counter()
        """Packets without what was looked for, by their link types."""
        self.began: int | None = None
        """When the file's first packet came, if that is told: nanoseconds since 1970."""
        self._has_begun = False
        self._order = "<"
        self._interfaces: list[_Interface] = []
        self._counts: list[int] = []
        """Of the packets passed over, by their interface."""
        self._begin_section()

    def packets(self, needles: Sequence[bytes]) -> Iterator[Packet]:
        """Read the packets in which one of some byte strings stands; without any, all.

        Raises BrokenFile or OSError.
        """
        window = self._window
        while True:
            if needles and self._has_begun:
                self._pass_over(needles)
            if not window.has(1):
                return
            window.require(_HEAD_SIZE)
            if window.data.startswith(SECTION_HEADER, window.at):
                self._begin_section()
                continue
            kind, size = struct.unpack_from(f"{self._order}II", window.data, window.at)
            body = self._body(size)
            if kind == _INTERFACE:
                self._add_interface(body)
                continue
            if kind in _COUNTED:
                self.number += 1
            if kind not in (_PACKET, _OLD_PACKET, _SIMPLE_PACKET):
                continue
            packet = self._packet(kind, body)
            self.number += 1
            if not self._has_begun:
                self._has_begun, self.began = True, packet.at
            if needles and not any(needle in packet.data for needle in needles):
                self.passed_over[packet.link_type] += 1
            else:
                yield packet

    def _begin_section(self) -> None:
        """Each section has a byte order and interfaces of its own."""
        window = self._window
        window.require(_BYTE_ORDER_AT + 4)
        for order in "<>":
            (magic,) = struct.unpack_from(f"{order}I", window.data, window.at + _BYTE_ORDER_AT)
            if magic == _BYTE_ORDER_MAGIC:
                break
        else:
            raise BrokenFile(_DAMAGED)
        self._order = order
        (size,) = struct.unpack_from(f"{order}I", window.data, window.at + 4)
        if size < _LEAST_SECTION:
            raise BrokenFile(_DAMAGED)
        self._body(size)
        self._interfaces.clear()
        self._counts.clear()

    def _body(self, size: int) -> bytes:
        """Take the block that is next; return it without its head and the size behind it."""
        window = self._window
        if size < _LEAST_BLOCK:
            raise BrokenFile(_DAMAGED)
        window.require(size)
        begin, end = window.at + _HEAD_SIZE, window.at + size - 4
        (again,) = struct.unpack_from(f"{self._order}I", window.data, end)
        if again != size or size % 4:
            raise BrokenFile(_DAMAGED)
        window.at += size
        return window.data[begin:end]

    def _pass_over(self, needles: Sequence[bytes]) -> None:
        """Go by the sizes of blocks alone, to the next one that may be of interest."""
        window, counts = self._window, self._counts
        data, at, number = window.data, window.at, self.number
        stop = min(window.next_of(needles), len(data) - _LEAST_BLOCK)
        if at > stop:
            return
        heads = struct.Struct(f"{self._order}III").unpack_from
        known = len(counts)
        while True:
            kind, size, interface = heads(data, at)
            after = at + size
            if after > stop or kind != _PACKET or size < _LEAST_PACKET or interface >= known:
                break
            if size & 3:
                break
            counts[interface] += 1
            number += 1
            at = after
        window.at, self.number = at, number
        for described, count in zip(self._interfaces, counts, strict=True):
            if count:
                self.passed_over[described.link_type] += count
        counts[:] = [0] * known

    def _add_interface(self, body: bytes) -> None:
        if len(body) < _INTERFACE_HEAD - _HEAD_SIZE or len(self._interfaces) >= _MOST_INTERFACES:
            raise BrokenFile(_DAMAGED)
        link_type, snap_length = struct.unpack_from(f"{self._order}HxxI", body)
        options = _options(body[8:], self._order)
        resolution = _USUAL_RESOLUTION
        if stated := options.get(_TIME_RESOLUTION, b"")[:1]:
            exponent = stated[0] & ~_POWER_OF_TWO
            resolution = (2 if stated[0] & _POWER_OF_TWO else 10) ** exponent
        offset = 0
        if len(moved := options.get(_TIME_OFFSET, b"")) == 8:
            (offset,) = struct.unpack(f"{self._order}q", moved)
        name = _readable(options.get(_NAME))
        if name is None or name.startswith(_WINDOWS_NAME):
            name = _readable(options.get(_DESCRIPTION)) or name
        if name == _ALL_OF_LINUX:
            name = None
        self._interfaces.append(_Interface(link_type, snap_length, name, resolution, offset))
        self._counts.append(0)

    def _packet(self, kind: int, body: bytes) -> Packet:
        number, order = self.number + 1, self._order
        try:
            if kind == _SIMPLE_PACKET:
                interface = self._interfaces[0]
                (length,) = struct.unpack_from(f"{order}I", body)
                size = min(length, interface.snap_length or length)
                data = body[4 : 4 + size]
                if len(data) < size:
                    raise BrokenFile(_DAMAGED)
                return Packet(number, None, data, length, interface.link_type, interface.name, None)
            layout = "HxxIIII" if kind == _OLD_PACKET else "IIIII"
            which, high, low, size, length = struct.unpack_from(f"{order}{layout}", body)
            interface = self._interfaces[which]
        except (struct.error, IndexError):
            raise BrokenFile(_DAMAGED) from None
        end = _ENHANCED_HEAD - _HEAD_SIZE + size
        if end > len(body):
            raise BrokenFile(_DAMAGED)
        flags = _options(body[end + -size % 4 :], order).get(_FLAGS, b"")
        direction = struct.unpack(f"{order}I", flags)[0] & 3 if len(flags) == 4 else 0
        ticks = high << 32 | low
        return Packet(
            number,
            interface.offset * _SECOND + ticks * _SECOND // interface.resolution,
            body[_ENHANCED_HEAD - _HEAD_SIZE : end],
            length,
            interface.link_type,
            interface.name,
            _DIRECTIONS.get(direction),
        )


def _options(data: bytes, order: str) -> dict[int, bytes]:
    """Return each option's first value by its code, as far as they are whole."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        code, size = struct.unpack_from(f"{order}HH", data, at)
        at += 4
        if code == 0 or at + size > len(data):
            break
        found.setdefault(code, data[at : at + size])
        at += size + -size % 4
    return found


def _readable(name: bytes | None) -> str | None:
    if name is None:
        return None
    text = name.decode("utf-8", "replace")
    return "".join(filter(str.isprintable, text))[:_LONGEST_NAME] or None
