"""What the protocol tests share: the captures, where they lie beside the repository."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_REPOSITORY = Path(__file__).resolve().parents[2]
_CAPTURES = _REPOSITORY.parent / "shared" / "vectors"


@pytest.fixture
def read_capture() -> Callable[[str], Any]:
    """Read a JSON file of genuine frames. They are not part of the repository: skips without it."""

    def read(name: str) -> Any:
        path = _CAPTURES / name
        if not path.exists():
            pytest.skip(f"the captures are not beside this clone ({path} does not exist)")
        return json.loads(path.read_text(encoding="utf-8"))

    return read
