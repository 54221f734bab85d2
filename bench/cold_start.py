"""How long the daemon takes from its start until it listens, beside a bare interpreter."""

from __future__ import annotations

import json
import subprocess
import sys

from bench.comparison import Comparison, Target
from bench.errors import BenchError
from bench.forwarder import INTERPRETER
from bench.lane import LAYOUT
from bench.quantiles import median
from ruijie_proxy.lab.campus.campus import Campus
from ruijie_proxy.lab.campus.network import Role

STARTS = 25
TARGET = Target(against=INTERPRETER, ratio=2.5)
STARTER = "bench.starter"
TIMEOUT = 60.0
"""Seconds for all starts together."""


def measure_cold_start() -> list[Comparison]:
    """Start interpreter, bare forwarder and daemon in turns. Raises BenchError."""
    with Campus(LAYOUT) as campus:
        campus.configure()
        starter = [sys.executable, "-m", STARTER, str(campus.configuration), str(STARTS)]
        done = subprocess.run(
            [*campus.network.entry(Role.ROUTER), *starter],
            stdout=subprocess.PIPE,
            timeout=TIMEOUT,
            check=False,
        )
    if done.returncode != 0:
        raise BenchError("the daemon could not be started; see above")
    milliseconds: dict[str, list[float]] = json.loads(done.stdout)
    figures = {name: median(values) for name, values in milliseconds.items()}
    return [Comparison("cold start until it listens", "ms", figures, TARGET)]
