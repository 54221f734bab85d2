"""Imports the modules of the executable by the shortest way; itself one of them.

importlib asks every finder for every module, makes a lock for each thread that could want it at the
same moment, and more: a tenth of the daemon's start, for a hundred modules. There are no threads
here, and which modules there are is known. Others, as those in C, go importlib's way.

``_frozen_importlib._find_and_load`` is what CPython 3.11 calls for a module that is not loaded
(Python/import.c); the executable is built of that version and no other.
"""

from __future__ import annotations

import _frozen_importlib
import _imp
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


def install(place: str) -> None:
    """Have the program's frozen modules imported so. ``place``: where the others of it are."""
    # What CPython does not promise, the stubs do not know.
    internals: Any = _imp
    importlib: Any = _frozen_importlib
    usual: Callable[..., ModuleType] = importlib._find_and_load
    packed = frozenset(internals._frozen_module_names())
    loaded = sys.modules
    make: Any = type(sys)
    loader = importlib.FrozenImporter

    def find_and_load(name: str, import_: Callable[..., Any]) -> ModuleType:
        if name not in packed or name in loaded:
            return usual(name, import_)
        parent, _, child = name.rpartition(".")
        if parent and parent not in loaded:
            import_(parent)
            if name in loaded:
                return loaded[name]  # which its package has imported
        module: ModuleType = make(name)
        is_package = _imp.is_frozen_package(name)
        spec = importlib.ModuleSpec(name, loader, origin="frozen", is_package=is_package)
        path = f"{place}/{name.replace('.', '/')}"
        if is_package:
            spec.submodule_search_locations = module.__path__ = [path]
            path = f"{path}/__init__"
        module.__file__ = f"{path}.py"
        module.__spec__ = spec
        module.__loader__ = loader
        module.__package__ = name if is_package else parent
        loaded[name] = module
        try:
            exec(_imp.get_frozen_object(name), module.__dict__)
        except BaseException:
            del loaded[name]
            raise
        if parent:
            setattr(loaded[parent], child, module)
        return module

    importlib._find_and_load = find_and_load
