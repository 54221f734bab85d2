"""The packets of a capture, one after the other, whatever wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from ruijie_proxy.i18n import _
from ruijie_proxy.inspect.capture import pcap
from ruijie_proxy.inspect.capture.link_layers import PKTAPS, unwrapped
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.capture.pcapng import SECTION_HEADER, PcapngReader
from ruijie_proxy.inspect.capture.window import BrokenFile, Source, Window

_COMPRESSED = {
    b"\x28\xb5\x2f\xfd": ("zstd", "unzstd"),
    b"\x04\x22\x4d\x18": ("lz4", "unlz4"),
    b"\xfd7zX": ("xz", "unxz"),
    b"BZh": ("bzip2", "bunzip2"),
    b"PK\x03\x04": ("zip", "unzip"),
}
"""Beginnings of files that are packed in a way that is not read here: the way, and who unpacks."""


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

    def __init__(self, file: Source) -> None:
        """Read its header. Raises NoCapture or OSError."""
        self._window = window = Window(file)
        try:
            self._reader = _reader_of(window)
        except BrokenFile as error:
            raise NoCapture(_not_a_capture(window.data)) from error
        is_pcap = isinstance(self._reader, pcap.PcapReader)
        self.format = CaptureFormat.PCAP if is_pcap else CaptureFormat.PCAPNG

    @property
    def link_type(self) -> int | None:
        """Of all packets, in pcap; None where each has its own."""
        link_type = self._reader.link_type
        return None if link_type in PKTAPS else link_type

    @property
    def began(self) -> int | None:
        """When the file's first packet came, in nanoseconds since 1970, once it was read."""
        return self._reader.began

    @property
    def passed_over(self) -> Counter[int]:
        """How many packets were passed over so far, by their link types."""
        return self._reader.passed_over

    def packets(
        self,
        containing: Sequence[bytes] = (),
        before_reading: Callable[[], None] | None = None,
    ) -> Iterator[Packet]:
        """Read packet by packet. Raises DamagedCapture after the last whole one, or OSError.

        ``containing``: packets in which none of these byte strings stands anywhere are passed over,
        which is ten times as fast. ``before_reading`` is called each time that more is wanted of
        the file, which may be a pipe that has nothing for now.
        """
        self._window.before_reading = before_reading
        try:
            yield from map(unwrapped, self._reader.packets(containing))
        except BrokenFile as broken:
            number = self._reader.number + 1
            raise DamagedCapture(number, broken.what, **broken.values) from None


def _reader_of(window: Window) -> pcap.PcapReader | PcapngReader:
    window.require(pcap.HEADER_SIZE)
    if window.data.startswith(SECTION_HEADER):
        return PcapngReader(window)
    recognised = pcap.recognise(window.data)
    if recognised is None:
        raise NoCapture(_not_a_capture(window.data))
    return pcap.PcapReader(window, *recognised)


def _not_a_capture(beginning: bytes) -> str:
    for magic, (way, command) in _COMPRESSED.items():
        if beginning.startswith(magic):
            return _(
                "this file is compressed by {way}: unpack it first, with “{command}”",
                way=way,
                command=command,
            )
    return _(
        "this is neither a pcap nor a pcapng file. Wireshark can save as pcapng whatever it can "
        "open; etl2pcapng makes one of Windows' .etl"
    )
