"""The program as it is measured: a copy, compiled as an installation is."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.errors import BenchError

PROGRAM = "ruijie_proxy"
READER = "yaml"
"""What the daemon's child loads, except what comes with Python."""
COMPILER = Path(__file__).parents[1] / "tools" / "slim_bytecode.py"
"""What ``make install`` compiles with."""


@contextmanager
def installed_program() -> Iterator[None]:
    """Have all processes that are started meanwhile run the program as it is installed.

    Compiled beforehand: nothing that is measured pays for it. Raises BenchError.
    """
    if not compileall.compile_dir(_folder_of(READER), quiet=2):
        raise BenchError(f"not everything in {_folder_of(READER)} compiles; is it writable?")
    with TemporaryDirectory(prefix="ruijie-proxy-bench-") as directory:
        program = Path(directory, PROGRAM)
        shutil.copytree(_folder_of(PROGRAM), program, ignore=shutil.ignore_patterns("__pycache__"))
        command = (sys.executable, "-X", "no_debug_ranges", str(COMPILER), str(program))
        if subprocess.run(command, check=False).returncode != 0:
            raise BenchError("the program does not compile; see above")
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = directory if before is None else f"{directory}:{before}"
        try:
            yield
        finally:
            if before is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = before


def _folder_of(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise BenchError(f"the package {package} is not installed")
    return Path(found.origin).parent
