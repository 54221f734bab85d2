"""Recording the EAPOL frames of some interfaces, for a time that has an end."""

from __future__ import annotations

import select
import time

from ruijie_proxy import __version__
from ruijie_proxy.runtime.records.pcapng import PcapngWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from ruijie_proxy.runtime.ports.eapol_tap import EapolTap

LARGEST_FILE = 16 * 1024 * 1024
"""Bytes after which a recording ends: on routers, /tmp is memory."""
_FRAMES_AT_ONCE = 64


class Recorder:
    """Writes what taps see, in the order in which the kernel saw it."""

    def __init__(self, taps: Iterable[EapolTap], file: BinaryIO) -> None:
        """Write the file's header. ``file`` is unbuffered, or flushed by its owner."""
        self._writer = PcapngWriter(file, f"ruijie-proxy {__version__} capture")
        self._file = file
        self._numbers = {tap: self._writer.add_interface(tap.interface) for tap in taps}
        file.flush()
        self.count = 0
        """Frames recorded so far."""

    def run(self, seconds: float, most: int | None) -> None:
        """Record for so long, or until there are so many frames, or the file is full.

        Raises OSError. KeyboardInterrupt passes through and leaves the file whole.
        """
        poll = select.poll()
        for tap in self._numbers:
            poll.register(tap.fileno(), select.POLLIN)
        end = time.monotonic() + seconds
        while not self._is_done(most) and (left := end - time.monotonic()) > 0:
            poll.poll(left * 1000)
            self._take(most)

    def _take(self, most: int | None) -> None:
        seen = []
        for tap, number in self._numbers.items():
            for _ in range(_FRAMES_AT_ONCE):
                passage = tap.next()
                if passage is None:
                    break
                seen.append((passage.at, number, passage))
        seen.sort(key=lambda one: one[:2])
        for at, number, passage in seen:
            if self._is_done(most):
                break
            self._writer.write_packet(number, at, passage.frame, outgoing=passage.outgoing)
            self.count += 1
        self._file.flush()

    def _is_done(self, most: int | None) -> bool:
        return self._writer.size >= LARGEST_FILE or (most is not None and self.count >= most)
