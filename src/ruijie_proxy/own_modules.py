"""Imports the program's own modules by the shortest way: from their bytecode beside them.

importlib asks every finder for every module, makes a lock for each thread that could want it at the
same moment, reads whole folders, and asks the system a dozen times about every file: a fifth of the
daemon's start, for its hundred modules. There are no threads here, and where the modules are is
known. One whose bytecode is where Python writes it, and of its source as it stands, takes five
system calls; whatever is otherwise is importlib's, which compiles and writes bytecode as ever.

``_frozen_importlib._find_and_load`` is what CPython calls for a module that is not loaded
(Python/import.c, from 3.11 on). One that called something else would import the usual way. The
self-contained program, whose modules are no files, has the like in openwrt/standalone: written
twice, since a third module for both would itself be imported the long way, and stay in memory.
"""

from __future__ import annotations

import _frozen_importlib
import _frozen_importlib_external
import _imp
import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any

_OWN = f"{__package__}."
_SUFFIX = f".{sys.implementation.cache_tag}.pyc"
_HEAD = _frozen_importlib_external.MAGIC_NUMBER + bytes(4)
"""What bytecode begins with that counts for a source of a time and a size (PEP 552)."""
_WORD = 4
"""Bytes of each of these two, which follow."""


def import_quickly() -> None:
    """Have the program's modules imported so from now on, where Python reads the usual bytecode."""
    # What CPython does not promise, the stubs do not know.
    importlib: Any = _frozen_importlib
    usual: Callable[..., ModuleType] = importlib._find_and_load
    is_usual = sys.pycache_prefix is None and not sys.flags.optimize
    if not is_usual or usual.__module__ == __name__:
        return
    loaded = sys.modules
    make: Any = type(sys)

    def find_and_load(name: str, import_: Callable[..., Any]) -> ModuleType:
        if not name.startswith(_OWN) or name in loaded:
            return usual(name, import_)
        parent, _, child = name.rpartition(".")
        if parent not in loaded:
            import_(parent)
            if name in loaded:
                return loaded[name]  # which its package has imported
        folder = loaded[parent].__path__[0]
        path = None
        source, bytecode = _files(folder, child)
        code = _read(source, bytecode)
        if code is None:
            path = f"{folder}/{child}"
            source, bytecode = _files(path, "__init__")
            code = _read(source, bytecode)
            if code is None:
                return usual(name, import_)
        module: ModuleType = make(name)
        loader = _frozen_importlib_external.SourceFileLoader(name, source)
        spec: Any = _frozen_importlib.ModuleSpec(name, loader, origin=source)
        spec.has_location = True
        spec.cached = bytecode
        # Each import asks for it, and each look for an attribute that is not there; where it is
        # missing, that takes long to find out.
        spec._initializing = False
        module.__dict__.update(
            __file__=source,
            __cached__=bytecode,
            __spec__=spec,
            __loader__=loader,
            __package__=parent if path is None else name,
        )
        if path is not None:
            spec.submodule_search_locations = module.__path__ = [path]
        loaded[name] = module
        try:
            exec(code, module.__dict__)  # noqa: S102 - as importlib does
        except BaseException:
            del loaded[name]
            raise
        setattr(loaded[parent], child, module)
        return module

    importlib._find_and_load = find_and_load


def _files(folder: str, module: str) -> tuple[str, str]:
    return f"{folder}/{module}.py", f"{folder}/__pycache__/{module}{_SUFFIX}"


def _read(source: str, bytecode: str) -> CodeType | None:
    """Return the code of a module; None if there is none of the source as it stands."""
    try:
        descriptor = os.open(bytecode, os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
        status = os.stat(source)
    except OSError:
        return None
    head = _HEAD + _word(int(status.st_mtime)) + _word(status.st_size)
    if not data.startswith(head):
        return None
    code: CodeType = marshal.loads(memoryview(data)[len(head) :])  # noqa: S302 - as Python does
    # Where the folder was moved; typeshed does not know it.
    _imp._fix_co_filename(code, source)  # type: ignore[attr-defined]
    return code


def _word(number: int) -> bytes:
    return (number & 0xFFFFFFFF).to_bytes(_WORD, "little")
