"""From nothing to the files of the self-contained package, for one architecture."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openwrt.standalone.architectures import Architecture
from openwrt.standalone.errors import BuildError
from openwrt.standalone.executable import compile_modules, link
from openwrt.standalone.interpreter import build_interpreter, build_native_interpreter
from openwrt.standalone.licences import licences
from openwrt.standalone.modules import Module, find_modules
from openwrt.standalone.sources import CPYTHON, LIBRARIES, ZIG, ZLIB, fetch_tarball, fetch_wheel
from openwrt.standalone.toolchain import make_toolchain
from ruijie_proxy.values import Frozen
from tools.catalogue import compile_catalogues

COPYRIGHT = "copyright"
"""The file beside the executable that says whose work is in it."""
LOCALE = Path("ruijie_proxy/locale/zh_CN")
"""Of the sources of the catalogues of messages."""
CATALOGUES = "packed_catalogues"
"""The module that they are in."""
_TOOLS = {
    "apt-get": "apt",
    "gcc": "gcc",
    "make": "make",
    "readelf": "binutils",
}
"""What is called, and the Debian package that brings it."""


class Built(Frozen):
    """What came of a build."""

    executable: Path
    """The program. Whose work is in it says :data:`COPYRIGHT` beside it."""
    interpreter: Path
    """The same interpreter with the same modules; its first argument is what it runs."""
    usual_interpreter: Path
    """CPython's own executable, which has no modules in Python in it but those of its start."""
    standard_library: tuple[Module, ...]
    """What the program has of it."""
    native: Path
    """CPython of the same version for this machine."""


class Ground(Frozen):
    """What the programs of all architectures are built from."""

    cpython: Path
    zlib: Path
    zig: Path
    libraries: dict[str, Path]
    """By the projects' names. All these are unpacked sources or wheels."""
    native: Path
    """CPython for this machine."""


def prepare(folder: Path) -> Ground:
    """Fetch and build what is the same for every architecture.

    What is in ``folder`` already is taken from there; who comes second there waits. Raises
    BuildError.
    """
    with _alone_in(folder):
        missing = sorted({package for tool, package in _TOOLS.items() if not shutil.which(tool)})
        if missing:
            raise BuildError(f"please install, as root: apt-get install {' '.join(missing)}")
        sources = folder / "sources"
        cpython = fetch_tarball(CPYTHON, sources)
        return Ground(
            cpython,
            zlib=fetch_tarball(ZLIB, sources),
            zig=fetch_wheel(ZIG, sources),
            libraries={wheel.project: fetch_wheel(wheel, sources) for wheel in LIBRARIES},
            native=build_native_interpreter(cpython, folder / "native"),
        )


def build(architecture: Architecture, program: Path, folder: Path) -> Built:
    """Build the program for an architecture.

    ``program`` is the folder with the package ruijie_proxy. What has been fetched and built before
    is taken from ``folder``, where it stays. Different architectures are built there side by side;
    who comes second to one of them waits. Raises BuildError.
    """
    ground = prepare(folder)
    place = folder / architecture.name
    with _alone_in(place):
        return _build(architecture, program, ground, place)


def executable_in(folder: Path, architecture: str) -> Path:
    """Return where the program for an architecture is, once it was built in a folder."""
    return folder / architecture / "program" / "ruijie-proxy"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Make a folder, and keep other processes from building in it meanwhile."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _build(architecture: Architecture, program: Path, ground: Ground, place: Path) -> Built:
    toolchain = make_toolchain(architecture, ground.zig, place / "tools")
    interpreter = build_interpreter(
        architecture,
        toolchain,
        ground.cpython,
        ground.zlib,
        ground.native,
        place / "interpreter",
    )
    standard_library = ground.cpython / "Lib"
    modules = find_modules(standard_library, program, ground.libraries)
    modules.append(_catalogues(program, place / "catalogues"))
    compiled = compile_modules(modules, ground.native, standard_library)
    parts = (interpreter, toolchain, compiled, place / "program")
    executable = link(*parts)
    executable.with_name(COPYRIGHT).write_text(
        licences(ground.cpython, ground.zlib, ground.zig, ground.libraries), encoding="utf-8"
    )
    return Built(
        executable=executable,
        interpreter=link(*parts, runs_code=True),
        usual_interpreter=interpreter.library.parent / "python",
        standard_library=tuple(
            module for module in modules if module.source.is_relative_to(standard_library)
        ),
        native=ground.native,
    )


def _catalogues(program: Path, folder: Path) -> Module:
    """Write the catalogues of messages as a module, which i18n reads them from; return it."""
    files = {path.name: data for path, data in compile_catalogues(program / LOCALE).items()}
    folder.mkdir(exist_ok=True)
    source = folder / f"{CATALOGUES}.py"
    source.write_text(f"FILES = {files!r}\n")
    return Module(CATALOGUES, source, is_package=False)
