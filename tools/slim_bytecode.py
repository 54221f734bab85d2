"""Compiles the program for where it is installed: ``make install``, and the benchmark.

``python3 -X no_debug_ranges tools/slim_bytecode.py FOLDER [DESTDIR]``: the modules below FOLDER,
whose tracebacks say where they are without DESTDIR. Without docstrings, without what arguments and
results are said to be, and, by that option, without the columns of tracebacks; lines and names are
said once: nobody asks for the rest at run time, and it is 0.4 MB of the daemon's resident memory.
The self-contained program is compiled likewise (openwrt/standalone/compile_modules.py).
"""

from __future__ import annotations

import ast
import importlib.util
import marshal
import os
import runpy
import struct
import sys
from pathlib import Path

_COMPILER = Path(__file__).parents[1] / "openwrt" / "standalone" / "compile_modules.py"


def compile_slim(folder: Path, destdir: str = "") -> None:
    """Write the bytecode of all modules to where Python looks for it."""
    compiler = runpy.run_path(str(_COMPILER))
    without_annotations = compiler["WithoutAnnotations"]()
    for source in sorted(folder.rglob("*.py")):
        name = str(source).removeprefix(destdir)
        tree = without_annotations.visit(ast.parse(source.read_bytes(), name))
        code = compile(tree, name, "exec", dont_inherit=True, optimize=2)
        status = source.stat()
        words = (0, int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF)
        head = importlib.util.MAGIC_NUMBER + struct.pack("<3I", *words)  # PEP 552
        target = Path(importlib.util.cache_from_source(str(source), optimization=""))
        target.parent.mkdir(exist_ok=True)
        _replace(target, head + marshal.dumps(compiler["slim"](code)))


def _replace(target: Path, content: bytes) -> None:
    """Write a file as a whole: a power cut leaves what was there before, or all of it.

    Bytecode that is cut off is not made anew by Python, but an EOFError at each start.
    """
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            # The name must not be on the disk before what stands behind it.
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


if __name__ == "__main__":
    compile_slim(Path(os.path.abspath(sys.argv[1])), *sys.argv[2:])
