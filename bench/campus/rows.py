"""What a power cut comes to, for every kind of router, as rows of the result."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from unittest.mock import patch

from bench.campus.kinds import BY_DESIGN, OTHERS, OURS
from bench.campus.power_cut import Aftermath, Campus, power_cut
from bench.comparison import Comparison, Limit
from bench.errors import BenchError
from bench.forwarder import Forwarder
from bench.quantiles import median
from ruijie_proxy.protocol.digests.whirlpool import ruijie_whirlpool

DEAD_FOR = 300.0
"""Seconds in which the switches answer nobody, the second time."""
SLACK = 1.3
"""All are to be online after so many times the time that the server needs."""
MOST_TRIES = Limit(3)
NOBODY = Limit(0)
START_WAVE = Limit(5.0)
HEARTBEAT_WAVE = Limit(1.5)
Pick = Callable[[Aftermath], float | None]


def measure_campus() -> list[Comparison]:
    """Measure a campus whose power comes back, and one whose switches come back later. Raises
    BenchError."""
    campuses = {
        "power cut": Campus(),
        f"switches silent for {DEAD_FOR / 60:.0f} min": Campus(dead_for=DEAD_FOR),
    }
    kinds = range(len((*OURS, *OTHERS)))
    with ProcessPoolExecutor() as processes:
        running = {
            name: [processes.submit(_after, kind, campus) for kind in kinds]
            for name, campus in campuses.items()
        }
        return [
            row
            for name, results in running.items()
            for row in _rows(name, [result.result() for result in results])
        ]


@contextmanager
def digests_shared() -> Iterator[None]:
    """Let one computation of a check serve the client and its switch, which come to the same."""
    computed = lru_cache(maxsize=None)(ruijie_whirlpool)
    with patch("ruijie_proxy.protocol.v4_check.ruijie_whirlpool", computed):
        yield


def _after(kind: int, campus: Campus) -> Aftermath:
    gc.disable()  # there is nothing to collect, and a gigabyte to look through
    with digests_shared():
        return power_cut((*OURS, *OTHERS)[kind], campus)


def _rows(name: str, results: Sequence[Aftermath]) -> Iterator[Comparison]:
    ours = results[: len(OURS)]
    others = dict(zip((kind.name for kind in OTHERS), results[len(OURS) :], strict=True))
    complaints = {text for after in ours for text in after.complaints} - BY_DESIGN
    if complaints:
        raise BenchError(f"the switches complain: {sorted(complaints)[:3]}")

    def row(what: str, unit: str, pick: Pick, limit: Limit | None = None) -> Comparison:
        figures = {column: pick(after) for column, after in others.items()}
        figures[Forwarder.DAEMON] = _worst(pick, ours)
        known = {column: value for column, value in figures.items() if value is not None}
        return Comparison(what, unit, known, limit=limit)

    in_time = Limit(SLACK * ours[0].campus.least_time)
    yield row(f"{name}: 99 % online", "s", lambda after: after.online_after(0.99))
    yield row("  all online", "s", lambda after: after.online_after(1.0), in_time)
    yield row("  never online", "", lambda after: after.offline, NOBODY)
    yield row("  Starts each, median", "", lambda after: median(after.starts))
    yield row("  most", "", lambda after: max(after.starts))
    yield row("  tries each, median", "", lambda after: median(after.tries))
    yield row("  most", "", lambda after: max(after.tries), MOST_TRIES)
    yield row("  held up by limits, or gave up", "", lambda after: after.limited, NOBODY)
    yield row("  requests dropped", "", lambda after: after.dropped)
    yield row("  longest queue", "", lambda after: after.longest_queue)
    yield row("  busiest second's Starts, x mean", "", lambda after: after.start_wave, START_WAVE)
    yield row("  its heartbeats, x mean", "", lambda after: after.heartbeat_wave, HEARTBEAT_WAVE)
    for kind, after in zip(OURS, ours, strict=True):
        figures = {Forwarder.DAEMON.value: after.online_after(1.0)}
        yield Comparison(f"  all online: {kind.name}", "s", figures, limit=in_time)


def _worst(pick: Pick, results: Sequence[Aftermath]) -> float | None:
    """Return the largest of all kinds' figures; None: no kind has one."""
    values = [value for value in map(pick, results) if value is not None]
    return max(values, default=None)
