"""Functions of the C library that Python lacks.

They are called through ``_ctypes``, the extension that :mod:`ctypes` stands on, and not through
ctypes itself, which would take twice the memory.
"""

from __future__ import annotations


class LibcError(OSError):
    """A function is missing, or failed."""


def call(name: str, *arguments: int | bytes) -> int:
    """Call a function; int is passed as int, bytes as the pointer to them. Returns an int.

    Raises LibcError when it, or the way to it, is not there.
    """
    try:
        import _ctypes
    except ImportError as error:
        raise LibcError("this Python has no _ctypes (OpenWrt: python3-ctypes)") from error

    # NULL, for what is loaded already: dlopen(3). The stubs do not know it.
    library = _ctypes.dlopen(None, 0)  # type: ignore[arg-type]
    try:
        function = _ctypes.dlsym(library, name)
    except OSError as error:
        raise LibcError(f"this C library has no {name}") from error
    result: int = _ctypes.call_cdeclfunction(function, arguments)
    return result


def release_free_memory() -> bool:
    """Give the system back what the start has left free within the heap: malloc_trim(3).

    Once everything is loaded, that is over a megabyte. Returns whether this C library can do it;
    musl cannot, and keeps less in the first place.
    """
    try:
        call("malloc_trim", 0)
    except LibcError:
        return False
    return True
