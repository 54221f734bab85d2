"""The executable: modules compiled, frozen or archived, and linked with the interpreter."""

from __future__ import annotations

import io
import marshal
import shutil
import struct
import subprocess
import zipfile
from pathlib import Path

from openwrt.standalone.commands import run
from openwrt.standalone.errors import BuildError
from openwrt.standalone.interpreter import OPTIMISATION, Interpreter
from openwrt.standalone.modules import Module
from openwrt.standalone.toolchain import Toolchain
from ruijie_proxy.values import frozen

_HERE = Path(__file__).parent
_MAIN = _HERE / "main.c"
_COMPILER = _HERE / "compile_modules.py"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first date that a ZIP archive can tell."""
_REGULAR_FILE = 0o100644 << 16
_COMPRESSION = 9


@frozen
class Compiled:
    """Modules with their code, without docstrings and asserts."""

    magic: bytes
    """The number of the bytecode: the target's, whatever Python runs the build."""
    code: tuple[tuple[Module, bytes], ...]
    """The code is marshalled."""

    def pyc(self, code: bytes) -> bytes:
        """Return a .pyc file's content: no flags, no time and size of a source (PEP 552)."""
        return self.magic + struct.pack("<3I", 0, 0, 0) + code


def compile_modules(modules: list[Module], native: Path, standard_library: Path) -> Compiled:
    """Compile modules with the interpreter of this machine. Raises BuildError."""
    lines = "".join(f"{module.source}\t{module.file}\n" for module in modules)
    done = subprocess.run(
        # Without what only tells the columns of a line in tracebacks: a quarter of all bytecode.
        [str(native), "-S", "-X", "no_debug_ranges", str(_COMPILER)],
        input=lines.encode(),
        env={"PYTHONPATH": str(standard_library), "PYTHONHOME": "/", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"compiling the modules failed:\n{done.stderr.decode()}")
    magic, code = marshal.loads(done.stdout)
    return Compiled(magic, tuple(zip(modules, code, strict=True)))


def link(
    interpreter: Interpreter,
    toolchain: Toolchain,
    compiled: Compiled,
    folder: Path,
    *,
    runs_code: bool = False,
) -> Path:
    """Write the executable into a folder, and return it. Raises BuildError.

    With ``runs_code`` it is not the program, but an interpreter with the same modules whose first
    argument is what it runs.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_frozen([pair for pair in compiled.code if pair[0].is_frozen], folder)
    definitions = ["-DRUNS_CODE"] if runs_code else []
    executable = folder / ("interpreter" if runs_code else "ruijie-proxy")
    unfinished = executable.with_name(f"{executable.name}.unfinished")
    steps = [
        [
            *_compile(toolchain),
            *interpreter.includes,
            *definitions,
            "-c",
            str(_MAIN),
            "-o",
            "main.o",
        ],
        [*_compile(toolchain), *interpreter.includes, "-c", "frozen.c", "-o", "table.o"],
        [*_compile(toolchain), "-c", "frozen.S", "-o", "frozen.o"],
        [
            *(toolchain.cc, "-static", "-Wl,--gc-sections", "-s"),
            *("main.o", "table.o", "frozen.o"),
            *(str(interpreter.library), *interpreter.libraries),
            *("-o", unfinished.name),
        ],
    ]
    for step in steps:
        run(step, folder, "linking the program failed", toolchain.environment)
    with unfinished.open("ab") as file:
        file.write(_archive(compiled))
    # Whoever packs it meanwhile has the one before, or this one: never a part.
    return unfinished.replace(executable)


def _archive(compiled: Compiled) -> bytes:
    """Return a ZIP archive of what is not frozen, from which Python can import it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for module, code in compiled.code:
            if module.is_frozen:
                continue
            entry = zipfile.ZipInfo(f"{module.file}c", _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever builds it
            entry.external_attr = _REGULAR_FILE
            archive.writestr(entry, compiled.pyc(code), compresslevel=_COMPRESSION)
    return content.getvalue()


def _compile(toolchain: Toolchain) -> list[str]:
    return [toolchain.cc, *OPTIMISATION, "-w"]


def _write_frozen(modules: list[tuple[Module, bytes]], folder: Path) -> None:
    """Write frozen.S, with the code of modules, and frozen.c, with CPython's table of them."""
    code_folder = folder / "frozen"
    shutil.rmtree(code_folder, ignore_errors=True)
    code_folder.mkdir()
    assembly = ["    .section .rodata"]
    declarations = []
    rows = []
    for number, (module, code) in enumerate(modules):
        (code_folder / str(number)).write_bytes(code)
        label = f"frozen_{number}"
        assembly += [f"    .globl {label}", f"{label}:", f'    .incbin "frozen/{number}"']
        declarations.append(f"extern const unsigned char {label}[];")
        is_package = int(module.is_package)
        rows.append(f'    {{"{module.name}", {label}, {len(code)}, {is_package}, NULL}},')
    # Without this note, linkers take the stack for one that must be executable.
    assembly.append('    .section .note.GNU-stack,"",%progbits')
    (folder / "frozen.S").write_text("\n".join([*assembly, ""]))
    table = [
        "#include <Python.h>",
        *declarations,
        "static const struct _frozen modules[] = {",
        *rows,
        "    {NULL, NULL, 0, 0, NULL},",
        "};",
        "const struct _frozen *const program_modules = modules;",
        "",
    ]
    (folder / "frozen.c").write_text("\n".join(table))
