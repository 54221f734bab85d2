"""Disturbs the real daemon in every way for some minutes: ``python -m tests.soak --minutes 5``."""

from __future__ import annotations

import argparse
import sys
import time
from random import Random

from tests.soak.scenarios import SCENARIOS
from tests.soak.tally import Tally


def main() -> int:
    """Run every scenario for its share of the time; 1 when something failed."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", choices=SCENARIOS, action="append")
    chosen = parser.parse_args()
    names = chosen.only or list(SCENARIOS)
    share = 60.0 * chosen.minutes / len(names)
    print(f"seed {chosen.seed}; {share:.0f} s for each of {len(names)} scenarios", flush=True)
    failures = 0
    for name in names:
        began = time.monotonic()
        tally = SCENARIOS[name](share, Random(chosen.seed))
        _show(name, tally, time.monotonic() - began)
        failures += len(tally.failed)
    print(f"\n{failures} failures" if failures else "\nnothing failed")
    return 1 if failures else 0


def _show(name: str, tally: Tally, took: float) -> None:
    print(f"\n{name} ({took:.0f} s)")
    for what, count in tally.done.items():
        print(f"  {count:8}  {what}")
    for what, value in tally.measured.items():
        print(f"            {what}: {value}")
    for failure in tally.failed:
        print(f"    FAILED  {failure}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
