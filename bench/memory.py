"""How much memory a forwarder keeps resident once it has relayed a login."""

from __future__ import annotations

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

TARGET = Target(against=Forwarder.BARE, ratio=1.35)


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


def _wait_for_heartbeat(lane: Lane) -> None:
    while passage := lane.switch.next():
        if passage.frame[TYPE_OFFSET] == EapolType.RUIJIE_HEARTBEAT:
            return
    raise BenchError("the daemon sent no heartbeat")
