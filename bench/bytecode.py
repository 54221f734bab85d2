"""Compiling beforehand, as an installation does: nothing that is measured pays for it."""

from __future__ import annotations

import compileall
from importlib.util import find_spec
from pathlib import Path

from bench.errors import BenchError

PACKAGES = ("ruijie_proxy", "yaml")
"""All that the daemon or its child loads, except what comes with Python."""


def compile_packages() -> None:
    """Compile what is not compiled or has changed since. Raises BenchError."""
    for name in PACKAGES:
        found = find_spec(name)
        if found is None or found.origin is None:
            raise BenchError(f"the package {name} is not installed")
        directory = Path(found.origin).parent
        if not compileall.compile_dir(directory, quiet=2):
            raise BenchError(f"not everything in {directory} compiles; is it writable?")
