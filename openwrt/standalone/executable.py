"""The executable: modules compiled, packed, and linked with the interpreter."""

from __future__ import annotations

import lzma
import marshal
import struct
import subprocess
from pathlib import Path

from openwrt.standalone.commands import run
from openwrt.standalone.errors import BuildError
from openwrt.standalone.interpreter import OPTIMISATION, Interpreter, native_environment
from openwrt.standalone.modules import Module
from openwrt.standalone.toolchain import Toolchain
from ruijie_proxy.values import Frozen

_HERE = Path(__file__).parent
_COMPILER = _HERE / "compile_modules.py"
_BLOCK = 192 * 1024
"""Bytes of marshalled code that are compressed together, at least. Larger blocks make the program
no smaller to speak of, and a command's first module takes longer to reach."""


class Compiled(Frozen):
    """Modules with their code, without docstrings and asserts; all code is marshalled."""

    bundles: tuple[tuple[tuple[Module, ...], bytes], ...]
    """What is read together: modules, and the list of their code."""
    alone: tuple[tuple[Module, bytes], ...]
    """All others."""


def compile_modules(modules: list[Module], native: Path, standard_library: Path) -> Compiled:
    """Compile modules with the interpreter of this machine. Raises BuildError."""
    lines = "".join(
        f"{module.source}\t{module.file}\t{'' if module.bundle is None else module.bundle}\n"
        for module in modules
    )
    done = subprocess.run(
        # Without what only tells the columns of a line in tracebacks: a quarter of all bytecode.
        [str(native), "-S", "-X", "no_debug_ranges", str(_COMPILER)],
        input=lines.encode(),
        env=native_environment(standard_library),
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise BuildError(f"compiling the modules failed:\n{done.stderr.decode()}")
    alone, bundles = marshal.loads(done.stdout)
    of_bundles = [
        tuple(module for module in modules if module.bundle == number)
        for number in range(len(bundles))
    ]
    return Compiled(
        tuple(zip(of_bundles, bundles, strict=True)),
        tuple(zip((one for one in modules if one.bundle is None), alone, strict=True)),
    )


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
    _write_packed(compiled, folder)
    compile_it = [toolchain.cc, *OPTIMISATION, "-w", *interpreter.includes, f"-I{_HERE}", "-c"]
    definitions = ["-DRUNS_CODE"] if runs_code else []
    executable = folder / ("interpreter" if runs_code else "ruijie-proxy")
    unfinished = executable.with_name(f"{executable.name}.unfinished")
    steps = [
        [*compile_it, *definitions, str(_HERE / "main.c"), "-o", "main.o"],
        [*compile_it, str(_HERE / "packed_modules.c"), "-o", "packed_modules.o"],
        [*compile_it, "-O2", str(_HERE / "lzma.c"), "-o", "lzma.o"],
        [*compile_it, "packed_table.c", "-o", "packed_table.o"],
        [*compile_it, "packed.S", "-o", "packed.o"],
        [
            *(toolchain.cc, "-static", "-Wl,--gc-sections", "-s"),
            *("main.o", "packed_modules.o", "lzma.o", "packed_table.o", "packed.o"),
            *(str(interpreter.library), *interpreter.libraries),
            *("-o", unfinished.name),
        ],
    ]
    for step in steps:
        run(step, folder, "linking the program failed", toolchain.environment)
    cut_what_is_not_loaded(unfinished)
    # Whoever packs it meanwhile has the one before, or this one: never a part.
    return unfinished.replace(executable)


def cut_what_is_not_loaded(executable: Path) -> None:
    """Cut off the end of a MIPS executable, which no kernel loads, and the list of sections.

    Its section ``.pdr`` tells debuggers of each function's stack, a quarter of a million bytes, and
    ``-s`` leaves it there.
    """
    content = executable.read_bytes()
    is_64_bit = content[4] == _ELFCLASS64
    order = "<" if content[5] == _ELFDATA2LSB else ">"
    header = struct.Struct(order + ("16s2HI3QI6H" if is_64_bit else "16s2HI3II6H"))
    fields = list(header.unpack_from(content))
    if fields[_E_MACHINE] != _EM_MIPS:
        return
    segment = struct.Struct(order + ("2I6Q" if is_64_bit else "8I"))
    size_in_file = 5 if is_64_bit else 4
    offset = 2 if is_64_bit else 1
    end = 0
    for number in range(fields[_E_PHNUM]):
        of_segment = segment.unpack_from(content, fields[_E_PHOFF] + number * segment.size)
        end = max(end, of_segment[offset] + of_segment[size_in_file])
    fields[_E_SHOFF] = fields[_E_SHNUM] = fields[_E_SHSTRNDX] = 0
    executable.write_bytes(header.pack(*fields) + content[header.size : end])


_ELFCLASS64 = 2
_ELFDATA2LSB = 1
_EM_MIPS = 8
_E_MACHINE, _E_PHOFF, _E_SHOFF, _E_PHNUM, _E_SHNUM, _E_SHSTRNDX = 2, 5, 6, 10, 12, 13
"""Of the header's fields, in their order (ELF specification, figure 4-3)."""


def compressed(content: bytes | bytearray) -> bytes:
    """Compress it as lzma.c can read it."""
    how = {
        "id": lzma.FILTER_LZMA1,
        "preset": 9 | lzma.PRESET_EXTREME,
        "lc": 3,
        "lp": 0,
        "pb": 0,
    }
    return lzma.compress(content, format=lzma.FORMAT_RAW, filters=[how])


class _Layout:
    """What packed.S and packed_table.c say, while it is put together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.assembly: list[str] = []
        self.blocks: list[str] = []
        self.places: list[str] = []
        self.modules: list[str] = []

    def add_block(self, kind: str, data: bytes, content_size: int) -> None:
        """Add a block behind the others. ``kind``: as packed_modules.h names them."""
        number = len(self.blocks)
        (self._folder / f"block_{number}").write_bytes(data)
        label = f"packed_{number}"
        self.assembly += [f"    .globl {label}", f"{label}:", f'    .incbin "block_{number}"']
        self.blocks.append(f"    {{{kind}, {label}, {len(data)}, {content_size}}},")

    def add_module(self, module: Module, offset: int, size: int) -> None:
        """Add a module of the block that is added next."""
        number = len(self.places)
        self.places.append(f"    {{{len(self.blocks)}, {offset}, {size}}},")
        is_package = int(module.is_package)
        self.modules.append(f'    {{"{module.name}", NULL, 0, {is_package}, code_{number}}},')


def _write_packed(compiled: Compiled, folder: Path) -> None:
    """Write packed.S, with the code of modules, and packed_table.c, with where each is."""
    layout = _Layout(folder)
    for modules, code in compiled.bundles:
        for index, module in enumerate(modules):
            layout.add_module(module, index, 0)
        layout.add_block("BUNDLE", code, len(code))
    for module, code in compiled.alone:
        if module.is_of_the_start:
            layout.add_module(module, 0, len(code))
            layout.add_block("PLAIN", code, len(code))
    content = bytearray()
    for module, code in compiled.alone:
        if not module.is_of_the_start:
            layout.add_module(module, len(content), len(code))
            content += code
            if len(content) >= _BLOCK:
                layout.add_block("COMPRESSED", compressed(content), len(content))
                content.clear()
    if content:
        layout.add_block("COMPRESSED", compressed(content), len(content))
    # Without this note, linkers take the stack for one that must be executable.
    head = ['    .section .note.GNU-stack,"",%progbits', "    .section .rodata"]
    (folder / "packed.S").write_text("\n".join([*head, *layout.assembly, ""]))
    table = [
        "#define Py_BUILD_CORE",
        "#include <Python.h>",
        "#include <internal/pycore_import.h>",
        '#include "packed_modules.h"',
        *(f"extern const unsigned char packed_{number}[];" for number in range(len(layout.blocks))),
        *("const struct block packed_blocks[] = {", *layout.blocks, "};"),
        f"PyObject *packed_bundles[{len(compiled.bundles)}];",
        f"const unsigned packed_bundle_count = {len(compiled.bundles)};",
        *("const struct place packed_places[] = {", *layout.places, "};"),
        *(
            f"static PyObject *code_{number}(void) {{ return packed_code({number}); }}"
            for number in range(len(layout.places))
        ),
        *("static const struct _frozen modules[] = {", *layout.modules, "    {NULL}};"),
        # In place of CPython's own (Python/frozen.c), which would bring larger forms of some.
        "static const struct _frozen none[] = {{NULL}};",
        "static const struct _module_alias no_aliases[] = {{NULL}};",
        "const struct _frozen *_PyImport_FrozenBootstrap = modules;",
        "const struct _frozen *_PyImport_FrozenStdlib = none;",
        "const struct _frozen *_PyImport_FrozenTest = none;",
        "const struct _frozen *PyImport_FrozenModules = NULL;",
        "const struct _module_alias *_PyImport_FrozenAliases = no_aliases;",
        "int _Py_Deepfreeze_Init(void) { return 0; }",
        "void _Py_Deepfreeze_Fini(void) {}",
        "",
    ]
    (folder / "packed_table.c").write_text("\n".join(table))
