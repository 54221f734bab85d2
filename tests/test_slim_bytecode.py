"""Bytecode as `make install` writes it: whole at any moment, and what Python takes."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "slim_bytecode.py"
SOURCE = '''"""A module."""


def twice(number: int) -> int:
    """Double."""
    return number * 2
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with one module, compiled in the usual way, as the installer finds it."""
    (tmp_path / "module.py").write_text(SOURCE)
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(tmp_path)], check=True)
    return tmp_path


def compiled(folder: Path) -> dict[str, bytes]:
    """Return what lies in the folder of bytecode."""
    return {file.name: file.read_bytes() for file in (folder / "__pycache__").iterdir()}


def compile_slim(folder: Path) -> None:
    tool: dict[str, Any] = runpy.run_path(str(TOOL))
    tool["compile_slim"](folder)


def test_python_takes_it_and_nothing_else_lies_beside_it(folder: Path) -> None:
    (usual,) = compiled(folder).items()

    compile_slim(folder)

    ((name, content),) = compiled(folder).items()
    assert name == usual[0]
    assert content != usual[1]
    program = "import module; print(module.twice(4), module.__doc__, module.twice.__annotations__)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout == "8 None {}\n"
    assert compiled(folder)[name] == content, "Python found it fresh, and wrote none of its own"


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_what_ends_in_the_middle_leaves_what_was_there(
    folder: Path, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = compiled(folder)
    seen: list[dict[str, bytes]] = []

    def power_cut(*_: object) -> None:
        seen.append(compiled(folder))
        raise OSError("power cut")

    monkeypatch.setattr(os, moment, power_cut)
    with pytest.raises(OSError, match="power cut"):
        compile_slim(folder)

    (at_that_moment,) = seen
    assert before.items() <= at_that_moment.items()
    assert compiled(folder) == before
