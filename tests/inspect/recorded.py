"""Captures made in memory: the simulated campus, recorded and written as files."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from ruijie_proxy.inspect.capture.capture_file import CaptureFile, DamagedCapture
from ruijie_proxy.inspect.steps import Json, Step
from ruijie_proxy.inspect.telling import tell
from ruijie_proxy.lab.campus.memory import MemoryCampus
from ruijie_proxy.lab.options import ClientOptions, SwitchOptions
from ruijie_proxy.runtime.records.pcapng import ETHERNET, PcapngWriter

BEGAN = 1_795_000_000
"""Seconds since 1970 at which every recording begins."""
SECOND = 1_000_000_000


@dataclass(frozen=True)
class Recorded:
    """A frame on a cable."""

    at: int
    """Nanoseconds since 1970."""
    frame: bytes
    by_client: bool


class RecordedCampus(MemoryCampus):
    """A campus with somebody who writes along."""

    def __init__(
        self, switch: SwitchOptions | None = None, client: ClientOptions | None = None
    ) -> None:
        super().__init__(switch, client)
        self.recorded: list[Recorded] = []
        self.tamper = self._from_client
        self.tamper_back = self._from_switch

    def _from_client(self, frame: bytes) -> bytes:
        self._record(frame, by_client=True)
        return frame

    def _from_switch(self, frame: bytes) -> bytes:
        self._record(frame, by_client=False)
        return frame

    def _record(self, frame: bytes, *, by_client: bool) -> None:
        at = int((BEGAN + self.now) * 1000) * 1_000_000
        self.recorded.append(Recorded(at, frame, by_client))


def login(
    switch: SwitchOptions | None = None,
    client: ClientOptions | None = None,
    seconds: float = 45.0,
) -> list[Recorded]:
    """Record a login, and some heartbeats behind it."""
    campus = RecordedCampus(switch, client)
    campus.login(seconds)
    return campus.recorded


def pcap(
    frames: Iterable[Recorded],
    *,
    endian: str = "<",
    nano: bool = False,
    link_type: int = ETHERNET,
    header: bytes = b"",
) -> bytes:
    """Write a pcap; ``header`` stands for the addresses and the EtherType of each frame."""
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    written = struct.pack(f"{endian}IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    for one in frames:
        data = header + one.frame[14:] if header else one.frame
        rest = one.at % SECOND // (1 if nano else 1000)
        sizes = len(data), len(data)
        written += struct.pack(f"{endian}IIII", one.at // SECOND, rest, *sizes) + data
    return written


def pcapng(frames: Iterable[Recorded]) -> bytes:
    """Write a pcapng, as seen on the PC."""
    file = io.BytesIO()
    writer = PcapngWriter(file, "the tests")
    number = writer.add_interface("eth0")
    for one in frames:
        writer.write_packet(number, one.at, one.frame, outgoing=one.by_client)
    return file.getvalue()


@dataclass
class Told:
    """What a report was given."""

    steps: list[Step] = field(default_factory=list)
    summary: dict[str, Json] = field(default_factory=dict)
    damage: DamagedCapture | None = None

    def begin(self, format_name: str, at: int | None) -> None:
        pass

    def show(self, step: Step) -> None:
        self.steps.append(step)

    def end(self, summary: dict[str, Json]) -> None:
        self.summary = summary

    @property
    def kinds(self) -> list[str]:
        """The kinds of the steps."""
        return [step.kind.value for step in self.steps]


def story_of(content: bytes, password: bytes | None = None) -> Told:
    """Tell a file's story. Raises NoCapture."""
    told = Told()
    told.damage = tell(CaptureFile(io.BytesIO(content)), told, password)
    return told


def facts_of(step: Step) -> dict[str, Json]:
    """Return a step's facts as the JSON has them."""
    return {fact.key: fact.value for fact in step.facts}
