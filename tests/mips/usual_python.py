"""CPython for the emulated router as distributions install it, to compare starts with.

The same source and compiler, and its own start: it looks for its library, loads ``site``, and reads
modules from .pyc files in a directory, as OpenWrt's packages have them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from openwrt.standalone.build import Built


def install_usual_python(built: Built, root: Path) -> None:
    """Put executable and library below a directory, as below ``/usr``."""
    library = root / "lib" / "python3.11"
    (root / "bin").mkdir(parents=True)
    (library / "lib-dynload").mkdir(parents=True)
    shutil.copy(built.usual_interpreter, root / "bin" / "python3")
    (library / "os.py").touch()  # by which CPython knows its library; the module itself is in it
    compiled = built.standard_library
    for module, code in compiled.code:
        if module.file.startswith("<"):
            continue  # importlib itself, which is in it
        file = library / f"{module.file}c"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(compiled.pyc(code))
