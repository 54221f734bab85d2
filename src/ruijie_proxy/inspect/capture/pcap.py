"""Reading pcap, in all its forms.

https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html; the form with longer records is that
of a patch for libpcap by Alexey Kuznetzov, which libpcap and Wireshark read, too.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence

from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.capture.window import Window

HEADER_SIZE = 24
_MICROSECONDS, _NANOSECONDS, _MODIFIED = 0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34
_SCALES = {_MICROSECONDS: 1000, _NANOSECONDS: 1, _MODIFIED: 1000}
_SECOND = 1_000_000_000
_LINK_TYPE = 0x03FFFFFF
"""The bits above tell of the frame check sequence."""
_FCS_IS_TOLD = 0x04000000
_FCS_WORDS_AT = 28
_SENT_BY_US = 4
"""In the modified form, as in Linux' cooked captures."""
_RECORD_SIZE, _MODIFIED_RECORD_SIZE = 16, 24


class PcapReader:
    """Reads record by record."""

    def __init__(self, window: Window, byte_order: str, magic: int) -> None:
        """Read the header, which is in the window."""
        self._window = window
        self._order = byte_order
        (link,) = struct.unpack_from(f"{byte_order}I", window.data, window.at + HEADER_SIZE - 4)
        self.link_type: int | None = link & _LINK_TYPE
        """Of all packets; pcapng has one for each interface."""
        self._fcs_size = 2 * (link >> _FCS_WORDS_AT) if link & _FCS_IS_TOLD else 0
        self._scale = _SCALES[magic]
        self._is_modified = magic == _MODIFIED
        self._record_size = _MODIFIED_RECORD_SIZE if self._is_modified else _RECORD_SIZE
        self.number = 0
        """Of the last packet that was read or passed over."""
        self.passed_over: Counter[int] = Counter()
        """Packets without what was looked for, by their link types."""
        self.began: int | None = None
        """When the file's first packet came: nanoseconds since 1970."""
        window.at += HEADER_SIZE

    def packets(self, needles: Sequence[bytes]) -> Iterator[Packet]:
        """Read the packets in which one of some byte strings stands; without any, all.

        Raises BrokenFile or OSError.
        """
        window, head, link_type = self._window, self._record_size, self.link_type or 0
        record = struct.Struct(f"{self._order}IIII")
        while True:
            if needles and self.number:
                self._pass_over(needles)
            if not window.has(1):
                return
            window.require(head)
            seconds, rest, size, length = record.unpack_from(window.data, window.at)
            window.require(head + size)
            begin = window.at + head
            data = window.data[begin : begin + size]
            window.at = begin + size
            self.number += 1
            at = seconds * _SECOND + rest * self._scale
            if self.number == 1:
                self.began = at
            if self._fcs_size and size == length:
                data = data[: -self._fcs_size]
                length = len(data)
            if needles and not any(needle in data for needle in needles):
                self.passed_over[link_type] += 1
                continue
            interface, outgoing = self._modified_part(begin) if self._is_modified else (None, None)
            yield Packet(self.number, at, data, length, link_type, interface, outgoing)

    def _pass_over(self, needles: Sequence[bytes]) -> None:
        """Go by the sizes of records alone, to the next one that may be of interest.

        Most of a long capture is none of ours: this costs a fifth of a microsecond a packet.
        """
        window = self._window
        data, at, head = window.data, window.at, self._record_size
        if len(data) - at < head:
            return
        stop = min(window.next_of(needles), len(data) - head)
        sizes = struct.Struct(f"{self._order}8xI").unpack_from
        count = 0
        while (after := at + head + sizes(data, at)[0]) <= stop:
            at = after
            count += 1
        window.at = at
        self.number += count
        self.passed_over[self.link_type or 0] += count

    def _modified_part(self, begin: int) -> tuple[str, bool]:
        """Interface (4 bytes), protocol (2), packet type (1), padding (1), before the data."""
        data = self._window.data
        (interface,) = struct.unpack_from(f"{self._order}I", data, begin - 8)
        return f"#{interface}", data[begin - 2] == _SENT_BY_US


def recognise(head: bytes) -> tuple[str, int] | None:
    """Return byte order and magic number of a pcap that begins so; None if it is none."""
    for byte_order in "<>":
        (magic,) = struct.unpack(f"{byte_order}I", head[:4])
        if magic in _SCALES:
            return byte_order, magic
    return None
