"""Imports the modules of the executable by the shortest way; itself one of them.

importlib asks every finder for every module, makes a lock for each thread that could want it at the
same moment, and more: a tenth of the daemon's start, for a hundred modules. There are no threads
here, and which modules there are is known (packed_modules.c). Others, as those in C, go importlib's
way.

``_frozen_importlib._find_and_load`` is what CPython 3.11 calls for a module that is not loaded
(Python/import.c); the executable is built of that version and no other.
"""

from __future__ import annotations

import _frozen_importlib
import sys

import _packed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


def install(place: str) -> None:
    """Have the program's frozen modules imported so. ``place``: where the others of it are."""
    # What CPython does not promise, the stubs do not know.
    importlib: Any = _frozen_importlib
    usual: Callable[..., ModuleType] = importlib._find_and_load
    number_of = _packed.numbers().get
    code_of = _packed.code
    loaded = sys.modules
    make: Any = type(sys)
    loader = importlib.FrozenImporter
    under_way = 0

    def find_and_load(name: str, import_: Callable[..., Any]) -> ModuleType:
        nonlocal under_way
        number = number_of(name)
        if number is None or name in loaded:
            return usual(name, import_)
        parent, _, child = name.rpartition(".")
        if parent and parent not in loaded:
            import_(parent)
            if name in loaded:
                return loaded[name]  # which its package has imported
        module: ModuleType = make(name)
        is_package = number < 0
        spec = importlib.ModuleSpec(name, loader, origin="frozen", is_package=is_package)
        # Each import asks for it, and each look for an attribute that is not there; where it is
        # missing, that takes long to find out.
        spec._initializing = False
        path = f"{place}/{name.replace('.', '/')}"
        if is_package:
            spec.submodule_search_locations = module.__path__ = [path]
            path = f"{path}/__init__"
        module.__file__ = f"{path}.py"
        module.__spec__ = spec
        module.__loader__ = loader
        module.__package__ = name if is_package else parent
        loaded[name] = module
        under_way += 1
        try:
            exec(code_of(number), module.__dict__)
        except BaseException:
            del loaded[name]
            raise
        finally:
            under_way -= 1
            if not under_way:
                _packed.import_is_over()
        if parent:
            setattr(loaded[parent], child, module)
        return module

    importlib._find_and_load = find_and_load
