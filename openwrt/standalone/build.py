"""From nothing to the files of the self-contained package, for one architecture."""

from __future__ import annotations

import fcntl
import shutil
from pathlib import Path

from openwrt.standalone.architectures import Architecture
from openwrt.standalone.commands import run
from openwrt.standalone.errors import BuildError
from openwrt.standalone.executable import Compiled, compile_modules, link
from openwrt.standalone.interpreter import build_interpreter, build_native_interpreter
from openwrt.standalone.modules import find_modules
from openwrt.standalone.sources import CPYTHON, LIBRARIES, ZIG, ZLIB, fetch_tarball, fetch_wheel
from openwrt.standalone.toolchain import make_toolchain
from ruijie_proxy.values import frozen

_TOOLS = {
    "apt-get": "apt",
    "gcc": "gcc",
    "make": "make",
    "readelf": "binutils",
}
"""What is called, and the Debian package that brings it."""


@frozen
class Built:
    """What came of a build."""

    executable: Path
    """The program."""
    interpreter: Path
    """The same interpreter with the same modules; its first argument is what it runs."""
    usual_interpreter: Path
    """CPython's own executable, which has no modules in Python in it but those of its start."""
    standard_library: Compiled
    """What the program has of it."""


def build(architecture: Architecture, program: Path, folder: Path) -> Built:
    """Build the program for an architecture.

    ``program`` is the folder with the package ruijie_proxy. What has been fetched and built before
    is taken from ``folder``, where it stays; who comes second there waits. Raises BuildError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(architecture, program, folder)


def _build(architecture: Architecture, program: Path, folder: Path) -> Built:
    missing = sorted({package for tool, package in _TOOLS.items() if not shutil.which(tool)})
    if missing:
        raise BuildError(f"please install, as root: apt-get install {' '.join(missing)}")
    sources = folder / "sources"
    cpython = fetch_tarball(CPYTHON, sources)
    zlib = fetch_tarball(ZLIB, sources)
    zig = fetch_wheel(ZIG, sources)
    libraries = {wheel.project: fetch_wheel(wheel, sources) for wheel in LIBRARIES}
    native = build_native_interpreter(cpython, folder / "native")
    place = folder / architecture.name
    toolchain = make_toolchain(architecture, zig, place / "tools")
    interpreter = build_interpreter(
        architecture, toolchain, cpython, zlib, native, place / "interpreter"
    )
    standard_library = cpython / "Lib"
    built_in = _frozen_by_cpython(native, standard_library)
    modules = find_modules(standard_library, program, libraries, built_in)
    compiled = compile_modules(modules, native, standard_library)
    parts = (interpreter, toolchain, compiled, place / "program")
    return Built(
        executable=link(*parts),
        interpreter=link(*parts, runs_code=True),
        usual_interpreter=interpreter.library.parent / "python",
        standard_library=Compiled(
            compiled.magic,
            tuple(
                (module, code)
                for module, code in compiled.code
                if module.source.is_relative_to(standard_library)
            ),
        ),
    )


def _frozen_by_cpython(native: Path, standard_library: Path) -> frozenset[str]:
    """Return the modules in Python that CPython has frozen into itself."""
    told = run(
        [str(native), "-S", "-c", "import _imp; print(*_imp._frozen_module_names())"],
        native.parent,
        "the interpreter of this machine does not work",
        {"PYTHONPATH": str(standard_library), "PYTHONHOME": "/"},
    )
    return frozenset(told.split())
