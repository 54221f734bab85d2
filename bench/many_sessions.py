"""What many sessions in one daemon cost, and whether their heartbeats are on time.

::

    router: wan0 ═══ port0, wan1 ═══ port1, …      (two namespaces, a cable for each session)

Every session is the router's own login in Ruijie's dialect, with a grant, and a heartbeat every
30 s; a simulated switch is at each cable's other end (:mod:`bench.switch_bank`).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.cables import WAN, cabled_namespaces
from bench.comparison import Comparison, Limit
from bench.errors import BenchError
from bench.forwarder import Forwarder
from bench.memory import read_memory
from bench.processes import COMMAND, NamespacedProcess
from bench.quantiles import median, quantile
from bench.switch_bank import PORT
from ruijie_proxy.lab.campus.owners import owned_prefix
from ruijie_proxy.lab.options import DEFAULT_PASSWORD, DEFAULT_USER

COUNTS = (1, 10, 100, 500)
INTERVAL = 30
"""Seconds between two heartbeats of a session."""
MEASURED = 2 * INTERVAL
"""Seconds over which times are taken: two heartbeats of each session."""
SETTLING = 5.0
"""Seconds from the last login to the measurement."""
LOGIN_PATIENCE = 180.0
"""Seconds for all to be online."""
START_PATIENCE = 30.0
MEMORY_LIMIT = Limit(9.0)
"""kB of each session beyond the first, where there are most: what the first few have CPython keep
is all sessions'."""
PROCESSOR_LIMIT = Limit(2.0)
MEDIAN_LIMIT = Limit(5.0)
TAIL_LIMIT = Limit(50.0)
_TAIL = 0.99
_NANOSECONDS = 1_000_000_000
_SECONDS_A_MINUTE = 60
LOG = "log"
"""The file of the daemon's log."""
_LOG_SHOWN = 2000
"""Characters of the log that tell why there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One daemon with so many sessions."""

    sessions: int
    memory: Mapping[str, float]
    """kB, by the kernel's names."""
    processor: float
    """Seconds of processor time in each minute."""
    lateness: Sequence[float]
    """Milliseconds from when each heartbeat was due to when it was on the cable."""


def measure_many_sessions() -> list[Comparison]:
    """Measure daemons with more and more sessions. Raises BenchError."""
    measured = [_measure(count) for count in COUNTS]
    return [row for one in measured for row in _rows(one, measured[0])]


def _rows(one: Measured, first: Measured) -> list[Comparison]:
    largest = one.sessions == COUNTS[-1]

    def row(what: str, unit: str, value: float, limit: Limit | None) -> Comparison:
        return Comparison(what, unit, {Forwarder.DAEMON.value: value}, limit=limit)

    name = f"{one.sessions} session{'s' if one.sessions > 1 else ''}"
    rows = []
    if one.sessions == first.sessions:
        rows.append(row(f"{name}: memory (PSS)", "kB", one.memory["Pss"], None))
    else:
        for kind in ("Pss", "Rss"):
            limit = MEMORY_LIMIT if largest else None
            more = (one.memory[kind] - first.memory[kind]) / (one.sessions - first.sessions)
            rows.append(row(f"{name}: each beyond the first ({kind.upper()})", "kB", more, limit))
    share = one.processor / _SECONDS_A_MINUTE * 100
    return [
        *rows,
        row("  processor time a minute", "ms", one.processor * 1000, None),
        row("  which is of one core", "%", share, PROCESSOR_LIMIT),
        row(
            "  a heartbeat's lateness, median",
            "ms",
            median(one.lateness),
            MEDIAN_LIMIT if largest else None,
        ),
        row(
            "  99th percentile",
            "ms",
            quantile(one.lateness, _TAIL),
            TAIL_LIMIT if largest else None,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Logins:
    """A daemon with sessions of its own, all of them online."""

    daemon: NamespacedProcess
    bank: NamespacedProcess
    """The switches."""
    directory: Path
    """Where the daemon's files are."""


@contextmanager
def logins_online(count: int) -> Iterator[Logins]:
    """Start a daemon with so many sessions, wait until all are online, and have it settle.

    Raises BenchError.
    """
    with ExitStack() as resources:
        directory = Path(resources.enter_context(TemporaryDirectory(prefix=owned_prefix())))
        router, campus = resources.enter_context(cabled_namespaces(count))
        bank = NamespacedProcess(campus, sys.executable, "-m", "bench.switch_bank", str(count))
        resources.callback(bank.stop)
        bank.wait_for("ready", START_PATIENCE)
        daemon = start_daemon(router, directory, _sessions(count))
        resources.callback(daemon.stop)
        bank.wait_for("online", LOGIN_PATIENCE, daemon)
        time.sleep(SETTLING)
        yield Logins(daemon, bank, directory)


def start_daemon(
    router: str, directory: Path, sessions: Sequence[Mapping[str, Any]]
) -> NamespacedProcess:
    """Start the daemon with these sessions; all its files are in the directory."""
    configuration = {
        "sessions": sessions,
        "control": str(directory / "control.sock"),
        # New each time: nothing of an earlier daemon is resumed.
        "state_dir": str(directory / "state"),
    }
    path = directory / "config.yaml"
    path.touch(mode=0o600)
    # JSON is YAML, and without quotes even 500 sessions are within the 64 KiB of a configuration.
    path.write_text(json.dumps(configuration, separators=(",", ": ")).replace('"', ""))
    run = (*COMMAND, "run", "-c", str(path))
    return NamespacedProcess(router, *run, log=directory / LOG)


def _measure(count: int) -> Measured:
    with logins_online(count) as logins:
        daemon = logins.daemon
        began, spent = time.monotonic(), _processor_time(daemon.pid)
        from_here = time.time_ns()
        time.sleep(MEASURED)
        if daemon.has_ended:
            log = (logins.directory / LOG).read_text()
            raise BenchError(f"the daemon has ended: {log[-_LOG_SHOWN:]}")
        took, spent = time.monotonic() - began, _processor_time(daemon.pid) - spent
        memory = read_memory(daemon.pid)
        heard = logins.bank.finish()
        if heard["complaints"] or heard["online"] != count:
            raise BenchError(f"the switches complain: {heard['complaints'][:3]}")
        due = _first_due(logins.directory, count)
        lateness = _lateness(heard["heartbeats"], due, from_here)
        if len(lateness) < count:
            raise BenchError(f"{count} sessions sent only {len(lateness)} heartbeats")
        return Measured(count, memory, spent / took * _SECONDS_A_MINUTE, lateness)


def _lateness(
    heartbeats: Mapping[str, Sequence[int]], first_due: Mapping[str, float], from_here: int
) -> list[float]:
    """Return the milliseconds by which each heartbeat was late.

    The first is due with the Success, and each further one an interval after the one before was
    due, not after it was sent. The switch's kernel tells when it took each in.
    """
    late = []
    for port, times in heartbeats.items():
        for at in times:
            if at >= from_here:
                since_first = at / _NANOSECONDS - first_due[port]
                late.append((since_first - round(since_first / INTERVAL) * INTERVAL) * 1000)
    return late


def _first_due(directory: Path, count: int) -> dict[str, float]:
    """Return when each session's first heartbeat was due, in seconds since 1970, by its port.

    The daemon notes the moment of Success on the boot clock, in the file that it would resume from.
    """
    offset = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    first = {}
    for number in range(count):
        kept = json.loads((directory / "state" / f"{WAN}{number}.json").read_text())
        first[f"{PORT}{number}"] = kept["session"]["since"] + offset
    return first


def _sessions(count: int) -> list[dict[str, Any]]:
    return [
        {
            "mode": "login",
            "shape": "block",  # the cables' addresses are those of no vendor
            "wan": f"{WAN}{number}",
            "username": DEFAULT_USER,
            "password": DEFAULT_PASSWORD,
            "heartbeat": {"interval": INTERVAL},
            "dhcp": "off",
        }
        for number in range(count)
    ]


def _processor_time(pid: int) -> float:
    """Return the seconds that a process has spent on a processor: proc(5), schedstat."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / _NANOSECONDS
