"""Finds the program's own modules by the shortest way: their bytecode beside them.

importlib reads whole folders, asks the system a dozen times about every module and reads it through
two buffers: a sixth of the daemon's start, for its hundred modules. Here, a module whose bytecode
is where Python writes it, and of its source as it stands, is loaded by four system calls. Whatever
is otherwise is importlib's: it compiles and writes bytecode as ever.
"""

from __future__ import annotations

import _frozen_importlib_external as importlib
import _imp
import marshal
import os
import sys
from _frozen_importlib import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType, ModuleType

_OWN = f"{__package__}."
_BYTECODE_FOLDER = "__pycache__"
_HEAD = importlib.MAGIC_NUMBER + bytes(4)
"""What bytecode begins with that counts for a source of one time and size (PEP 552)."""
_WORD = 4
"""Bytes of each of these two, which follow."""


class _Loader(importlib.SourceFileLoader):
    """Python's own, but for the bytecode, which was read already."""

    read: CodeType | None = None

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the module's bytecode."""
        code, self.read = self.read, None  # it is not wanted twice
        return super().get_code(fullname) if code is None else code


class OwnModules:
    """A finder of modules (:data:`sys.meta_path`)."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return what a module of the program is loaded by; None: to be found the usual way."""
        if path is None or not name.startswith(_OWN):
            return None
        folder, tail = next(iter(path)), name.rpartition(".")[2]
        spec = _spec(name, f"{folder}/{tail}.py", f"{folder}/{_bytecode(tail)}")
        if spec is None:
            folder = f"{folder}/{tail}"
            spec = _spec(name, f"{folder}/__init__.py", f"{folder}/{_bytecode('__init__')}")
            if spec is not None:
                spec.submodule_search_locations = [folder]
        return spec


def find_own_modules() -> None:
    """Have the program's modules found so from now on, where Python reads the usual bytecode."""
    is_usual = sys.pycache_prefix is None and not sys.flags.optimize
    if is_usual and OwnModules not in sys.meta_path:
        sys.meta_path.insert(0, OwnModules)


def _bytecode(module: str) -> str:
    return f"{_BYTECODE_FOLDER}/{module}.{sys.implementation.cache_tag}.pyc"


def _spec(name: str, source: str, bytecode: str) -> ModuleSpec | None:
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
    loader = _Loader(name, source)
    loader.read = marshal.loads(memoryview(data)[len(head) :])  # noqa: S302 - as Python does
    # Where the folder was moved; typeshed does not know it.
    _imp._fix_co_filename(loader.read, source)  # type: ignore[attr-defined]
    spec = ModuleSpec(name, loader, origin=source)
    spec.has_location = True
    spec.cached = bytecode
    return spec


def _word(number: int) -> bytes:
    return (number & 0xFFFFFFFF).to_bytes(_WORD, "little")
