"""How much memory a forwarder keeps resident once it has relayed a login."""

from __future__ import annotations

import os
import resource
import struct
import time
from collections.abc import Sequence
from pathlib import Path

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.forwarder import Forwarder
from bench.lane import Lane
from bench.latency import PACE, SECONDS_A_LOGIN, pass_frame
from bench.login_frames import login_frames
from ruijie_proxy.protocol.eapol import TYPE_OFFSET, EapolType

PAGE = resource.getpagesize()
"""Bytes."""
_ENTRY = struct.Struct("Q")
_PRESENT = 1 << 63
_FRAME = (1 << 55) - 1
TARGET = Target(against=Forwarder.BARE, ratio=1.18)


def measure_memory(lanes: Sequence[Lane]) -> list[Comparison]:
    """Relay a login through each lane, wait for the daemon's first heartbeat, and look.

    Raises BenchError.
    """
    resident, share = {}, {}
    # The daemon may have passed on a Start just now, and has a limit for those.
    time.sleep(SECONDS_A_LOGIN)
    for lane in lanes:
        if lane.process_id is None:
            continue
        for frame in login_frames(lane):
            pass_frame(lane, frame)
            time.sleep(PACE)
        if lane.forwarder is Forwarder.DAEMON:
            _wait_for_heartbeat(lane)
        figures = read_memory(lane.process_id)
        resident[lane.forwarder.value] = figures["Rss"]
        share[lane.forwarder.value] = figures["Pss"]
    return [
        Comparison("resident memory (RSS)", "kB", resident, TARGET),
        Comparison("  shared pages divided (PSS)", "kB", share),
    ]


def read_memory(process_id: int) -> dict[str, float]:
    """Return what a process has in memory, in kB, by the kernel's names.

    From ``smaps_rollup``, which counts pages; ``VmRSS`` in ``status`` may lag behind (proc(5)).
    """
    lines = Path(f"/proc/{process_id}/smaps_rollup").read_text().splitlines()[1:]
    return {
        name: float(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)
    }


def read_page_frames(process_id: int) -> set[int]:
    """Return the numbers of the page frames that a process has in memory.

    Of what several processes share, all have the same ones. From ``pagemap``, which tells them to
    root alone: 8 bytes a page, with bit 63 where it is present, and the number in bits 0 to 54
    (Documentation/admin-guide/mm/pagemap.rst). Raises OSError when the process has ended.
    """
    frames = set()
    with (
        open(f"/proc/{process_id}/maps") as maps,
        open(f"/proc/{process_id}/pagemap", "rb") as map_,
    ):
        for line in maps:
            first, end = (int(address, 16) // PAGE for address in line.split()[0].split("-"))
            entries = os.pread(map_.fileno(), (end - first) * _ENTRY.size, first * _ENTRY.size)
            # What is mapped by the kernel's own addresses has no entries.
            for (entry,) in _ENTRY.iter_unpack(entries):
                if entry & _PRESENT:
                    frames.add(entry & _FRAME)
    return frames


def _wait_for_heartbeat(lane: Lane) -> None:
    while passage := lane.switch.next():
        if passage.frame[TYPE_OFFSET] == EapolType.RUIJIE_HEARTBEAT:
            return
    raise BenchError("the daemon sent no heartbeat")
