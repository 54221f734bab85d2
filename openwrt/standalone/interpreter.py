"""CPython and zlib as static libraries: for an architecture, and once for this machine.

The interpreter of this machine is of the same source. It compiles the modules, so that their
bytecode is the same whatever Python runs the build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from openwrt.standalone.architectures import Architecture
from openwrt.standalone.errors import BuildError
from openwrt.standalone.toolchain import Toolchain
from ruijie_proxy.values import Frozen

_HERE = Path(__file__).parent
EXTENSIONS = """\
_bisect _bisectmodule.c
_blake2 _blake2/blake2module.c _blake2/blake2b_impl.c _blake2/blake2s_impl.c
_codecs_cn cjkcodecs/_codecs_cn.c
_contextvars _contextvarsmodule.c
_heapq _heapqmodule.c
_json _json.c
_md5 md5module.c
_multibytecodec cjkcodecs/multibytecodec.c
_posixsubprocess _posixsubprocess.c
_random _randommodule.c
_sha1 sha1module.c
_sha256 sha256module.c
_sha3 _sha3/sha3module.c
_sha512 sha512module.c
_socket socketmodule.c
_struct _struct.c
array arraymodule.c
binascii binascii.c
fcntl fcntlmodule.c
math mathmodule.c
resource resource.c
select selectmodule.c
termios termios.c
zlib zlibmodule.c
"""
"""Modules in C beside those that every interpreter has, as Modules/Setup names them. All hashes,
because hashlib complains of each that is missing."""
_ZLIB_FILES = "adler32 compress crc32 deflate infback inffast inflate inftrees trees uncompr zutil"
"""Without the files for gzip's own files, which CPython does not call."""
OPTIMISATION = (
    "-Oz",
    "-ffunction-sections",
    "-fdata-sections",
    # zig's own default is to trap where the C standard leaves behaviour open.
    "-fno-sanitize=undefined",
    "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
)
"""For size: flash is what routers have least of."""
_CONFIGURE = (
    "--disable-shared",
    "--disable-test-modules",
    "--without-ensurepip",
    "--without-doc-strings",
)
_CROSS_ANSWERS = {
    # What configure would find out by running a program.
    "ac_cv_file__dev_ptmx": "yes",
    "ac_cv_file__dev_ptc": "no",
    "ac_cv_buggy_getaddrinfo": "no",
}


class Interpreter(Frozen):
    """CPython, compiled and not yet linked into a program."""

    library: Path
    """The static library."""
    includes: tuple[str, ...]
    """The compiler's options for CPython's headers."""
    libraries: tuple[str, ...]
    """What is linked behind it."""


def build_native_interpreter(source: Path, folder: Path) -> Path:
    """Build CPython for this machine in a folder, if it is not there; return its executable.

    A build that was broken off begins anew. Raises BuildError.
    """
    python = folder / "python"
    if not _runs(python):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        configure = [str(source / "configure"), *_CONFIGURE, "CFLAGS=-O1 -w"]
        _run(configure, folder, environment, "configuring CPython for this machine")
        _run([*_make(), "python"], folder, environment, "building CPython for this machine")
    return python


def native_environment(standard_library: Path) -> dict[str, str]:
    """Return the environment in which that executable finds Python's library, a folder."""
    return {"PYTHONPATH": str(standard_library), "PYTHONHOME": "/", "LC_ALL": "C.UTF-8"}


def build_interpreter(
    architecture: Architecture,
    toolchain: Toolchain,
    cpython: Path,
    zlib: Path,
    native: Path,
    folder: Path,
) -> Interpreter:
    """Build CPython's static library in a folder, if it is not there as it should be.

    Raises BuildError.

    ``cpython`` and ``zlib`` are the unpacked sources, ``native`` the executable of
    :func:`build_native_interpreter`.
    """
    archives = {folder / "zlib" / "libz.a": [zlib / f"{name}.c" for name in _ZLIB_FILES.split()]}
    further = architecture.further_source
    if further is not None:
        archives[folder / "further" / "libfurther.a"] = [_HERE / further]
    libraries = tuple(map(str, archives))
    includes = (f"-I{cpython / 'Include'}", f"-I{folder}", f"-I{zlib}")
    interpreter = Interpreter(folder / "libpython3.11.a", includes, (*libraries, "-lm"))
    environment = toolchain.environment
    answers = folder / "config.site"
    answered = "".join(f"{name}={value}\n" for name, value in _CROSS_ANSWERS.items())
    configure = [
        # By way of which path it was configured, CPython writes into itself; this one is the same
        # wherever the build's folder is.
        os.path.relpath(cpython / "configure", folder),
        "--build=x86_64-linux-gnu",
        f"--host={architecture.host}",
        f"--with-build-python={native}",
        *_CONFIGURE,
        "--without-readline",
        "--prefix=/usr",
        f"CC={toolchain.cc}",
        f"AR={toolchain.ar}",
        f"RANLIB={toolchain.ranlib}",
        "PKG_CONFIG=false",
        f"READELF={shutil.which('readelf')}",
        f"CPPFLAGS=-I{zlib}",
        f"OPT={' '.join(['-DNDEBUG', '-fwrapv', '-w', *OPTIMISATION])}",
        "LDFLAGS=-static -Wl,--gc-sections -s",
        f"LIBS={' '.join(libraries)}",
        "LINKFORSHARED= ",
    ]
    # What it was built by: another recipe, or a build that was broken off, begins anew.
    recipe = folder / "recipe"
    compiled_for = (architecture.target, architecture.cpu, *architecture.options)
    text = "\n".join([*compiled_for, *configure, answered, EXTENSIONS])
    if further is not None:
        text += (_HERE / further).read_text()
    if recipe.is_file() and recipe.read_text() == text:
        return interpreter
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for archive, sources in archives.items():
        _build_archive(toolchain, sources, archive)
    answers.write_text(answered)
    _run(
        configure,
        folder,
        {**environment, "CONFIG_SITE": str(answers)},
        f"configuring CPython for {architecture.name}",
    )
    (folder / "Modules" / "Setup.local").write_text(f"*static*\n{EXTENSIONS}")
    _run([*_make(), "python"], folder, environment, f"building CPython for {architecture.name}")
    recipe.write_text(text)
    return interpreter


def _runs(python: Path) -> bool:
    """Whether there is an interpreter, all of it."""
    if not python.is_file():
        return False
    try:
        return subprocess.run([str(python), "-S", "-c", ""], check=False).returncode == 0
    except OSError:  # the linker had not come to its end
        return False


def _build_archive(toolchain: Toolchain, sources: list[Path], archive: Path) -> None:
    folder = archive.parent
    folder.mkdir(exist_ok=True)
    objects = []
    for source in sources:
        compiled = f"{source.stem}.o"
        compile_it = [toolchain.cc, *OPTIMISATION, "-w", "-c", str(source), "-o", compiled]
        _run(compile_it, folder, toolchain.environment, f"compiling {source.name}")
        objects.append(compiled)
    pack = [toolchain.ar, "rcs", archive.name, *objects]
    _run(pack, folder, toolchain.environment, f"making {archive.name}")


def _make() -> list[str]:
    return ["make", f"-j{os.cpu_count() or 1}"]


def _run(command: list[str], folder: Path, environment: dict[str, str], doing: str) -> None:
    """Run a step, with its output in a file of the folder. Raises BuildError."""
    log = folder / "build.log"
    with log.open("ab") as output:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdout=output, stderr=output, check=False
        )
    if done.returncode != 0:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise BuildError(f"{doing} failed; {log} ends with:\n{last}")
