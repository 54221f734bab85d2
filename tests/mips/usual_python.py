"""CPython for the emulated router as distributions install it, to compare starts with.

The same source and compiler, and its own start: it looks for its library, loads ``site``, and reads
modules from .pyc files in a directory, as OpenWrt's packages have them. Those hold all that CPython
writes into them: what the program leaves out of its own bytecode would make this one quicker, too.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from openwrt.standalone.build import Built
from openwrt.standalone.commands import run
from openwrt.standalone.interpreter import native_environment

_COMPILE = """\
import py_compile, sys
for line in open(sys.argv[1]):
    source, told, target = line.rstrip("\\n").split("\\t")
    py_compile.compile(source, target, told, doraise=True, optimize=0)
"""


def install_usual_python(built: Built, root: Path) -> None:
    """Put executable and library below a directory, as below ``/usr``."""
    library = root / "lib" / "python3.11"
    (root / "bin").mkdir(parents=True)
    (library / "lib-dynload").mkdir(parents=True)
    shutil.copy(built.usual_interpreter, root / "bin" / "python3")
    (library / "os.py").touch()  # by which CPython knows its library; the module itself is in it
    lines = []
    for module in built.standard_library:
        if module.file.startswith("<"):
            continue  # importlib itself, which is in it
        target = library / f"{module.file}c"
        target.parent.mkdir(parents=True, exist_ok=True)
        lines.append(f"{module.source}\t/usr/lib/python3.11/{module.file}\t{target}\n")
    listed = root / "modules"
    listed.write_text("".join(lines))
    sources = next(one.source for one in built.standard_library if one.name == "os").parent
    compile_all = [str(built.native), "-S", "-c", _COMPILE, str(listed)]
    run(compile_all, root, "Python's library cannot be compiled", native_environment(sources))
    listed.unlink()
