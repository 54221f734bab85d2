"""Which of the inputs that a fuzzer has found are worth a place in the repository.

The fuzzer keeps what changes how often something is reached, too, which is thousands of inputs.
Here an input counts that takes a step from one line to another that none before it has taken.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

Step: TypeAlias = tuple[str, int, int]
_PACKAGE = "ruijie_proxy"


def steps_of(target: Callable[[bytes], None], data: bytes) -> set[Step]:
    """Return the steps from line to line in this program that an input takes."""
    steps: set[Step] = set()

    def enter(frame: FrameType, _event: str, _detail: Any) -> Any:
        name = frame.f_code.co_filename
        if _PACKAGE not in name:
            return None
        last = 0

        def follow(frame: FrameType, event: str, _detail: Any) -> Any:
            nonlocal last
            if event == "line":
                steps.add((name, last, frame.f_lineno))
                last = frame.f_lineno
            return follow

        return follow

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        target(data)
    finally:
        sys.settrace(before)
    return steps


def keep_new(target: Callable[[bytes], None], corpus: Path, found: Path) -> int:
    """Copy to the corpus what takes new steps, the shortest first; return how many those were."""
    known: set[Step] = set()
    for file in sorted(corpus.iterdir()):
        known |= steps_of(target, file.read_bytes())
    kept = 0
    for file in sorted(found.iterdir(), key=lambda file: (file.stat().st_size, file.name)):
        data = file.read_bytes()
        steps = steps_of(target, data)
        if not steps <= known:
            known |= steps
            kept += 1
            digest = hashlib.sha256(data).hexdigest()[:12]
            (corpus / f"found-{digest}").write_bytes(data)
    return kept
