"""The EAPOL frames of a capture: in the order of time, and each once.

dumpcap and Wireshark write what they record on several interfaces a block of each after the other,
and whoever records a bridge beside its ports sees one frame at two places. Who records on all
interfaces at once in the first cooked way is not even told at which (link type 113).
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ruijie_proxy.inspect.capture.capture_file import CaptureFile
from ruijie_proxy.inspect.capture.link_layers import (
    LinkHeader,
    as_ethernet,
    is_eapol,
    read_link_header,
)
from ruijie_proxy.inspect.capture.packets import Packet
from ruijie_proxy.inspect.reading import read_frame
from ruijie_proxy.protocol.errors import ProtocolError
from ruijie_proxy.protocol.ethernet import ETHERTYPE_EAPOL_BYTES

MOST_HELD = 20_000
MOST_BYTES_HELD = 8 * 1024 * 1024
"""Frames, and bytes of them, that are put in order together: memory has a bound."""
_COPIED_WITHIN = 10_000_000
"""Nanoseconds in which a bridge has passed a frame on, on the slowest router."""
_PASSED_ON_WITHIN = 500_000_000
"""Nanoseconds in which this machine has passed a frame on, too. Nobody repeats one so soon."""
_MOST_SIGHTINGS = 16
"""Of one frame, that are compared."""


@dataclass(frozen=True, slots=True)
class OwnFrame:
    """An EAPOL frame, as somebody saw it."""

    packet: Packet
    header: LinkHeader

    @property
    def interface(self) -> str | None:
        """Where it was seen, if that is told."""
        return self.packet.interface or self.header.interface

    @property
    def outgoing(self) -> bool | None:
        """Whether the recording machine sent it, if that is told."""
        told = self.packet.outgoing
        return self.header.outgoing if told is None else told


@dataclass(frozen=True, slots=True)
class Beside:
    """What else of a capture is wanted."""

    containing: Sequence[bytes]
    """Byte strings, one of which stands in it."""
    use: Callable[[Packet], None]


class OwnFrames:
    """Gathers a capture's EAPOL frames, and gives them to who tells of them."""

    def __init__(self, use: Callable[[OwnFrame], None], beside: Beside | None = None) -> None:
        """Packets that are wanted beside the frames come in the same order."""
        self._use = use
        self._beside = beside
        self._held: list[OwnFrame | Packet] = []
        self._held_bytes = 0
        self._copies = _Copies()
        self.began: int | None = None
        """When the capture begins: nanoseconds since 1970. Known before the first one is used."""
        self.count = 0
        self.others: Counter[int] = Counter()
        """Packets that are not wanted, by their link types."""

    @property
    def copies(self) -> int:
        """How many frames were left out, being those of a bridge that were seen at its port."""
        return self._copies.count

    def read(self, capture: CaptureFile, is_waiting: Callable[[], bool] | None = None) -> None:
        """Read a capture to its end. Raises DamagedCapture, once all before was used; OSError.

        ``is_waiting`` tells of a pipe whether there is nothing in it for now. Then what was read
        is used at once, for it comes from a recording that goes on.
        """

        def before_reading() -> None:
            if is_waiting is not None and is_waiting():
                self.release()

        needles = (ETHERTYPE_EAPOL_BYTES, *(self._beside.containing if self._beside else ()))
        try:
            for packet in capture.packets(needles, before_reading):
                if self.began is None:
                    self.began = capture.began
                header = read_link_header(packet)
                if header is not None and is_eapol(header):
                    self.count += 1
                    self._hold(OwnFrame(packet, header), packet)
                elif self._beside is not None:
                    self._hold(packet, packet)
                else:
                    self.others[packet.link_type] += 1
        finally:
            self.release()
            self.others += capture.passed_over
            if self.began is None:
                self.began = capture.began

    def release(self) -> None:
        """Give away what is held: there is no more for now."""
        held, self._held, self._held_bytes = self._held, [], 0
        at = 0
        times: dict[int, tuple[int, int]] = {}
        for one in held:
            packet = _packet_of(one)
            if packet.at is not None:
                at = packet.at
                self.began = at if self.began is None else min(self.began, at)
            times[packet.number] = at, packet.number
        frames = sorted(
            (one for one in held if isinstance(one, OwnFrame)),
            key=lambda one: times[one.packet.number],
        )
        wanted: list[OwnFrame | Packet] = [*self._copies.without_copies(frames)]
        wanted += [one for one in held if isinstance(one, Packet)]
        wanted.sort(key=lambda one: times[_packet_of(one).number])
        for one in wanted:
            if isinstance(one, OwnFrame):
                self._use(one)
            elif self._beside is not None:
                self._beside.use(one)

    def _hold(self, one: OwnFrame | Packet, packet: Packet) -> None:
        self._held.append(one)
        self._held_bytes += len(packet.data)
        if len(self._held) >= MOST_HELD or self._held_bytes >= MOST_BYTES_HELD:
            self.release()


def _packet_of(one: OwnFrame | Packet) -> Packet:
    return one.packet if isinstance(one, OwnFrame) else one


class _Copies:
    """Knows frames that were seen before, at another place of the same machine."""

    def __init__(self) -> None:
        self.count = 0
        self._same: dict[str, str] = {}
        """Interfaces through which the frames of another one go, such as a bridge's ports; that is
        the one of them that was seen first."""
        self._met: dict[str, int] = {}
        """Interfaces, and as which one each was seen."""
        self._answered: set[str | None] = set()
        """Interfaces at which a server was heard, or spoken for."""
        self._heard: set[bytes] = set()
        """Stations whose frames came in."""
        self._sent: set[bytes] = set()
        """Clients whose frames went out."""
        self._servers: set[bytes] = set()

    def without_copies(self, frames: list[OwnFrame]) -> list[OwnFrame]:
        """Return frames, which are in the order of time, without copies."""
        names = {frame.interface for frame in frames if frame.interface is not None}
        is_cooked = any(one.interface is None and one.outgoing is not None for one in frames)
        if not is_cooked and len(names | self._met.keys()) < 2:
            return frames
        for frame in frames:
            self._learn(frame)
        self._find_bridges(frames)
        seen: dict[tuple[bytes, bytes], list[OwnFrame]] = {}
        kept = []
        for frame in frames:
            sightings = _sightings(seen, frame)
            if any(self._is_copy(frame, other) for other in sightings):
                self.count += 1
            else:
                kept.append(self._at_first_place(frame))
            sightings.append(frame)
        return kept

    def _learn(self, frame: OwnFrame) -> None:
        if frame.interface is not None:
            self._met.setdefault(frame.interface, len(self._met))
        from_client = None
        with contextlib.suppress(ProtocolError):
            from_client = read_frame(as_ethernet(frame.packet, frame.header)).from_client
        if from_client is False:
            self._answered.add(frame.interface)
            self._servers.add(frame.header.source)
        if frame.outgoing is False:
            self._heard.add(frame.header.source)
        elif frame.outgoing and from_client:
            self._sent.add(frame.header.source)

    def _find_bridges(self, frames: list[OwnFrame]) -> None:
        """Linux notes a frame's time once, when it comes in: what has the same at two interfaces
        went through both.
        """
        seen: dict[tuple[bytes, bytes], list[OwnFrame]] = {}
        for frame in frames:
            sightings = _sightings(seen, frame)
            for other in sightings:
                here, there = frame.interface, other.interface
                if here is None or there is None or frame.packet.at != other.packet.at:
                    continue
                joined = {self._same.get(here, here), self._same.get(there, there)}
                if len(joined) < 2:
                    continue
                first = min(joined, key=self._met.__getitem__)
                for name in self._met:
                    if self._same.get(name, name) in joined - {first}:
                        self._same[name] = first
            sightings.append(frame)

    def _is_copy(self, frame: OwnFrame, other: OwnFrame) -> bool:
        """Whether a frame is another one, which was seen before it, at one more place."""
        at, before = frame.packet.at, other.packet.at
        here, there = frame.interface, other.interface
        is_told = here is not None and there is not None
        longest = _COPIED_WITHIN if is_told else _PASSED_ON_WITHIN
        if at is None or before is None or at - before > longest:
            return False
        if here is None or there is None:
            if frame.outgoing is None or other.outgoing is None:
                return False
            if frame.outgoing == other.outgoing:
                return True
            # What came in goes out again, and this machine has not passed it on, for it passes on
            # what clients say under an address of its own: the bridge has, to all ports.
            is_clients = frame.header.source not in self._servers
            return frame.outgoing and is_clients and bool(self._sent - self._heard)
        if self._same.get(here, here) == self._same.get(there, there):
            return here != there
        return here not in self._answered and there in self._answered

    def _at_first_place(self, frame: OwnFrame) -> OwnFrame:
        place = self._same.get(frame.interface or "")
        if place is None:
            return frame
        return OwnFrame(replace(frame.packet, interface=place), frame.header)


def _sightings(seen: dict[tuple[bytes, bytes], list[OwnFrame]], frame: OwnFrame) -> list[OwnFrame]:
    """Return where the same frame was seen, to be added to."""
    content = frame.packet.data[frame.header.end :]
    sightings = seen.setdefault((frame.header.source, content), [])
    del sightings[:-_MOST_SIGHTINGS]
    return sightings
