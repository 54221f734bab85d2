"""Runs a target: ``python -m fuzz engine --seconds 600``.

New inputs that reach something new are added to a folder of the target's own below ``.fuzz/``, and
one that breaks something is left there as ``crash-…``. ``--keep`` takes what is worth it into the
corpus of the repository.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fuzz import NAMES

ROOT = Path(__file__).parent
CORPUS = ROOT / "corpus"
LONGEST_INPUT = 2048


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--runs", type=int, default=-1, help="so many inputs, whatever they take")
    parser.add_argument("--seed", type=int, default=0, help="draw the same ones; 0: others")
    parser.add_argument("--work", type=Path, default=ROOT.parent / ".fuzz")
    parser.add_argument(
        "--keep", action="store_true", help="add what was found before to the corpus"
    )
    chosen = parser.parse_args()
    work = chosen.work / chosen.target
    found = work / "found"
    corpus = CORPUS / chosen.target
    if chosen.keep:
        from fuzz.keeping import keep_new
        from fuzz.targets import TARGETS

        print(f"{keep_new(TARGETS[chosen.target], corpus, found)} inputs were kept")
        return 0
    try:
        import atheris
    except ImportError:
        print("fuzz: atheris is not installed: pip install '.[fuzz]'", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["ruijie_proxy"]):
        from fuzz.targets import TARGETS
    found.mkdir(parents=True, exist_ok=True)
    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={chosen.seconds if chosen.runs < 0 else 0}",
            f"-runs={chosen.runs}",
            f"-seed={chosen.seed}",
            f"-max_len={LONGEST_INPUT}",
            f"-artifact_prefix={work}/",
            "-timeout=10",
            "-len_control=20",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            str(found),
            str(corpus),
        ],
        TARGETS[chosen.target],
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
