"""The packets of a pcap or pcapng file, one after the other, through scapy's readers.

scapy's readers end alike at the end of a file and where it is damaged. So they read through a file
that watches: a file ends well only between two packets.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from enum import Enum
from typing import Any, BinaryIO

from scapy.error import Scapy_Exception
from scapy.utils import RawPcapNgReader

from ruijie_proxy.i18n import N_, _
from ruijie_proxy.inspect.capture.packets import Packet

LARGEST_READ = 16 * 1024 * 1024
"""Bytes; a file that wants more at once is damaged, and would only fill the memory."""
_SECTION_HEADER = b"\n\r\r\n"
_BLOCK_TYPE_SIZE = 4
_NANOSECONDS = 1_000_000_000
_DIRECTIONS = {1: False, 2: True}
"""Inbound and outbound in the flags of a pcapng packet (epb_flags)."""
_ENDS = N_("the file ends in the middle at packet {number}")


class CaptureFormat(Enum):
    """The two formats."""

    PCAP = "pcap"
    PCAPNG = "pcapng"


class NoCapture(Exception):
    """The file is no capture at all."""


class DamagedCapture(Exception):
    """The file cannot be read on."""

    def __init__(self, number: int, what: str, **values: object) -> None:
        self._what = what
        self._values = {**values, "number": number}
        super().__init__(what.format(**self._values))
        self.number = number
        """The packet that could not be read, counted from 1."""

    def for_people(self) -> str:
        """Return what is wrong in the user's language; the error's own text is for programs."""
        return _(self._what, **self._values)


class CaptureFile:
    """A capture that is open for reading, and read once."""

    def __init__(self, file: BinaryIO) -> None:
        """Read its header. Raises NoCapture."""
        self._file = _WatchedFile(file)
        try:
            reader: Any = RawPcapNgReader
            self._reader = reader(self._file)
        except (Scapy_Exception, EOFError, _Broken) as error:
            raise NoCapture(_("this is neither a pcap nor a pcapng file")) from error
        is_pcapng = isinstance(self._reader, RawPcapNgReader)
        self.link_type: int | None = None if is_pcapng else self._reader.linktype
        """Of all packets, in pcap; None in pcapng, where each has its own."""
        self.format = CaptureFormat.PCAPNG if is_pcapng else CaptureFormat.PCAP

    def packets(self) -> Iterator[Packet]:
        """Read packet by packet. Raises DamagedCapture after the last whole one, or OSError."""
        number = 1
        while True:
            self._file.begin()
            try:
                packet = self._next(number)
            except _Broken as broken:
                raise DamagedCapture(number, broken.what, **broken.values) from None
            except OSError:
                raise
            except Exception as error:
                # EOFError at the end; all else that scapy stumbles over is the file's fault.
                if isinstance(error, EOFError) and self._file.ended_well:
                    return
                what = _ENDS if self._file.ended else N_("the file is damaged at packet {number}")
                raise DamagedCapture(number, what) from error
            if packet is not None:
                yield packet
                number += 1

    def _next(self, number: int) -> Packet | None:
        """Read a packet, or None where pcapng has something else."""
        if self.format is CaptureFormat.PCAP:
            data, told = self._reader._read_packet()
            scale = 1 if self._reader.nano else 1000
            at = told.sec * _NANOSECONDS + told.usec * scale
            return Packet(number, at, data, told.wirelen, self._reader.linktype, None, None)
        # Block by block, because only between blocks does a file end well.
        found = self._reader._read_block()
        if self._file.first.startswith(_SECTION_HEADER):
            # Each section counts its interfaces anew, which scapy's reader forgets.
            self._reader.interfaces.clear()
        if found is None:
            return None
        data, told = found
        name = getattr(told, "ifname", None)
        return Packet(
            number,
            _time(told),
            data,
            told.wirelen,
            told.linktype,
            None if name is None else _readable(name),
            _DIRECTIONS.get(getattr(told, "direction", None) or 0),
        )


class _Broken(Exception):
    """The file cannot be read on; ``what`` gets the packet's number beside the values."""

    def __init__(self, what: str, **values: object) -> None:
        super().__init__(what)
        self.what = what
        self.values = values


class _WatchedFile:
    """A file that scapy's readers read, and that knows how far they came with a packet.

    Where the file ends inside of something, the reader must not go on with what it has.
    """

    name = "the capture"

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.begin()

    def begin(self) -> None:
        """Note that what is read from now on belongs to the next packet or block."""
        self.first = b""
        """The first bytes that were read since then."""
        self.ended = False

    @property
    def ended_well(self) -> bool:
        """Whether the file has ended, and not in the middle of anything."""
        return self.ended and not self.first

    def read(self, size: int) -> bytes:
        """Read exactly so many bytes, or none at the end of the file."""
        if size > LARGEST_READ:
            raise _Broken(
                N_("the file states an impossible size ({size} bytes) at packet {number}"),
                size=size,
            )
        try:
            data = self._file.read(size)
            while 0 < len(data) < size and (more := self._file.read(size - len(data))):
                data += more  # a pipe gives what it has
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _Broken(N_("the file has damaged compressed data at packet {number}")) from error
        if len(data) < size:
            self.ended = True
            if data or self.first:
                raise _Broken(_ENDS)
        self.first = self.first or data[:_BLOCK_TYPE_SIZE]
        return data

    def seek(self, offset: int) -> None:
        """Refuse: scapy goes back only for compressed files."""
        raise _Broken(
            N_("the file cannot be read from {offset} again at packet {number}"), offset=offset
        )

    def close(self) -> None:
        """Leave the file to who opened it."""


def _time(told: Any) -> int | None:
    if told.tshigh is None:
        return None
    ticks = told.tshigh << 32 | told.tslow
    return int(ticks * _NANOSECONDS // told.tsresol)


def _readable(name: bytes | str) -> str:
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name
    return "".join(character for character in text if character.isprintable())
